"""A reply in prose becomes exactly the edits it asks for, or none at all."""

import re
from dataclasses import dataclass
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenroi_cli.workspace.edits import FileEdit
from tokenroi_cli.workspace.replies import ReplyRefused, parse_reply

BLOCK = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"
APP = FileEdit("src/app.py", hunks=(("old\n", "new\n"),))


def of(path: str) -> FileEdit:
    return FileEdit(path, hunks=APP.hunks)


@pytest.mark.parametrize(
    "markers",
    [
        ("<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"),
        ("<<<<<<< search  ", "======= ", ">>>>>>> replace\t"),
        ("<<<<<<< SEARCH:", "=======:", ">>>>>>> REPLACE:"),
        ("<<<<<<< SEARCH>", "=======", ">>>>>>> REPLACE>"),
        ("<<<<<<<SEARCH", "=======", ">>>>>>>REPLACE"),
        ("<<<<<<< ORIGINAL", "=======", ">>>>>>> UPDATED"),
        ("<<<<<<< HEAD", "=======", ">>>>>>> updated"),
        ("<<<<<<<", "=======", ">>>>>>>"),
        ("<<<<< SEARCH", "=====", ">>>>> REPLACE"),
        ("<" * 20 + " SEARCH", "=" * 20, ">" * 20 + " REPLACE"),
        ("------- SEARCH", "=======", "+++++++ REPLACE"),
        ("------- SEARCH>", "=======", "+++++++ REPLACE>"),
        ("------- SEARCH", "=======", ">>>>>>> REPLACE"),
        ("<<<<<<< SEARCH (lines 3-4)", "=======", ">>>>>>> REPLACE"),
        ("<<<<<<< SEARCH\n:start_line:12\n-------", "=======", ">>>>>>> REPLACE"),
        ("<<<<<<< SEARCH\n:start_line: 12\n:end_line: 13", "=======", ">>>>>>> REPLACE"),
        ("<<<<<<< SEARCH", "========", ">>>>>>> REPLACE"),
        ("<<<<<<< SEARCH", "  =======", ">>>>>>> REPLACE"),
    ],
)
@pytest.mark.parametrize("fence", ["{}", "```python\n{}```\n", "~~~~\n{}~~~~"])
def test_markers_as_models_write_them(markers: tuple[str, str, str], fence: str) -> None:
    opening, divider, closing = markers
    block = f"{opening}\nold\n{divider}\nnew\n{closing}\n"
    assert parse_reply("src/app.py\n" + fence.format(block)) == [APP]


@pytest.mark.parametrize(
    "reply",
    [
        "<<<<<<< SEARCH src/app.py\nold\n=======\nnew\n>>>>>>> REPLACE",
        "<<<<<<< SEARCH: `src/app.py`\nold\n=======\nnew\n>>>>>>> REPLACE src/app.py",
        "<<<<<<< src/app.py\nold\n=======\nnew\n>>>>>>>",
        f"```python\nsrc/app.py\n{BLOCK}```",
        f"```python\n\nsrc/app.py\n\n{BLOCK}```",
        f"```python\n# src/app.py\n{BLOCK}```",
        f"```\nsrc/app.py\n```\n```python\n{BLOCK}```",
        f"src/app.py\n\n\n```python\n\n{BLOCK}\n```",
        f"```python src/app.py\n{BLOCK}```",
        f"```src/app.py\n{BLOCK}```",
        f"```python:src/app.py\n{BLOCK}```",
        f'```python title="src/app.py"\n{BLOCK}```',
        f"```python {{filename=src/app.py}}\n{BLOCK}```",
        f"```python file='src/app.py' lines=3\n{BLOCK}```",
        f"<path>src/app.py</path>\n<diff>\n{BLOCK}</diff>",
        f"~~~~ src/app.py\n{BLOCK}~~~~",
        f"### src/app.py\n\nThe greeting has to be polite:\n\n```python\n{BLOCK}```",
        f"1. `src/app.py`\n\nThe greeting has to be polite.\n\n{BLOCK}",
        f"Now change `src/app.py` like this:\n```\n{BLOCK}```",
        f"## Step 2: the greeting in src/app.py\n\nIt is polite now.\n\n{BLOCK}",
        f"### src/app.py\n\nIt calls what `lib/util.py` defines.\n\n{BLOCK}",
        "<<<<<<< SEARCH\npath: src/app.py\nold\n=======\nnew\n>>>>>>> REPLACE",
        "<<<<<<< SEARCH\nfile: src/app.py\nold\n=======\nfile: src/app.py\nnew\n>>>>>>> REPLACE",
        f"\ufeffsrc/app.py\n{BLOCK}",
        f"Sure!\n\nsrc/app.py\n{BLOCK}\nDone.\n=======\n\n> quoted\n",
        f"src/app.py\n```python\n{BLOCK}",
        f"src/app.py\n{BLOCK.rstrip()}",
    ],
)
def test_where_the_path_may_stand(reply: str) -> None:
    assert parse_reply(reply) == [APP]


