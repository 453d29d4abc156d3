"""Words that sentences are filled with, said in the reader's language."""

# which way knots go
SAID = ("rise", "fall")
