"""What the answers of a study say, compared with each other."""
