"""How a value is compared with a threshold: one tolerance everywhere; a border belongs to the upper side."""

EPS = 1e-9
