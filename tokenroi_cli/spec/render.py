"""A spec as text: unchanged when it was read from a file, or a template filled in."""

from collections.abc import Mapping

from tokenroi_cli.domain.spec import Spec
from tokenroi_cli.spec.blocks import read_page
from tokenroi_cli.spec.lines import lines_of
from tokenroi_cli.spec.parse import parse, span, title_line


def render(spec: Spec) -> str:
    """The text of a spec: `render(parse(text, path)) == text`, byte for byte."""
    return spec.source


def fill(template: str, title: str, bodies: Mapping[str, str]) -> str:
    """`template` with its title and the body of each named section replaced; other sections stay as they are.

    KeyError for a section that the template does not have.
    """
    spec = parse(template, "template")
    sections = {section.title: section for section in spec.sections}
    lines = list(lines_of(template))
    lines[title_line(read_page(template)) - 1] = f"# Task: {title}\n"
    for section in sorted((sections[name] for name in bodies), key=lambda one: -one.line):
        body = span(section)
        lines[body.start - 1 : body.stop - 1] = [f"\n{bodies[section.title].strip()}\n\n"]
    return "".join(lines).rstrip("\n") + "\n"
