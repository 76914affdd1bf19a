"""The command line of ``python -m dispersion.compare``: one table of options, checked."""
