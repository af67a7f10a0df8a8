"""How many samples a chip without a counter has made: every number that fits what was seen.

A reading says two things for sure: by then so many samples had been made, and not yet one more. Between
readings the chip goes on at its rate, which is known within bounds that narrow with time. So for each
number of lost samples that is possible there is an interval in which the chip's count must be; a number
whose interval has become empty was wrong. No distribution is assumed and nothing is averaged: what is
certain stays certain.
"""

from functools import reduce
from math import floor, fsum
from typing import NamedTuple

_ROUNDING = 0.02
_AT_ODDS_TO_BEGIN_ANEW = 5
_MOST_SPANS = 40
_MOST_NUMBERS = 400
_MOST_WAYS = 2
_CLEARLY = 3.0
_ANCHOR_S = 20.0
_WANDER_PER_S = 5e-6  # an oscillator that warms up: 0.03 % in a minute
_RATE_WITHIN_LEAST = 1e-4


class Span(NamedTuple):
    """Where the chip's count is at `at_s`, if one number is right: `lo` to `hi`, at a rate (1/s) of `slow` to
    `fast`. At `anchor_s` it was `anchor_lo` to `anchor_hi`.

    A count of 7.3 means that seven samples were made, and the time to the eighth is 30 % over.
    """

    at_s: float
    lo: float
    hi: float
    slow: float
    fast: float
    anchor_s: float
    anchor_lo: float
    anchor_hi: float

    def until(self, host_s: float) -> "Span":
        """Let time pass, or go back in it."""
        passed_s = host_s - self.at_s
        behind, ahead = sorted((passed_s * self.slow, passed_s * self.fast))
        return self._replace(at_s=host_s, lo=self.lo + behind, hi=self.hi + ahead)

    def within(self, lo: float, hi: float) -> "Span | None":
        """Learn that the count is in an interval now; None where it cannot be."""
        lo, hi = max(lo, self.lo), min(hi, self.hi)
        return self._replace(lo=lo, hi=hi)._paced() if lo < hi else None

    def less(self, number: int) -> "Span":
        """The same with so many samples less."""
        return self._replace(
            lo=self.lo - number,
            hi=self.hi - number,
            anchor_lo=self.anchor_lo - number,
            anchor_hi=self.anchor_hi - number,
        )

    def joined(self, other: "Span") -> "Span":
        """The two ways to one number, as one."""
        lo, hi = min(self.lo, other.lo), max(self.hi, other.hi)
        slow, fast = min(self.slow, other.slow), max(self.fast, other.fast)
        return Span(self.at_s, lo, hi, slow, fast, self.at_s, lo, hi)

    def _paced(self) -> "Span":
        """Learn the rate from the way since the anchor, and cast the anchor anew where it is old."""
        passed_s = self.at_s - self.anchor_s
        if passed_s <= 0.0:
            return self
        slow = max(self.slow, (self.lo - self.anchor_hi) / passed_s)
        fast = min(self.fast, (self.hi - self.anchor_lo) / passed_s)
        middle = 0.5 * (slow + fast)
        half = max(0.5 * (fast - slow), _RATE_WITHIN_LEAST * middle)
        if passed_s < _ANCHOR_S:
            return self._replace(slow=middle - half, fast=middle + half)
        half += _WANDER_PER_S * passed_s * middle
        return Span(self.at_s, self.lo, self.hi, middle - half, middle + half, self.at_s, self.lo, self.hi)


