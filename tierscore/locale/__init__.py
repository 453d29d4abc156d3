"""The sentences of the service in Chinese; English is what stands in the code."""
