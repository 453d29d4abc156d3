"""Data in: bytes to raw rows, raw rows to checked values; every mistake is found at once."""
