"""What must survive: each module with a `run(seeds=…)` breaks something on purpose and counts what was lost."""