@pytest.mark.parametrize(
    "line",
    [
        "src/app.py",
        "src/app.py:",
        "  src/app.py  ",
        "### src/app.py",
        "#### 1. `src/app.py`:",
        "**src/app.py**",
        "**`src/app.py`**:",
        "`src/app.py`",
        '"src/app.py":',
        "'src/app.py'",
        "*src/app.py*",
        "File: src/app.py",
        "**File:** `src/app.py`",
        "**File: src/app.py**",
        "**File**: `src/app.py`",
        "File 2: src/app.py",
        "file path = src/app.py",
        "Filename: `src/app.py`",
        "Path: src/app.py",
        "Update the file `src/app.py`:",
        "1. src/app.py",
        "2) **src/app.py**",
        "- `src/app.py`",
        "* src/app.py:",
        "> src/app.py",
        "[src/app.py](src/app.py)",
        "// src/app.py",
        "<!-- src/app.py -->",
        "/* src/app.py */",
        "src/app.py (modified)",
        "### `src/app.py` - a polite greeting",
        "3. `src/app.py`: a polite greeting",
        "<file_path>src/app.py</file_path>",
    ],
)
def test_decoration_is_no_part_of_a_path(line: str) -> None:
    assert parse_reply(f"{line}\n\n```python\n{BLOCK}```\n") == [APP]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("Makefile", "Makefile"),
        (".gitignore", ".gitignore"),
        ("bin/deploy", "bin/deploy"),
        ("./a.py", "./a.py"),
        ("/etc/hosts", "/etc/hosts"),
        ("../up.py", "../up.py"),
        ("src\\win\\app.py", "src\\win\\app.py"),
        ("**my\\_module/\\_\\_init\\_\\_.py**", "my_module/__init__.py"),
        ("app/(shop)/[...slug]/page.tsx", "app/(shop)/[...slug]/page.tsx"),
        ('"docs/my notes.md"', "docs/my notes.md"),
        ("File: my notes.md", "my notes.md"),
        ("src/käse.py", "src/käse.py"),
        ("src/Dockerfile.dev", "src/Dockerfile.dev"),
        ("node.js", "node.js"),
        ("__init__.py", "__init__.py"),
    ],
)
def test_paths_are_taken_as_written(line: str, path: str) -> None:
    assert parse_reply(f"{line}\n{BLOCK}") == [of(path)]


def test_a_path_with_blanks_where_nothing_else_can_stand() -> None:
    assert parse_reply(f"```\nmy notes.md\n{BLOCK}```") == [of("my notes.md")]


def test_several_files_and_blocks_in_one_reply() -> None:
    second = BLOCK.replace("old", "2nd")
    reply = (
        f"First a.py:\n\na.py\n```python\n{BLOCK}```\n\nand there too:\n```python\n{second}```\n"
        f"**b.py**\n```\n{BLOCK}\n{second}```\nOnce more:\n\na.py\n{BLOCK.replace('old', '3rd')}"
    )
    assert parse_reply(reply) == [
        FileEdit("a.py", hunks=(("old\n", "new\n"), ("2nd\n", "new\n"), ("3rd\n", "new\n"))),
        FileEdit("b.py", hunks=(("old\n", "new\n"), ("2nd\n", "new\n"))),
    ]


def test_one_fence_around_the_blocks_of_several_files() -> None:
    reply = f"```\na.py\n{BLOCK}\nb.py\n{BLOCK}```\nThat is all.\n"
    assert parse_reply(reply) == [of("a.py"), of("b.py")]


