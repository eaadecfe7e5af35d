"""The public face and the plug board: settings, addresses, pages. May import all the others."""
