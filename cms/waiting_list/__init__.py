"""The waiting list file: what its columns mean, how its bytes become rows, and rows families; nothing is saved here."""