def test_a_fence_that_was_never_closed_does_not_swallow_the_next_file() -> None:
    reply = f"a.py\n```python\n{BLOCK}\nb.py\n```\n{BLOCK}\nc.py\n```\nc\n```\n"
    assert parse_reply(reply) == [of("a.py"), of("b.py"), FileEdit("c.py", create="c\n")]
    reply = f"a.py\n```python\n{BLOCK}\nc.py\n```\nc\n```\n"
    assert parse_reply(reply) == [of("a.py"), FileEdit("c.py", create="c\n")]


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("", "new\n", FileEdit("a.py", create="new\n")),
        ("\n", "new\n\n", FileEdit("a.py", create="new\n\n")),
        ("", "", FileEdit("a.py", create="")),
        ("old\n", "", FileEdit("a.py", hunks=(("old\n", ""),))),
        ("  old \n\n", "\tnew\n", FileEdit("a.py", hunks=(("  old \n\n", "\tnew\n"),))),
        ("a\x0cb\x85c\u2028d\n", "\r\n", FileEdit("a.py", hunks=(("a\x0cb\x85c\u2028d\n", "\n"),))),
        (
            "====\n-------\n",
            "<<<<\n# x.py\n",
            FileEdit("a.py", hunks=(("====\n-------\n", "<<<<\n# x.py\n"),)),
        ),
        ("```sh\n", "```\n", FileEdit("a.py", hunks=(("```sh\n", "```\n"),))),
        ("# b.py\n", "<think>\n", FileEdit("a.py", hunks=(("# b.py\n", "<think>\n"),))),
        ("</think>\n", "x\n", FileEdit("a.py", hunks=(("</think>\n", "x\n"),))),
    ],
)
def test_empty_parts_and_exact_lines(old: str, new: str, edit: FileEdit) -> None:
    reply = f"a.py\n```\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"
    assert parse_reply(reply) == [edit]


@pytest.mark.parametrize("margin", ["  ", "    ", "\t", "> ", "   > "])
def test_indentation_of_the_whole_block_is_taken_off(margin: str) -> None:
    block = "<<<<<<< SEARCH\ndef f():\n\n    old\n=======\ndef f():\n\n    new\n>>>>>>> REPLACE\n"
    edit = FileEdit("a.py", hunks=(("def f():\n\n    old\n", "def f():\n\n    new\n"),))
    assert parse_reply("1. a.py\n" + indent(block, margin)) == [edit]
    assert parse_reply("1. a.py\n" + indent(f"```\n{block}```\n", margin, lambda line: True)) == [edit]
    assert parse_reply(indent(f"a.py\n```\n{block.replace('new', 'newer')}```\n", margin)) == [
        FileEdit("a.py", hunks=(("def f():\n\n    old\n", "def f():\n\n    newer\n"),))
    ]


def test_content_that_is_not_indented_like_the_markers_stays_as_it_is() -> None:
    reply = "a.py\n  <<<<<<< SEARCH\n    old\nleft\n  =======\n    new\n  >>>>>>> REPLACE\n"
    assert parse_reply(reply) == [FileEdit("a.py", hunks=(("    old\nleft\n", "    new\n"),))]


CONFLICT = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
HEADINGS = "Title\n=======\ntext\n"


@pytest.mark.parametrize(
    ("old", "new", "length"),
    [
        (CONFLICT, "ab\n", 7),
        ("ab\n", CONFLICT, 7),
        (CONFLICT + "x\n" + CONFLICT, CONFLICT, 7),
        (BLOCK, BLOCK + "x\n", 7),
        ("x\n>>>>>>> theirs\n", "x\n", 7),
        (CONFLICT, HEADINGS, 9),
        (HEADINGS, BLOCK, 8),
        (">>>>>>> REPLACE\n", "=======\n", 8),
        ("<<<<<<< SEARCH\n", "old\n", 8),
        (indent(HEADINGS, "  "), indent(BLOCK, "\t"), 7),
        ("Title\n=====\n", "Title\n======\n>>>>>\n", 7),
        ("```sh\nrun\n```\n", "````\n```\n~~~\n", 7),
    ],
)
@pytest.mark.parametrize("signs", ["<>", "-+"])
def test_content_that_looks_like_markers(old: str, new: str, length: int, signs: str) -> None:
    opening, closing = (sign * length for sign in signs)
    block = f"{opening} SEARCH\n{old}{'=' * length}\n{new}{closing} REPLACE\n"
    edit = FileEdit("docs/a.md", hunks=((old, new),))
    assert parse_reply(f"docs/a.md\n{block}") == [edit]
    assert parse_reply(f"docs/a.md\n`````\n{block}`````\n\nb.py\n{BLOCK}") == [edit, of("b.py")]


