"""The spec as a contract: parse, render, stamp, lint, judge. Facts about files come through Tree."""
