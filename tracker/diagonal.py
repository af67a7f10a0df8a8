"""What is told of a kick's direction, and the zone it should lie in."""

from dataclasses import dataclass

from tracker.messages import LegSource, Midline
from tracker.setup import Leg

ZONE_DEG = (30.0, 45.0)

KNEE_BENT = "knee_bent"
"""The reason given where the knee bent so far that the direction had to be corrected for it."""


@dataclass(frozen=True, slots=True)
class Diagonal:
    """The direction of one kick; `diagonal_deg` None with the reason where it cannot be known.

    `knee_deg`: how far the knee bent, where there is a cable and it bent so far that it was corrected for.
    `flags`: that it was corrected for, whatever told it.
    """

    diagonal_deg: float | None
    diagonal_sd_deg: float | None
    reason: str | None
    midline: Midline | None
    leg: Leg | None
    leg_source: LegSource | None
    knee_deg: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def in_zone(self) -> bool | None:
        """Whether the kick lies 30 to 45 degrees out."""
        if self.diagonal_deg is None:
            return None
        return ZONE_DEG[0] <= self.diagonal_deg <= ZONE_DEG[1]
