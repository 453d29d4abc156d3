"""What is measured: regions, indicators and the framework document, as frozen values."""
