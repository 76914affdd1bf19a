"""The folder of a study: its journal, locks and tables."""
