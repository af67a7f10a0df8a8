"""Cable path: where the cable stands, followed without a break from its rest to a mark and back."""

from collections.abc import Callable
from statistics import fmean

from firmware.calibrating.host import Host
from firmware.i2c.as5600 import COUNTS_PER_TURN, As5600, Unwrapper

_EVERY_S = 0.005
_MOST_TURNS_PER_S = 10.0
_LOOK_EVERY = 20
_STILL_S = 3.0
_STILL_COUNTS = 40
_MOVED_COUNTS = 1000
_PATIENCE_S = 120.0


class CablePath:
    """Reads the encoder 200 times a second. Between `rest` and `follow` the cable must be held still.

    The cable may move by ten turns a second, 0.9 m/s over the smallest pulley and 2 m/s over a usual one;
    a pause of 50 ms between two readings then leaves nothing in doubt.

    `ambiguous`: steps at which whole turns may be missing. `corrupt`: readings that were no angle.
    `magnet_fault`: the first complaint about the magnet on the way.
    """

    def __init__(self, driver: As5600, host: Host) -> None:
        self.ambiguous = 0
        self.magnet_fault: str | None = None
        self._driver = driver
        self._host = host
        self._turns = Unwrapper(_MOST_TURNS_PER_S)
        self._corrupt_before = driver.corrupt
        self._number = 0
        self._position = 0
        self._base = 0
        self._resumed = False

    @property
    def corrupt(self) -> int:
        """Readings that were no angle."""
        return self._driver.corrupt - self._corrupt_before

    def rest(self, seconds: float = 1.0) -> tuple[float, int]:
        """Return the mean position (counts) over some seconds, and its largest less its smallest."""
        self._resume()
        positions = [self._read() for _ in self._host.ticks(seconds, _EVERY_S)]
        return fmean(positions), max(positions) - min(positions)

    def follow(self, done: Callable[[], bool]) -> bool:
        """Follow the cable until `done`; return False when that took longer than 2 minutes."""
        self._resume()
        for _ in self._host.ticks(_PATIENCE_S, _EVERY_S):
            self._read()
            if done():
                return True
        return False

    def follow_until_still(self) -> bool:
        """Follow the cable until it has moved and then stood for 3 s; return False after 2 minutes."""
        began = position = self._position
        moved = False
        still_since_s = self._host.now()

        def stands() -> bool:
            nonlocal position, moved, still_since_s
            if abs(self._position - position) > _STILL_COUNTS:
                position, still_since_s = self._position, self._host.now()
            moved = moved or abs(self._position - began) > _MOVED_COUNTS
            return moved and self._host.now() - still_since_s >= _STILL_S

        return self.follow(stands)

    def _resume(self) -> None:
        """Count on from the nearest turn: while something was said, the cable stood."""
        self._turns = Unwrapper(_MOST_TURNS_PER_S)
        self._resumed = True

    def _read(self) -> int:
        self._number += 1
        if self._number % _LOOK_EVERY == 1:
            self.magnet_fault = self.magnet_fault or self._driver.magnet_fault()
        angle = self._driver.read()
        if angle is not None:
            step = self._turns.step(angle)
            if self._resumed:
                turns = round((self._position - step.position_counts) / COUNTS_PER_TURN)
                self._base, self._resumed = turns * COUNTS_PER_TURN, False
            self.ambiguous += step.ambiguous
            self._position = self._base + step.position_counts
        return self._position
