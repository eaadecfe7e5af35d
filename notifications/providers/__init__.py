"""The networks that carry messages, behind one port."""
