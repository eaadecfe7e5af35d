"""What exists only in the demo: the guide, one-press doors, and the clock you can move."""
