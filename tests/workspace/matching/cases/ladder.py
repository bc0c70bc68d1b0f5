"""What models lose while they copy does not keep an edit from its place, and nothing else gets in."""

PYTHON = """\
import os


class Cart:
    def total(self):
        # the sum of all
        result = 0
        for item in self.items:
            result += item.price

        return result

    def count(self):
        return len(self.items)
"""

LOOP = "        for item in self.items:\n            result += item.price\n"

APPLIED = {
    "as it is": ("a\nb\nc\n", "b\n", "x\ny\n", "a\nx\ny\nc\n"),
    "a piece of a line": ("call(one, two)\n", "one", "1", "call(1, two)\n"),
    "whole lines before pieces": ("x = 1\n    x = 1, 2\n", "x = 1\n", "x = 2\n", "x = 2\n    x = 1, 2\n"),
    "a deeper line is not the quoted one": (
        "    return x\n        return x\n",
        "    return x\n",
        "    return y\n",
        "    return y\n        return x\n",
    ),
    "line ends of the file": ("a\r\nb\r\n", "a\nb\n", "a\nx\nb\n", "a\r\nx\r\nb\r\n"),
    "line ends of the edit": ("a\nb\n", "a\r\nb\r\n", "a\r\nx\r\n", "a\nx\n"),
    "carriage returns alone": ("a\rb\rc\r", "a\nb\n", "a\nx\n", "a\rx\rc\r"),
    "no end at the end": ("a\nb", "a\nb\n", "a\nx\n", "a\nx"),
    "an end that is added on purpose": ("a\nb", "b", "b\n", "a\nb\n"),
    "byte order mark": ("\ufeffa \nb\n", "a\nb\n", "x\nb\n", "\ufeffx\nb\n"),
    "form feed": (
        "\x0c\ndef a():\n    pass \n",
        "\ndef a():\n    pass\n",
        "\ndef b():\n    pass\n",
        "\x0c\ndef b():\n    pass \n",
    ),
    "line separator in a context line": (
        "a\u2028b \nc\nd\n",
        "a\u2028b\nc\n",
        "a\u2028b\nx\n",
        "a\u2028b \nx\nd\n",
    ),
    "trailing blanks of the file": ("a  \nb\t\nc\n", "a\nb\nc\n", "a\nx\nc\n", "a  \nx\nc\n"),
    "trailing blanks of the edit": ("a\nb\nc\n", "a \nb  \nc\n", "a \nx\nc\n", "a\nx\nc\n"),
    "trailing blanks of the edit, on new lines too": (
        "a\n\nc\n",
        "a \n  \nc \n",
        "a \nx \n  \nc \n",
        "a\nx\n\nc\n",
    ),
    "ASCII for quotes": (
        "say \u201chi\u201d \u2014 it\u2019s\nnext\n",
        'say "hi" - it\'s\nnext\n',
        'say "hello" - it\'s\nnext\n',
        "say \u201chello\u201d \u2014 it\u2019s\nnext\n",
    ),
    "quotes for ASCII": (
        'say "hi"\nit\'s\n',
        "say \u201chi\u201d\nit\u2019s\n",
        "say \u201cho\u201d\nit\u2019s\nand \u201cmore\u201d\n",
        'say "ho"\nit\'s\nand "more"\n',
    ),
    "quotes only in the old text": (
        "say \u201chi\u201d\nnext\n",
        'say "hi"\nnext\n',
        "say \u201cho\u201d\nnext\n",
        "say \u201cho\u201d\nnext\n",
    ),
    "no-break space": ("a\u00a0b\nc\n", "a b\nc\n", "a b\nx\n", "a\u00a0b\nx\n"),
    "decomposed": ("caf\u00e9\nb\n", "cafe\u0301\nb\n", "cafe\u0301\nx e\u0301\n", "caf\u00e9\nx \u00e9\n"),
    "composed": ("cafe\u0301\nb\n", "caf\u00e9\nb\n", "caf\u00e9\nx\n", "cafe\u0301\nx\n"),
    "dedented": (
        PYTHON,
        "result = 0\nfor item in self.items:\n    result += item.price\n",
        "result = 0\nfor item in self.items:\n    if item:\n        result += item.price\n",
        PYTHON.replace(
            "            result += item.price\n",
            "            if item:\n                result += item.price\n",
        ),
    ),
    "dedented in the old text only": (
        PYTHON,
        "def count(self):\n    return len(self.items)\n",
        "    def count(self):\n        return len(self.items) + 1\n",
        PYTHON.replace("len(self.items)", "len(self.items) + 1"),
    ),
    "shifted": (
        PYTHON,
        "      def count(self):\n          return len(self.items)\n",
        "      def count(self):\n          return 0\n",
        PYTHON.replace("len(self.items)", "0"),
    ),
    "only the first line dedented": (
        PYTHON,
        "def count(self):\n        return len(self.items)",
        "def count(self):\n        return 0",
        PYTHON.replace("len(self.items)", "0"),
    ),
    "one line dedented, several new ones": (
        PYTHON,
        "return len(self.items)",
        "if self.items:\n    return 1\nreturn 0",
        PYTHON.replace("return len(self.items)", "if self.items:\n            return 1\n        return 0"),
    ),
    "one line dedented, new ones as in the file": (
        PYTHON,
        "return len(self.items)",
        "n = len(self.items)\n        return n",
        PYTHON.replace("return len(self.items)", "n = len(self.items)\n        return n"),
    ),
    "spaces for tabs": (
        "if a:\n\tb()\n\tif c:\n\t\td()\n",
        "    b()\n    if c:\n        d()\n",
        "    b()\n    if c:\n        d()\n        e()\n",
        "if a:\n\tb()\n\tif c:\n\t\td()\n\t\te()\n",
    ),
    "tabs for spaces": (
        "if a:\n    b()\n    if c:\n        d()\n",
        "\tb()\n\tif c:\n\t\td()\n",
        "\tb()\n\tif c:\n\t\td()\n\t\t\te()\n",
        "if a:\n    b()\n    if c:\n        d()\n            e()\n",
    ),
    "steps of two for four": (
        "a:\n    b:\n        c: 1\n",
        "a:\n  b:\n    c: 1\n",
        "a:\n  b:\n    c: 2\n      d\n",
        "a:\n    b:\n        c: 2\n            d\n",
    ),
    "blanks inside of a line": ("x\t= 1  # a\ny\n", "x = 1 # a\ny\n", "x = 1 # a\nz\n", "x\t= 1  # a\nz\n"),
    "blank lines left out": (
        PYTHON,
        "            result += item.price\n        return result\n",
        "            result += item.price\n        return result * 2\n",
        PYTHON.replace("return result", "return result * 2"),
    ),
    "blank lines too many": (
        PYTHON,
        "    def count(self):\n\n        return len(self.items)\n",
        "    def count(self):\n\n        return 0\n",
        PYTHON.replace("len(self.items)", "0"),
    ),
    "elided": (
        PYTHON,
        "    def total(self):\n        # ...\n        return result\n",
        "    def total(self):\n        # ...\n        return result * 2\n",
        PYTHON.replace("return result", "return result * 2"),
    ),
    "elided, and new lines on both sides": (
        "a\n1\n2\nz\n",
        "a\n...\nz\n",
        "a\nb\n...\ny\nz\n",
        "a\nb\n1\n2\ny\nz\n",
    ),
    "fenced": ("a\nb\n", "```python\nb\n```", "```python\nx\n```", "a\nx\n"),
    "numbered": ("one\n  two\nthree\n", "1| one\n2|   two\n", "1| one\n2|   TWO\n", "one\n  TWO\nthree\n"),
    "numbered, the new text not": ("one\ntwo\n", "    1\tone\n    2\ttwo\n", "one\n2\n", "one\n2\n"),
    "numbered, a new line without a number": (
        "one\ntwo\n",
        "1: one\n2: two\n",
        "1: one\nmore\n2: two\n",
        "one\nmore\ntwo\n",
    ),
    "escaped as HTML": (
        "if a < b && c:\nx\n",
        "if a &lt; b &amp;&amp; c:\n",
        "if a &gt; b:\n",
        "if a > b:\nx\n",
    ),
    "escaped quotes": ('f("a")\nb\n', 'f(\\"a\\")\nb\n', 'f(\\"c\\")\nb\n', 'f("c")\nb\n'),
    "doubled backslashes": ('f("\\n")\nb\n', 'f("\\\\n")\nb\n', 'f("\\\\t")\nb\n', 'f("\\t")\nb\n'),
    "line ends as escapes": ("a\nb\nc\n", "a\\nb\\n", "a\\nx\\n", "a\nx\nc\n"),
    "one context character misquoted": (
        PYTHON,
        "        # the sum off all\n        result = 0\n" + LOOP,
        "        # the sum off all\n        result = 1\n" + LOOP,
        PYTHON.replace("result = 0", "result = 1"),
    ),
    "one context character misquoted in the old text only": (
        PYTHON,
        "        # the sum off all\n        result = 0\n" + LOOP,
        "        # the sum of all\n        result = 1\n" + LOOP,
        PYTHON.replace("result = 0", "result = 1"),
    ),
    "regular expressions and markers": (
        "<<<<<<< HEAD\n(a+)[\\d]$1\n=======\n",
        "<<<<<<< HEAD\n(a+)[\\d]$1\n",
        "<<<<<<< HEAD\n\\1\\g<0>$&\n",
        "<<<<<<< HEAD\n\\1\\g<0>$&\n=======\n",
    ),
    "a stub is no placeholder": (
        "def a(): ...\n",
        "def a(): ...\n",
        "def a(): ...\n\ndef b():\n    ...\n",
        "def a(): ...\n\ndef b():\n    ...\n",
    ),
}

