"""Files: everything the page consists of, read once; what is not among it cannot be asked for."""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from firmware.errors import FaultError

_TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
"""By ending. A file with another ending is not served: licences, checksums, notes."""

_START = "index.html"


@dataclass(frozen=True, slots=True)
class Served:
    """One file as it is sent. `tag` changes with its content; `kept`: whether a browser may keep it."""

    kind: str
    plain: bytes
    packed: bytes
    tag: str
    kept: bool = True


def served(kind: str, content: bytes, *, kept: bool = True) -> Served:
    """Make a file ready to be sent."""
    return Served(
        kind, content, gzip.compress(content, mtime=0), f'"{sha256(content).hexdigest()[:32]}"', kept
    )


def page_files() -> Mapping[str, Served]:
    """The page's files by the path of their address; raise FaultError when they are not installed."""
    found = dict(_below(files("firmware") / "dashboard" / "page", "/"))
    if f"/{_START}" not in found:
        raise FaultError("the page's files are missing from this installation; install Kickback again")
    return {"/": found[f"/{_START}"], **found}


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Served]]:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{path}{entry.name}/")
        elif (kind := _TYPES.get(entry.name.rpartition(".")[2])) is not None:
            yield f"{path}{entry.name}", served(kind, entry.read_bytes())
