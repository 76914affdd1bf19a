"""Arrays of points and distances as users have them: checked, and brought into one form."""
