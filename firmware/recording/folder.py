"""The neutral folder: one CSV file per stream beside `recording.json`."""

from collections.abc import Callable
from pathlib import Path

from firmware.errors import BadInputError
from firmware.recording.header import EXAMPLE, parse_header
from firmware.recording.recording import Recording, require_session
from firmware.recording.table import number, read_numbers, read_records, read_text, require_order
from tracker.announced import read_announced
from tracker.blocks import COLUMNS, Announced, Announcement, Gap, Stream

HEADER_FILE = "recording.json"
EVENTS_FILE = "events.csv"
GAPS_FILE = "gaps.csv"
EVENT_COLUMNS = ("t_s", "event")
GAP_COLUMNS = ("stream", "start_s", "end_s", "reason")
LARGEST_HEADER_BYTES = 2**20


def stream_file(stream: Stream) -> str:
    """Name of the file of a stream."""
    return f"{stream.value}.csv"


FOLDER_FILES = (HEADER_FILE, EVENTS_FILE, GAPS_FILE, *map(stream_file, Stream))
"""Every file a reader looks at; others, `truth.json` among them, are left alone."""


def read_folder(folder: Path, progress: Callable[[float], None] = lambda share: None) -> Recording:
    """Read a neutral folder, calling `progress` with the share done, 0 to 1.

    Raises BadInputError, one line that says which file, line and column, and what to do.
    """
    present = _streams_in(folder)
    header_path = folder / HEADER_FILE
    if not header_path.exists():
        raise BadInputError(f"{folder}: has no {HEADER_FILE}; write one such as {EXAMPLE}")
    header, notes = parse_header(read_text(header_path, LARGEST_HEADER_BYTES), str(header_path))
    streams = {}
    for done, stream in enumerate(present, start=1):
        streams[stream] = read_numbers(folder / stream_file(stream), COLUMNS[stream])
        progress(done / len(present))
    recording = Recording(
        setup=header.setup(folder.resolve().name),
        streams=streams,
        announced=_read_events(folder / EVENTS_FILE),
        started_at=header.started_at,
        simulated=header.simulated,
        notes=header.notes + notes,
        gaps=_read_gaps(folder / GAPS_FILE),
    )
    return require_session(recording, str(folder))


def _streams_in(folder: Path) -> list[Stream]:
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        raise BadInputError(f"{folder}: no such recording; check the path") from None
    except OSError as error:
        raise BadInputError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from None
    present = [stream for stream in Stream if stream_file(stream) in names]
    if not present:
        raise BadInputError(
            f"{folder}: holds no stream; it needs at least one of {', '.join(map(stream_file, Stream))}"
        )
    return present


def _read_events(path: Path) -> tuple[Announced, ...]:
    if not path.exists():
        return ()
    announced: list[Announced] = []
    before_s = -float("inf")
    for line, (time, word) in read_records(path, EVENT_COLUMNS):
        t_s = number(path, line, "t_s", time)
        require_order(path, line, before_s, t_s)
        before_s = t_s
        try:
            announced.append(read_announced(t_s, word))
        except ValueError:
            raise BadInputError(
                f"{path}, line {line}, column event: unknown event {word!r:.40}; "
                f"known are {', '.join(Announcement)}"
            ) from None
    return tuple(announced)


def _read_gaps(path: Path) -> tuple[Gap, ...]:
    if not path.exists():
        return ()
    gaps = []
    for line, (name, start, end, reason) in read_records(path, GAP_COLUMNS):
        start_s, end_s = number(path, line, "start_s", start), number(path, line, "end_s", end)
        require_order(path, line, start_s, end_s)
        if name not in list(Stream):
            raise BadInputError(
                f"{path}, line {line}, column stream: unknown stream {name!r:.40}; "
                f"known are {', '.join(Stream)}"
            )
        gaps.append(Gap(Stream(name), start_s, end_s, reason))
    return tuple(gaps)
