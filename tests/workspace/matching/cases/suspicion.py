"""What fits and is yet cut off, made before or a placeholder is refused; what only looks so is not."""

THREE = "[[a]]\nx = 1\n\n[[a]]\nx = 1\n\n[[a]]\nx = 1\n"

APPLIED = {
    "elided, and the same lines added behind": (
        "a() {\n  case x in\n    1) yes ;;\n    *) no ;;\n  esac\n}\n\nz\n",
        "a() {\n  ...\n    *) no ;;\n  esac\n}\n",
        "a() {\n  ...\n    *) no ;;\n  esac\n}\n\nb() {\n  case y in\n    *) no ;;\n  esac\n}\n",
        "a() {\n  case x in\n    1) yes ;;\n    *) no ;;\n  esac\n}\n\n"
        "b() {\n  case y in\n    *) no ;;\n  esac\n}\n\nz\n",
    ),
    "a stub of a new function": (
        "import a\n",
        "import a\n",
        "import a\n\n\ndef f(x: int) -> int:\n    ...\n",
        "import a\n\n\ndef f(x: int) -> int:\n    ...\n",
    ),
    "a stub of a new class": (
        "import a\n",
        "import a\n",
        "import a\n\n\nclass P(Protocol):\n    ...\n",
        "import a\n\n\nclass P(Protocol):\n    ...\n",
    ),
    "an ellipsis that the old text has as a sign": ("…\na\n", "…\na\n", "...\nb\n", "...\nb\n"),
    "spread and rest are no placeholders": (
        "f(a)\n",
        "f(a)\n",
        "f(...args)\ng(a, ...rest)\n",
        "f(...args)\ng(a, ...rest)\n",
    ),
    "elided, and like lines behind": (
        "f {\n 1\n 2\n}\n\ng {\n 3\n 4\n}\n",
        "f {\n ...\n 2\n}\n",
        "f {\n ...\n 2\n}\n\nh {\n 2\n}\n",
        "f {\n 1\n 2\n}\n\nh {\n 2\n}\n\ng {\n 3\n 4\n}\n",
    ),
    "a misquoted line at the end of the block, a letter short": (
        "a = b\nc = d\ne = f\nvalue = 30\nx\n",
        "a = b\nc = d\ne = f\nvalu = 30\n",
        "a = b\nc = 1\ne = f\nvalu = 30\n",
        "a = b\nc = 1\ne = f\nvalue = 30\nx\n",
    ),
    "a misquoted line inside, cut at its end": (
        "a = b\nimport os\nc = d\ne = f\n",
        "a = b\nimport o\nc = d\ne = f\n",
        "a = b\nimport o\nc = d\ne = 1\n",
        "a = b\nimport os\nc = d\ne = 1\n",
    ),
    "typography only where the old text had it": (
        "say 'a'\nb\n",
        "say ‘a’\nb\n",
        "# no — not\nsay ‘a’\nb\n",
        "# no — not\nsay 'a'\nb\n",
    ),
    "a dash that is no version of the other": (
        "“x - y” said the same party — and\nz\n",
        '"x - y" said the same party - and\nz\n',
        '"x - y" said the same party. See D-18\nz\n',
        "“x - y” said the same party. See D-18\nz\n",
    ),
    "the same line again, far off": (
        "a = 1\nb\nc\nd\n",
        "c\nd\n",
        "c\na = 1\nd\n",
        "a = 1\nb\nc\na = 1\nd\n",
    ),
    "a line like the one that follows, in another depth": (
        "if a:\n    x()\ny()\n",
        "if a:\n    x()\n",
        "if a:\n    x()\n    y()\n",
        "if a:\n    x()\n    y()\ny()\n",
    ),
    "a closing bracket like the one that follows": (
        "f {\n g {\n }\n}\n",
        " g {\n }\n",
        " g {\n }\n h {\n }\n",
        "f {\n g {\n }\n h {\n }\n}\n",
    ),
}

