"""Fixed codes of the answers that reports say in the reader's language."""

SAID = (
    # why an indicator is missing
    "no_observation", "outside_window", "withdrawn", "status_not_accepted", "no_national_total", "zero_total",
    "no_denominator",
    # what a reader must know of a value or a row
    "estimated", "provisional", "other_definition", "other_period", "total_of_other_period", "sparse_indicator",
    "mixed_periods",
    # kinds of a total, and of a tier that a plan says
    "given", "summed", "designated", "claimed",
    # which way knots go
    "rise", "fall",
)  # fmt: skip
