"""A block indented otherwise than in the file, all of it or one line, is indented as there, or refused."""

GO = """\
package main

import (
\t"fmt"
\t"os"
)

func main() {
\tif len(os.Args) > 1 {
\t\tfmt.Println(os.Args[1])
\t}
}
"""
YAML = """\
on:
  push:
    branches: [main]
jobs:
  test:
    runs-on: linux
    steps:
      - uses: checkout
      - run: make
"""
MAKE = "all: build\n\nbuild:\n\tcc -o a a.c\n\nclean:\n\trm -f a\n"
PY = """\
class A:
    def f(self):
        x = 1
        return x

    def g(self):
        return 2
"""

APPLIED = {
    "go.mod: one line alone in 8 spaces, the new one in a tab": (
        "\nrequire (\n\tb v1\n\tc v2\n",
        "\nrequire (\n        b v1\n",
        "\nrequire (\n\ta v0\n        b v1\n",
        "\nrequire (\n\ta v0\n\tb v1\n\tc v2\n",
    ),
    "json: one line alone among tabs, others changed": (
        '{\n\t"a": 1,\n\t"b": 2,\n}\n',
        '{\n    "a": 1,\n\t"b": 2,\n',
        '{\n    "a": 1,\n\t"b": 3,\n',
        '{\n\t"a": 1,\n\t"b": 3,\n}\n',
    ),
    "only blank lines change, and the indentation is quoted wrongly": (
        PY,
        "x = 1\nreturn x\n",
        "x = 1\n\nreturn x\n",
        PY.replace("x = 1\n", "x = 1\n\n"),
    ),
    "the old text alone in other steps, its new version in those of the file": (
        "[t]\nenv =\n    a\n    b\n\n[u]\n",
        "[t]\nenv =\n  a\n  b\n",
        "[t]\nenv =\n    c\n",
        "[t]\nenv =\n    c\n\n[u]\n",
    ),
    "go: spaces for tabs, new in spaces": (
        GO,
        "    if len(os.Args) > 1 {\n        fmt.Println(os.Args[1])\n    }\n",
        "    if len(os.Args) > 2 {\n        fmt.Println(os.Args[2])\n    }\n",
        GO.replace("> 1", "> 2").replace("[1]", "[2]"),
    ),
    "go: spaces for tabs, new in tabs": (
        GO,
        "    if len(os.Args) > 1 {\n        fmt.Println(os.Args[1])\n    }\n",
        "\tif len(os.Args) > 2 {\n\t\tfmt.Println(os.Args[2])\n\t}\n",
        GO.replace("> 1", "> 2").replace("[1]", "[2]"),
    ),
    "go: one line alone in spaces, new lines in tabs": (
        GO,
        '    "fmt"\n',
        '\t"errors"\n    "fmt"\n',
        GO.replace('\t"fmt"', '\t"errors"\n\t"fmt"'),
    ),
    "go: one line alone in 8 spaces among tabs": (
        GO,
        '\t"fmt"\n        "os"\n)\n',
        '\t"fmt"\n\t"net"\n        "os"\n)\n',
        GO.replace('\t"os"', '\t"net"\n\t"os"'),
    ),
    "go: one line in 2 spaces, its new version in tabs": (
        GO,
        'import (\n  "fmt"\n',
        'import (\n\t"log"\n',
        GO.replace('"fmt"\n', '"log"\n'),
    ),
    "yaml: tabs for spaces": (
        YAML,
        "\ttest:\n\t\truns-on: linux\n",
        "\ttest:\n\t\truns-on: macos\n",
        YAML.replace("linux", "macos"),
    ),
    "yaml: one tab, new in spaces": (
        YAML,
        "on:\n\tpush:\n",
        "on:\n  pull_request:\n\tpush:\n",
        YAML.replace("  push", "  pull_request:\n  push"),
    ),
    "yaml: one tab of three steps": (
        YAML,
        "\t\t\t- run: make\n",
        "      - run: make all\n",
        YAML.replace("run: make", "run: make all"),
    ),
    "yaml: dedented": (
        YAML,
        "- uses: checkout\n- run: make\n",
        "- uses: checkout\n  with:\n    depth: 1\n- run: make\n",
        YAML.replace("checkout\n", "checkout\n        with:\n          depth: 1\n"),
    ),
    "make: spaces for the tab": (
        MAKE,
        "build:\n    cc -o a a.c\n",
        "build:\n    cc -O2 -o a a.c\n",
        MAKE.replace("cc -o", "cc -O2 -o"),
    ),
    "make: spaces in the old text only": (
        MAKE,
        "build:\n        cc -o a a.c\n",
        "build:\n\tcc -O2 -o a a.c\n\techo done\n",
        MAKE.replace("cc -o a a.c", "cc -O2 -o a a.c\n\techo done"),
    ),
    "python: one dedented line, several new": (
        PY,
        "return 2\n",
        "y = 2\nreturn y\n",
        PY.replace("        return 2", "        y = 2\n        return y"),
    ),
    "python: one dedented line, an empty line first": (
        PY,
        "return 2\n",
        "\nreturn 2  # two\n",
        PY.replace("        return 2", "\n        return 2  # two"),
    ),
    "python: one dedented line, a new one before": (
        PY,
        "x = 1\n",
        "# one\nx = 1\n",
        PY.replace("        x = 1", "        # one\n        x = 1"),
    ),
    "python: one dedented line, wrapped": (
        PY,
        "return 2\n",
        "if x:\n    return 2\n",
        PY.replace("        return 2", "        if x:\n            return 2"),
    ),
    "python: deeper line before the kept one": (
        PY,
        "return x\n",
        "    pass\nreturn x\n",
        PY.replace("        return x", "            pass\n        return x"),
    ),
    "python: old one shifted, new as in the file": (
        PY,
        "  x = 1\n  return x\n",
        "        x = 3\n        return x\n",
        PY.replace("x = 1", "x = 3"),
    ),
    "python: first line stripped, the others not": (
        PY,
        "x = 1\n        return x",
        "x = 4\n        return x",
        PY.replace("x = 1", "x = 4"),
    ),
    "python: first line stripped, all go": (
        PY,
        "x = 1\n        return x\n",
        "",
        PY.replace("        x = 1\n        return x\n", ""),
    ),
    "python: a method dedented to a function, new body": (
        PY,
        "def g(self):\n    return 2\n",
        "def g(self):\n    if self:\n        return 2\n    return 3\n",
        PY.replace("        return 2", "        if self:\n            return 2\n        return 3"),
    ),
    "steps of eight for four": (
        PY,
        "                x = 1\n                return x\n",
        "                x = 5\n                return x\n",
        PY.replace("x = 1", "x = 5"),
    ),
    "half steps": (
        PY,
        "  def f(self):\n    x = 1\n",
        "  def f(self):\n    if 1:\n      x = 1\n",
        PY.replace("        x = 1", "        if 1:\n            x = 1"),
    ),
    "trailing blank lines stay blank": (
        PY,
        "x = 1\nreturn x\n\n",
        "x = 1\n\nreturn x\n\n",
        PY.replace("x = 1\n", "x = 1\n\n"),
    ),
    "brackets around words": (
        GO,
        "    fmt.Println(os.Args[1])\n}\n",
        "    fmt.Println(os.Args[2])\n}\n",
        GO.replace("[1]", "[2]"),
    ),
    "jsdoc": (
        "  /**\n   * a\n   */\n  f();\n",
        "/**\n * a\n */\n",
        "/**\n * a\n * b\n */\n",
        "  /**\n   * a\n   * b\n   */\n  f();\n",
    ),
    "aligned with spaces behind tabs": (
        "\tf(a,\n\t  b)\n\tg()\n",
        "    f(a,\n      b)\n",
        "    f(a,\n      c)\n",
        "\tf(a,\n\t  c)\n\tg()\n",
    ),
    "a dedented line that opens a list, and what follows is deeper": (
        "  x = [\n      'b',\n  ]\n",
        "x = [\n",
        "x = [\n    'a',\n",
        "  x = [\n      'a',\n      'b',\n  ]\n",
    ),
    "a stripped line that opens a list, and what follows is less deep": (
        "  x = [\n    'b',\n  ]\n",
        "x = [\n",
        "x = [\n    'a',\n",
        "  x = [\n    'a',\n    'b',\n  ]\n",
    ),
    "the old text alone in spaces, its new version in tabs": (
        "func B(s) {\n\treturn s\n}\n",
        "func B(s) {\n        return s\n}\n",
        "func B(b) {\n\treturn b\n}\n",
        "func B(b) {\n\treturn b\n}\n",
    ),
    "what is left of the block stands elsewhere, too": (
        "\t});\n};\n\nx\n\t});\n};\n\nexports.a = function () {\n\treturn b\n\t});\n};\n",
        "    });\n};\n\nexports.a = function () {\n    return b\n    });\n};\n",
        "\t});\n};\n",
        "\t});\n};\n\nx\n\t});\n};\n",
    ),
}
REFUSED = {
    "two copies in other indentations": (
        "  f(1)\n    g(2)\nx\n    f(1)\n      g(2)\n",
        "f(1)\n  g(2)\n",
        "f(1)\n  g(3)\n",
    ),
    "one dedented line goes": (PY, "return 2\n", ""),
    "only the indentation changes, and is quoted wrongly": (
        PY,
        "x = 1\nreturn x\n",
        "    x = 1\n    return x\n",
    ),
    "a function behind a dedented last line": (
        "def f():\n    return 1\n",
        "return 1",
        "return 1\n\n\ndef g():\n    return 2",
    ),
    "brackets alone": ("  f({\n    a,\n  })\n", "    })\n", "    }, b)\n"),
    "partly as quoted and partly as there": (
        PY,
        "x = 1\nreturn x\n",
        "if 1:\n        x = 1\n        return x\n",
    ),
    "no multiple of the steps": ("a(\n    b,\n    c)\n", "a(\n        b,\n", "a(\n  d,\n"),
    "both tabs and spaces are the file's": (
        "f:\n\ta\n    b\n    c\n",
        "f:\n    a\n    b\n",
        "f:\n    a\n    d\n    b\n",
    ),
    "a line that opens a list, and nothing tells how deep": (
        "  x = [\n  ]\n",
        "x = [\n",
        "x = [\n    'a',\n",
    ),
}
