"""The text files that ship with tokenroi: inside the package in a wheel, beside it in an editable install."""

from pathlib import Path

from tokenroi_cli.domain.errors import Bug

PACKAGE = Path(__file__).resolve().parents[1]


def template(name: str, package: Path = PACKAGE) -> str:
    """The text of a template such as `prompts/system.md`. Raises Bug when it did not ship."""
    path = template_path(name, package)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _missing(name, path) from error


def template_path(name: str, package: Path = PACKAGE) -> Path:
    """The template as a file or folder that exists. Raises Bug when it did not ship."""
    path = _folder(package) / name
    if not path.exists():
        raise _missing(name, path)
    return path


def _folder(package: Path) -> Path:
    shipped = package / "templates"
    return shipped if shipped.is_dir() else package.parent / "templates"


def _missing(name: str, path: Path) -> Bug:
    return Bug(f"the template {name} is missing: {path}", "reinstall tokenroi-cli")
