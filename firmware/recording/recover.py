"""Finishes the recordings that a crash or a power cut left as `NAME.mcap.part`."""

import fcntl
import os
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np

from firmware.durable import synchronise_folder
from firmware.errors import BadInputError, FaultError
from firmware.recording.mcap_contents import DiskError
from firmware.recording.mcap_part import PART_SUFFIX
from firmware.recording.mcap_reader import read_mcap
from firmware.recording.mcap_rewrite import rewrite
from firmware.recording.recording import Recording

UNREADABLE_SUFFIX = ".unreadable"


class Recovered(NamedTuple):
    """What became of one unfinished recording: the file that is there now, and a line on what happened."""

    path: Path
    note: str


def recover(folder: Path) -> list[Recovered]:
    """Turn every unfinished recording in a folder into a whole one, in the order of their names.

    Raises FaultError when the folder cannot be read, and nothing for what a file holds.
    """
    return [found for part in unfinished(folder) if (found := recover_part(part)) is not None]


def unfinished(folder: Path) -> list[Path]:
    """The unfinished recordings in a folder; raises FaultError when it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(f".mcap{PART_SUFFIX}"))
    except OSError as error:
        raise FaultError(f"{folder}: cannot be read ({error.strerror}); check disk and permissions") from None


def recover_part(part: Path) -> Recovered | None:
    """Turn an unfinished recording into a whole one; None when somebody is still writing it.

    Everything that can be read goes into a new indexed file, which is opened again and compared before the
    unfinished one is removed. One that holds nothing readable is set aside as `NAME.mcap.unreadable`, one
    that cannot be read or rewritten now (a disk that fails or is full) stays.
    """
    try:
        with part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _recover(part)
    except BlockingIOError:
        return None
    except (OSError, FaultError, DiskError) as error:
        return Recovered(part, f"{part}: could not be recovered now and was kept ({error})")


def _recover(part: Path) -> Recovered:
    whole = part.with_name(part.name.removesuffix(PART_SUFFIX))
    if part.stat().st_size == 0:
        part.unlink()
        return Recovered(part, f"{part}: nothing had been recorded, removed")
    try:
        recording = read_mcap(part)
    except DiskError:
        raise
    except BadInputError as error:
        aside = _free(whole.name + UNREADABLE_SUFFIX, whole.parent)
        os.replace(part, aside)
        return Recovered(aside, f"{error}; set aside as {aside.name}")
    target = whole if not whole.exists() else _free(f"{whole.stem}-recovered.mcap", whole.parent)
    note = _account(recording)
    rewrite(part, target, recording, note)
    try:
        same = _same(recording, read_mcap(target))
    except BadInputError:
        target.unlink()
        raise
    if not same:
        target.unlink()
        return Recovered(part, f"{part}: did not read back the same after recovery and was kept")
    part.unlink()
    synchronise_folder(part.parent)
    return Recovered(target, f"{target}: {note}")


def _account(recording: Recording) -> str:
    samples = sum(map(len, recording.streams.values()))
    length_s = recording.end_s - recording.start_s
    return "; ".join((f"recovered {length_s:.1f} s with {samples} samples", *recording.notes))


def _same(one: Recording, other: Recording) -> bool:
    return (
        one.setup == other.setup
        and one.announced == other.announced
        and one.streams.keys() == other.streams.keys()
        and all(np.array_equal(one.streams[stream], other.streams[stream]) for stream in one.streams)
    )


def _free(name: str, folder: Path) -> Path:
    """A path in the folder that does not exist yet."""
    path = folder / name
    stem, dot, suffix = name.partition(".mcap")
    for number in count(2):
        if not path.exists():
            return path
        path = folder / f"{stem}-{number}{dot}{suffix}"
    raise AssertionError
