"""Use cases: the only place where engine and storage meet, and where a transaction begins and ends."""
