"""Tempo: four numbers, eccentric - pause stretched - concentric - pause contracted.

Written in that order although a kickback executes the third first (DESIGN, section 3). Seconds, not
counts; `X` means as fast as possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

ORDER = ("eccentric", "pause stretched", "concentric", "pause contracted")

TempoBreak = Literal[
    "eccentric_short",
    "eccentric_long",
    "pause_stretched_short",
    "pause_stretched_long",
    "concentric_short",
    "concentric_long",
    "pause_contracted_short",
    "pause_contracted_long",
]
"""A phase that took too little or too much time for the target."""

TEMPO_BREAKS: tuple[TempoBreak, ...] = get_args(TempoBreak)

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


def breaks(target: Tempo, phases_s: Sequence[float | None]) -> tuple[TempoBreak, ...] | None:
    """Which phases broke the tempo, in the written order; empty when it was kept, None when none is known.

    A phase is on tempo within 20 % or 0.3 s of its target, whichever is larger; one aimed at as fast as
    possible, within `EXPLOSIVE_S`. An unknown phase breaks nothing.
    """
    if all(s is None for s in phases_s):
        return None
    found: list[TempoBreak] = []
    for i, (aim, s) in enumerate(zip(target.phases_s, phases_s, strict=True)):
        if s is None:
            continue
        low_s, high_s = allowed(aim)
        if s < low_s - _ROUNDING_S:
            found.append(TEMPO_BREAKS[2 * i])
        elif s > high_s + _ROUNDING_S:
            found.append(TEMPO_BREAKS[2 * i + 1])
    return tuple(found)


def allowed(aim_s: float | None) -> tuple[float, float]:
    """Return the least and the most (s) that is on tempo for an aim, None for as fast as possible."""
    if aim_s is None:
        return 0.0, EXPLOSIVE_S
    within_s = max(0.2 * aim_s, 0.3)
    return aim_s - within_s, aim_s + within_s
