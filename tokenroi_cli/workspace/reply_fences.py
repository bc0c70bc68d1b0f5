"""Whether a fence without markers is a whole file, and which: commands, output, excerpts are fenced, too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tokenroi_cli.workspace.reply_blocks import Block, Marks
from tokenroi_cli.workspace.reply_marks import Fence
from tokenroi_cli.workspace.reply_paths import Named, mentioned, path_line, suffix_of
from tokenroi_cli.workspace.reply_pieces import Claim

_SHELL = re.compile("bash|sh|shell|zsh|fish|console|terminal|shell-session|powershell|pwsh|ps1|cmd|bat|batch")
_SHELL_SUFFIX = re.compile("bash|sh|zsh|fish|ps1|cmd|bat|env|service")

_LANGUAGES = {
    language: suffixes
    for suffixes, languages in {
        "": "docker dockerfile",
        "[cm]?jsx?": "js jsx javascript",
        "[cm]?tsx?": "ts tsx typescript",
        "c|h": "c",
        "cc|cpp|cxx|hh|hpp|h": "c++ cpp",
        "cs": "c# csharp",
        "exs?": "elixir",
        "go": "golang",
        "hs": "haskell",
        "html?|jinja|j2|hbs|ejs": "html",
        "ini|cfg|conf|properties": "ini",
        "json[5cl]?": "json jsonc",
        "kts?": "kotlin",
        "mk|make": "makefile",
        "mdx?|markdown": "markdown md",
        "pl|pm": "perl",
        "pyi?": "py python python3",
        "rb|rake|gemspec": "rb ruby",
        "rs": "rust",
        "toml|lock": "toml",
        "xml|svg|xsd|xsl|plist": "xml",
        "ya?ml": "yaml yml",
    }.items()
    for language in languages.split()
}
"""The suffixes that go with a language, where they are not just its name."""

_COMMENT = re.compile(
    r'\s*(?P<kind>#|//|--|;|<!--|/\*|"""|(?i:path|file|filename)[:=])\s*'
    r'(?i:(?:file(?:\s?(?:name|path))?|path)\s*[:=]\s*)?(?P<path>\S.*?)\s*(?:-->|\*/|""")?\s*'
)
_LONGEST = 600
"""Characters: a longer line is no path, whatever is around it."""
_PATCHED = re.compile(r"^\+\+\+ (?:b/)?([^\s\t]+)", re.MULTILINE)

_NEW = re.compile(
    r"(?i)\bcreat(?:ed?|ing)\b|\(new\)|\bsave[sd]?\b.{1,40}\bas\b"
    r"|\b(?:new|add(?:ed|ing|s)?\s+(?:an?|another))\s+(?:\S+\s+){0,2}?(?:file|module|package|page|script|tests?)\b"
)
"""Words that call a file new. What a command `creates` is none to write."""
_MAYBE = re.compile(
    r"(?i)\b(?:alternatively|could|if|instead|later|maybe|might|never|not|optional(?:ly)?|or|would)\b|n['\u2019]t\b"
)
"""Words that take back what is said to be new."""
_ASKED = re.compile(r"(?i)\b(?:add|append|change|edit|insert|put|replace|set|update|write)\b")
"""Words above a fence which say what to do with it."""
_SAMPLE = re.compile(
    r"(?i)\b(?:as it (?:is|was)|before|current(?:ly)?|examples?|excerpt|existing|for reference|lines?|old|"
    r"original|output|unchanged|usage)\b"
)
"""Words above a fence which say that it only shows something."""


@dataclass(frozen=True, slots=True)
class Told:
    """What stands above a fence, since the last block or fence."""

    lines: Sequence[str]
    named: Named | None
    """By the last line of all, in whatever words."""
    heading: str | None
    """The path that an earlier line names."""

    @property
    def path(self) -> str | None:
        return self.named.path if self.named else self.heading

    @property
    def lead(self) -> str:
        """The last line, if it introduces the fence: a title, or words that end in a colon."""
        last = self.lines[-1].strip() if self.lines else ""
        bare = last.strip("*_")
        return last if self.named or bare.endswith(":") or last.startswith("#") or bare != last else ""

    @property
    def mention(self) -> str | None:
        """The one file that the last line speaks of."""
        paths = mentioned(self.lines[-1]) if self.lines else set()
        return paths.pop() if len(paths) == 1 else None

    @property
    def says_new(self) -> bool:
        text = " ".join(self.lines)
        return _NEW.search(text) is not None and _MAYBE.search(text) is None

    @property
    def says_sample(self) -> bool:
        return _NEW.search(self.lead) is None and _SAMPLE.search(self.lead) is not None


