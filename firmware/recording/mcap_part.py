"""An MCAP file under construction, on a disk that may fail and may lose power."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zlib import crc32

from mcap.writer import Writer

from firmware.durable import synchronise_folder
from firmware.errors import BadInputError, FaultError
from firmware.recording.mcap_schema import PROFILE, TOPICS, schema_json

PART_SUFFIX = ".part"

CHUNK_BYTES = 128 * 2**10
"""Text in one chunk, about 2 s of all sensors: what one damaged byte can cost."""

_T = TypeVar("_T")


class PartFile:
    """An MCAP file under construction: `PATH.part`, locked while open, renamed to PATH when it is whole."""

    def __init__(self, path: Path, *, part: Path | None = None, overwrite: bool = False) -> None:
        """Create `PATH.part`, or `part`, which may then be there already.

        Raises BadInputError when the path cannot be used, and whatever `overwrite` says when an unfinished
        recording of that name is there; FaultError on a fault of the disk.
        """
        if path.suffix != ".mcap":
            raise BadInputError(f"{path}: a recording's name ends in .mcap; rename it")
        self.path = path
        self.part = part or path.with_name(path.name + PART_SUFFIX)
        try:
            if path.exists() and not overwrite:
                raise BadInputError(
                    f"{path}: exists already; choose another name, or overwrite it with --force"
                )
            self._file = self.part.open("wb" if part else "xb")
        except FileExistsError:
            raise BadInputError(
                f"{self.part}: is left from a recording that was cut short; recover or delete it first"
            ) from None
        except FileNotFoundError:
            raise BadInputError(f"{path.parent}: no such folder; create it first") from None
        except OSError as error:
            raise self._fault(error) from None
        with contextlib.suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.writer = Writer(self._file, chunk_size=CHUNK_BYTES)
        self._name_is_safe = False
        self._channels: dict[str, int] = {}
        self._schemas: dict[str, int] = {}
        self._flush: Callable[[], None] = self.writer.flush
        self._finish_index: Callable[[], None] = self.writer.finish
        self.writer.start(profile=PROFILE, library="kickback")

    def guarded(self, act: Callable[[], _T]) -> _T:
        """Do something to the file; on an error of the disk close it as it is and raise FaultError."""
        self.require_open()
        try:
            return act()
        except OSError as error:
            self.abandon()
            raise self._fault(error) from None

    def require_open(self) -> None:
        """Raise FaultError when nothing more can be written."""
        if self._file.closed:
            raise FaultError(f"{self.part}: the recording is closed; start a new one")

    def message(self, topic: str, stamp_ns: int, data: bytes) -> None:
        """Append one message of a known topic."""
        if topic not in self._channels:
            kind = TOPICS[topic]
            if kind.__name__ not in self._schemas:
                self._schemas[kind.__name__] = self.writer.register_schema(
                    f"{PROFILE}.{kind.__name__}", "jsonschema", schema_json(kind)
                )
            self._channels[topic] = self.writer.register_channel(topic, "json", self._schemas[kind.__name__])
        self.writer.add_message(self._channels[topic], stamp_ns, data, stamp_ns)

    def metadata(self, name: str, text: bytes) -> None:
        """Append a metadata record with its own checksum, since MCAP gives it none."""
        self._flush()
        self.writer.add_metadata(name, {"json": text.decode(), "crc32": f"{crc32(text):08x}"})

    def sync(self) -> None:
        """Make what was written so far readable and safe, and at the first time the file's name, too."""
        self._flush()
        os.fsync(self._file.fileno())
        if not self._name_is_safe:
            synchronise_folder(self.part.parent)
            self._name_is_safe = True

    def finish(self) -> None:
        """Write the index, make all of it safe and give the file its name."""
        self._finish_index()
        self._file.flush()
        os.fsync(self._file.fileno())
        os.replace(self.part, self.path)
        self._file.close()
        synchronise_folder(self.path.parent)

    def abandon(self) -> None:
        """Close the file unfinished, under its `.part` name."""
        with contextlib.suppress(OSError):
            self._file.close()

    def discard(self) -> None:
        """Close the file and remove it."""
        self.abandon()
        with contextlib.suppress(OSError):
            self.part.unlink(missing_ok=True)

    @property
    def closed(self) -> bool:
        """Whether nothing more can be written."""
        return self._file.closed

    def _fault(self, error: OSError) -> FaultError:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        todo = "free some space" if full else "check disk and permissions"
        return FaultError(f"{self.part}: cannot be written ({error.strerror}); {todo}, then record again")
