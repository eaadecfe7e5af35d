"""What people and the network do here, each through the gate or with a signature."""
