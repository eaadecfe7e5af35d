"""Acts of the public face, each through the gate."""
