"""What this package does when a lower one has news."""
