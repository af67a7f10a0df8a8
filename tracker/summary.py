"""Sums a set up: what a coach asks for after it."""

from collections.abc import Callable, Iterable, Sequence
from math import fsum, sqrt

from tracker.messages import EndReason, Rep, RepKind, SetSummary
from tracker.setup import SessionSetup
from tracker.tempo import written

LEAST_FOR_DRIFT = 3

Quantity = Callable[[Rep], float | None]


def summary(
    setup: SessionSetup,
    reps: Sequence[Rep],
    *,
    rejected: int,
    unseen_s: float,
    previous_end_s: float | None,
    end_s: float,
    detected_s: float,
    reason: EndReason,
) -> SetSummary:
    """Sum up the reps of a set, one at least. `previous_end_s`: when the set before it ended.
    `rejected`, `unseen_s`: movements that were none, and time in which one may have gone by unseen.
    """
    last = reps[-1]
    diagonals = _known(reps, lambda rep: rep.diagonal_deg)
    eccentric_s = _mean(reps, lambda rep: rep.eccentric_s)
    stretched_s = _mean(reps, lambda rep: rep.pause_stretched_s)
    concentric_s = _mean(reps, lambda rep: rep.concentric_s)
    contracted_s = _mean(reps, lambda rep: rep.pause_contracted_s)
    works = _known(reps, lambda rep: rep.work_j)
    return SetSummary(
        session=setup.session,
        set=last.set,
        exercise=setup.exercise,
        leg=last.leg,
        leg_source=last.leg_source,
        start_s=reps[0].concentric_start_s,
        end_s=end_s,
        end_reason=reason,
        detected_s=detected_s,
        rest_before_s=None if previous_end_s is None else reps[0].concentric_start_s - previous_end_s,
        reps_full=_count(reps, RepKind.FULL),
        reps_partial=_count(reps, RepKind.PARTIAL),
        reps_unfinished=_count(reps, RepKind.UNFINISHED),
        reps_suspect=sum(1 for rep in reps if rep.quality == "suspect"),
        unseen_s=unseen_s,
        rejected=rejected,
        target_reps=setup.target_reps,
        target_reached_s=_reached_s(setup.target_reps, reps),
        time_under_tension_s=fsum(rep.time_under_tension_s or 0.0 for rep in reps),
        tempo=written((eccentric_s, stretched_s, concentric_s, contracted_s)),
        target=setup.target,
        on_tempo_share=_share(rep.on_tempo for rep in reps),
        tempo_breaks=_numbers(reps, lambda rep: rep.tempo_breaks),
        concentric_s=concentric_s,
        pause_contracted_s=contracted_s,
        eccentric_s=eccentric_s,
        pause_stretched_s=stretched_s,
        diagonal_deg=fsum(diagonals) / len(diagonals) if diagonals else None,
        diagonal_spread_deg=_spread(diagonals),
        in_zone_share=_share(rep.in_zone for rep in reps),
        rom_m=_mean(reps, lambda rep: rep.rom_m),
        rom_deg=_mean(reps, lambda rep: rep.rom_deg),
        mean_velocity_mps=_mean(reps, lambda rep: rep.mean_velocity_mps),
        mean_force_n=_mean(reps, lambda rep: rep.mean_force_n),
        work_j=fsum(works) if works else None,
        faults=_numbers(reps, lambda rep: rep.faults),
        eccentric_drift_s=drift(reps, lambda rep: rep.eccentric_s),
        pause_contracted_drift_s=drift(reps, lambda rep: rep.pause_contracted_s),
        rom_drift_m=drift(reps, lambda rep: rep.rom_m),
        rom_drift_deg=drift(reps, lambda rep: rep.rom_deg),
        mean_force_drift_n=drift(reps, lambda rep: rep.mean_force_n),
        velocity_loss_share=_velocity_loss(reps),
    )


def drift(reps: Sequence[Rep], quantity: Quantity) -> float | None:
    """Change from the first rep to the last along the straight line through all that have the quantity.

    None for fewer than three values.
    """
    ends = trend(reps, quantity)
    return None if ends is None else ends[1] - ends[0]


def trend(reps: Sequence[Rep], quantity: Quantity) -> tuple[float, float] | None:
    """The straight line through the values of a set's reps, at the first and at the last that has one.

    Least squares over the rep numbers; None for fewer than three values.
    """
    points = [(float(rep.rep), value) for rep in reps if (value := quantity(rep)) is not None]
    if len(points) < LEAST_FOR_DRIFT:
        return None
    centre = fsum(x for x, _ in points) / len(points)
    mean = fsum(value for _, value in points) / len(points)
    spread = fsum((x - centre) ** 2 for x, _ in points)
    slope = fsum((x - centre) * value for x, value in points) / spread
    return mean + slope * (points[0][0] - centre), mean + slope * (points[-1][0] - centre)


def _velocity_loss(reps: Sequence[Rep]) -> float | None:
    """Share of the fastest full rep's mean velocity that the last one lacks; None for fewer than two."""
    full = _known([rep for rep in reps if rep.kind is RepKind.FULL], lambda rep: rep.mean_velocity_mps)
    fastest = max(full, default=0.0)
    return 1.0 - full[-1] / fastest if len(full) >= 2 and fastest > 0.0 else None


def _reached_s(target_reps: int | None, reps: Sequence[Rep]) -> float | None:
    if target_reps is None or len(reps) < target_reps:
        return None
    return reps[target_reps - 1].eccentric_end_s


def _numbers(reps: Sequence[Rep], names: Callable[[Rep], Iterable[str]]) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the reps under each name, in the order in which the names came up."""
    found: dict[str, tuple[int, ...]] = {}
    for rep in reps:
        for name in names(rep):
            found[name] = (*found.get(name, ()), rep.rep)
    return found


def _count(reps: Sequence[Rep], kind: RepKind) -> int:
    return sum(1 for rep in reps if rep.kind is kind)


def _share(verdicts: Iterable[bool | None]) -> float | None:
    known = [verdict for verdict in verdicts if verdict is not None]
    return known.count(True) / len(known) if known else None


def _known(reps: Sequence[Rep], quantity: Quantity) -> list[float]:
    return [value for value in map(quantity, reps) if value is not None]


def _mean(reps: Sequence[Rep], quantity: Quantity) -> float | None:
    values = _known(reps, quantity)
    return fsum(values) / len(values) if values else None


def _spread(values: Sequence[float]) -> float | None:
    """Sample standard deviation; None for fewer than two values."""
    if len(values) < 2:
        return None
    mean = fsum(values) / len(values)
    return sqrt(fsum((v - mean) ** 2 for v in values) / (len(values) - 1))
