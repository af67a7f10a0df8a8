"""Tempo: four numbers, eccentric - pause stretched - concentric - pause contracted.

Written in that order although a kickback executes the third first (DESIGN, section 3). Seconds, not
counts; `X` means as fast as possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

ORDER = ("eccentric", "pause stretched", "concentric", "pause contracted")

LONGEST_PHASE_S = 20.0
EXPLOSIVE_S = 1.0
"""A phase aimed at as `X` is on tempo when it takes no longer than this."""

_ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of each phase in the written order; None stands for `X` (as fast as possible)."""

    phases_s: tuple[float | None, float | None, float | None, float | None]


def parse_tempo(text: str) -> Tempo:
    """Read `3-1-2-1`, `3-0-X-1`, `10-0-2-0` or `3121`; raise ValueError that says what is wrong."""
    parts = text.strip().split("-") if "-" in text else list(text.strip())
    if len(parts) != len(ORDER):
        raise ValueError(f"tempo '{text}' needs four numbers, {', '.join(ORDER)}, for example 3-1-2-1")
    phases = []
    for part, name in zip(parts, ORDER, strict=True):
        phases.append(_parse_phase(part.strip(), name, text))
    return Tempo((phases[0], phases[1], phases[2], phases[3]))


def _parse_phase(part: str, name: str, text: str) -> float | None:
    if part.upper() == "X":
        return None
    try:
        seconds = float(part)
    except ValueError:
        raise ValueError(f"tempo '{text}': {name} is '{part}', which is neither seconds nor X") from None
    if not isfinite(seconds) or not 0.0 <= seconds <= LONGEST_PHASE_S:
        raise ValueError(f"tempo '{text}': {name} must be 0 to {LONGEST_PHASE_S:g} s, not {part}")
    return seconds


def written(phases_s: Sequence[float | None]) -> str:
    """Write measured phases to 0.1 s, for example `2.9-0.4-1.2-1.0`; `?` for one that is unknown."""
    return "-".join("?" if s is None else f"{s:.1f}" for s in phases_s)


def on_tempo(target: Tempo, phases_s: Sequence[float | None]) -> bool | None:
    """Whether each known phase is within 20 % or 0.3 s of its target, whichever is larger.

    None when no phase is known.
    """
    known = [
        s <= EXPLOSIVE_S if aim is None else abs(s - aim) <= max(0.2 * aim, 0.3) + _ROUNDING_S
        for aim, s in zip(target.phases_s, phases_s, strict=True)
        if s is not None
    ]
    return all(known) if known else None
