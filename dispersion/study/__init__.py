"""Many solves: tasks to isolated workers, rows to files, tables and pictures for people."""