@pytest.mark.parametrize("closing", [">>>>>> REPLACE", ">>>>>>>> REPLACE", " >>>>>>> REPLACE"])
def test_a_closing_marker_of_another_length_needs_a_reply_that_goes_on(closing: str) -> None:
    block = BLOCK.replace(">>>>>>> REPLACE", closing)
    assert parse_reply(f"src/app.py\n```\n{block}```\n") == [APP]
    assert parse_reply(f"src/app.py\n{block}\nTitle\n=======\n\nb.py\n{BLOCK}") == [APP, of("b.py")]
    with pytest.raises(ReplyRefused, match="cut off"):
        parse_reply(f"src/app.py\n{block}")
    with pytest.raises(ReplyRefused, match="cut off"):
        parse_reply(f"src/app.py\n```\n{block}\nmore\n```\n")


NEW = FileEdit("src/new.py", create="import os\n\nprint(os)\n")


@pytest.mark.parametrize(
    "reply",
    [
        "src/new.py\n```python\n{}```\n",
        "### `src/new.py`\n\n```python\n{}```\n\nIt prints.\n",
        "**src/new.py** (new file)\n\n~~~\n{}~~~\n",
        "Create a new file `src/new.py`:\n```python\n{}```\n",
        "New file: src/new.py\n````\n{}````\n",
        "Create src/new.py:\n````\n{}````\n",
        "```python src/new.py\n{}```\n",
        "```src/new.py\n{}```\n",
        "```py:src/new.py\n{}```\n",
        '```python title="src/new.py"\n{}```\n',
        "<path>src/new.py</path>\n<content>\n```\n{}```\n</content>",
        "`src/new.py` - prints the module\n```python\n{}```\n",
    ],
)
def test_a_whole_new_file_in_a_fence(reply: str) -> None:
    assert parse_reply(reply.format(NEW.create)) == [NEW]
    assert parse_reply(indent(reply.format(NEW.create), "   ")) == [NEW]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I would not change anything.",
        "Run this:\n```bash\npytest tests/test_app.py\n```\n",
        "Run `main.py`:\n```\nhello\n```\n",
        "### package.json\n```bash\nnpm install\n```\n",
        "The output of main.py:\n```\nhello\n```\n",
        "src/app.py (before)\n```python\nold\n```\n",
        "`src/app.py` - current lines\n```python\nold\n```\n",
        "src/app.py\n```diff\n-old\n+new\n```\n",
        "### Node.js\n```js\nx()\n```\n",
        "### Next.js\n```js\nx()\n```\n",
        "`console.log2`:\n```js\nx()\n```\n",
        "### Before/After\n```\nx\n```\n",
        "src/app.py\n\nIt begins like this:\n```python\nimport os\n```\n",
        "```12:15:src/app.py\nold\n```\n",
        "```dockerfile\nFROM x\n```\n",
        "```Makefile\nall:\n```\n",
        "```python\n# src/app.py\nold\n```\n",
        "https://example.com/a.py\n```\nx\n```\n",
        "src/\n```\na.py\nb.py\n```\n",
        "```\nnever closed",
        "Title\n=======\n\n>>>> quoted\n\n-------\nText\n",
        "A block begins with `<<<<<<< SEARCH`.",
        "<think>\na.py\n```python\nx\n```\n</think>\nNothing to do.",
        "<think>never ends",
        "a.py\n",
    ],
)
def test_what_is_no_edit(reply: str) -> None:
    assert parse_reply(reply) == []


