"""Recorder: writes a session in a thread of its own, since a card may take seconds for an fsync."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self

from firmware.errors import BadInputError, FaultError
from firmware.numbering import Numbered
from firmware.recording.left_out import LeftOut
from firmware.recording.mcap_part import PART_SUFFIX
from firmware.recording.mcap_writer import RecordingWriter
from firmware.recording.pruning import free_bytes
from tracker.blocks import RawBlock
from tracker.calibration import Calibration
from tracker.messages import Phase, PhaseChange
from tracker.setup import SessionSetup

PREFIX = "kickback-"

WAITING_BLOCKS = 1500
"""Half a minute, about 4 MB: longer than a card that lives stays away."""

WAITING_RESULTS = 1000
"""As many may wait beside the blocks, about 2 MB: the journal has them too."""

_LOOK_S = 5.0
_RETRY_S = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """`longest_s`: length from which on a new file is begun when nobody moves; at twice of it in any case.
    `keep_free_bytes`: left free on the disk.
    """

    longest_s: float = 600.0
    keep_free_bytes: int = 500_000_000


@dataclass(frozen=True, slots=True)
class _Calibrated:
    calibration: Calibration
    from_s: float


class Recorder:
    """Records one session into `FOLDER/kickback-SESSION.mcap`, and on in `...-2.mcap` when that gets long.

    Give it each block, with the results between them; it takes them at once and never raises. `finish`
    lets the thread finish the file, leaving the context waits for that. When the disk is full or fails,
    `fault` says so, what was written stays readable, and another file is tried a minute of session time
    later.

    A file is begun with the first samples: of a machine without sensors there is nothing to record.

    `started_at`: RFC 3339 UTC of session time zero as it is known now, None when it is not.
    `tidy`: makes room in the folder before a file is begun.
    `free_bytes`: what is free on the folder's disk; raises OSError. `waiting_blocks`: kept in memory
    while the disk is slow.
    """

    name = "recorder"

    def __init__(
        self,
        folder: Path,
        setup: SessionSetup,
        calibration: Calibration,
        *,
        limits: Limits | None = None,
        started_at: Callable[[], str | None] = lambda: None,
        simulated: bool = False,
        tidy: Callable[[Path], object] = lambda folder: None,
        free_bytes: Callable[[Path], int] = free_bytes,
        waiting_blocks: int = WAITING_BLOCKS,
    ) -> None:
        self.fault: str | None = None
        self.files: list[Path] = []
        self._folder = folder
        self._setup = setup
        self._calibration = calibration
        self._limits = limits or Limits()
        self._started_at = started_at
        self._simulated = simulated
        self._tidy = tidy
        self._free_bytes = free_bytes
        self._writer: RecordingWriter | None = None
        self._opened_s = 0.0
        self._look_s = self._retry_s = -float("inf")
        self._latest_s = 0.0
        self._left_out: LeftOut | None = None
        self._forgotten = False
        self._moving = False
        self._queue: Queue[RawBlock | Numbered | _Calibrated | None] = Queue()
        self._waiting_blocks = waiting_blocks
        self._calibrated: _Calibrated | None = None
        self._thread = threading.Thread(target=self._run, name="recorder")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin to take blocks."""
        self._thread.start()

    def close(self) -> None:
        """Finish, and wait until everything is on the disk or given up."""
        self.finish()
        self._thread.join()

    def finish(self) -> None:
        """The session is over; nothing more is taken."""
        self._queue.put(None)

    @property
    def finished(self) -> bool:
        """Whether everything is on the disk, or given up."""
        return not self._thread.is_alive()

    def block(self, block: RawBlock) -> None:
        """Take the next block. Samples that a slow disk leaves no room for, after 30 s, become a gap."""
        if self._left_out is not None:
            block = self._left_out.before(block)
        if self._queue.qsize() >= self._waiting_blocks:
            self._left_out = LeftOut(block)
        else:
            self._left_out = None
            if self._calibrated is not None:
                self._queue.put(self._calibrated)
                self._calibrated = None
            self._queue.put(block)

    def settle(self) -> None:
        """Wait until everything handed over so far has been dealt with."""
        self._queue.join()

    def calibrate(self, calibration: Calibration, from_s: float) -> None:
        """Take the calibration that holds from a session time on, before the block that begins there."""
        self._calibrated = _Calibrated(calibration, from_s)

    def forget(self) -> None:
        """Nothing happened in this session: on leaving the context its files are deleted."""
        self._forgotten = True

    def result(self, numbered: Numbered) -> None:
        """Take a result, to be kept beside the samples it came from, as long as there is room."""
        if self._queue.qsize() < self._waiting_blocks + WAITING_RESULTS:
            self._queue.put(numbered)

    def phase(self, change: PhaseChange) -> None:
        """Phase changes are not recorded, but no file ends in the middle of a set."""
        self._moving = change.phase is not Phase.IDLE

    def at(self, session_s: float) -> None:
        """Blocks come by `block`."""

    def end(self, session_s: float) -> None:
        """`finish` is for who knows that nothing follows."""

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            self._guarded(partial(self._take, item))
            self._queue.task_done()
        self._guarded(self._discard if self._forgotten else self._finish)

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            # Whatever it is, it ends a recording and never the counting.
            kind = "" if isinstance(error, FaultError | BadInputError) else f"{type(error).__name__}: "
            self.fault = f"recording stopped, counting goes on: {kind}{error}"
            self._retry_s = self._latest_s + _RETRY_S
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.abandon()

    def _take(self, item: RawBlock | Numbered | _Calibrated) -> None:
        if isinstance(item, _Calibrated):
            self._calibration = item.calibration
            if self._writer is not None:
                self._writer.calibrate(item.calibration, item.from_s)
            return
        if isinstance(item, Numbered):
            if self._writer is not None:
                self._writer.write_result(item.result.TOPIC, item.result.detected_s, item.payload)
            return
        self._latest_s = item.start_s
        if self._writer is None:
            if item.start_s < self._retry_s or not item.streams:
                return
            self._writer = self._opened(item.start_s)
        if item.start_s >= self._look_s:
            self._look_s = item.start_s + _LOOK_S
            self._finish_where_space_ends()
        self._writer.write(item)
        if item.end_s - self._opened_s >= self._limits.longest_s * (2.0 if self._moving else 1.0):
            self._finish()

    def _opened(self, start_s: float) -> RecordingWriter:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FaultError(
                f"{self._folder}: cannot be made ({error.strerror}); name another recording.folder"
            ) from None
        self._tidy(self._folder)
        self._require_space()
        path = self._free_path()
        writer = RecordingWriter(
            path,
            self._setup,
            started_at=self._started_at(),
            simulated=self._simulated,
            calibration=self._calibration,
        )
        self.fault = None
        self._opened_s = start_s
        self.files.append(path)
        return writer

    def _finish(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _finish_where_space_ends(self) -> None:
        """Finish the file while there is room to, and raise FaultError, when the disk fills up."""
        try:
            self._require_space()
        except FaultError:
            self._finish()
            raise

    def _discard(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.discard()
        while self.files:
            self.files.pop().unlink(missing_ok=True)

    def _require_space(self) -> None:
        free = self._free_bytes(self._folder)
        if free < self._limits.keep_free_bytes:
            raise FaultError(
                f"{self._folder}: only {free // 1_000_000} MB are free, "
                f"{self._limits.keep_free_bytes // 1_000_000} are to stay free; delete what is not needed"
            )

    def _free_path(self) -> Path:
        """A name that is not taken, neither by a recording nor by one that was cut short."""
        stem, number = f"{PREFIX}{self._setup.session}", 1
        while True:
            path = self._folder / (f"{stem}.mcap" if number == 1 else f"{stem}-{number}.mcap")
            if not path.exists() and not path.with_name(path.name + PART_SUFFIX).exists():
                return path
            number += 1
