"""Pure computation, one module per step: matrix, measure, knots, aggregate, tier, cushion, gap, need."""
