"""What the clock process does for this package, again and again, a module a noun."""