def test_fences_in_a_markdown_file() -> None:
    text = "# T\n```bash\nrun\n```\n\n~~~\nx\n~~~\nend\n"
    edit = FileEdit("README.md", create=text)
    assert parse_reply(f"README.md\n```markdown\n{text}```\n\na.py\n```python\nx\n```\n") == [
        edit,
        FileEdit("a.py", create="x\n"),
    ]
    bare = text.replace("bash", "")
    assert parse_reply(f"README.md\n````\n{bare}````\n") == [FileEdit("README.md", create=bare)]
    assert parse_reply("README.md\n```\n# T\n```\nTry it:\n```\nrun\n```\n") == [
        FileEdit("README.md", create="# T\n")
    ]
    with pytest.raises(ReplyRefused, match=r"line 4: a fence that may end README\.md or stand in it"):
        parse_reply(f"README.md\n```\n{bare}```\n")


def test_an_indented_fence_in_a_file_does_not_end_it() -> None:
    text = 'def f():\n    """\n    ```\n    x\n    ```\n    """\n'
    assert parse_reply(f"a.py\n```\n{text}```\n") == [FileEdit("a.py", create=text)]


def test_files_in_bare_fences_one_after_the_other() -> None:
    edits = [
        FileEdit("README.md", create="# T\n"),
        FileEdit("a.py", create="a\n"),
        FileEdit("b.py", create="b\n"),
    ]
    assert parse_reply("README.md\n```\n# T\n```\n\na.py\n```\na\n```\nb.py\n```\nb\n```\n") == edits


def test_new_files_and_samples_beside_blocks() -> None:
    reply = f"src/app.py\n```\nold\n```\n\nsrc/app.py\n```\n{BLOCK}```\n\nsrc/new.py\n```\n{NEW.create}```\n"
    assert parse_reply(reply) == [APP, NEW]
    assert parse_reply(f"src/app.py\n{BLOCK}\n`src/app.py`\n```\nnew\n```\n") == [APP]
    assert parse_reply("a.py\n```\nx\n```\nOnce more, whole:\n\na.py\n```\nx\n```\n") == [
        FileEdit("a.py", create="x\n")
    ]


NO_DIVIDER = "<<<<<<< SEARCH\nold\n>>>>>>> REPLACE\n"


@pytest.mark.parametrize("tag", ["think", "thinking", "THINK"])
def test_thoughts_are_passed_over(tag: str) -> None:
    sketch = f"Maybe\n\nb.py\n```python\n{BLOCK}```\nor\n>>>>>>> REPLACE\n- c.py\n- d.py\n\n{NO_DIVIDER}"
    draft = f"{sketch}<<<<<<< SEARCH\nc.py\n```\nnever closed\n"
    reply = f"src/app.py\n```python\n{BLOCK}```\n"
    assert parse_reply(f"<{tag}>\n{draft}</{tag}>\n\n{reply}") == [APP]
    assert parse_reply(f"<{tag}>{draft}Fine.</{tag}>{reply}") == [APP]
    assert parse_reply(f"{sketch}So it is.</{tag}>\n\n{reply}") == [APP]
    assert parse_reply(f"b.py\n```\nx\n```\n</{tag}>\n{reply}") == [APP]
    assert parse_reply(f"{reply}<{tag}>{draft}</{tag}>\n\nb.py\n{BLOCK}") == [APP, of("b.py")]
    assert parse_reply(f"{reply}I left out the thoughts up to `</{tag}>`.") == [APP]


def test_a_tag_in_a_file_ends_no_thoughts() -> None:
    text = "A\n</think>\nB\n"
    assert parse_reply(f"a.html\n```\n{text}```\n\nb.py\n{BLOCK}") == [
        FileEdit("a.html", create=text),
        of("b.py"),
    ]


def test_labels_within_the_blocks_of_several_files() -> None:
    first, second = (BLOCK.replace("old", f"path: {path}\nold") for path in ("a.py", "b.py"))
    assert parse_reply(first + second) == [of("a.py"), of("b.py")]
    with pytest.raises(ReplyRefused, match="line 8: a block without a path"):
        parse_reply(f"{first}\n{BLOCK}")


