"""Which lines and words of a reply name a file, under whatever decoration."""

import re
from dataclasses import dataclass

_HINT = re.compile(r"[./\\]|[A-Z]{5}|file")
"""What every line with a path on it has, and few others."""
ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+")
_DECORATION = re.compile(
    rf"(?i)(?:#{{1,6}}\s*)?(?:{ITEM.pattern})?(?:(?://|<!--|/\*)\s*)?"
    r"(?:(?:create|new|add|update|modify|edit|a|the)\s+){0,4}"
)
_LABEL = re.compile(
    r"(?i)(?:file(?:\s?(?:name|path))?(?:\s?\d{1,3})?|path|create|new|add|updated?|modified|edit)\s*[:=]\s*|file\s+"
)
_TAGGED = re.compile(
    r"(?i)<(?P<tag>path|file|file_?path|filename|summary)>(?P<path>[^<>]+)</(?P=tag)>"
    r"""|<(?:file|document|source)\s(?:[^<>]*\s)?(?:file_?)?(?:name|path)=(?P<quote>["'])(?P<named>[^<>"']+)(?P=quote)[^<>]*>"""
)
_TAG_LINE = re.compile(r"</?\w+>|<!\[CDATA\[|\]\]>(?:</\w+>)?")
_END_TAG = re.compile(r"(?i)\s*</(?:file|document|source)>\s*")
_LINK = re.compile(r"\[([^][]+)\]\([^()]*\)")
_REMARK = re.compile(r"(?P<path>`[^`]+`|\S+)(?:\s+[-–—(\[]|(?P<colon>:)\s)\s*(?P<text>.+)")
_SAMPLE = re.compile(
    r"(?i)\b(?:before|excerpt|current|existing|unchanged|original|old|output|example|usage|lines?)\b"
)
"""Words beside a path which say that what follows is not the whole file."""
_KEY = re.compile(
    r"""(?i)(?:file(?:_?name|_?path)?|path|title|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s}]+))"""
)
_WORD = re.compile(r"""`[^`\s]+`|[^\s`"'<>,;*]+""")

_SUFFIX = re.compile(
    "ad[bs]|asm|astro|awk|bash|bat|bib|c|cc|cfg|cjs|cljs?|cmake|cmd|conf|cpp|css?|csv|cts|cxx|d|dart|diff|edn|ejs|"
    "elm?|env|erb|erl|exs?|f90|fish|fsx?|gd|gemspec|gql|gradle|graphql|groovy|h|haml|hbs|hcl|hh|hpp|hrl|hs|html?|hxx|"
    "in[il]|ipynb|j2|java|jinja|jl|jsx?|json[5cl]?|kts?|less|lock|lua|m|make|mdx?|markdown|mjs|mk|mli?|mm|mod|mts|nim|"
    "nix|org|pas|patch|php|pl|plist|po|prisma|properties|proto|ps1|pug|pxd|pyi?|pyx|r|rake|rb|rkt|rs|rst|s|sass|scala|"
    "scm|scss|service|sh|sol|sql|sum|svg?|svelte|swift|tcl|template|tex|tf|tfvars|tmpl|toml|tpl|tsx?|tsv|twig|txt|v|"
    "vb|vhd|vim|vue|xml|xsd|xsl|ya?ml|zig|zsh"
)
_NAME = re.compile(
    r"(?:AUTHORS|BUILD|CHANGELOG|CODEOWNERS|CONTRIBUTING|LICENSE|MANIFEST|NOTICE|README|VERSION|WORKSPACE|Pipfile|"
    r"(?:Brew|Caddy|Container|Docker|Gem|Jenkins|Just|just|Make|make|Proc|Rake|Vagrant)file)(?:\.\w+)?|\.[A-Za-z_].+"
)
"""Files that are known although their names have no suffix."""
_NO_PATH = re.compile(
    r"(?i)(?:and/or|before/after|ci/cd|client/server|i/o|input/output|n/a|old/new|read/write|search/replace|yes/no)"
    r"|(?:asp|vb)?\.net|(?-i:(?:Chart|D3|Express|Next|Node|Nuxt|React|Three|Vue)\.js)"
)
"""Words of prose, and products."""


@dataclass(frozen=True, slots=True)
class Named:
    """A path as the reply spells it."""

    path: str
    is_file: bool
    """Clear enough that a fence below it, without markers, is that whole file."""


