"""One CSV table of numbers: read fast, and judged line by line when something is wrong with it."""

import csv
import io
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np

from firmware.errors import BadInputError
from firmware.recording.recording import LATEST_TIME_S
from tracker.blocks import FloatArray

LARGEST_FILE_BYTES = 256 * 2**20


def read_text(path: Path, largest_bytes: int = LARGEST_FILE_BYTES) -> str:
    """Return the text of a file with plain line ends; raise BadInputError, one line, when it is none."""
    try:
        if not path.is_file():
            raise BadInputError(f"{path}: is not a file; put the file itself there")
        size = path.stat().st_size
        if size > largest_bytes:
            raise BadInputError(
                f"{path}: has {size / 2**20:.0f} MB, at most {largest_bytes / 2**20:.0f} can be; "
                "split the session"
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: byte {error.start} is not UTF-8 text; save it as UTF-8") from None
    if "\0" in text:
        raise BadInputError(f"{path}: holds binary data, not text; check that it is the right file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_numbers(path: Path, columns: Sequence[str]) -> FloatArray:
    """Read the named columns, `t_s` first, of a CSV file with a header line, to an array (n, columns).

    Column order is free and other columns are ignored. Raises BadInputError, one line naming file, line and
    column: a column that is missing, text in place of a number, a wrong field count, NaN or infinity, time
    running backwards, no samples.
    """
    text = read_text(path)
    header, places = _places(path, text, columns)
    numbers = _read_fast(text, len(header), places)
    return _read_slowly(path, text, len(header), places, columns) if numbers is None else numbers


def read_records(path: Path, columns: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Read the named columns as text: (line number, fields) of each line; [] for a table without lines."""
    text = read_text(path)
    header, places = _places(path, text, columns)
    return [(line, [row[i].strip() for i in places]) for line, row in _rows(path, text, len(header))]


def number(path: Path, line: int, column: str, field: str) -> float:
    """Return the number in a field; raise BadInputError naming its place."""
    try:
        value = float(field)
    except ValueError:
        raise BadInputError(
            f"{path}, line {line}, column {column}: {field!r:.40} is not a number; write one such as 0.25"
        ) from None
    if not isfinite(value):
        raise BadInputError(
            f"{path}, line {line}, column {column}: {field} is not a finite number; "
            "leave out samples without a value"
        )
    return value


def require_order(path: Path, line: int, before_s: float, t_s: float) -> None:
    """Raise BadInputError when time runs backwards or beyond what a session can be."""
    if t_s < before_s:
        raise BadInputError(
            f"{path}, line {line}, column t_s: time runs backwards, {t_s!r} after {before_s!r}; "
            "sort the lines by time"
        )
    if abs(t_s) > LATEST_TIME_S:
        raise BadInputError(f"{path}, line {line}, column t_s: {t_s!r} is no time in seconds; convert it")


def _places(path: Path, text: str, columns: Sequence[str]) -> tuple[list[str], list[int]]:
    if not text.strip():
        raise BadInputError(f"{path}: is empty; write the header {','.join(columns)} and the samples")
    first = text.lstrip().partition("\n")[0]
    try:
        header = [name.strip() for name in next(csv.reader([first]))]
    except csv.Error as error:
        raise BadInputError(f"{path}, line 1: {error}; is it the right file?") from None
    missing = [name for name in columns if name not in header]
    if missing:
        hint = "; separate columns with commas" if ";" in first or "\t" in first else ""
        raise BadInputError(
            f"{path}, line 1: column {', '.join(missing)} is missing; needed are {','.join(columns)}{hint}"
        )
    twice = [name for name in columns if header.count(name) > 1]
    if twice:
        raise BadInputError(f"{path}, line 1: column {twice[0]} is there twice; keep one of them")
    return header, [header.index(name) for name in columns]


def _read_fast(text: str, width: int, places: list[int]) -> FloatArray | None:
    """Return the numbers when nothing at all is wrong with the table, else None."""
    if '"' in text:
        return None
    body = text.lstrip().partition("\n")[2]
    if not _is_regular(body, width):
        return None
    try:
        numbers = np.loadtxt(io.StringIO(body), delimiter=",", usecols=places, comments=None, ndmin=2)
    except ValueError:
        return None
    t_s = numbers[:, 0]
    sound = np.isfinite(numbers).all() and (t_s[1:] >= t_s[:-1]).all()
    return numbers if sound and max(-t_s[0], t_s[-1]) <= LATEST_TIME_S else None


def _is_regular(body: str, width: int) -> bool:
    """Whether every line has the same number of fields and none is empty."""
    if not body.strip():
        return False
    data = np.frombuffer(body.rstrip().encode() + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    commas = np.searchsorted(np.flatnonzero(data == ord(",")), ends)
    return bool((np.diff(commas, prepend=0) == width - 1).all() and (np.diff(ends, prepend=-1) > 2).all())


def _read_slowly(path: Path, text: str, width: int, places: list[int], columns: Sequence[str]) -> FloatArray:
    rows: list[list[float]] = []
    before_s = -float("inf")
    for line, row in _rows(path, text, width):
        values = [number(path, line, name, row[i].strip()) for name, i in zip(columns, places, strict=True)]
        require_order(path, line, before_s, values[0])
        before_s = values[0]
        rows.append(values)
    if not rows:
        raise BadInputError(f"{path}: has a header and no samples; delete the file or record again")
    return np.array(rows)


def _rows(path: Path, text: str, width: int) -> list[tuple[int, list[str]]]:
    """Split into (line number, fields) of every line after the header that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows = []
    try:
        for row in reader:
            if row and any(field.strip() for field in row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise BadInputError(f"{path}, line {reader.line_num}: {error}; is it the right file?") from None
    for line, row in rows[1:]:
        if len(row) != width:
            raise BadInputError(
                f"{path}, line {line}: has {len(row)} fields, the header has {width}; "
                "complete or delete the line"
            )
    return rows[1:]
