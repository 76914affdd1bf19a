"""``python -m dispersion.report``."""

import sys

from dispersion.errors import InputError
from dispersion.shadows import refuse_shadow


def main() -> int:
    """Run the command line, unless a package that it needs is hidden by another."""
    try:
        refuse_shadow("solvers")
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    from dispersion.report.command import main as report

    return report()


if __name__ == "__main__":
    sys.exit(main())