REFUSED = {
    "twice": ("a\nb\na\n", "a\n", "x\n"),
    "twice but for indentation": ("if a:\n    f(1)\nelse:\n        f(1)\n", "  f(1)\n", "  f(2)\n"),
    "twice but for quotes": ("\u201ca\u201d\n\u2018b\u2019\n\u201da\u201c\n", '"a"\n', '"x"\n'),
    "stale": ("a\nx = 2\nb\n", "a\nx = 1\nb\n", "a\nx = 3\nb\n"),
    "a letter less at the end": ("timeout = 30\n", "timeout = 3", "timeout = 5"),
    "a letter less at the start": ("max = 1\n", "x = 1\n", "x = 2\n"),
    "a removed line misquoted in a long block": (
        PYTHON,
        "        # the sum of all\n        result = 1\n" + LOOP,
        "        # the sum of all\n        result = 2\n" + LOOP,
    ),
    "two context lines misquoted": (
        PYTHON,
        "        # the sum off all\n        result = 0\n        for it in self.items:\n"
        "            result += item.price\n",
        "        # the sum off all\n        result = 1\n        for it in self.items:\n"
        "            result += item.price\n",
    ),
    "a removed line misquoted, its like kept elsewhere": (
        "a\nx = `1`\nb\nc\nd\nx = `1`\ne\n",
        "a\ny = `1`\nb\nc\nd\nx = `1`\n",
        "a\nx = 2\nb\nc\nd\nx = `1`\n",
    ),
    "a misquoted line, and a like block near": (
        "a\nbetter\nc\nd\ne\na\nbetter\nc\nd2\ne\n",
        "a\nbitter\nc\nd\ne\n",
        "a\nbitter\nc\nd\nf\n",
    ),
    "cut off in mid line": (
        PYTHON,
        "    def count(self):\n        return len(self",
        "    def count(self):\n        return 0\n",
    ),
    "cut off in mid line, one line": (
        "    return compute(x)\n",
        "    return compute(",
        "    return compute(y)",
    ),
    "cut off both": (
        PYTHON,
        "    def count(self):\n        return len(",
        "    def total_count(self):\n        return len(",
    ),
    "cut off between lines": (
        PYTHON,
        "        # the sum of all\n",
        "        # the sum\n        result = 0\n" + LOOP,
    ),
    "the new text cut off": ("a\nb\nc\n", "a\nb\n", "a\nxyz"),
    "a placeholder": (
        PYTHON,
        "    def count(self):\n",
        "    def count(self):\n        # ... rest unchanged ...\n",
    ),
    "a bare placeholder": ("a\nb\n", "a\n", "x\n...\n"),
    "elided in the old text only": ("a\nb\nc\nd\n", "a\n...\nd\n", "x\n"),
    "made before: an insertion": ("a\nb\nc\n", "a\n", "a\nb\n"),
    "made before: blanks": ("a\nb\n", "a  \nb\n", "a\nb\n"),
    "made before: deeper": ("if x:\n    foo()\n", "foo()\n", "if x:\n    foo()\n"),
    "made before, but for indentation": (
        "a\n        import x\n    import y\n",
        "  import x\n",
        "    import y\n",
    ),
    "one line to go, indented otherwise": ("def f():\n    import a\n", "  import a\n", ""),
    "not uniform": ("    a()\n        b()\n", "a()\nb()\n", "a()\nc()\n"),
    "an empty file": ("", "a\n", "b\n"),
}
