"""Notices where a stream lacks samples, so that what was measured there can be marked."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from tracker.blocks import END_OF_RANGE, OVERLOAD, SLOW, SLOW_S, STUCK, STUCK_S, TURNS_AMBIGUOUS, Gap, Stream

TELL_REPS = frozenset({"gap_cable", "gap_ankle"})
"""What a rep is marked with where one of those that tell reps lacked samples."""

LONE_SAMPLE = "lone sample"
"""Reason of a gap where a sample was dropped that nothing but its value spoke against."""

_MARKS_ALWAYS = (STUCK, END_OF_RANGE, TURNS_AMBIGUOUS, SLOW, LONE_SAMPLE)
"""From the worst, whose name a gap of several keeps."""

_SEEN_AFTER_S = {STUCK: STUCK_S, SLOW: SLOW_S}
"""How long it has been so already when a gap of these reasons begins."""


def _rank(reason: str) -> int:
    """Return how bad a reason is, 0 the worst; of two that are alike the earlier counts."""
    return _MARKS_ALWAYS.index(reason) if reason in _MARKS_ALWAYS else len(_MARKS_ALWAYS)


@dataclass(frozen=True, slots=True)
class GapParams:
    """`bridged_s`: a gap up to this is bridged without a word; longer marks the rep it falls in. Longer
    ones can put the velocity by the cable 14 mm/s off, the force 1 %, and the boundaries by the ankle, where
    there is no cable, by 10 ms at 60 ms and by 60 ms at 300 ms. What a gap of the pelvis costs is not known.
    `silent_s`: a time without samples that is not yet a gap, for streams of 10 samples a second.
    `missing`: nor is one up to so many of the stream's usual intervals, for an ankle of 20 samples a second.
    `learns`: by this share of its difference each interval changes what is usual.
    `beside_s`: a gap that ends so shortly before a rep, or begins so shortly after it, marks it: the rep
    seems to begin, or to end, where the samples do.
    `apart_s`: a gap that follows sooner than this after another is the same gap.
    `settles_s`: after a gap longer than `silent_s` the ankle's pose is doubtful for this long, the time
    constant of its inclination; more marks more reps than need be.
    `settles_far_s`: after the end of its range, or values that were stuck, it may be off by 40 degrees, of
    which 1.4 are left then.
    `span_s`: how long a gap is remembered.
    """

    bridged_s: Mapping[Stream, float] = field(
        default_factory=lambda: {
            Stream.CABLE: 0.055,
            Stream.LOAD: 0.08,
            Stream.PELVIS: 0.0,
            Stream.ANKLE: 0.045,
        }
    )
    silent_s: float = 0.12
    missing: float = 2.2
    learns: float = 0.1
    beside_s: float = 0.05
    apart_s: float = 0.1
    settles_s: float = 3.0
    settles_far_s: float = 10.0
    span_s: float = 120.0

    def least_s(self, stream: Stream) -> float:
        """Return the time without samples up to which there is no gap, whatever is usual."""
        return self.bridged_s[stream] if stream is Stream.ANKLE else self.silent_s


class _Watched:
    """What is known of one stream's times. One look-up by stream a sample: an enum's hash is slow."""

    __slots__ = ("first_s", "last_s", "least_s", "usual_s")

    def __init__(self, least_s: float) -> None:
        self.least_s = least_s
        self.first_s: float | None = None
        self.last_s: float | None = None
        self.usual_s: float | None = None


class GapWatch:
    """Remembers the gaps of every stream: those a block declares, and those found between samples.

    An overload of the load cell is remembered beside them, and named last.
    """

    def __init__(self, params: GapParams | None = None) -> None:
        """Start with no stream seen."""
        self.params = params or GapParams()
        self._watched = {stream: _Watched(self.params.least_s(stream)) for stream in Stream}
        self._latest: dict[Stream, Gap] = {}
        self._gaps: deque[Gap] = deque()
        self._overloads_s: deque[float] = deque()

    def sample(self, stream: Stream, t_s: float) -> None:
        """Take the time of one sample."""
        watched = self._watched[stream]
        last_s = watched.last_s
        watched.last_s = t_s
        if last_s is None:
            watched.first_s = t_s
        elif not self._usual(watched, t_s - last_s):
            self.declare(Gap(stream, last_s, t_s, "no samples"))

    def _usual(self, watched: _Watched, interval_s: float) -> bool:
        """Tell whether an interval between two samples is no gap, and learn from it if so."""
        p, usual_s = self.params, watched.usual_s
        if usual_s is None:
            usual_s = watched.usual_s = min(interval_s, p.silent_s)
        if interval_s > watched.least_s and interval_s > min(p.missing * usual_s, p.silent_s):
            return False
        watched.usual_s = usual_s + p.learns * (interval_s - usual_s)
        return True

    def declare(self, gap: Gap) -> None:
        """Remember a gap; one that goes on where the last of its stream ended, or nearly, is the same gap."""
        if gap.reason == OVERLOAD:
            self._overloaded(gap.end_s)
            return
        before = self._latest.get(gap.stream)
        if before is not None and before.start_s <= gap.start_s <= before.end_s + self.params.apart_s:
            self._gaps.remove(before)
            reason = min(before.reason, gap.reason, key=_rank)
            gap = Gap(gap.stream, before.start_s, max(before.end_s, gap.end_s), reason)
        self._latest[gap.stream] = gap
        self._gaps.append(gap)
        while self._gaps and gap.end_s - self._gaps[0].end_s > self.params.span_s:
            self._gaps.popleft()

    def _overloaded(self, t_s: float) -> None:
        """Remember a moment in which no sample is missing, but the cell may have been bent."""
        self._overloads_s.append(t_s)
        while t_s - self._overloads_s[0] > self.params.span_s:
            self._overloads_s.popleft()

    def last_s(self, stream: Stream) -> float | None:
        """Time of the last sample of a stream, None before its first."""
        return self._watched[stream].last_s

    def latest(self, stream: Stream) -> Gap | None:
        """Return the last gap of a stream, None before its first."""
        return self._latest.get(stream)

    def silences(self, stream: Stream) -> list[tuple[float, float]]:
        """Return from when until when a stream had no samples that measured anything, the last without end.

        None of these is from before it had one, nor from longer ago than `span_s`.
        """
        watched = self._watched[stream]
        if watched.first_s is None or watched.last_s is None:
            return []
        gone = [
            (gap.start_s, gap.end_s)
            for gap in self._gaps
            if gap.stream is stream and gap.reason != SLOW and gap.end_s > watched.first_s
        ]
        return [*gone, (watched.last_s, inf)]

    def turns_unseen(self) -> list[tuple[float, float]]:
        """Return from when until when the pulley may have turned further than anybody knows."""
        return [
            (gap.start_s, gap.end_s)
            for gap in self._gaps
            if gap.stream is Stream.CABLE and gap.reason == TURNS_AMBIGUOUS
        ]

    def ended_range(self, stream: Stream, t_s: float) -> bool:
        """Whether the sample of this time is the most the sensor can show, so that it measured nothing."""
        gap = self._latest.get(stream)
        return gap is not None and gap.reason == END_OF_RANGE and gap.end_s == t_s

    def marking(
        self, start_s: float, end_s: float, now_s: float | None = None, *, by_ankle: bool = False
    ) -> tuple[str, ...]:
        """Name the streams whose gaps may have spoilt a rep: those within it, and just beside it.

        `by_ankle`: it was told by the ankle; where the cable is silent now, it was the one to measure it.
        """
        cable_s = self.last_s(Stream.CABLE)
        until_s = end_s + self.params.beside_s
        if by_ankle and now_s is not None and cable_s is not None and now_s - cable_s > self.params.silent_s:
            until_s = max(until_s, now_s)
        return self.within(start_s - self.params.beside_s, until_s, now_s)

    def known_end_s(self, end_s: float | None, next_s: float, *, by_ankle: bool) -> float | None:
        """Return when the rep before one ended, None where a gap of the cable leaves open whether it did.

        `by_ankle`: or of the ankle. A gap until `next_s`, where the one begins, may hide another rep.
        """
        open_by = TELL_REPS if by_ankle else {"gap_cable"}
        return (
            None
            if end_s is None or open_by.intersection(self.within(end_s - self.params.beside_s, next_s))
            else end_s
        )

    def within(self, start_s: float, end_s: float, now_s: float | None = None) -> tuple[str, ...]:
        """Name the streams that have a gap in an interval, in a fixed order.

        `now_s`: up to when is known what came; a stream that has been silent since has one too, though none
        can say yet how long.
        """
        hit = {
            gap.stream
            for gap in self._gaps
            if self._marks(gap) and self._since_s(gap) < end_s and start_s < self._over_s(gap)
        }
        if now_s is not None:
            silent_s = now_s - self.params.silent_s
            before_s = min(end_s, silent_s)
            hit |= {
                stream
                for stream, watched in self._watched.items()
                if watched.last_s is not None and watched.last_s < before_s
            }
        named = tuple(f"gap_{stream}" for stream in Stream if stream in hit)
        overloaded = any(start_s <= t_s < end_s for t_s in self._overloads_s)
        return (*named, OVERLOAD) if overloaded else named

    def _marks(self, gap: Gap) -> bool:
        """Whether what was measured there is doubtful; for some reasons it is however short the gap."""
        return gap.end_s - gap.start_s > self.params.bridged_s[gap.stream] or gap.reason in _MARKS_ALWAYS

    def _since_s(self, gap: Gap) -> float:
        """Since when the stream is doubtful."""
        return gap.start_s - _SEEN_AFTER_S.get(gap.reason, 0.0)

    def _over_s(self, gap: Gap) -> float:
        """When the stream is as good again as before the gap."""
        if gap.stream is not Stream.ANKLE:
            return gap.end_s
        if gap.reason in (END_OF_RANGE, STUCK):
            return gap.end_s + self.params.settles_far_s
        long = gap.end_s - gap.start_s > self.params.silent_s
        return gap.end_s + self.params.settles_s if long else gap.end_s
