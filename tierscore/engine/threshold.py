"""How a value is compared with a threshold: one tolerance everywhere; a border belongs to the upper side."""

EPS = 1e-9
LEAST_SPREAD = 1e-100  # of a column that is said to differ: squares of less are 0 in 64 bits
