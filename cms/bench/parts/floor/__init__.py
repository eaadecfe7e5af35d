"""The floor: a bare Django application with the same data and the same pages, and none of our features."""
