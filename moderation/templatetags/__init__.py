"""Template words of the watch."""
