"""Scripts for the REPL's tests."""

import json

PRICES = """
[prices."scripted/mid"]
input = 3.00
output = 15.00
context = 200000
max_output = 8000

[prices."scripted/premium"]
input = 6.00
output = 30.00
context = 200000
max_output = 8000
"""


def says(text: str, *, delay_s: float = 0) -> str:
    """A reply of 1,200 tokens in and 300 out: $0.0081 on mid."""
    return f"""
[[reply]]
text = {json.dumps(text)}
delay_s = {delay_s}
usage = {{ fresh = 1200, output = 300 }}
"""


def runs(command: str) -> str:
    """A reply that wants to run a command."""
    return f"""
{says("I run it.")}
[[reply.tool]]
name = "run"
arguments = {{ command = {json.dumps(command)} }}
"""


SLOW = says("one two three\nfour five six\nseven eight nine\nten eleven twelve\n", delay_s=0.3)
