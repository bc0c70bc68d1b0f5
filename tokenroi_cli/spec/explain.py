"""The documentation of the lint rules, written from the registry so that it cannot say anything else."""

from tokenroi_cli.spec.rule import Rule
from tokenroi_cli.spec.rules import ALL

INTRODUCTION = """\
# Lint rules of `tokenroi check`

An error would stop or endanger whoever executes the spec; a warning makes a cheaper model guess.
A rule is waived by `<!-- tokenroi-disable S020 -->`: on a line of its own for the whole file, at the end of a
paragraph, list item or heading for that place alone.
"""


def page(rule: Rule) -> str:
    """What `tokenroi check --explain` says about a rule, in markdown."""
    waiver = "" if rule.waivable else " Cannot be waived."
    return (
        f"## {rule.id} ({rule.severity})\n\n{rule.summary}.{waiver}\n\n{rule.why}\n\n"
        f"- fails: {rule.fails}\n- passes: {rule.passes}\n- remedy: {rule.hint}\n"
    )


def all_pages() -> str:
    """The whole of `docs/rules.md`."""
    return "\n".join([INTRODUCTION, *(page(rule) for rule in ALL.values())])
