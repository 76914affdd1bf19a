"""What every command shares: what is typed and what is printed."""
