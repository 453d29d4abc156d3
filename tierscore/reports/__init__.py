"""Answers as text that a person reads; nothing is computed here."""
