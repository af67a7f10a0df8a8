"""Forgetting: recordings deleted, and those that stay freed of the sets they were compared with."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mcap.records import Message

from firmware.durable import synchronise_folder
from firmware.errors import BadInputError, FaultError
from firmware.forgotten import Wish, began_of
from firmware.recording.mcap_damage import sound_records
from firmware.recording.mcap_part import PART_SUFFIX
from firmware.recording.mcap_reader import read_mcap
from firmware.recording.mcap_rewrite import REWRITE_SUFFIX, rewrite
from firmware.recording.mentions import Unmention, mentions
from firmware.recording.pruning import session_of
from firmware.recording.recover import recover_part


@dataclass(slots=True)
class ForgottenRecordings:
    """Which recordings were deleted, and which freed of forgotten sessions.

    `empty`: those deleted that belong to others, mention a forgotten session and hold nothing else that can
    be read. `left`: a line on each that mentions one, or may, and cannot be read or written anew now.
    """

    deleted: list[Path] = field(default_factory=list)
    freed: list[Path] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def forget_recordings(folder: Path, wish: Wish, forgotten: Callable[[str], bool]) -> ForgottenRecordings:
    """Delete the recordings that are to go, those cut short or not readable too; then free the others.

    `forgotten`: sessions that the recordings which stay may not mention; a session is recorded with the sets
    that its own are compared with. Nothing that the appliance has not named is touched. Raise FaultError for
    what cannot be deleted.
    """
    found = ForgottenRecordings()
    if not folder.is_dir():
        return found
    staying: list[Path] = []
    for path in sorted(folder.iterdir()):
        session = session_of(path.name.removesuffix(REWRITE_SUFFIX).removesuffix(PART_SUFFIX))
        if session is None:
            continue
        try:
            if path.name.endswith(REWRITE_SUFFIX):  # half of a copy
                path.unlink(missing_ok=True)
            elif wish.covers(session, _made(path, session)):
                path.unlink()
                found.deleted.append(path)
            else:
                staying.append(path)
        except OSError as error:
            raise FaultError(_refused(path, error)) from None
    for path in staying:
        try:
            if mentions(path, forgotten):
                _free(path, forgotten, found)
        except OSError as error:
            found.left.append(_refused(path, error))
    synchronise_folder(folder)
    return found


def _made(path: Path, session: str) -> datetime:
    """When a recording was made: by its name or its last change, whichever is later, as for pruning."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return max(changed, began_of(session) or changed)


def _free(path: Path, forgotten: Callable[[str], bool], found: ForgottenRecordings) -> None:
    """Write a recording anew without forgotten sets; delete one from which nothing can be read."""
    stat = path.stat()
    if path.name.endswith(PART_SUFFIX):
        recovered = recover_part(path)
        if recovered is None:
            found.left.append(f"{path}: is being written; stop that, then forget again")
            return
        if recovered.path == path:
            found.left.append(recovered.note)
            return
        path = recovered.path
    try:
        recording = read_mcap(path)
        rewrite(path, path, recording, "; ".join(recording.lost), Unmention(forgotten))
        found.freed.append(path)
    except FaultError as error:
        found.left.append(str(error))
    except BadInputError as error:
        if not any(isinstance(record, Message) for _, record in sound_records(path)):
            path.unlink()
            found.deleted.append(path)
            found.empty.append(path)
            return
        found.left.append(f"{error}; it is kept and still mentions what was forgotten")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _refused(path: Path, error: OSError) -> str:
    return f"{path}: cannot be forgotten ({error.strerror}); try again as root"