REFUSED = {
    "three like blocks": (THREE, "[[a]]\nx = 1\n", "[[a]]\nx = 2\n"),
    "a placeholder below a mapping's key": (
        "jobs:\n  a: 1\n  b: 2\n  c: 3\n",
        "jobs:\n  a: 1\n  b: 2\n",
        "jobs:\n  ...\n",
    ),
    "a placeholder below a class whose line changes": (
        'class Base(object):\n    """Doc."""\n\n    def call(self):\n        raise X\n',
        'class Base(object):\n    """Doc."""\n\n    def call(self):\n',
        "class Base:\n    ...\n",
    ),
    "a placeholder below a signature that changes over lines": (
        "def call(\n    a,\n):\n    return a\n",
        "def call(\n    a,\n):\n",
        "def call(\n    a,\n    b,\n) -> int:\n    ...\n",
    ),
    "a line beside itself where blank lines are misquoted": (
        " */\n[data] { a }\n\n\n[data] { a }\n",
        " */\n\n\n[data] { a }\n",
        " */\n[data] { a }\n\n\n[data] { a }\n",
    ),
    "an elided edit whose new lines stand there": (
        "a:\n  sha: new\n  by: me\n\nb:\n  sha: old\n  by: me\n  more: x\n",
        "b:\n  sha: old\n  ...\n  more: x\n",
        "b:\n  sha: new\n  ...\n  more: x\n",
    ),
    "a placeholder below a function that stays": (
        "def f():\n    a\n    b\n",
        "def f():\n    a\n    b\n",
        "def f():\n    ...\n",
    ),
    "a placeholder below a class with a comment": (
        "class Get\n  def render\n    a\n    b\n  end\nend\n",
        "class Get\n  def render\n    a\n",
        "class Get < T #:nodoc:\n  ...\n",
    ),
    "a placeholder in a new function among other lines": (
        "import a\n",
        "import a\n",
        "import a\ndef f():\n    ...\n    return 1\n",
    ),
    "cut between lines, the last line like the new one": (
        "a {\n x\n}\n\nb {\n y\n}\nc\n",
        "a {\n x\n}\n",
        "a {\n z\n}\n\nb {\n y\n}\n",
    ),
    "cut between lines, all of the new text stands there": (
        "old one\nnew one here\nnext\n",
        "old one\n",
        "new one here\n",
    ),
    "cut at the top": (
        "first here\nsecond here\nthird\nfourth\n",
        "third\n",
        "first here\nsecond here\n3rd\n",
    ),
    "cut at the top, one line": (
        "def first():\n    second()\n    third()\n",
        "    third()\n",
        "    second()\n    3rd()\n",
    ),
    "made before, and a line like it near": (
        "import assert\nimport require\n)\n\ntype a\nopen\n",
        "import assert\n)\n\ntype a\nopen\n",
        "import assert\nimport require\n)\n\ntype a\nopen\n",
    ),
    "made before: a blank line": ("a()\n\nb()\n", "a()\nb()\n", "a()\n\nb()\n"),
    "made before: deeper": ("    a()\n    b()\n", "a()\nb()\n", "    a()\n    b()\n"),
    "a misquoted context line with another name": (
        "[tool.hatch.version]\nsource = 1\nvariable = 2\nend\nmore\n",
        "[version]\nsource = 1\nvariable = 2\nend\n",
        "[version]\nsource = 1\nend\n",
    ),
    "the misquoted line is right in the new text but for blanks": (
        "#a {\n  top: 0;\n  right: 20px;   \n  color: b;\n  border: c;\n",
        "#a {\n  top: 0;\n  right: 00px;   \n  color: b;\n",
        "#a {\n  top: 0;\n  right: 20px;\n  color: b;\n",
    ),
    "cut in mid line, escaped": (
        'a: 1\nb: 2\nc: 3\n  - "x ~\\\\miniconda"\n',
        'a: 1\nb: 2\nc: 3\n  - "x ~\\\\min',
        'a: 1\nc: 3\n  - "x ~\\\\miniconda"\n',
    ),
    "made before: one blank line of two": ("a.\n\n### b\nc\n", "\n\n### b\n", "\n### b\n"),
    "made before: blanks on a blank line": ("a\n    \n\nb\n", "a\n\n", "a\n    \n\n"),
    "made before: beside lines left out": ("a\nb\n1\n2\ny\nz\n", "a\n...\nz\n", "a\nb\n...\ny\nz\n"),
    "made before: above a dedented line": ("def f():\n    # one\n    x = 1\n", "x = 1\n", "# one\nx = 1\n"),
    "made before: around a dedented line": (
        "def f():\n    if x:\n        return 2\n",
        "return 2\n",
        "if x:\n    return 2\n",
    ),
    "made before: around a dedented block": (
        "def f():\n    if x:\n        a = 1\n        return 2\n",
        "a = 1\nreturn 2\n",
        "if x:\n    a = 1\n    return 2\n",
    ),
    "a line and the last one, which has no end": ("b\na\nb", "b\n", "c\n"),
    "a line and the last one, which has no end, in CRLF": ("b\r\na\r\nb", "b\n", "c\n"),
    "only the last blank line is another": ("a\n\nb\na\n\nb\n", "a\n\nb\n", "a\nb\n"),
    "two lines would be one, at the end of the file": ("f\n  end\nend\n", "\nend\n", "end\n"),
    "made before: one blank line of more at the top": ("a.\n\n\n\n### b\nc\n", "\n\n### b\n", "\n### b\n"),
    "made before: one blank line of more at the end": ("a\nb\n\n\nc\n", "b\n\n", "b\n"),
    "made before: a copy in another indentation": (
        "if z:\n  beta(x)\nalpha = 1\n    alpha = 12\n",
        "beta(x) \n",
        "    alpha = 12 \n",
    ),
    "made before: a line like the next one": (
        "  iota\n    iota\n    iota\n  beta(x)\n  theta\n",
        "    iota \n  beta(x) \n  theta \n",
        "    iota \n    iota \n  beta(x) \n  theta \n",
    ),
    "the end of a line and the next, or lines of their own": (
        "    alpha = 1\nalpha = 1\n\n    alpha = 1\n    theta\n",
        "\nalpha = 1\n",
        "\niota\n",
    ),
    "made before: one of two like blocks": (
        "on: a\n\np:\n  c: w\n\np:\n  c: w\n\njobs:\n  d:\n",
        "p:\n  c: w\n\njobs:\n",
        "jobs:\n",
    ),
    "a context line with another operator": (
        "a = 1\nif err == nil {\n\tb()\n}\nc = 1\n",
        "a = 1\nif err != nil {\n\tb()\n}\n",
        "a = 2\nif err != nil {\n\tb()\n}\n",
    ),
    "a context line with another number": (
        "alpha = 1\nlimit = 25 * x\nbeta()\ngamma()\n",
        "alpha = 1\nlimit = 26 * x\nbeta()\ngamma()\n",
        "alpha = 1\nlimit = 26 * x\nbeta()\ndelta()\n",
    ),
    "a line of signs that are not seen": ("a\nb = 1\n\ufeffa\n```\n", "  a\nb = 1\n\ufeff \n", "  a\n"),
}

PLACEHOLDERS = [
    "# rest of the file stays the same",
    "// [existing code]",
    "/* existing styles */",
    "# all other code remains unchanged",
    "// omitted for brevity",
    "# --- snip ---",
    "# keep the rest as is",
    "// your existing code here",
    "# function body remains the same",
    "// etc.",
    "{/* ... existing JSX ... */}",
    "<!-- ... rest of the page ... -->",
    "# lines 10-40 unchanged",
    "# same as above",
]

WORDS = [
    "# the rest is computed later",
    "# Rest API",
    "// The existing code is buggy",
    "# remaining time",
    "# Existing files are overwritten",
    'print("...")',
    "const {a, ...rest} = b",
    "# same length",
]
