"""`short_range`: the leg did not go as far as this lifter's does."""

from dataclasses import dataclass

from tracker.form.fault import FormFault, beyond
from tracker.messages import RepKind
from tracker.reps import OwnRange, kind_of


@dataclass(frozen=True, slots=True)
class ReachLimits:
    """`least`: share of the own range under which a rep is short; reps of one lifter differ by a tenth.
    `large`: share at which that is large. It is where a rep counts as partial (`tracker.reps.RepParams`):
    every partial rep but a set's first is short, and largely so.
    """

    least: float = 0.75
    large: float = 0.6


def short_range(range_share: float | None, limits: ReachLimits | None = None) -> FormFault | None:
    """Return the fault of a rep below its share of the own range; none while that range is not known.

    The own range is `tracker.reps.OwnRange`: the median of the three largest reps of the set so far. A set's
    first rep draws none: what went before was another load, or kicks that went straight back.
    """
    p = limits or ReachLimits()
    return None if range_share is None else beyond("short_range", range_share, p.least, p.large)


class SwingShares:
    """The ankle's swing of each rep as a share of the lifter's own in the set.

    A kick far out to the side pulls less cable for the same swing: it is wide and not short.
    """

    def __init__(self) -> None:
        """Start before the first set."""
        self._own = OwnRange(0.0)

    def share(self, swing_deg: float | None, *, first: bool) -> float | None:
        """Take a rep's swing; return its share, None for a set's `first` rep or where it is not known."""
        if first:
            self._own = OwnRange(0.0)
        own = self._own.value
        if swing_deg is None:
            return None
        self._own.add(swing_deg)
        return swing_deg / own if own else None


class Reach:
    """The share of the lifter's own range that each rep of a set reaches, and what kind that makes it.

    It is that of progress, except for a leg that lies across gravity. There the share of what gravity shows
    has a standard deviation of a tenth, and that of the ankle's swing one of a fortieth.
    """

    def __init__(self, *, lies: bool) -> None:
        """`lies`: whether the leg lies across gravity at the start."""
        self._swings = SwingShares() if lies else None

    def share(self, by_progress: float | None, swing_deg: float | None, *, first: bool) -> float | None:
        """Take a rep, a set's `first` or a later one; return its share, None where it is not known."""
        by_swing = None if self._swings is None else self._swings.share(swing_deg, first=first)
        return by_progress if by_swing is None else by_swing

    def kind(self, by_progress: RepKind, share: float | None) -> RepKind:
        """Return the kind of a rep with this share; an unfinished one, or a first, stays what it is."""
        if self._swings is None or share is None or by_progress is RepKind.UNFINISHED:
            return by_progress
        return kind_of(share)


def of_the_leg(travel_share: float | None, swing_share: float | None) -> float | None:
    """Return the share of the range that counts: the larger, except where travel makes the rep partial."""
    if travel_share is None or swing_share is None or travel_share <= ReachLimits().large:
        return travel_share
    return max(travel_share, swing_share)
