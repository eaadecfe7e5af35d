"""What is measured: each module with a `run()` gives the figures of one bench, and brings its own servers."""
