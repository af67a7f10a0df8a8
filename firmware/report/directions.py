"""Directions in words: how many kicks are in the zone, and why others have none."""

from collections import Counter
from collections.abc import Sequence
from math import fsum

from firmware.panel.words import counted, plainly
from tracker.diagonal import ZONE_DEG
from tracker.messages import Rep

_MOST_REASONS = 3


def directed(reps: Sequence[Rep]) -> list[Rep]:
    """Return the reps whose direction can be drawn."""
    return [rep for rep in reps if rep.diagonal_deg is not None and rep.leg is not None]


def summary(reps: Sequence[Rep], known: Sequence[Rep]) -> list[str]:
    """Return in a few lines how many of the `known` directions are in the zone, and why others lack one."""
    lines: list[str] = []
    angles = [rep.diagonal_deg for rep in known if rep.diagonal_deg is not None]
    if angles:
        inside = sum(1 for rep in known if rep.in_zone)
        zone = "{:.0f}° to {:.0f}°".format(*ZONE_DEG)
        mean = fsum(angles) / len(angles)
        lines.append(f"{inside} of {counted(len(known), 'rep')} in the zone of {zone}, mean {mean:.1f}°")
    missing = Counter(_why_missing(rep) for rep in reps if rep not in known)
    for reason, count in missing.most_common(_MOST_REASONS):
        who = "No direction" if count == len(reps) else f"{counted(count, 'rep')} without"
        lines.append(f"{who}: {reason}")
    return lines


def _why_missing(rep: Rep) -> str:
    if rep.diagonal_deg is not None:
        return "leg not known"
    return plainly(rep.diagonal_reason or "not known")
