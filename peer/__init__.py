"""The world: people, groups, talk, feedback, the wait. Imports nothing of ours from outside."""
