"""What was put around a text or into it comes off where the old text shows it, and only there."""

MD = "# T\n\n```py\nx = 1\n```\n\ntext\n\n```sh\nls\n```\n"
APPLIED = {
    "a fence within the quoted text is content": (
        MD,
        "```py\nx = 1\n```\n",
        "```python\nx = 2\n```\n",
        MD.replace("```py\nx = 1", "```python\nx = 2"),
    ),
    "a fence that begins the text and ends it is not always around it": (
        MD,
        "```\n\ntext\n\n```sh\nls\n```\n",
        "```\n\nwords\n\n```sh\nls\n```\n",
        MD.replace("text", "words"),
    ),
    "fenced with its own fences inside": (
        MD,
        "~~~md\n```py\nx = 1\n```\n~~~",
        "~~~md\n```py\nx = 2\n```\n~~~",
        MD.replace("x = 1", "x = 2"),
    ),
    "blank lines at the end of a fence": ("a\n\n\nb\n", "```\na\n\n```", "```\na\n\nc\n```", "a\n\nc\n\nb\n"),
    "a fence around more than one in the new text": (
        "intro\nend\n",
        "```\nintro\n```",
        "```\nintro\n\n```\ncode\n```\n```",
        "intro\n\n```\ncode\n```\nend\n",
    ),
    "escaped quotes in the new text only besides line ends": (
        "a\nb\n",
        "a\\nb\\n",
        'a\\nsay \\"b\\"\\n',
        'a\nsay "b"\n',
    ),
    "a doubled backslash at a line's end": ("a\nb\n", "a\\n", "a \\\\\\n  c\\n", "a \\\n  c\nb\n"),
    "line ends as escapes, other backslashes bare": ("a\nb\n", "a\\n", 're("\\d")\\n', 're("\\d")\nb\n'),
    "escaped quotes, backslashes bare": ('f("a")\n', 'f(\\"a\\")\n', 'f(\\"\\d\\*\\")\n', 'f("\\d\\*")\n'),
    "escaped quotes and backslashes": ('f("a")\n', 'f(\\"a\\")\n', 'f(\\"a\\\\n\\")\n', 'f("a\\n")\n'),
    "entities that are content": (
        "<b>&amp;</b>\nx\n",
        "<b>&amp;</b>\n",
        "<b>&amp;&lt;</b>\n",
        "<b>&amp;&lt;</b>\nx\n",
    ),
    "entities twice": ("a &amp; b\nx\n", "a &amp;amp; b\n", "a &amp;amp; c\n", "a &amp; c\nx\n"),
    "numbers: a list in the new text is content": (
        "one\n\n- two\n",
        "   1\tone\n   2\t\n",
        "one\n\n1. first\n2. second\n",
        "one\n\n1. first\n2. second\n- two\n",
    ),
    "numbers of one kind only": (
        "one\ntwo\n",
        "1| one\n2| two\n",
        "1| one\n3: x\n2| two\n",
        "one\n3: x\ntwo\n",
    ),
    "numbers, blank line between": ("a\n\nb\n", "10| a\n11|\n12| b\n", "10| a\n11|\n12| c\n", "a\n\nc\n"),
    "CDATA": ("a < b\nc\n", "<![CDATA[a < b\n]]>", "<![CDATA[a > b\n]]>", "a > b\nc\n"),
    "fence and entities": ("a < b\nc\n", "```\na &lt; b\n```", "```\na &gt; b\n```", "a > b\nc\n"),
    "CRLF fence": ("a\r\nb\r\n", "```\r\na\r\n```\r\n", "```\r\nx\r\n```\r\n", "x\r\nb\r\n"),
}
REFUSED = {
    "another list item is no line number": (
        "1. Log in at x\n2. Create a\n",
        "2. Log in at x",
        "1. Log in to x",
    ),
    "a list item is no line number": ("1. Log in here\n2. Go on\n", "2. Log in here", "2. Log out here"),
    "a key is no line number": ("{\n  9: 'x',\n}\n", "8: 'x',", "8: 'y',"),
    "a fence that is not closed": ("x\n```\nlet a\n", "```js\nlet a\n", "```js\nlet b\n"),
    "two readings, two places": ("a &lt; b\n---\na < b\n", "a &amp;lt; b\na\n", "x\n"),
    "escaped twice, stale": ('f("b")\n', 'f(\\"a\\")\n', 'f(\\"c\\")\n'),
}
