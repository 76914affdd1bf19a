"""``python -m dispersion.compare``."""

import sys

from dispersion.compare import main

if __name__ == "__main__":
    sys.exit(main())
