"""Recordings: one after another, a session each, and what an earlier crash left of them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from firmware.config.sections import Recording
from firmware.recording.pruning import make_room, prune
from firmware.recording.recorder import Limits, Recorder
from firmware.recording.recovery import Recovery
from firmware.wall_clock import WallClock
from tracker.blocks import RawBlock
from tracker.calibration import Calibration
from tracker.setup import SessionSetup

BYTES_A_MINUTE = 1_250_000
"""Of all sensors at their usual rates: 75 MB an hour."""


class Recordings:
    """Switched off, it takes everything and writes nothing. Close it in any case.

    The recording of a session that is over finishes in its own time while the next one begins.
    """

    def __init__(self, recording: Recording, folder: Path, wall: WallClock) -> None:
        """Begin to make whole what a crash left."""
        self._recording = recording
        self._folder = folder
        self._wall = wall
        self._recovery = Recovery(folder) if recording.enabled else None
        self._recorder: Recorder | None = None
        self._finishing: list[Recorder] = []

    @property
    def outputs(self) -> tuple[Recorder, ...]:
        """What is to have the results of the session."""
        return () if self._recorder is None else (self._recorder,)

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong with recording now, by part."""
        recorder = self._recorder
        return {} if recorder is None or recorder.fault is None else {recorder.name: recorder.fault}

    @property
    def standing(self) -> Iterator[str]:
        """How recording stands, in words."""
        if self._recorder is not None:
            yield "recording stopped" if self._recorder.fault else "recording"

    def notes(self) -> Sequence[str]:
        """What became of what a crash left, once it is known."""
        return () if self._recovery is None else self._recovery.notes()

    def begin(self, setup: SessionSetup, calibration: Calibration, host_s: float) -> None:
        """Begin the recording of a session that began at `host_s` of the monotonic clock."""
        if not self._recording.enabled:
            return
        limits = Limits(self._recording.longest_min * 60.0, self._recording.keep_free_mb * 1_000_000)
        self._recorder = Recorder(
            self._folder,
            setup,
            calibration,
            limits=limits,
            started_at=lambda: self._wall.at(host_s) if self._wall.synchronized else None,
            tidy=self._tidy,
        )
        self._recorder.start()

    def block(self, block: RawBlock) -> None:
        """Take the next block."""
        if self._recorder is not None:
            self._recorder.block(block)

    def calibrate(self, calibration: Calibration, from_s: float) -> None:
        """Take the calibration that holds from the next block on."""
        if self._recorder is not None:
            self._recorder.calibrate(calibration, from_s)

    def end(self, *, keep: bool) -> None:
        """The session is over; nothing is kept of one in which nothing happened."""
        if self._recorder is None:
            return
        if not keep:
            self._recorder.forget()
        self._recorder.finish()
        self._finishing = [each for each in self._finishing if not each.finished]
        self._finishing.append(self._recorder)
        self._recorder = None

    def close(self) -> None:
        """Finish every recording, that of a session under way too."""
        self.end(keep=True)
        for recorder in self._finishing:
            recorder.close()
        if self._recovery is not None:
            self._recovery.stop()

    def _tidy(self, folder: Path) -> None:
        today = self._wall.utc
        if self._recording.keep_days and today is not None:
            prune(folder, today - timedelta(days=self._recording.keep_days))
        # A recording goes on to twice its length while somebody moves.
        longest = 2 * self._recording.longest_min * BYTES_A_MINUTE
        make_room(folder, self._recording.keep_free_mb * 1_000_000 + longest)
