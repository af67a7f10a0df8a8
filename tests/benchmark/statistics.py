"""What is said of many errors in one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Spread:
    """Of n errors: mean absolute, 95th percentile of the absolute, mean (bias), and root mean square."""

    n: int
    mean_abs: float
    p95: float
    bias: float
    rms: float


def spread(errors: Iterable[float | None]) -> Spread | None:
    """Return the statistics of the errors that are known, None where none is."""
    known = [e for e in errors if e is not None]
    if not known:
        return None
    sizes = [abs(e) for e in known]
    return Spread(
        len(known), fmean(sizes), percentile(sizes, 95.0), fmean(known), sqrt(fmean(e * e for e in known))
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile, interpolated between the two nearest ranks."""
    ranked = sorted(values)
    place = share / 100.0 * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def middle(values: Iterable[float | None]) -> float | None:
    """Return the median of the values that are known."""
    known = [v for v in values if v is not None]
    return median(known) if known else None
