"""What the plots share: the table of all, the canvas, and which become files."""
