"""What the plots share: the table of all, and the canvas."""
