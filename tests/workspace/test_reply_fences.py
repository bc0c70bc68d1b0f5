"""Fences that only a comment or a sentence names: a new file, a refusal, or nothing to apply at all."""

import pytest

from tokenroi_cli.workspace.edits import FileEdit
from tokenroi_cli.workspace.replies import ReplyRefused, parse_reply

BLOCK = "src/app.py\n```python\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n\n"
APP = FileEdit("src/app.py", hunks=(("old\n", "new\n"),))
CODE = "import os\n\nprint(os)\n"


@pytest.mark.parametrize(
    "inside", ["# src/new.py", "# File: src/new.py", '"""src/new.py"""', "// src/new.py"]
)
@pytest.mark.parametrize(
    "words",
    [
        "Create a file for it:",
        "And a new test for that:",
        "I'll also add a test:",
        "**New file**",
        "I am creating a module that prints.",
        "## The new module",
        "Save it as it stands:\n\nThe new file:",
    ],
)
@pytest.mark.parametrize("info", ["python", "", "py"])
def test_a_comment_names_a_file_that_is_called_new(inside: str, words: str, info: str) -> None:
    text = f"{inside}\n{CODE}"
    reply = f"{words}\n\n```{info}\n{text}```\n"
    new = FileEdit("src/new.py", create=text)
    assert parse_reply(reply) == [new]
    assert parse_reply(BLOCK + reply) == [APP, new]
    assert parse_reply(reply + "\n" + BLOCK) == [new, APP]


def test_a_comment_may_say_itself_that_the_file_is_new() -> None:
    text = f"# src/new.py (new file)\n{CODE}"
    reply = f"{BLOCK}```python\n{text}```\n"
    assert parse_reply(reply) == [APP, FileEdit("src/new.py", create=text)]


@pytest.mark.parametrize(
    "reply",
    [
        "### src/new.py\n\nA new module that prints.\n\n```python\n{}```\n",
        "### src/new.py (new)\n\nIt prints.\n\n```\n{}```\n",
        "**src/new.py**\n\nI create it, so that the tests can import it:\n\n```python\n{}```\n",
        "## Create src/new.py for the tests\n\n```python\n{}```\n",
        "## Step 2: src/new.py\n\nThis new file prints.\n\n```py\n{}```\n",
        "Then I create `src/new.py`, which prints:\n```python\n{}```\n",
        "A new file, `src/new.py`, is needed as well:\n```\n{}```\n",
        "## The new module\n\nThe module `src/new.py` prints.\n\n```python\n{}```\n",
        "<details>\n<summary>src/new.py</summary>\n\n```python\n{}```\n</details>\n",
        '<file path="src/new.py">\n```\n{}```\n</file>\n',
    ],
)
def test_a_heading_or_a_sentence_names_a_file_that_is_called_new(reply: str) -> None:
    new = FileEdit("src/new.py", create=CODE)
    assert parse_reply(reply.format(CODE)) == [new]
    assert parse_reply(BLOCK + reply.format(CODE)) == [APP, new]


@pytest.mark.parametrize(
    ("fence", "line"),
    [
        ("```python\n# src/other.py\n{}```\n", 1),
        ("```\n# src/other.py\n{}```\n", 1),
        ("And the tests:\n\n```python\n# src/other.py\n{}```\n", 3),
        ("```python\n#!/usr/bin/env python3\n# src/other.py\n{}```\n", 1),
        ("```python\nsrc/other.py\n{}```\n", 1),
        ("```python\n# src/other.py - prints\n{}```\n", 1),
        ('```python\n"""src/other.py: prints."""\n{}```\n', 1),
        ("Add this to `src/other.py`:\n```\n{}```\n", 2),
        ("Add this to `src/other.py`:\n```python\n{}```\n", 2),
        ('<file path="src/other.py">\n{}</file>\n', 1),
        ("### src/other.py\n\nThis module prints.\n\n```python\n{}```\n", 5),
        ("### src/other.py\n\nThis module prints.\n\n```\n{}```\n", 5),
        ("### src/other.py\n\nIt is called like this:\n\n```python\n{}```\n", 5),
        ("Now `src/other.py` looks like this:\n```python\n{}```\n", 2),
        ("The loop in `src/other.py` becomes:\n```python\n{}```\n", 2),
        ("You could also create `src/other.py`:\n```python\n{}```\n", 2),
        ("3. `src/other.py`: it prints\n```python\n{}```\n", 2),
        ("src/other.py\n```diff\n-old\n+new\n```\n", 2),
        ("And this:\n```diff\n--- a/src/other.py\n+++ b/src/other.py\n@@ -1 +1 @@\n-old\n+new\n```\n", 2),
        ("```python\n# src/other.py\n{}", 1),
    ],
)
def test_what_may_be_a_file_is_not_passed_over_beside_other_edits(fence: str, line: int) -> None:
    reply = fence.replace("{}", CODE)
    assert parse_reply(reply) == [], "alone it may be an answer to a question"
    what = r"nothing of the reply was applied: line {}: what may be src/other\.py"
    with pytest.raises(ReplyRefused, match=what.format(line + BLOCK.count("\n"))):
        parse_reply(BLOCK + reply)
    if not reply.endswith(CODE):
        with pytest.raises(ReplyRefused, match=what.format(line)):
            parse_reply(f"{reply}\n{BLOCK}")
        with pytest.raises(ReplyRefused, match=what.format(line)):
            parse_reply(f"{reply}\nsrc/new.py\n```\n{CODE}```\n")
        thought = f"<think>\n{reply}</think>\n{BLOCK}"
        assert parse_reply(thought) == [APP]