class Tally:
    """Checks what is told against every reading. `fewer`, `more`: by how many samples all that was told lost
    may be too much and too little, lives of the chip before the last `restart` included.

    `rate_hz`, `within`: the chip's rate by name, and by what share it may be off.
    """

    def __init__(self, rate_hz: float, within: float = 0.035) -> None:
        self._possible: dict[int, list[Span]] = {}
        self._rates = rate_hz * (1.0 - within), rate_hz * (1.0 + within)
        self._at_odds = 0
        self._closed = (0, 0)

    @property
    def fewer(self) -> int:
        """By how many samples what was told lost may be too much."""
        return self._closed[0] - min(self._possible, default=0)

    @property
    def more(self) -> int:
        """By how many samples what was told lost may be too little."""
        return self._closed[1] + max(self._possible, default=0)

    @property
    def certain(self) -> bool:
        """Whether only one number is possible."""
        return len(self._possible) < 2

    def restart(self) -> None:
        """The chip begins anew at the rate it had; what was in doubt about its last life stays so."""
        self._close()
        if self._possible:
            believed = _around(self._possible[0])
            self._rates = believed.slow, believed.fast
        self._possible = {}
        self._at_odds = 0

    def count(self, host_s: float) -> tuple[float, float] | None:
        """Return the least and the most that may be made by a moment, by what is told; None before any."""
        ahead = [
            (now.lo - n, now.hi - n)
            for n, spans in self._possible.items()
            for now in (span.until(host_s) for span in spans)
        ]
        return (min(lo for lo, _ in ahead), max(hi for _, hi in ahead)) if ahead else None

    def see(
        self,
        told: int,
        below: tuple[float, float],
        host_s: float,
        *,
        missed: bool,
        slack: float = 0.0,
        expected: float | None = None,
    ) -> tuple[int, int]:
        """Take a reading and return by how much `told` is now thought to be too little (negative: too much),
        and by how much of that what was told before this reading was.

        `told`: samples made by `host_s` if none was lost unseen. `below`: by how much the count can have
        been beyond it at the latest moment at which the next sample was not there yet, and that moment.
        `missed`: whether samples may have been lost since the last reading. `slack`: a sample this much too
        early is believed. `expected`: the count now as estimated, for choosing where several are possible.
        """
        slack += _ROUNDING
        beyond = below[0] + max(host_s - below[1], 0.0) * self._fastest + _ROUNDING
        if not self._possible:
            lo, hi = told - slack, told + beyond
            self._possible = {0: [Span(host_s, lo, hi, *self._rates, host_s, lo, hi)]}
            return 0, 0
        ways = []
        for extra, spans in self._possible.items():
            least = told + extra
            for now in (span.until(host_s) for span in spans):
                first = max(least, floor(now.lo - beyond)) if missed else least
                last = max(least, floor(now.hi + slack)) if missed else least
                ways.append((extra, now, first, last))
        if sum(last - first for _, _, first, last in ways) > _MOST_NUMBERS:
            numbers = min(way[2] for way in ways) - told, max(way[3] for way in ways) - told
            return self._guess(numbers, told, beyond, host_s, expected), 0
        found: dict[int, list[Span]] = {}
        heirs: dict[int, list[int]] = {}
        for extra, now, first, last in ways:
            for number in range(first, last + 1):
                piece = now.within(number - slack, number + beyond)
                if piece is not None:
                    heirs.setdefault(extra, []).append(number - told)
                    found.setdefault(number - told, []).append(piece)
        if not found:
            self._disagree(told, beyond, host_s)
            return 0, 0
        if expected is None:
            now = _around(self._possible[0]).until(host_s)
            expected = 0.5 * (now.lo + now.hi)
        self._at_odds, self._possible = 0, {n: _few(spans) for n, spans in found.items()}
        return self._settle(heirs, expected - told - 0.5)

    @property
    def _fastest(self) -> float:
        return max((s.fast for spans in self._possible.values() for s in spans), default=self._rates[1])

    def _guess(
        self, numbers: tuple[int, int], told: int, beyond: float, host_s: float, expected: float | None
    ) -> int:
        """After a break too long to try every number: take one in the middle, and own up to the others."""
        least, most = numbers
        middle = 0.5 * (least + most) if expected is None else expected - told - 0.5
        believed = min(max(round(middle), least), most)
        self._closed = self._closed[0] + believed - least, self._closed[1] + most - believed
        slow = min(span.slow for spans in self._possible.values() for span in spans)
        lo, hi = told + believed - _ROUNDING, told + believed + beyond
        self._possible = {0: [Span(host_s, lo, hi, slow, self._fastest, host_s, lo, hi)]}
        return believed

    def _disagree(self, told: int, beyond: float, host_s: float) -> None:
        """A reading that fits no number was disturbed. When several do not, the chip left its bounds, or
        samples were lost that nobody missed; by how many the rate tells another number stays in doubt.
        """
        self._at_odds += 1
        if self._at_odds >= _AT_ODDS_TO_BEGIN_ANEW:
            self._at_odds = 0
            least, most = self.count(host_s) or (told, told)
            fewer, more = max(told - floor(least), 0), max(floor(most) - told, 0)
            self._closed = self._closed[0] + fewer, self._closed[1] + more
            for n in self._possible:
                lo, hi = float(told + n), told + n + beyond
                self._possible[n] = [Span(host_s, lo, hi, *self._rates, host_s, lo, hi)]

    def _settle(self, heirs: dict[int, list[int]], expected: float) -> tuple[int, int]:
        """Believe the number with the most room that follows from what was believed before, unless another
        has clearly more; where several have as much, the one nearest to what was `expected`.
        """
        room = {extra: _room(spans) for extra, spans in self._possible.items()}

        def belief(extra: int) -> tuple[float, float]:
            return round(room[extra], 3), -abs(extra - expected)

        widest = believed = max(room, key=belief)
        if 0 in heirs:
            believed = max(heirs[0], key=belief)
        if room[widest] > _CLEARLY * room[believed]:
            believed = widest
        before = 0 if believed in heirs.get(0, ()) else next(n for n, h in heirs.items() if believed in h)
        self._possible = {extra - believed: spans for extra, spans in self._possible.items()}
        if fsum(len(spans) for spans in self._possible.values()) > _MOST_SPANS:
            self._close()
        return believed, before

    def _close(self) -> None:
        """Give up finding out which number it was."""
        self._closed = self.fewer, self.more
        told = [span.less(n) for n, spans in self._possible.items() for span in spans]
        self._possible = {0: [_around(told)]} if told else {}


def _around(spans: list[Span]) -> Span:
    """All the ways to one number, as one."""
    return reduce(Span.joined, spans)


def _few(spans: list[Span]) -> list[Span]:
    """The ways to one number; beyond the widest few they are taken as one."""
    if len(spans) <= _MOST_WAYS:
        return spans
    spans.sort(key=lambda span: span.lo - span.hi)
    return [*spans[: _MOST_WAYS - 1], _around(spans[_MOST_WAYS - 1 :])]


def _room(spans: list[Span]) -> float:
    return max(span.hi for span in spans) - min(span.lo for span in spans)