def test_a_comment_that_names_the_file_stays_in_it() -> None:
    block = "<<<<<<< SEARCH\n# src/app.py\nold\n=======\n# src/app.py\nnew\n>>>>>>> REPLACE\n"
    edit = FileEdit("src/app.py", hunks=(("# src/app.py\nold\n", "# src/app.py\nnew\n"),))
    assert parse_reply(block) == [edit]
    created = "<<<<<<< SEARCH\n=======\n// src/a.js\nx()\n>>>>>>> REPLACE\n"
    assert parse_reply(created) == [FileEdit("src/a.js", create="// src/a.js\nx()\n")]
    assert parse_reply(f"b.py\n{block}") == [FileEdit("b.py", hunks=edit.hunks)]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("a.py\n<<<<<<< SEARCH\nold\n", "line 2: a block that is cut off"),
        ("a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n", "line 2: a block that is cut off"),
        ("a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPL", "line 2: a block that is cut off"),
        ("a.py\n```\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n", "line 3: a block that is cut off"),
        (f"a.py\n{BLOCK}\n<<<<<<< SEARCH\nold\n=======\n", "line 8: a block that is cut off"),
        (f"a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n\nb.py\n{BLOCK}", "line 2: a block that is cut off"),
        ("a.py\n<<<<<<< SEARCH\nold\n>>>>>>> REPLACE\n", "line 2: a block with no divider"),
        (f"a.py\n<<<<<<< SEARCH\nold\n>>>>>>> REPLACE\n\n{BLOCK}", "line 2: a block with no divider"),
        ("a.py\n<<<<<<< SEARCH\nT\n=======\nx\n=======\ny\n>>>>>>> REPLACE\n", "more than one line that"),
        ("a.py\n<<<<<<< SEARCH\nT\n======\nx\n========\ny\n>>>>>>> REPLACE\n", "more than one line that"),
        ("a.py\nold\n=======\nnew\n>>>>>>> REPLACE\n", "line 5: a closing marker without a block"),
        ("a.py\nold\n=======\nnew\n>>>>>>>\n", "line 5: a closing marker without a block"),
        ("a.py\n```\nold\n=======\nnew\n+++++++ REPLACE\n```\n", "line 2: a.py holds markers"),
        ("```\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n", "line 5: a closing marker without a block"),
        (f"a.py\n{BLOCK}>>>>>>> REPLACE\n", "line 7: a closing marker without a block"),
        (BLOCK, "line 1: a block without"),
        (f"```python\n{BLOCK}```\n", "line 2: a block without a path"),
        (f"Change this:\n{BLOCK}\n\na.py\n{BLOCK}", "line 2: a block without a path"),
        (f"https://example.com/a.py\n{BLOCK}", "a block without a path"),
        (f"src/\n{BLOCK}", "a block without a path"),
        (f"SEARCH/REPLACE\n{BLOCK}", "a block without a path"),
        (f"- a.py\n- b.py\n\nNow:\n\n{BLOCK}", "a block without a path"),
        (f"a.py\n{BLOCK}\nThe same holds for b.py, of course.\n\n{BLOCK}", "line 10: a block without a path"),
        (f"a.py\n{BLOCK}\n\nb.py\n```\nx\n```\n\n{BLOCK}", "line 14: a block without a path"),
        (f"### a.py\n\nWhat b.py has changes, too:\n\n{BLOCK}", "line 5: a block without a path"),
        ("<<<<<<< SEARCH\n# a.py\nold\n=======\nnew\n>>>>>>> REPLACE\n", "line 1: a block without"),
        ("<<<<<<< SEARCH\npath: a.md\n=======\npath: b.md\n>>>>>>> REPLACE\n", "line 1: a block without"),
        (BLOCK.replace("SEARCH", "SEARCH for this"), "a closing marker without a block"),
        (BLOCK.replace("SEARCH", "SEARCH <file>"), "line 1: a block without"),
        (f"a.py\n{BLOCK}\na.py\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n", "both created and changed"),
        ("a.py\n```\nx\n```\n\na.py\n```\ny\n```\n", "line 7: a.py is created twice, and not the same"),
        ("a.py\n```python\nx\n", "line 2: a.py is cut off: its fence is not closed"),
        ("README.md\n```markdown\n# T\n```bash\nrun\n```\n", "line 2: README.md is cut off"),
        ("docs/a.md\n````\nLike this:\n" + BLOCK + "````\n", "line 2: docs/a.md holds markers"),
        (f"a.py\n{BLOCK}<think>and now", "line 7: thoughts that never end"),
        (f"<think>\na.py\n{BLOCK}", "line 1: thoughts that never end"),
        (f"a.py\n<<<<<<< SEARCH\n</think>\nb.py\n{BLOCK}", "line 2: a block that is cut off"),
        (f"{BLOCK}\na.py\n{BLOCK.replace('old', '</think>')}", "line 1: a block without a path"),
    ],
)  # fmt: skip
def test_half_a_reply_is_never_applied(reply: str, why: str) -> None:
    with pytest.raises(ReplyRefused) as refusal:
        parse_reply(reply)
    assert why in refusal.value.what
    assert refusal.value.what.startswith("nothing of the reply was applied: line ")
    assert "\n" not in refusal.value.what
    assert refusal.value.reason == "reply_refused"
    assert "send all of it again" in refusal.value.hint


