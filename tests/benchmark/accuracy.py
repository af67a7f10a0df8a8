"""The accuracy tables: DESIGN's goals beside what was measured on the suite."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from tests.benchmark.judged import BOUNDARIES, DURATIONS, Judged, RepErrors
from tests.benchmark.statistics import middle, percentile, spread
from tests.benchmark.table import shown, table

STRAIGHT_KNEE_DEG = 5.0


def reps_of(sessions: Iterable[Judged]) -> list[RepErrors]:
    """Return the reps whose numbers were shown as good."""
    return [rep for session in sessions for rep in session.reps if rep.quality == "good"]


def counting(sessions: Sequence[Judged]) -> str:
    """Return how many reps were missed and invented, by exercise and by what told progress."""

    def kind(session: Judged) -> tuple[str, str]:
        plan = session.case.plan
        special = "samples missing" if session.case.gaps else session.case.sensing
        return plan.exercise, "no rep in it" if plan.sets == ((),) else special

    rows = []
    groups = [(k, list(g)) for k, g in groupby(sorted(sessions, key=kind), kind)]
    for (exercise, special), group in [*groups, (("all", ""), list(sessions))]:
        plain = [s.baseline for s in group if s.baseline is not None]
        rows.append(
            (
                exercise,
                special,
                str(len(group)),
                str(sum(s.true_reps for s in group)),
                str(sum(s.missed for s in group)),
                str(sum(s.invented for s in group)),
                str(sum(not rep.right_kind for s in group for rep in s.reps)),
                str(sum(s.unmarked for s in group)),
                f"{sum(b.missed for b in plain)} / {sum(b.invented for b in plain)}" if plain else "-",
            )
        )
    header = ("exercise", "progress by", "sessions", "reps", "missed", "invented", "kind wrong",
              "gap not marked", "peaks of position: missed / invented")  # fmt: skip
    return table("Reps (goal: none missed, none invented)", header, rows)


def boundaries(sessions: Sequence[Judged]) -> str:
    """Return the errors of the four boundaries."""
    groups: list[tuple[str, Callable[[Judged], bool], Callable[[RepErrors], bool]]] = [
        ("all", lambda s: True, lambda r: True),
        ("by cable and ankle", lambda s: s.case.sensing == "cable and ankle", lambda r: True),
        ("by cable alone", lambda s: s.case.sensing == "cable", lambda r: True),
        ("by ankle alone", lambda s: s.case.sensing == "ankle", lambda r: True),
        ("good ankle alone", lambda s: s.case.sensing == "ankle" and s.case.plan.sensors == "good",
         lambda r: True),
        ("return under 2 s", lambda s: True, lambda r: _return_s(r) < 2.0),
        ("return of 2 to 4 s", lambda s: True, lambda r: 2.0 <= _return_s(r) < 4.0),
        ("return over 4 s", lambda s: True, lambda r: _return_s(r) >= 4.0),
    ]  # fmt: skip
    rows = []
    for name, of_session, of_rep in groups:
        reps = [r for r in reps_of(s for s in sessions if of_session(s)) if of_rep(r)]
        rows.append(_boundary_row(name, [r.boundaries_s for r in reps if r.boundaries_s is not None]))
    plain = [b for s in sessions if s.baseline is not None for b in s.baseline.boundaries_s]
    rows.append(_boundary_row("peaks of position, 0.03 m/s", plain))
    header = ("ms", "reps", "mean abs", "95 % under", *(f"{name[:-2]}: abs (bias)" for name in BOUNDARIES))
    return table("Phase boundaries (goal: mean absolute error 25 ms, 95 % under 60 ms)", header, rows)


def _return_s(rep: RepErrors) -> float:
    return rep.true.eccentric_end_s - rep.true.eccentric_start_s


def _boundary_row(name: str, errors_s: Sequence[tuple[float, ...]]) -> tuple[str, ...]:
    every = spread(e for four in errors_s for e in four)
    if every is None:
        return (name, "0", *("-",) * 6)
    each = [spread(four[k] for four in errors_s) for k in range(4)]
    cells = ["-" if s is None else f"{1e3 * s.mean_abs:.0f} ({1e3 * s.bias:+.0f})" for s in each]
    return (name, str(len(errors_s)), shown(every.mean_abs, 1, 1e3), shown(every.p95, 0, 1e3), *cells)


def quantities(sessions: Sequence[Judged]) -> str:
    """Return the errors of durations and of the cable's and the load's quantities."""
    reps = reps_of(sessions)
    whole = [r.boundaries_s for r in reps if r.boundaries_s is not None]
    rows = []
    for k, name in enumerate(DURATIONS):
        rows.append(_quantity_row(name, "ms", "bias 20", 1e3, 0, [b[k + 1] - b[k] for b in whole]))
    rows += [
        _quantity_row("rom_m", "mm", "5", 1e3, 1, [r.rom_m for r in reps]),
        _quantity_row("mean_velocity_mps", "m/s", "0.01", 1.0, 4, [r.mean_velocity_mps for r in reps]),
        _quantity_row("peak_velocity_mps", "m/s", "-", 1.0, 4, [r.peak_velocity_mps for r in reps]),
        _quantity_row("mean_force_n", "%", "1", 1e2, 2, [r.mean_force_share for r in reps]),
        _quantity_row("work_j", "%", "2", 1e2, 2, [r.work_share for r in reps]),
    ]
    return table("Quantities", ("quantity", "unit", "goal", "n", "mean abs", "95 % under", "bias"), rows)


def _quantity_row(
    name: str, unit: str, goal: str, scale: float, digits: int, errors: Sequence[float | None]
) -> tuple[str, ...]:
    s = spread(errors)
    if s is None:
        return (name, unit, goal, "0", "-", "-", "-")
    numbers = (shown(value, digits, scale) for value in (s.mean_abs, s.p95, s.bias))
    return (name, unit, goal, str(s.n), *numbers)


def direction(sessions: Sequence[Judged]) -> str:
    """Return the diagonal's errors, and how often its stated uncertainty held."""
    standing = [s for s in sessions if s.case.plan.exercise in ("cable-kickback", "band-kickback")]
    reps = reps_of(standing)
    straight = [r for r in reps if r.true.knee_bend_deg <= STRAIGHT_KNEE_DEG]
    bent = [r for r in reps if r.true.knee_bend_deg > STRAIGHT_KNEE_DEG]
    named = [(f"{m}, straight leg", [r for r in straight if r.midline == m]) for m in MIDLINES]
    named += [(f"{m}, knee bent", [r for r in bent if r.midline == m]) for m in MIDLINES]
    rows = [_direction_row(name, group) for name, group in named if group]
    unknown = sum(r.diagonal_deg is None for r in reps)
    rows.append(("not claimed (null, with the reason)", str(unknown), *("-",) * 6))
    header = ("midline", "reps", "mean abs", "95 % under", "bias", "stated sd, median", "inside 1 sd",
              "inside 2 sd")  # fmt: skip
    return table("Diagonal, degrees (goal: calibrated 2, cable alone 4; 68 % inside one sd)", header, rows)


