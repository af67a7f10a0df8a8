"""The figures of a set, each with its name, its unit and how it is written; for tables of every kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware.panel.tempo_words import break_words
from firmware.panel.words import plainly
from tracker.messages import SetSummary

UNKNOWN = "–"


def number(value: float | None, decimals: int, *, signed: bool = False, scale: float = 1.0) -> str:
    """Write a number, with a sign where it is a change; a dash for one that is not known."""
    if value is None:
        return UNKNOWN
    text = f"{scale * value:{'+' if signed else ''}.{decimals}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("+-")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table of sets. `name` and `unit` as a person reads them; `of` writes a set's value."""

    name: str
    unit: str
    of: Callable[[SetSummary], str]

    @property
    def heading(self) -> str:
        """Name and unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


def _field(name: str, unit: str, field: str, decimals: int, scale: float = 1.0) -> Figure:
    return Figure(name, unit, lambda done: number(getattr(done, field), decimals, scale=scale))


def _change(name: str, unit: str, field: str, decimals: int, scale: float = 1.0) -> Figure:
    return Figure(name, unit, lambda done: number(getattr(done, field), decimals, signed=True, scale=scale))


FIGURES: Sequence[Figure] = (
    Figure("leg", "", lambda done: done.leg or "not known"),
    Figure("reps", "", lambda done: reps_of(done)),
    _field("on tempo", "%", "on_tempo_share", 0, 100.0),
    _field("kick", "s", "concentric_s", 1),
    _field("hold", "s", "pause_contracted_s", 1),
    _field("return", "s", "eccentric_s", 1),
    _field("pause", "s", "pause_stretched_s", 1),
    Figure("direction", "°", lambda done: _with_spread(done)),
    _field("in the zone", "%", "in_zone_share", 0, 100.0),
    _field("range", "m", "rom_m", 3),
    _field("range", "°", "rom_deg", 1),
    _field("mean speed", "m/s", "mean_velocity_mps", 2),
    _field("mean force", "N", "mean_force_n", 0),
    _field("work", "J", "work_j", 0),
    _field("time under tension", "s", "time_under_tension_s", 0),
    _field("rest before", "s", "rest_before_s", 0),
    _field("not counted", "", "rejected", 0),
)
"""What a set comes to."""

DRIFTS: Sequence[Figure] = (
    _change("return", "s", "eccentric_drift_s", 1),
    _change("hold", "s", "pause_contracted_drift_s", 1),
    _change("range", "cm", "rom_drift_m", 1, 100.0),
    _change("range", "°", "rom_drift_deg", 1),
    _change("mean force", "N", "mean_force_drift_n", 0),
    _field("speed loss", "%", "velocity_loss_share", 0, 100.0),
)
"""How it changed from the first rep to the last."""


def compared(against: str) -> Sequence[Figure]:
    """What differs from another set; `against` is `vs_last` or `vs_other_leg`."""
    return (
        _change("reps", "", f"{against}_reps", 0),
        _change("on tempo", "points", f"{against}_on_tempo_share", 0, 100.0),
        _change("return", "s", f"{against}_eccentric_s", 1),
        _change("hold", "s", f"{against}_pause_contracted_s", 1),
        _change("direction", "°", f"{against}_diagonal_deg", 1),
        _change("range", "cm", f"{against}_rom_m", 1, 100.0),
        _change("range", "°", f"{against}_rom_deg", 1),
        _change("mean force", "N", f"{against}_mean_force_n", 0),
        _change("work", "J", f"{against}_work_j", 0),
        _change("time under tension", "s", f"{against}_time_under_tension_s", 0),
    )


def known(figures: Sequence[Figure], sets: Sequence[SetSummary]) -> list[Figure]:
    """Return the figures that at least one of the sets has."""
    return [each for each in figures if any(each.of(done) != UNKNOWN for done in sets)]


def matches(sets: Sequence[SetSummary]) -> list[tuple[SetSummary, SetSummary]]:
    """Return the sets of either leg that belong together, left before right."""
    by_number = {done.set: done for done in sets}
    pairs = []
    for done in sets:
        other = None if done.vs_other_leg_set is None else by_number.get(done.vs_other_leg_set)
        if other is not None:
            pairs.append((done, other) if done.leg == "left" else (other, done))
    return pairs


def reps_of(done: SetSummary) -> str:
    """The reps of a set, how many were aimed at, and those that were not full."""
    aim = "" if done.target_reps is None else f" of {done.target_reps}"
    kinds = [f"{done.reps_partial} partial"] if done.reps_partial else []
    kinds += [f"{done.reps_unfinished} unfinished"] if done.reps_unfinished else []
    return f"{done.reps}{aim}" + (f", {', '.join(kinds)}" if kinds else "")


def said_of(done: SetSummary) -> list[str]:
    """Whether reps may be missing, where tempo broke and which faults there were, with the reps' numbers."""
    said = [f"{done.unseen_s:.1f} s unseen: reps may be missing"] if done.unseen_s > 0.0 else []
    said += [f"{break_words([name])}: {rep_numbers(reps)}" for name, reps in done.tempo_breaks.items()]
    return said + [f"{plainly(name)}: {rep_numbers(reps)}" for name, reps in done.faults.items()]


def rep_numbers(reps: Sequence[int]) -> str:
    """Rep numbers in words: `rep 4`, `reps 2, 4 to 7`."""
    runs: list[list[int]] = []
    for each in reps:
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    parts = [str(run[0]) if len(run) == 1 else _run(run) for run in runs]
    return ("rep " if len(reps) == 1 else "reps ") + ", ".join(parts)


def _run(run: Sequence[int]) -> str:
    return f"{run[0]}, {run[1]}" if len(run) == 2 else f"{run[0]} to {run[-1]}"


def _with_spread(done: SetSummary) -> str:
    spread = "" if done.diagonal_spread_deg is None else f" ± {done.diagonal_spread_deg:.1f}"
    return number(done.diagonal_deg, 1) + (spread if done.diagonal_deg is not None else "")
