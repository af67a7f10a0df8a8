"""Changes: the ways in which the computer is altered. What is so already is left alone.

With `dry` nothing is altered and everything is said.
"""

import os
import shutil
from pathlib import Path

from deploy.setup.errors import SetupError
from deploy.setup.host import Host


class Changes:
    """`count`: how many there were, or would be."""

    def __init__(self, host: Host, *, dry: bool = False) -> None:
        self.host = host
        self.dry = dry
        self.count = 0
        self._pretended: set[str] = set()

    def said(self, what: str) -> bool:
        """Say a change; return whether it is to be made."""
        self.count += 1
        self.host.say(f"  {'would ' if self.dry else ''}{what}")
        return not self.dry

    def file(self, path: str, text: str, mode: int = 0o644, owner: str = "root") -> bool:
        """Let a file hold a text, old or new whatever happens; return whether that was a change.

        Its mode is its own from the first byte: a secret is never readable for others.
        """
        there = self.host.at(path)
        same = there.is_file() and not there.is_symlink() and self.host.text(path) == text
        if same and there.stat().st_mode & 0o7777 == mode:
            return False
        if self._pretended_already(path):
            return True
        if self.said(f"write {path}"):
            try:
                there.parent.mkdir(parents=True, exist_ok=True)
                write_durably(there, text, mode)
                self.host.own(there, owner)
            except OSError as error:
                raise SetupError(f"{path}: cannot be written ({error.strerror})") from None
        return True

    def folder(self, path: str, mode: int = 0o755, owner: str = "root") -> None:
        """Let a folder be there; one that is keeps its mode."""
        there = self.host.at(path)
        if there.is_dir() or self._pretended_already(path) or not self.said(f"make the folder {path}"):
            return
        try:
            there.mkdir(parents=True)
            there.chmod(mode)
            self.host.own(there, owner)
        except OSError as error:
            raise SetupError(f"{path}: cannot be made ({error.strerror})") from None

    def link(self, path: str, target: str) -> None:
        """Let a name point elsewhere; at every moment it points to the old or the new."""
        there = self.host.at(path)
        if there.is_symlink() and os.readlink(there) == target:
            return
        if there.exists() and not there.is_symlink():
            raise SetupError(f"{path}: is in the way; move it elsewhere and run this again")
        if self.said(f"point {path} to {target}"):
            point_durably(there, target)

    def remove(self, path: str) -> None:
        """Let a file, a link or a whole folder be gone."""
        there = self.host.at(path)
        if not (there.exists() or there.is_symlink()) or not self.said(f"remove {path}"):
            return
        if there.is_dir() and not there.is_symlink():
            shutil.rmtree(there)
        else:
            there.unlink()
            synchronise(there.parent)

    def remove_if_empty(self, path: str) -> None:
        """Let a folder be gone in which nothing is left."""
        there = self.host.at(path)
        if there.is_dir() and not any(there.iterdir()):
            self.remove(path)

    def run(self, what: str, *argv: str, given: str = "") -> None:
        """Run a program that alters something and must succeed."""
        if self.said(what):
            self.host.need(what, *argv, given=given)

    def _pretended_already(self, path: str) -> bool:
        """Whether a dry run has said this before; else note that it says it now."""
        before = path in self._pretended
        if self.dry:
            self._pretended.add(path)
        return before


def write_durably(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file: after a power cut it is the old one or the new one."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text.encode("utf-8", errors="surrogateescape"))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    synchronise(path.parent)


def point_durably(path: Path, target: str) -> None:
    """Replace a symbolic link in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(path)
    synchronise(path.parent)


def synchronise(folder: Path) -> None:
    """Make new and removed names of a folder safe on its disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
