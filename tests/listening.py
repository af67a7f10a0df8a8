"""What a track was told, in its order: the samples that came, and what was lost before and between them.

Blocks and accounts do not keep that order: a sample waits for its block, a loss is told at once.
"""

from collections import deque
from typing import NamedTuple

from firmware.sampling.account import Account, Reason
from firmware.sampling.track import Row, Track


class Heard(NamedTuple):
    """Told by the time a sample came: `lost` so far, and how many of them (`early`) since the chip was last
    set up, where no sample came between.
    """

    lost: int
    early: int


class Listener:
    """Listens to a track. `waiting`: what was told before each sample that is in no block yet.

    `lost`: all that was told lost so far.
    """

    def __init__(self, track: Track) -> None:
        self.waiting: deque[Heard] = deque()
        self.lost = 0
        self._early = 0
        self._anew = True
        self._restarts = 0
        self._track = track
        self._add, self._correct, self._hand_over = track.add, track.correct, track.hand_over
        track.add = self._adding  # type: ignore[method-assign]
        track.correct = self._correcting  # type: ignore[method-assign]
        track.hand_over = self._handing_over  # type: ignore[method-assign]

    def _adding(self, host_s: float, row: Row) -> None:
        waiting = self._track.waiting
        self._look()
        self._add(host_s, row)
        if self._track.waiting > waiting:
            self.waiting.append(Heard(self.lost, self._early))
            self._anew = False

    def _correcting(self, number: int, reason: Reason) -> None:
        self._look()
        self._correct(number, reason)
        self.lost += number
        self._early += number * self._anew

    def _handing_over(self) -> Account:
        self._look()
        self._restarts = 0
        return self._hand_over()

    def _look(self) -> None:
        """Whether the chip was set up anew since the last look."""
        if self._track.account.restarts > self._restarts:
            self._restarts = self._track.account.restarts
            self._anew = True
            self._early = 0
