"""What reports say, section by section; each module is one section's rule, none knows a file format."""