def test_a_cut_within_a_block_refuses_all_of_the_reply() -> None:
    head, tail = (
        f"a.py\n{BLOCK}\nb.py\n```\n<<<<<",
        f"<< SEARCH\n{CONFLICT}=======\n{BLOCK}>>>>>>> REPLACE\n```\n",
    )
    whole = [of("a.py"), FileEdit("b.py", hunks=((CONFLICT, BLOCK),))]
    assert parse_reply(head + tail) == whole
    end = tail.rindex(">>>>>>> REPLACE") + len(">>>>>>>")
    for cut in range(end):
        with pytest.raises(ReplyRefused):
            parse_reply(head + tail[:cut])
    assert parse_reply(head + tail[:end]) == whole


NASTY = [
    *("<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "<<<<<<<", ">>>>>>>", "------- SEARCH"),
    *("<<<<<<< HEAD", ">>>>>>> theirs", "|||||||", "=====", ">>>>> REPLACE", "<<<<<<<<< SEARCH", "========="),
    *(">>>>>>>>> REPLACE", "  =======", "> >>>>>>> REPLACE", "    <<<<<<< SEARCH x.py", "-------", "+++++"),
    *("```", "```python", "````", "~~~", "  ```", "```src/x.py", "> ```", "``", "<think>", "</think>"),
    *("so.</think>", "", " ", "\t", "# x.py", "src/x.py", "### `x.py`:", "- x.py", "File: x.md", "In x.py:"),
    *("+++++++ REPLACE", ":start_line:3x", "x" * 700),
]  # fmt: skip
LINES = st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
TEXTS = st.lists(LINES, max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines))
OLD = TEXTS.filter(str.strip)
NAMES = st.from_regex(r"\A(?:[a-z][a-z0-9_.-]{0,4}/){0,2}[a-z_][a-z0-9_-]{0,6}\.(?:py|md|tsx|toml)\Z")
PATHS = NAMES | st.sampled_from(["Makefile", ".gitignore", "src/my_mod/__init__.py", "app/(x)/[id]/page.tsx"])
EDITS = st.lists(
    st.builds(FileEdit, PATHS, create=TEXTS)
    | st.builds(FileEdit, PATHS, hunks=st.lists(st.tuples(OLD, TEXTS), min_size=1, max_size=3).map(tuple)),
    min_size=1,
    max_size=3,
    unique_by=lambda edit: edit.path,
)


@dataclass(frozen=True)
class Shape:
    """How a model writes edits down. `{path}` stands for the path, `{fence}` for as many signs as needed."""

    above: str = "{path}"
    opening: str = "{fence}python"
    inside: str = ""
    signs: str = "<>"
    words: tuple[str, str] = (" SEARCH", " REPLACE")
    closing: str = "{fence}"
    margin: str = ""
    between: str = ""


