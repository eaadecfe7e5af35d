"""The views of the public face: one module a noun."""
