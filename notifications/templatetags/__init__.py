"""Template words of what is told and rung."""
