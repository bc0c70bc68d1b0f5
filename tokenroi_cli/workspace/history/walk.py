"""A walk over a tree: what of it can be covered, and what cannot, and why."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tokenroi_cli.workspace.atomic import STAGED
from tokenroi_cli.workspace.content import LIMIT
from tokenroi_cli.workspace.ignore import MOST_FILES, Rules, is_ignored_folder, rules_of


@dataclass(slots=True)
class Walk:
    """One walk over the tree, nearest files first, so that a limit leaves out the deepest."""

    root: Path
    spared: str | None
    ignored: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    is_cut: bool = False

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Covered files, links and folders: path and status."""
        level: list[tuple[str, Rules]] = [("", ())]
        count = 0
        while level:
            deeper: list[tuple[str, Rules]] = []
            for folder, outer in level:
                rules = outer + rules_of(self.root, folder)
                for name, status in self._listed(folder):
                    path = folder + name
                    if name.casefold() == ".git" or path == self.spared:
                        continue  # git's own to change, be it a folder or the file that leads to one; or ours
                    if stat.S_ISDIR(status.st_mode):
                        if is_ignored_folder(path, rules):
                            self.ignored.append(f"{path}/")
                            continue
                        deeper.append((f"{path}/", rules))
                    elif not self._is_fit(path, status):
                        continue
                    elif count == MOST_FILES:
                        self.is_cut = True
                        return
                    else:
                        count += 1
                    yield path, status
            level = deeper

    def _is_fit(self, path: str, status: os.stat_result) -> bool:
        if stat.S_ISLNK(status.st_mode):
            return True
        if not stat.S_ISREG(status.st_mode):
            self.unfit.append((path, "not a regular file"))
        elif status.st_size > LIMIT:
            self.unfit.append((path, f"{status.st_size:,} bytes"))
        else:
            return not path.rpartition("/")[2].startswith(STAGED)
        return False

    def _listed(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(f"{self.root}/{folder}") as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            if not folder:
                raise
            self.unread.append(folder)
            return
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.unfit.append((folder + entry.name, (error.strerror or str(error)).lower()))
            else:
                yield entry.name, status
