"""``python -m pruning.train``."""

import sys

from pruning.train import main

if __name__ == "__main__":
    sys.exit(main())
