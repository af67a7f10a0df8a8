"""The samples and gaps of one stream, waiting to be cut into blocks."""

from bisect import bisect_left

import numpy as np

from firmware.sampling.account import Account, Reason
from firmware.sampling.stuck import StuckWatch
from tracker.blocks import COUNT_COLUMNS, Gap, RawSamples, Stream

Row = tuple[int, ...]


class Track:
    """One stream. Times given are host times (s); blocks have session time, which begins at `start_s`.

    `complete_s`: session time up to which every sample is here or known to be missing. `came`: samples that
    the chip gave, measurements or not. `slow`: whether they are too few, so that there is a gap between each
    two.
    """

    def __init__(self, stream: Stream, start_s: float) -> None:
        self.stream = stream
        self.start_s = start_s
        self.complete_s = 0.0
        self.came = 0
        self.slow = False
        self.account = Account()
        self._t_s: list[float] = []
        self._rows: list[Row] = []
        self._gaps: list[Gap] = []
        self._last_s = 0.0
        self._stuck = StuckWatch(stream)
        self._hole: Reason | None = Reason.STARTING
        self._taken_s = 0.0

    @property
    def latest_s(self) -> float:
        """Session time of the last sample; zero before the first."""
        return self._last_s

    @property
    def waiting(self) -> int:
        """Samples that are in no block yet."""
        return len(self._t_s)

    @property
    def stuck(self) -> bool:
        """Whether the sensor repeats the same values."""
        return self._stuck.stuck

    def add(self, host_s: float, row: Row) -> None:
        """Take the next sample, in the order of time.

        One that belongs into a block already cut, because the stream had been given up, counts as lost. So
        does one of a sensor that is stuck: nothing was measured.
        """
        self.came += 1
        t_s = host_s - self.start_s
        if t_s < self._taken_s:
            self.lose(1, Reason.LATE)
            return
        if self._stuck.take(t_s, row):
            self.lose(1, Reason.STUCK)
            self.complete_s = max(self.complete_s, t_s)
            return
        if self.slow:
            self._hole = self._hole or Reason.SLOW
        if self._hole is not None:
            self._close(t_s, self._hole)
            self._hole = None
        self._t_s.append(t_s)
        self._rows.append(row)
        self._last_s = t_s
        self.complete_s = max(self.complete_s, t_s)

    def lose(self, number: int, reason: Reason) -> None:
        """Samples between the last one and the next are lost."""
        self.came += number if reason is Reason.SATURATED else 0
        self.correct(number, reason)
        if number > 0:
            self.interrupt(reason)

    def correct(self, number: int, reason: Reason) -> None:
        """Of samples lost earlier there were so many more, or fewer where negative; the gap was told then."""
        if number:
            self.account.lost[reason] += number

    def doubt(self, fewer: int, more: int) -> None:
        """The number lost may be so many less or more than was told before; negative takes doubt back."""
        self.account.fewer += fewer
        self.account.more += more

    def interrupt(self, reason: Reason) -> None:
        """The next sample does not follow from the last one, whether or not a sample is missing."""
        self._hole = reason

    def give_up(self, until_s: float, reason: Reason) -> None:
        """Nothing more will come that was taken before `until_s`; blocks need not wait for it."""
        self.interrupt(reason)
        self.complete_s = max(self.complete_s, until_s - self.start_s)

    def take(self, end_s: float) -> tuple[RawSamples | None, list[Gap]]:
        """Remove and return the samples and the pieces of gaps before `end_s` (session time)."""
        number = bisect_left(self._t_s, end_s)
        samples = None
        if number:
            counts = np.array(self._rows[:number], dtype=np.int64)
            assert counts.shape[1] == len(COUNT_COLUMNS[self.stream]) - 1
            samples = RawSamples(np.array(self._t_s[:number]), counts)
            del self._t_s[:number], self._rows[:number]
        if self._hole is not None and self._last_s < end_s:
            self._close(end_s, self._hole)
        pieces = [_piece(gap, self._taken_s, end_s) for gap in self._gaps if gap.start_s < end_s]
        self._gaps = [gap for gap in self._gaps if gap.end_s > end_s]
        self._taken_s = end_s
        self.account.delivered += number
        return samples, pieces

    def hand_over(self) -> Account:
        """Return the account since the last call and begin a new one."""
        account, self.account = self.account, Account()
        return account

    def _close(self, end_s: float, reason: Reason) -> None:
        """Lay down the gap from the last sample, or from the last block, to `end_s`."""
        start_s = max(self._last_s, self._taken_s)
        if start_s < end_s:
            self._gaps.append(Gap(self.stream, start_s, end_s, reason.value))
            self.account.gaps += self._last_s >= self._taken_s


def _piece(gap: Gap, from_s: float, until_s: float) -> Gap:
    return Gap(gap.stream, max(gap.start_s, from_s), min(gap.end_s, until_s), gap.reason)
