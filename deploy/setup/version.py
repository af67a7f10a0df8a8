"""Version: the number of a release, in its folder and in its name, and which of two is older."""

import re
import tomllib
from contextlib import suppress
from pathlib import Path

from deploy.setup.errors import SetupError

_LARGEST_BYTES = 2**17
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")
_NAME = re.compile(rf"({_NUMBER.pattern})-[0-9a-f]{{8}}")


def version_of(source: Path) -> str:
    """The version of the Kickback in a folder, a number like 1.2.3; raise SetupError for anything else.

    It becomes part of a path, and is what an older release is told by, so nothing else will do.
    """
    file = source / "pyproject.toml"
    version: object = None
    # Only of a file there is a size, and an end.
    if file.is_file() and not file.is_symlink() and file.stat().st_size <= _LARGEST_BYTES:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            version = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"]
    if version is None:
        raise SetupError(f"{source}: is no folder of Kickback, whose pyproject.toml says a version")
    if not isinstance(version, str) or _NUMBER.fullmatch(version) is None:
        shown = repr(version[:40]) if isinstance(version, str) else f"no text but {type(version).__name__}"
        raise SetupError(f"{file}: the version is {shown}; it must be a number like 1.2.3")
    return version


def is_older(name: str, other: str) -> bool:
    """Whether the release of one name has a lower version than that of another.

    A name that is none of ours is older than nothing, and nothing is older than it.
    """
    one, another = _numbers(name), _numbers(other)
    return one is not None and another is not None and one < another


def _numbers(name: str) -> tuple[int, ...] | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    numbers = [int(each) for each in found[1].split(".")]
    while numbers and numbers[-1] == 0:  # 1.0 is 1
        numbers.pop()
    return tuple(numbers)
