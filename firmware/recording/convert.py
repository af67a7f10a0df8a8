"""From the neutral folder to an MCAP file and back, without loss."""

import csv
import io
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from math import inf
from pathlib import Path

import msgspec

from firmware.durable import synchronise_folder
from firmware.errors import BadInputError, FaultError
from firmware.recording.folder import (
    EVENT_COLUMNS,
    EVENTS_FILE,
    FOLDER_FILES,
    GAP_COLUMNS,
    GAPS_FILE,
    HEADER_FILE,
    read_folder,
    stream_file,
)
from firmware.recording.header import header_of
from firmware.recording.mcap_part import PART_SUFFIX
from firmware.recording.mcap_writer import RecordingWriter
from firmware.recording.opening import open_recording
from firmware.recording.recording import Recording
from tracker.blocks import COLUMNS

WRITE_BLOCK_S = 1.0
READ_SHARE = 0.3

Progress = Callable[[float], None]


def import_folder(
    folder: Path, out: Path, *, overwrite: bool = False, progress: Progress = lambda share: None
) -> Recording:
    """Write a neutral folder to the MCAP file `out`, calling `progress` with the share done, 0 to 1.

    Returns what was imported. Raises BadInputError for a folder that cannot be read or a target that exists
    and may not be overwritten, FaultError on a fault of the disk; then no part of the target is left.
    """
    recording = read_folder(folder, lambda share: progress(READ_SHARE * share))
    writer = RecordingWriter(
        out,
        recording.setup,
        started_at=recording.started_at,
        simulated=recording.simulated,
        notes=recording.notes,
        sync_every_s=inf,
        overwrite=overwrite,
    )
    length_s = recording.end_s - recording.start_s
    try:
        with writer:
            for block in recording.blocks(WRITE_BLOCK_S):
                writer.write(block)
                share = (block.end_s - recording.start_s) / length_s
                progress(READ_SHARE + (1.0 - READ_SHARE) * share)
    except BaseException:
        writer.discard()
        raise
    return recording


def export_folder(
    recording_path: Path, folder: Path, *, overwrite: bool = False, progress: Progress = lambda share: None
) -> Recording:
    """Write a recording in SI units to a neutral folder, calling `progress` with the share done, 0 to 1.

    A new folder appears with all its files at once. With `overwrite`, streams of an earlier export that this
    recording lacks disappear and other files stay. Returns what was exported. Raises BadInputError for a
    recording that cannot be read or a target that exists and may not be overwritten, FaultError on a fault
    of the disk.
    """
    _require_target(folder, overwrite=overwrite)
    recording = open_recording(recording_path, lambda share: progress(READ_SHARE * share))
    staging = folder.resolve().with_name(folder.resolve().name + PART_SUFFIX)
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        files = _files(recording)
        for done, (name, text) in enumerate(files, start=1):
            (staging / name).write_text(text, encoding="utf-8", newline="")
            progress(READ_SHARE + (1.0 - READ_SHARE) * done / len(files))
        _move(staging, folder)
    except OSError as error:
        raise FaultError(
            f"{folder}: cannot be written ({error.strerror}); check disk and permissions"
        ) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return recording


def _require_target(folder: Path, *, overwrite: bool) -> None:
    try:
        free = not folder.exists() or (folder.is_dir() and (overwrite or not any(folder.iterdir())))
        placed = folder.resolve().parent.is_dir()
    except OSError as error:
        raise BadInputError(f"{folder}: cannot be used ({error.strerror}); choose another folder") from None
    if not free:
        raise BadInputError(f"{folder}: exists already; choose another folder, or overwrite it with --force")
    if not placed:
        raise BadInputError(f"{folder.parent}: no such folder; create it first")


def _files(recording: Recording) -> list[tuple[str, str]]:
    header = header_of(
        recording.setup,
        started_at=recording.started_at,
        simulated=recording.simulated,
        notes=recording.notes,
    )
    files = [(HEADER_FILE, msgspec.json.format(msgspec.json.encode(header), indent=2).decode() + "\n")]
    for stream, samples in recording.streams.items():
        rows = (map(repr, row) for row in samples.tolist())
        files.append((stream_file(stream), _csv(COLUMNS[stream], rows)))
    if recording.announced:
        said = ((repr(a.t_s), a.text) for a in recording.announced)
        files.append((EVENTS_FILE, _csv(EVENT_COLUMNS, said)))
    if recording.gaps:
        gaps = ((g.stream.value, repr(g.start_s), repr(g.end_s), g.reason) for g in recording.gaps)
        files.append((GAPS_FILE, _csv(GAP_COLUMNS, gaps)))
    return files


def _csv(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _move(staging: Path, folder: Path) -> None:
    """Put the finished files where they belong and make them safe."""
    for path in staging.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    if not folder.exists() or not any(folder.iterdir()):
        os.rename(staging, folder)
    else:
        for name in FOLDER_FILES:
            if (staging / name).exists():
                os.replace(staging / name, folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
    synchronise_folder(folder)
