"""`short_range`: the leg did not go as far as this lifter's does."""

from dataclasses import dataclass

from tracker.form.fault import FormFault, beyond


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
