"""`check` over real files, without git."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.spec.example import SPEC
from tokenroi_cli.app.check import CheckedFile, CheckReport, check
from tokenroi_cli.domain.errors import SpecError
from tokenroi_cli.domain.spec import Finding, Severity

BROKEN = SPEC.replace("`src/fetch.py` — retries", "`src/gone.py` — retries etc.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder in which the good spec passes."""
    for path, text in {"src/fetch.py": "", "src/core/loader.py": "", "specs/001-retry.md": SPEC}.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return tmp_path


def test_a_good_spec(root: Path) -> None:
    assert check([], root) == CheckReport((CheckedFile("specs/001-retry.md", ()),), 0, 0)


def test_findings_are_counted(root: Path) -> None:
    (root / "specs" / "deep").mkdir()
    (root / "specs" / "deep" / "002-broken.md").write_bytes(BROKEN.encode())
    report = check([], root)
    assert [file.path for file in report.files] == ["specs/001-retry.md", "specs/deep/002-broken.md"]
    assert [(finding.rule, finding.severity) for finding in report.files[1].findings] == [
        ("S020", Severity.WARNING),
        ("S040", Severity.ERROR),
    ]
    assert (report.errors, report.warnings) == (1, 1)


def test_named_files_and_folders_are_checked_once(root: Path) -> None:
    spec = root / "specs" / "001-retry.md"
    assert [file.path for file in check([spec, root / "specs", spec], root).files] == ["specs/001-retry.md"]


def test_what_is_no_spec_is_skipped_with_a_note(root: Path) -> None:
    (root / "specs" / "readme.md").write_bytes(b"# Readme\n")
    (root / "specs" / "empty.md").write_bytes(b"")
    (root / "specs" / "picture.md").write_bytes(b"\x89PNG\xff")
    report = check([], root)
    assert {file.path: file.skipped for file in report.files} == {
        "specs/001-retry.md": None,
        "specs/empty.md": "is empty",
        "specs/picture.md": "is not UTF-8 text",
        "specs/readme.md": "is no spec: no `# Task:` title and none of the template's sections",
    }
    assert report.errors == 0


def test_a_spec_that_cannot_be_read_is_an_error_among_the_others(root: Path) -> None:
    (root / "specs" / "000-bad.md").write_bytes(b"---\nid: a\nfiles: {\n---\n# Task: x\n")
    bad, good = check([], root).files
    assert [(finding.rule, finding.line) for finding in bad.findings] == [("S000", 4)]
    assert good.findings == ()


def test_a_spec_of_five_megabytes(root: Path) -> None:
    (root / "specs" / "001-retry.md").write_bytes(SPEC.encode() + b"word " * 1_000_000)
    (file,) = check([], root).files
    assert file.findings == (
        Finding("S000", Severity.ERROR, 1, "the file is larger than 1,048,576 bytes", "split the task"),
    )


def test_a_named_file_that_is_missing(root: Path) -> None:
    with pytest.raises(SpecError, match=r"gone\.md is no file") as caught:
        check([root / "gone.md"], root)
    assert caught.value.exit_code == 10


def test_a_pipe_is_not_read(root: Path) -> None:
    os.mkfifo(root / "specs" / "pipe.md")
    assert [file.path for file in check([], root).files] == ["specs/001-retry.md"]
    with pytest.raises(SpecError, match="is no file"):
        check([root / "specs" / "pipe.md"], root)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(root: Path) -> None:
    (root / "specs" / "001-retry.md").chmod(0)
    with pytest.raises(SpecError, match="cannot be read: Permission denied"):
        check([], root)


def test_no_specs_at_all(tmp_path: Path) -> None:
    assert check([], tmp_path) == CheckReport((), 0, 0)


def test_ignored_paths_are_found_without_git(root: Path) -> None:
    (root / ".gitignore").write_text("test_*.py\n")
    assert [finding.rule for finding in check([], root).files[0].findings] == ["S042"]


def test_a_link_out_of_the_tree_is_not_a_file_of_it(root: Path) -> None:
    outside = root.parent / "outside.py"
    outside.write_text("")
    (root / "src" / "fetch.py").unlink()
    (root / "src" / "fetch.py").symlink_to(outside)
    assert "S040" in [finding.rule for finding in check([], root).files[0].findings]


def test_crlf_and_bom(root: Path) -> None:
    (root / "specs" / "001-retry.md").write_bytes(("\ufeff" + SPEC.replace("\n", "\r\n")).encode())
    assert check([], root).files == (CheckedFile("specs/001-retry.md", ()),)


def test_check_imports_nothing_heavy(cli: Cli, root: Path) -> None:
    code = (
        "import json, sys; from pathlib import Path; from tokenroi_cli.app.check import check; "
        "report = check([], Path(sys.argv[1])); "
        "heavy = {'litellm', 'tiktoken', 'git', 'prompt_toolkit', 'httpx'}; "
        "print(json.dumps([len(report.files), sorted(heavy & set(sys.modules))]))"
    )
    ended = cli.python("-c", code, str(root))
    assert (json.loads(ended.out), ended.err) == ([1, []], "")