@pytest.mark.parametrize(
    "fence",
    [
        "Run the tests:\n```bash\npytest tests/test_app.py\n```\n",
        "```sh\n# run tests/test_app.py\npytest\n```\n",
        "Run `main.py`:\n```\nhello\n```\n",
        "Run `main.py`:\n```console\n$ python main.py\nhello\n```\n",
        "The output of `main.py`:\n```\nhello\n```\n",
        "`main.py` says:\n```text\nhello\n```\n",
        "### main.py\n\nWhen it starts, you see:\n\n```\nhello\n```\n",
        "### main.py\n\nIts answer:\n\n```json\n{}\n```\n",
        "### package.json\n```bash\nnpm install\n```\n",
        "### package.json\n\nThen:\n```bash\nnpm install\n```\n",
        "In a nutshell:\n```python\nreturn new\n```\n",
        "```python\n# a loop\nreturn new\n```\n",
        "A new file is needed:\n```python\nreturn new\n```\n",
        "```\nsrc/a.py\nsrc/b.py\n```\n",
        "```yaml\n- src/a.yml\n- src/b.yml\n```\n",
        "```python\n# src/other.py\n```\n",
        "```python\n# src/other.py (excerpt)\nold\n```\n",
        "```console\n$ cat src/other.py\nold\n```\n",
        "Install with `requirements.txt`:\n```\npip install -r requirements.txt\n```\n",
        "It goes like `lib/util.py`.\n\n```python\nreturn new\n```\n",
        '<file path="src/app.py">\nnew\n</file>\n',
        "In short:\n```diff\n-old\n+new\n```\n",
        "The existing code in `lib/util.py`:\n```python\nold\n```\n",
        "lib/util.py (unchanged)\n```python\nold\n```\n",
        "Usage example:\n```python\n# lib/util.py\nold\n```\n",
        "### Usage\n```python\n# lib/util.py\nold\n```\n",
        "`src/app.py`, before:\n```python\nold\n```\n",
        "```python\n# src/app.py\nnew\n```\n",
        "```python\n# app.py\nnew\n```\n",
        "The new `src/app.py`:\n```python\nnew\n```\n",
        "### src/app.py\n\nIt is polite now.\n\n```python\nnew\n```\n",
        "```diff\n--- a/src/app.py\n+++ b/src/app.py\n@@ -1 +1 @@\n-old\n+new\n```\n",
    ],
)
def test_what_only_shows_something_refuses_nothing(fence: str) -> None:
    assert parse_reply(f"{BLOCK}{fence}") == [APP]
    assert parse_reply(f"{fence}\n{BLOCK}") == [APP]


def test_a_file_that_is_named_twice_is_one_file() -> None:
    named = f"src/new.py\n```python\n{CODE}```\n\n"
    new = FileEdit("src/new.py", create=CODE)
    assert parse_reply(f"{named}Once more, the new file, `new.py`:\n```python\n{CODE}```\n") == [new]
    with pytest.raises(ReplyRefused, match=r"src/new\.py is created twice, and not the same"):
        parse_reply(f"{named}The new file, `new.py`:\n```python\nx = 1\n```\n")
    assert parse_reply(f"{named}```python\n# new.py\nx = 1\n```\n") == [new]


def test_a_new_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ReplyRefused, match=r"src/new\.py is cut off"):
        parse_reply(f"Create it:\n```python\n# src/new.py\n{CODE}")


def test_a_short_path_below_a_block_of_another_file_stays_short() -> None:
    block = BLOCK.partition("\n")[2]
    two = f"{BLOCK}Change `app.py` like this:\n{block}"
    assert parse_reply(two) == [APP, FileEdit("app.py", hunks=APP.hunks)]
    assert parse_reply(f"### src/app.py\n\nChange `app.py` like this:\n{block}") == [APP]
