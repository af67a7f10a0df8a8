"""Where the picture goes: checked before it is drawn, and written whole or not at all."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from firmware.errors import BadInputError, FaultError

PictureKind = Literal["png", "svg", "pdf"]
Kind = Literal["png", "svg", "pdf", "html"]

KINDS: Mapping[str, Kind] = {
    ".png": "png",
    ".svg": "svg",
    ".pdf": "pdf",
    ".html": "html",
}


def require_drawable(out: Path) -> Kind:
    """Return the kind of file `out` names; raise BadInputError when it cannot be written there."""
    kind = KINDS.get(out.suffix.lower())
    if kind is None:
        raise BadInputError(f"{out}: a report's name ends in {', '.join(KINDS)}; choose one of them")
    if out.is_dir():
        raise BadInputError(f"{out}: is a folder; name a file in it")
    if not out.parent.is_dir():
        raise BadInputError(f"{out.parent}: no such folder; create it first")
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise BadInputError(f"{out.parent}: may not be written to; choose another folder")
    return kind


def written_whole(out: Path, picture: bytes) -> None:
    """Write `picture` beside `out` and rename it into place; raise FaultError on an error of the disk."""
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise FaultError(f"{out}: {error.strerror or error}; free space or choose another place") from None
