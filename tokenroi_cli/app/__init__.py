"""One file per verb: a Workplace and frozen options in, events and a value out."""
