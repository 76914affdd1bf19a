"""What every other method is compared against, whatever the objective."""
