"""Charts as Vega-Lite specs with their data: one definition for pages and for files.

Colours are told apart by the colour-blind and in grey print: tiers go from light to dark, what is chosen is orange and
outlined.
"""
