"""Reader of the encoder: an angle every 5 ms, handed on when the magnet was seen before and after it."""

from collections import deque
from copy import copy

from firmware.errors import FaultError
from firmware.i2c.as5600 import COUNTS_PER_TURN, Angle, As5600, Unwrapper
from firmware.i2c.bus import TransferError
from firmware.sampling.account import Reason
from firmware.sampling.track import Track

_LONGEST_STEP_S = 0.02
_CONFIRM_TURNS = 5
_CONFIRM_PHASE = 4
_NO_MAGNET = "no magnet"
_SPEED_STEPS = 3  # readings that tell the speed before a gap
_JUMP_COUNTS = 40  # off the way so far, 5 ms later: 7 g over a pulley of 60 mm
_BRIDGED_S = 0.4  # a return of 1.2 s changes its speed too much in a longer gap


class CableReader:
    """Fills the cable stream with unwrapped angles.

    A reading that cannot follow from the one before waits for the next: if that follows from it, the
    cable was really there and turns may be missing; if not, the reading was corrupt. How many turns are
    missing is told by the speeds before and after, as long as the gap is short against a movement; it is a
    guess all the same, and the gap says so. A turn too much or too little shifts all that follows until the
    cable is at rest, where the tracker begins anew. Accepted readings wait up to 25 ms, less where one jumps,
    until the chip confirms its magnet; those since the last confirmation are lost where it does not, because
    without a magnet the angle means nothing. While the magnet is not seen it is looked for before each
    reading: the first that counts comes after it.
    """

    settling_s = 0.0
    backlog = False

    def __init__(self, driver: As5600) -> None:
        self.driver = driver
        self.complaint: str | None = None
        self._turns = Unwrapper()
        self._confirmed = copy(self._turns)
        self._odd: Angle | None = None
        self._accepted: list[tuple[float, int, Reason | None]] = []
        self._path: deque[tuple[float, int]] = deque(maxlen=_SPEED_STEPS)
        self._last_s: float | None = None
        self._hole: Reason | None = None
        self._turn: int | None = None
        self._magnet_seen = False
        self._skipped = Reason.TICKS

    def begin(self, track: Track, ended_s: float) -> None:
        """The chip was set up anew; its magnet is yet to be seen."""
        self._discard(track, Reason.RESET)
        self._skipped = Reason.RESET
        self._magnet_seen = False

    def read(self, turn: int, track: Track) -> None:
        """Read the angle, and the magnet's status where that is due; once in a turn, which counts for one."""
        if turn == self._turn:
            return
        if self._turn is not None and turn - self._turn > 1:
            self._lose(turn - self._turn - 1, self._skipped, track)
        self._turn = turn
        try:
            if not self._magnet_seen:
                self._confirm(track)
            angle = self.driver.read()
        except TransferError:
            self._lose(1, Reason.BUS, track)
            self._skipped = Reason.AWAY
            raise
        self._skipped = Reason.TICKS
        if angle is None:
            self._reject(track)
        elif self._magnet_seen:
            self._follow(angle, track)
        else:
            self._lose(1, Reason.MAGNET, track)
            track.give_up(angle.host_s, Reason.MAGNET)
            return
        due = turn % _CONFIRM_TURNS == _CONFIRM_PHASE or len(self._accepted) >= _CONFIRM_TURNS
        if due or self._odd is not None or self._jumps():
            self._confirm(track)

    def finish(self, track: Track) -> None:
        """Ask for the magnet a last time; readings that nobody confirms then are lost."""
        try:
            if self._accepted:
                self._confirm(track)
        except FaultError:
            self._discard(track, Reason.AWAY)
        self._drop_odd(track)

    def _lose(self, number: int, reason: Reason, track: Track) -> None:
        """Count readings that are missing; a few left out by a late tick leave no hole in a path."""
        track.account.lost[reason] += number
        if reason is not Reason.TICKS:
            self._hole = reason

    def _follow(self, angle: Angle, track: Track) -> None:
        turns = copy(self._turns)
        step = turns.step(angle)
        if not step.ambiguous:
            self._drop_odd(track)
            self._accept(angle, step.position_counts, turns)
            return
        if self._odd is not None:
            turns = copy(self._turns)
            position = turns.step(self._odd).position_counts
            then = turns.step(angle)
            if not then.ambiguous:
                odd, self._odd = self._odd, None
                missed = self._turns_missed(odd, position, angle, then.position_counts)
                turns.add_turns(missed)
                self._hole = Reason.AMBIGUOUS
                self._accept(odd, position + missed * COUNTS_PER_TURN, turns)
                self._accept(angle, then.position_counts + missed * COUNTS_PER_TURN, turns)
                return
            self._drop_odd(track)
        self._odd = angle

    def _turns_missed(self, odd: Angle, position: int, angle: Angle, then: int) -> int:
        """Whole turns between the path so far and a reading after a gap, by the mean of both speeds."""
        path = self._way()
        if len(path) < 2 or odd.host_s - path[-1][0] > _BRIDGED_S or angle.host_s <= odd.host_s:
            return 0
        (first_s, first), (last_s, last) = path[0], path[-1]
        before = (last - first) / (last_s - first_s)
        after = (then - position) / (angle.host_s - odd.host_s)
        expected = last + 0.5 * (before + after) * (odd.host_s - last_s)
        return round((expected - position) / COUNTS_PER_TURN)

    def _jumps(self) -> bool:
        """Whether the last reading is where no cable gets to from the speed before."""
        way = self._way()
        if not self._accepted or len(way) < _SPEED_STEPS:
            return False
        (a_s, a), (b_s, b), (c_s, c) = way
        return abs((c - b) * (b_s - a_s) - (b - a) * (c_s - b_s)) > _JUMP_COUNTS * (b_s - a_s)

    def _way(self) -> list[tuple[float, int]]:
        """Return the last readings, with their host times."""
        accepted = [(host_s, counts) for host_s, counts, _ in self._accepted[-_SPEED_STEPS:]]
        return [*self._path, *accepted][-_SPEED_STEPS:]

    def _drop_odd(self, track: Track) -> None:
        if self._odd is not None:
            self._odd = None
            self._reject(track)

    def _reject(self, track: Track) -> None:
        track.account.corrupt += 1
        self._lose(1, Reason.CORRUPT, track)

    def _accept(self, angle: Angle, position: int, turns: Unwrapper) -> None:
        if self._last_s is not None and angle.host_s - self._last_s > _LONGEST_STEP_S:
            self._hole = self._hole or Reason.TICKS
        self._accepted.append((angle.host_s, position, self._hole))
        self._hole = None
        self._last_s = angle.host_s
        self._turns = turns

    def _confirm(self, track: Track) -> None:
        complaint = self.driver.magnet_fault()
        self.complaint = complaint
        self._magnet_seen = complaint is None or not complaint.startswith(_NO_MAGNET)
        if not self._magnet_seen:
            until_s = self._odd.host_s if self._odd is not None else self._last_s
            self._discard(track, Reason.MAGNET)
            if until_s is not None:
                track.give_up(until_s, Reason.MAGNET)
            return
        self._confirmed = copy(self._turns)
        for host_s, position, hole in self._accepted:
            if hole is not None:
                track.interrupt(hole)
            track.add(host_s, (position,))
            self._path.append((host_s, position))
        self._accepted.clear()

    def _discard(self, track: Track, reason: Reason) -> None:
        """Forget what nobody confirmed and count on from what was."""
        number = len(self._accepted) + (self._odd is not None)
        if number:
            self._lose(number, reason, track)
        self._accepted.clear()
        self._odd = None
        self._turns = copy(self._confirmed)
