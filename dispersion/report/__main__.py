"""``python -m dispersion.report``."""

import sys

from dispersion.report.command import main

if __name__ == "__main__":
    sys.exit(main())
