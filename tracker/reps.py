"""Judges movements: which is a rep, which is not, and why."""

from dataclasses import dataclass

from tracker.messages import Rejection, RepKind


@dataclass(frozen=True, slots=True)
class RepParams:
    """`partial`: a rep below this share of the lifter's own range is partial (DESIGN, section 4).
    `twitch`: below this share it is no rep at all; larger calls more short reps twitches.
    `least`: share of the profile's least range under which nothing counts, however small the own range.
    `returned`: share of the rise that must come back.
    `carried_over`: share of the own range that still stands when a new set begins, since that may be
    another exercise or a heavier load.
    `bounce_s`: a twitch this soon after a rep is a bounce of the return.
    `rested_s`, `follows_s`: where gait could be mistaken for reps, a rep begins after standing still
    this long, or this soon after the rep before it.
    `shortest_way_s`, `shortest_s`: no leg kicks out, or out and back, in less; a stumble, a step or a
    sensor's jump does. `shortest_kick_s`: the same out and back, where only the ankle tells a step from a
    kick; a step back takes 0.8 s.
    `step_s`: a jolted movement that took no longer than this is a step.
    """

    partial: float = 0.6
    twitch: float = 0.3
    least: float = 0.5
    returned: float = 0.55
    carried_over: float = 0.7
    bounce_s: float = 0.7
    rested_s: float = 0.25
    follows_s: float = 3.0
    shortest_way_s: float = 0.25
    shortest_s: float = 0.6
    shortest_kick_s: float = 0.95
    step_s: float = 1.2


LYING_LEG = RepParams(twitch=0.25)
"""For a leg that lies across gravity, which shows the less of a kick the further to the side it goes: of a
short rep as little as this beside the largest."""


class OwnRange:
    """The lifter's own range: the median of the three largest so far.

    Reps that grow shorter with fatigue do not shrink it, and one overshoot does not stretch it.
    """

    def __init__(self, least_range: float, params: RepParams | None = None) -> None:
        """`least_range`: the smallest range that counts while none is known, in the unit of progress."""
        self.params = params or RepParams()
        self._least = least_range
        self._largest: list[float] = []
        self._carried: float | None = None

    @property
    def value(self) -> float | None:
        """The own range, None before the first rep."""
        if not self._largest:
            return self._carried
        return self._largest[len(self._largest) // 2]

    @property
    def scale(self) -> float:
        """Range to compare movements with: the own range, or a guess of three least ranges."""
        if self.value is None:
            return 3.0 * self._least
        return max(self.value, 1.5 * self._least)

    @property
    def smallest_rep(self) -> float:
        """The smallest range that counts as a rep now."""
        if self.value is None:
            return self._least
        return max(self.params.twitch * self.value, self.params.least * self._least)

    def add(self, rep_range: float) -> None:
        """Take in a rep's range."""
        self._largest = sorted([*self._largest, rep_range])[-3:]

    def hint(self, kick_range: float) -> None:
        """Take in a range that is no rep's: it stands, weighed less, until there are reps."""
        self._carried = self.params.carried_over * kick_range

    def new_set(self) -> None:
        """Begin a set: what was known before weighs less."""
        if self._largest:
            self._carried = self.params.carried_over * self._largest[len(self._largest) // 2]
        self._largest = []


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a movement when it is judged; ranges in the unit of progress.

    `rise`, `fall`: out and back. `peak_speed`, `fastest`: its speed and the fastest a kick can be.
    `way_s`, `whole_s`: how long it took out, and out and back.
    `jolted`: whether a heel strike shook the ankle on the way out.
    `by_ankle`: whether only the ankle is known, of an exercise that begins at rest.
    `at_rest`: whether it began at rest, or needs not. `since_rep_s`: time since the last rep ended.
    """

    rise: float
    fall: float
    complete: bool
    peak_speed: float
    fastest: float
    way_s: float
    whole_s: float
    jolted: bool
    by_ankle: bool
    at_rest: bool
    since_rep_s: float | None


def judge(evidence: Evidence, own: OwnRange) -> RepKind | Rejection:
    """Return what kind of rep a movement was, or why it was none."""
    p = own.params
    if evidence.rise < own.smallest_rep:
        bounced = evidence.since_rep_s is not None and evidence.since_rep_s < p.bounce_s
        return Rejection.BOUNCE if bounced else Rejection.TWITCH
    if not evidence.complete or evidence.fall < p.returned * evidence.rise:
        return Rejection.NO_RETURN
    shortest_s = p.shortest_kick_s if evidence.by_ankle else p.shortest_s
    hasty = evidence.way_s < p.shortest_way_s or evidence.whole_s < shortest_s
    if hasty or evidence.peak_speed > evidence.fastest:
        return Rejection.TOO_FAST
    if evidence.jolted and evidence.whole_s < p.step_s:
        return Rejection.WALKING
    if not evidence.at_rest:
        return Rejection.NOT_AT_REST
    return RepKind.FULL if own.value is None else kind_of(evidence.rise / own.value, p)


def kind_of(range_share: float, params: RepParams | None = None) -> RepKind:
    """Return what kind of rep a share of the own range makes."""
    p = params or RepParams()
    return RepKind.PARTIAL if range_share < p.partial else RepKind.FULL