def shows_whole(info: str, named: Named) -> bool:
    """Whether a fence below the path is the file: commands to type and patches are shown in fences, too."""
    language, suffix = _language(info), suffix_of(named.path)
    return named.is_file and not _is_command(language, suffix) and not _is_patch(language, suffix)


def claims(info: str, text: str, told: Told) -> list[tuple[str, Claim]]:
    """The files that a fence may be, although no path stands right above it, and how surely.

    Empty for commands, output, excerpts, and for whatever names no file.
    """
    language = _language(info)
    if told.says_sample:
        return []
    if language in ("diff", "patch"):
        return [(path, Claim.UNCLEAR) for path in _patched(text, told)]
    named, is_comment = _within(text)
    path = named or told.path
    if path is None:
        return _mentioned_as_new(language, told)
    fits = _fits(language, path)
    if fits is False:
        return []
    is_new = told.says_new or (is_comment and _NEW.search(text.partition("\n")[0]))
    if is_new and (is_comment or named is None):
        return [(path, Claim.SPOKEN)]
    # Without a language, a fence below a lead-in is as often what a command prints.
    is_asked = named is None and (not told.lead or _ASKED.search(told.lead))
    return [(path, Claim.UNCLEAR)] if fits or is_comment or is_asked else []


def _mentioned_as_new(language: str, told: Told) -> list[tuple[str, Claim]]:
    path = told.mention if told.says_new else None
    return [(path, Claim.SPOKEN)] if path and _fits(language, path) else []


def _patched(text: str, told: Told) -> list[str]:
    paths = [path for path in _PATCHED.findall(text) if path != "/dev/null"]
    return paths or ([told.path] if told.path else [])


def may_go_on(marks: Marks, fence: Fence, close: int, path: str) -> bool:
    """Whether the fence that closes the file could as well open one within it, which the next one closes.

    After a blank line, or with a lead-in or a path above it, the next one opens a fence of its own.
    """
    after = marks.next_like(fence, close)
    if after is None or after.info or not marks.lines[close + 1].strip():
        return False
    texts = (marks.lines[line].strip() for line in range(after.line - 1, close, -1))
    last = next(filter(None, texts), "")
    is_markdown = path.lower().endswith((".md", ".mdx", ".markdown", ".rst", ".txt"))
    return not last.endswith(":") and (is_markdown or path_line(last) is None)


def within_block(block: Block) -> tuple[str, Block] | None:
    """The path that the first line of a block gives when nothing else does.

    Code is never taken for it: a comment stays where it is, and a label is left out only where lines that
    must stand in the file follow it.
    """
    first, _, rest = (block.old or block.new).partition("\n")
    match = _COMMENT.fullmatch(first[:_LONGEST])
    named = path_line(match["path"]) if match and " " not in match["path"] else None
    if match is None or named is None or not named.is_file:
        return None
    is_in_both = block.new.startswith(f"{first}\n")
    if match["kind"][-1] not in ":=":
        return (named.path, block) if is_in_both else None
    if not block.old or not rest.strip():
        return None
    return named.path, Block(rest, block.new.removeprefix(f"{first}\n"), block.end)


def _within(text: str) -> tuple[str | None, bool]:
    """The file that the first line of a text names, below a line for the interpreter; and if by a comment.

    A path that stands there bare is no comment of any language, and no line of the file.
    """
    first, _, rest = text.lstrip("\n").partition("\n")
    if first.startswith(("#!", "<?")):
        first, _, rest = rest.partition("\n")
    match = _COMMENT.fullmatch(first[:_LONGEST])
    words = match["path"] if match else first.strip()
    named = path_line(words.partition(": ")[0])
    is_comment = match is not None and match["kind"][-1] not in ":="
    if (
        named is None
        or not named.is_file
        or not rest.strip()
        or _SAMPLE.search(words.replace(named.path, ""))
    ):
        return None, False
    return (named.path, is_comment) if is_comment or named.path == words else (None, False)


def _fits(language: str, path: str) -> bool | None:
    """Whether a fence in the language can be the file; None if that does not tell."""
    suffix = suffix_of(path)
    if not language or (not suffix and language not in ("text", "txt", "plaintext", "output", "log")):
        return None
    if _SHELL.fullmatch(language):
        return _SHELL_SUFFIX.fullmatch(suffix) is not None
    return re.fullmatch(_LANGUAGES.get(language, re.escape(language)), suffix) is not None


def _language(info: str) -> str:
    return re.split(r"[\s:{]", info.lower(), maxsplit=1)[0]


def _is_command(language: str, suffix: str) -> bool:
    is_shell = _SHELL.fullmatch(language) is not None
    return is_shell and bool(suffix) and _SHELL_SUFFIX.fullmatch(suffix) is None


def _is_patch(language: str, suffix: str) -> bool:
    return language in ("diff", "patch") and suffix not in ("diff", "patch")
