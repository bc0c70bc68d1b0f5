"""Where quoted text stands in a file, and what its replacement is there."""
