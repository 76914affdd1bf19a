"""What is inside a network: its layers seen at work, which of them are tied, what comes after each."""
