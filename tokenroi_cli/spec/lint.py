"""The linter: every rule over a draft, minus what the author waived. No model, no network, no disk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tokenroi_cli.domain.spec import Finding, Spec
from tokenroi_cli.spec.blocks import Block, Kind, Page
from tokenroi_cli.spec.prose import comments
from tokenroi_cli.spec.rule import Draft, Rule, draft_of
from tokenroi_cli.spec.rules import ALL
from tokenroi_cli.spec.tree import Tree

_WAIVER = re.compile(r"<!--\s*tokenroi-disable((?:[\s,]+S\d{3})+)\s*-->")


@dataclass(frozen=True, slots=True)
class Waiver:
    rule: str
    lines: range
    """1-based lines of the file in which it holds."""


def lint(spec: Spec, tree: Tree | None) -> tuple[Finding, ...]:
    """Every finding by line, then rule. Without a tree the rules about files on disk are silent.

    `<!-- tokenroi-disable S020 -->` on a line of its own waives a rule in the whole file; at the end of a
    paragraph, item or heading it waives it there. Rules that guard the machine cannot be waived.
    """
    draft = draft_of(spec, tree)
    waived = tuple(_waivers(draft.page))
    found = {finding for rule in ALL.values() for finding in _findings(rule, draft, waived)}
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.rule, finding.message)))


def _findings(rule: Rule, draft: Draft, waived: tuple[Waiver, ...]) -> Iterator[Finding]:
    ranges = [waiver.lines for waiver in waived if waiver.rule == rule.id and rule.waivable]
    for hit in rule.check(draft):
        if not any(hit.line in lines for lines in ranges):
            yield Finding(rule.id, rule.severity, hit.line, hit.message, hit.hint or rule.hint)


def _waivers(page: Page) -> Iterator[Waiver]:
    everywhere = range(1, len(page.lines) + 2)
    for block in page.blocks:
        if block.kind is Kind.CODE:
            continue
        for comment in comments(block.text):
            waiver = _WAIVER.fullmatch(comment)
            where = everywhere if comment == block.text.strip() else _lines(block)
            for rule in re.findall(r"S\d{3}", waiver[1] if waiver else ""):
                yield Waiver(rule, where)


def _lines(block: Block) -> range:
    return range(block.line, block.line + block.text.count("\n") + 1)
