"""What several benches share: the load, and the bare site they compare with."""