MIDLINES = ("calibration", "cable", "walk", "mount")


def _direction_row(name: str, reps: Sequence[RepErrors]) -> tuple[str, ...]:
    pairs = [(r.diagonal_deg, r.diagonal_sd_deg) for r in reps]
    known = [(e, sd) for e, sd in pairs if e is not None and sd is not None]
    s = spread(e for e, _ in known)
    if s is None:
        return (name, "0", *("-",) * 6)
    inside = [sum(abs(e) <= k * sd for e, sd in known) / len(known) for k in (1.0, 2.0)]
    stated = middle(sd for _, sd in known)
    shares = [f"{100 * share:.0f} %" for share in inside]
    return (name, str(s.n), *map(shown, (s.mean_abs, s.p95, s.bias, stated)), *shares)


def latency(sessions: Sequence[Judged]) -> str:
    """Return how long after the true moment a live phase change or a rep was published."""
    names = ("concentric shown", "pause contracted shown", "eccentric shown", "rep confirmed")
    goals = ("150", "150", "150", "250")
    rows = []
    for k, (name, goal) in enumerate(zip(names, goals, strict=True)):
        every = [r.latency_s[k] for r in reps_of(sessions)]
        known = [e for e in every if e is not None]
        if known:
            cells = [f"{1e3 * percentile(known, p):.0f}" for p in (5.0, 50.0, 95.0)]
            late = sum(1e3 * e > float(goal) for e in known) / len(known)
            rows.append((name, goal, str(len(known)), *cells, f"{100 * late:.0f} %"))
    header = ("ms after the true boundary", "goal", "n", "5 %", "median", "95 %", "later than the goal")
    return table("Live latency", header, rows)
