"""Copying: results read out of a journal that another program may be writing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from firmware.errors import FaultError
from firmware.journal.file import checked, lenient

_QUERY = "SELECT seq, kind, crc, payload FROM event ORDER BY seq"


class _Told(msgspec.Struct):
    session: str | None = None


def kept_results(path: Path, session: str | None) -> Iterator[bytes]:
    """The payloads of a session's results as they were published, in order; None for every session.

    A result that is damaged is left out. Raise FaultError when the journal cannot be read.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as journal:
            journal.text_factory = lenient
            for row in journal.execute(_QUERY):
                for entry in checked([row])[0]:
                    if session is None or _session(entry.payload) == session:
                        yield entry.payload
    except sqlite3.Error as error:
        raise FaultError(f"the journal {path} cannot be read ({error})") from None


def _session(payload: bytes) -> str | None:
    try:
        return msgspec.json.decode(payload, type=_Told).session
    except (msgspec.DecodeError, RecursionError):
        return None
