"""The forms of the public face: they validate, never save."""
