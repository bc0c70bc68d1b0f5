"""Project notes: AGENTS.md or CLAUDE.md, text for the model and nothing more."""

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.llm.tokens import count
from tokenroi_cli.policy.prompt import NOTES_TOKENS, cut_notes
from tokenroi_cli.workspace.files import Tree

NAMES = ("AGENTS.md", "CLAUDE.md")


def project_notes(tree: Tree) -> str:
    """The first notes file that can be read, within its budget of tokens; empty when there is none.

    Text of fewer bytes than the budget has tokens needs no tokenizer: that saves a second at every start.
    """
    for name in NAMES:
        if tree.exists(name):
            try:
                text = tree.read(name).text
            except TokenroiError:
                continue
            size = len(text.encode(errors="replace"))
            return text if size <= NOTES_TOKENS else cut_notes(text, count(text).tokens)
    return ""
