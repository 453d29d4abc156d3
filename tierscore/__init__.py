"""tierscore: which tier is a region's innovation centre, how far is the next one, which levers close it?"""

__version__ = "0.1.0"