def info_path(info: str) -> Named | None:
    """The path in a fence's info string: after the language, after a colon, or as a title."""
    key = _KEY.search(info)
    if key is not None:
        return as_path(next(filter(None, key.groups()), ""), is_certain=True)
    for number, word in enumerate(info.split()[:2]):
        if re.match(r"\d+:", word):
            return None  # lines of a file that are quoted from it
        language, _, path = word.partition(":")
        named = as_path(path if path and len(language) > 1 else word)
        # Alone, some names of files are those of languages.
        if named is not None and named.is_file and (number or path or re.search(r"[./\\]", word)):
            return named
    return None


def is_tag_line(text: str) -> bool:
    """Some models put tags around what they show."""
    return _TAG_LINE.fullmatch(text) is not None


def element_path(text: str) -> str | None:
    """The path of a tag that opens an element for a file, `<file path="a.py">`."""
    tag = _TAGGED.fullmatch(text.strip()) if text.lstrip().startswith("<") else None
    named = as_path(tag["named"], is_certain=True) if tag and tag["named"] else None
    return named.path if named else None


def is_end_tag(text: str) -> bool:
    """Whether such an element ends here."""
    return _END_TAG.fullmatch(text) is not None


def mentioned(text: str) -> set[str]:
    """The files that a sentence speaks of. Without a suffix a name is a word, unless it is quoted as code."""
    if _HINT.search(text) is None:
        return set()
    words = (word for word in _WORD.findall(text) if "." in word or word[0] == "`")
    found = (as_path(word.strip("`").lstrip("(").rstrip(".:!?)")) for word in words)
    return {named.path for named in found if named is not None and named.is_file}


def path_line(text: str, *, is_whole: bool = False) -> Named | None:
    """The path that a line is, under its decoration. `is_whole`: nothing but a path can stand there."""
    if len(text) > 600 or _HINT.search(text) is None:
        return None
    tagged = _TAGGED.fullmatch(text)
    if tagged is not None:
        return as_path((tagged["path"] or tagged["named"]).strip(), is_certain=True)
    text = _DECORATION.sub("", text.replace("**", "").strip(), count=1)
    label = _LABEL.match(text)
    text = text[label.end() :] if label else text
    text = text.removesuffix("-->").removesuffix("*/").strip()
    is_certain = is_whole or text.startswith('"') or (label is not None and label[0].rstrip()[-1] in ":=")
    return as_path(_unquoted(text), is_certain=is_certain) or _remarked(text)


def _remarked(text: str) -> Named | None:
    """The path of a line that goes on to say something about it."""
    match = _REMARK.fullmatch(text)
    named = as_path(_unquoted(match["path"])) if match else None
    if match is None or named is None:
        return None
    is_file = named.is_file and match["colon"] is None and _SAMPLE.search(match["text"]) is None
    return Named(named.path, is_file)


def _unquoted(text: str) -> str:
    text = text.rstrip(":").rstrip()
    while len(text) > 2 and text[0] == text[-1] and text[0] in "`\"'*":
        text = text[1:-1].rstrip(":").strip()
    link = _LINK.fullmatch(text)
    return link[1].strip("`") if link else text


def as_path(text: str, *, is_certain: bool = False) -> Named | None:
    """The path that the text is. `is_certain`: it stands where paths stand, and may hold blanks."""
    text = text.replace("\\_", "_")
    if not text or not text.isprintable() or set(text) & set('<>|*?"`') or "://" in text:
        return None
    if text[0] in "!@=-" or text[-1] in ".,;:!/\\ " or _NO_PATH.fullmatch(text):
        return None
    name = re.split(r"[/\\]", text)[-1]
    suffix = suffix_of(name)
    is_known = _SUFFIX.fullmatch(suffix) is not None
    if " " in text and not (is_certain and is_known):
        return None
    is_known = is_known or _NAME.fullmatch(name) is not None
    is_below = name != text
    if not (is_known or is_below or suffix):
        return None
    return Named(text, is_certain or is_known or (is_below and bool(suffix)))


def suffix_of(path: str) -> str:
    """Lower case, without its dot; empty where there is none, and for numbers."""
    match = re.search(r"[^/\\]\.([A-Za-z][\w+-]*)$", path)
    return match[1].lower() if match else ""