SHAPES = [
    Shape(),
    Shape(opening="", closing=""),
    Shape(above="### {path}\n\nThis is needed.", margin="    "),
    Shape(above="1. **`{path}`**:", opening="{fence}", margin="   "),
    Shape(above="Sure.", opening="{fence}py:{path}", words=(" search", " replace:")),
    Shape(above="Then:", opening='{fence}py title="{path}"', words=("", "")),
    Shape(above="Then:", opening="{fence}", inside="{path}"),
    Shape(above="Then:", opening="{fence}py", inside="// {path}\n", words=(" ORIGINAL", " UPDATED")),
    Shape(above="Then:", words=(" SEARCH {path}", " REPLACE")),
    Shape(above="File: {path}", signs="-+", opening="", closing=""),
    Shape(above="<path>{path}</path>\n<diff>", opening="", signs="-+", closing="</diff>", margin="\t"),
    Shape(above="> {path}", margin="> "),
    Shape(above="Change `{path}` like this:", between="And\n=======\n\nmore:"),
]


def longest(sign: str, texts: list[str]) -> int:
    return max((len(run) for text in texts for run in re.findall(f"[{sign}]+", text)), default=0)


def rendered(edits: list[FileEdit], shape: Shape) -> str:
    """The reply that asks for the edits, its markers longer than any in the texts."""
    texts = [text for edit in edits for hunk in (edit.hunks or [(edit.create or "",)]) for text in hunk]
    length = max(7, longest("<>=+-", texts) + 1)
    fence = "`" * max(3, longest("`", texts) + 1)
    parts = [part for edit in edits for part in written(edit, shape, length)]
    return "Here you are.\n\n" + "\n".join(parts).replace("{fence}", fence) + "\nDone.\n"


def written(edit: FileEdit, shape: Shape, length: int) -> list[str]:
    hunks = edit.hunks or (("", edit.create or ""),)
    blocks = []
    for number, (old, new) in enumerate(hunks):
        marks = [sign * length + word for sign, word in zip(shape.signs, shape.words, strict=True)]
        block = f"{marks[0]}\n{old}{'=' * length}\n{new}{marks[1]}"
        head = [shape.opening, shape.inside, block, shape.closing]
        lines = [line for part in head if part for line in part.split("\n")]
        named = "\n".join(shape.margin + line for line in lines)
        blocks.append(
            f"{shape.above if number == 0 else shape.between}\n\n{named}\n".replace("{path}", edit.path)
        )
    return blocks


def whole_files(edits: list[FileEdit]) -> str:
    texts = [edit.create or "" for edit in edits]
    fence = "~" * max(3, longest("~", texts) + 1)
    return "\n".join(f"**{edit.path}**\n\n{fence}\n{edit.create}{fence}\n\nSo.\n" for edit in edits)


@given(
    EDITS,
    st.sampled_from(SHAPES),
    st.sampled_from(["", "<think>\nb.py\n<<<<<<< SEARCH\n</think>\n", "\ufeff"]),
)
def test_what_is_written_in_any_shape_is_read_back(edits: list[FileEdit], shape: Shape, before: str) -> None:
    reply = before + rendered(edits, shape)
    assert parse_reply(reply) == edits
    assert parse_reply(reply.replace("\n", "\r\n")) == edits


UNMARKED = TEXTS.filter(lambda text: longest("<>+-", [text]) < 5)


@given(st.lists(st.builds(FileEdit, PATHS, create=UNMARKED), max_size=3, unique_by=lambda edit: edit.path))
def test_whole_files_are_read_back(edits: list[FileEdit]) -> None:
    assert parse_reply(whole_files(edits)) == edits


@settings(max_examples=40)
@given(EDITS, st.sampled_from(SHAPES), st.data())
def test_a_reply_that_was_cut_off_never_says_something_else(
    edits: list[FileEdit], shape: Shape, data: st.DataObject
) -> None:
    reply = rendered(edits, shape)
    by_path = {edit.path: edit for edit in edits}
    cuts = data.draw(st.lists(st.integers(0, len(reply)), min_size=20, max_size=20))
    for cut in cuts:
        try:
            found = parse_reply(reply[:cut])
        except ReplyRefused:
            continue
        for edit in found:
            meant = by_path[edit.path]
            assert edit == FileEdit(edit.path, meant.hunks[: len(edit.hunks)], meant.create)


@given(st.lists(LINES | st.sampled_from(["a.py", "b.py"]), max_size=25).map("\n".join) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        edits = parse_reply(text)
    except ReplyRefused:
        edits = []
    assert len({edit.path for edit in edits}) == len(edits)
    assert all(bool(edit.hunks) != (edit.create is not None) and not edit.delete for edit in edits)
