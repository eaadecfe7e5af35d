"""What fault runs are made of."""
