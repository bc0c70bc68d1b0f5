"""Which backtick span of a Validation item is a command to run.

A command that is missed is never run; text that is taken for one stops `exec` before it spends, in words. So
the rule leans to recognising. A span can be a command when its first word can be a program (lower case, or a
path) and the rest is no code (`x == 3`, `return None`). It is one when

1. it has several words, or is a script (`./check`, `test.sh`), and begins the item, or follows a colon, a
   parenthesis or a preposition ("no diff after `make format`"), or the item says that something runs or
   passes;
2. or it is one word that is all there is in the item, or one plain word that the item says runs or passes
   ("`make` passes", "run `make`", "Tests pass: `make`");

but never when it is quoted output ("prints `no such file`"). The first such span is the item's command;
further ones count only when "and" or a comma joins them to it.
"""

import re
from itertools import pairwise

from tokenroi_cli.spec.prose import CodeSpan, code_spans

_ASSIGNMENT = r"""[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+"""
_PREFIX = re.compile(rf"(?:[!(]\s*|\$\s+)*(?:{_ASSIGNMENT})*")
_PROGRAM = re.compile(r"(?:[a-z./~$]|\{[a-z]+\})[\w./~{}$+@-]*;?")
_PLAIN_WORD = re.compile(r"[a-z][a-z0-9-]*")
_SCRIPT = re.compile(r"\.{1,2}/.+|.+\.sh")
_DATA = re.compile(r"[^/]\.\w+\s*\Z")
_OPERATOR = re.compile(r"(?:[=!:<>]={1,2}|=|[-=]>|is|in|or|and|not|\+|\*|[<>] ?\d+)(?:\s|$)")
_CODE_WORDS = re.compile(
    r"def|class|import|from|return|raise|const|let|var|function|async|await|assert|yield|with|lambda|type"
    r"|interface|public|private|static|fn|func|struct|enum|except|new|no|not|null|none"
)
_OUTPUT = re.compile(
    r"\b(?:prints?|outputs?|returns?|raises?|contains?|shows?|says?|displays?|equals?|logs?|reads?|mentions?"
    r"|describes?|documents?|match(?:es)?|includes?|writes?|emits?)"
    r"(?:\s+(?:the|a|an|exactly|only|line|message|string|text|error|value|words?))*[\s:=\"'“]*\Z",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"(?:\A|[:(—–]|\b(?:after|by|from|in|of|on|under|using|via|with))[\s*]*\Z", re.IGNORECASE
)
_RUN = re.compile(r"\b(?:run|runs|running|executes?|executing)\s+\Z", re.IGNORECASE)
_PASSES = re.compile(
    r"(?:runs|exits?|passe?s?|passing|succeeds?|completes?|finishes|works|builds|(?:is|are|stays?)\s+(?:clean|green))\b",
    re.IGNORECASE,
)
_HAPPENS = re.compile(
    rf"\b(?:run|running|executes?|executing|fails?|clean|green|{_PASSES.pattern})\b", re.IGNORECASE
)
_JOINT = re.compile(r"\s*(?:,|;|&|\+|,?\s*(?:and|then|and then))\s*", re.IGNORECASE)


def commands_in(text: str) -> tuple[str, ...]:
    """The commands of a Validation item, as a shell takes them."""
    spans = list(code_spans(text))
    first = next((index for index, span in enumerate(spans) if _is_command(text, span)), None)
    if first is None:
        return ()
    found = [spans[first]]
    for before, span in pairwise(spans[first:]):
        if not _JOINT.fullmatch(text, before.end, span.start) or not (_is_line(span) or _is_word(span)):
            break
        found.append(span)
    return tuple(_without_prompt(span.code) for span in found)


def _is_command(text: str, span: CodeSpan) -> bool:
    before, after = text[: span.start], text[span.end :]
    if _OUTPUT.search(before):
        return False
    happens = _HAPPENS.search(f"{before} {after}") is not None
    introduced = _INTRODUCED.search(before) is not None
    if _is_line(span):
        return introduced or happens
    if not re.search(r"\w", before + after):
        return bool(_program(span.code)) and not _DATA.search(span.code)
    said = (
        _RUN.search(before)
        or _PASSES.match(after.lstrip())
        or (happens and before.rstrip()[-1:] in (":", "("))
    )
    return _is_word(span) and bool(said)


def _is_line(span: CodeSpan) -> bool:
    words = _program(span.code)
    return len(words) > 1 or (bool(words) and _SCRIPT.fullmatch(words[0]) is not None)


def _is_word(span: CodeSpan) -> bool:
    return bool(_program(span.code)) and _PLAIN_WORD.fullmatch(span.code.strip()) is not None


def _program(code: str) -> list[str]:
    """The program of a span and what follows it; empty when no program can stand there."""
    words = _PREFIX.sub("", code.strip(), count=1).split(maxsplit=1)
    if not words or not _PROGRAM.fullmatch(words[0]) or _CODE_WORDS.fullmatch(words[0]):
        return []
    return [] if len(words) > 1 and _OPERATOR.match(words[1]) else words


def _without_prompt(code: str) -> str:
    return code.strip().removeprefix("$ ").strip()
