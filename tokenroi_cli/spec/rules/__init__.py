"""One file a lint rule, each with the same shape; `ALL` is the registry."""
