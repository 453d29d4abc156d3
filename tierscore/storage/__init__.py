"""Data kept: tables, sessions and queries. Functions take a Session, return plain values and never commit."""
