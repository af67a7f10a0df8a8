"""What the cable's tension tells of form: the load of a rep, and when it was not there.

The load is the median tension over the whole rep: what the stack weighs at rest, since what it takes to
speed the stack up is given back when it slows down, and what friction adds on the way out it takes on the
way back.
"""

from collections.abc import Sequence
from statistics import median

LEAST_LOAD_N = 10.0
"""Less is no load, but the cell's own offset or an empty hook: nothing is said of it."""

LEAST_SAMPLES = 20
"""Fewer samples of a rep tell neither its load nor how long that was missing."""

Tensions = Sequence[tuple[float, float]]
"""Samples (s, N) in the order of time."""


def load_of(tensions: Tensions) -> float | None:
    """Return the load (N) of a rep from its tensions, None where they do not tell it."""
    if len(tensions) < LEAST_SAMPLES:
        return None
    load_n = median(force for _, force in tensions)
    return load_n if load_n >= LEAST_LOAD_N else None
