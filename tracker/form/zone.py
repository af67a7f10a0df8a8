"""`direction_narrow` and `direction_wide`: the kick leaves the diagonal by more than its own uncertainty."""

from dataclasses import dataclass

from tracker.diagonal import ZONE_DEG, Diagonal
from tracker.form.fault import FormFault, beyond


@dataclass(frozen=True, slots=True)
class DiagonalLimits:
    """`large_deg`: so far outside the zone is large: two thirds of the zone's width, which nobody who looks
    at the leg takes for the diagonal.
    """

    large_deg: float = 10.0


def direction(diagonal: Diagonal, limits: DiagonalLimits | None = None) -> FormFault | None:
    """Return the fault of a kick under 30 or over 45 degrees.

    Said only where it lies further outside than its standard deviation, so that a kick on the edge draws
    neither; a diagonal that is not known draws none.
    """
    large_deg = (limits or DiagonalLimits()).large_deg
    measured_deg, sd_deg = diagonal.diagonal_deg, diagonal.diagonal_sd_deg
    if measured_deg is None or sd_deg is None:
        return None
    least_deg, most_deg = ZONE_DEG
    if least_deg - measured_deg > sd_deg:
        return beyond("direction_narrow", measured_deg, least_deg, least_deg - large_deg)
    if measured_deg - most_deg > sd_deg:
        return beyond("direction_wide", measured_deg, most_deg, most_deg + large_deg)
    return None
