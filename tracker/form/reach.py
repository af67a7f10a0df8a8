"""`short_range`: the leg did not go as far as this lifter's does."""

from dataclasses import dataclass

from tracker.form.fault import FormFault, beyond
from tracker.reps import OwnRange


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


def of_the_leg(travel_share: float | None, swing_share: float | None) -> float | None:
    """Return the share of the range that counts: the larger, except where travel makes the rep partial."""
    if travel_share is None or swing_share is None or travel_share <= ReachLimits().large:
        return travel_share
    return max(travel_share, swing_share)
