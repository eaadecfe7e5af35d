"""The sample waiting list that ships with the demo: invented people, drama numbers, faults included."""
