"""The cast and a fortnight of life, for the demo and the tests; nobody here is real."""
