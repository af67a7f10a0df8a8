"""`knee_bent`: the shank swung back further than the leg went."""

from dataclasses import dataclass

from tracker.form.fault import FormFault, beyond


@dataclass(frozen=True, slots=True)
class KneeLimits:
    """`most_deg`: a knee that bends no further in the kick is slightly bent, as it should be; the bend is
    known to some 4 degrees. `large_deg`: where it is large: the cable then moves a fifth less than the shank
    makes it look.
    """

    most_deg: float = 12.0
    large_deg: float = 25.0


def knee_bent(knee_deg: float | None, limits: KneeLimits | None = None) -> FormFault | None:
    """Return the fault of a knee that bent too far; none where `tracker.knee` did not find a bend, for
    which it needs cable, ankle and a midline.
    """
    p = limits or KneeLimits()
    return None if knee_deg is None else beyond("knee_bent", knee_deg, p.most_deg, p.large_deg)
