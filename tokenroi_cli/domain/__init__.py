"""The nouns of tokenroi and the two methods of a front-end. Standard library only; no I/O."""
