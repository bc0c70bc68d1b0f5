"""A step is one model call with its tools; a turn is steps until the final answer."""
