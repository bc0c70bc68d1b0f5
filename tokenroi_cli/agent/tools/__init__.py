"""The tools that the model sees: one file each, the same shape each."""
