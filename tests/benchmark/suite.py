"""The fixed suite of simulated sessions, wider than the one the tracker was developed on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.gym.habits import with_habits
from tests.gym.session import RepPlan, RepStyle, SessionPlan, Waveform
from tracker.blocks import Stream

JUDGING_SEED = 70_001
"""First of the judging seeds, far from those of `tests.gym.suite`: nothing may be chosen on them."""

TUNING_SEED = 50_001
"""First of as many seeds that parameters may be chosen on."""


@dataclass(frozen=True, slots=True)
class Case:
    """One session, and what its sensors lack.

    `without`: streams that are not there. `gaps`: whether samples are missing in the middle of reps.
    """

    plan: SessionPlan
    without: frozenset[Stream] = frozenset()
    gaps: bool = False

    @property
    def sensing(self) -> str:
        """Which streams tell progress."""
        if not self.plan.cable:
            return "ankle"
        return "cable" if Stream.ANKLE in self.without else "cable and ankle"


KINDS: Sequence[tuple[str, str, int]] = (
    ("cable-kickback", "", 88),
    ("cable-kickback", "no ankle", 16),
    ("cable-kickback", "no load", 8),
    ("cable-kickback", "no stack", 16),
    ("cable-kickback", "gaps", 16),
    ("cable-kickback", "no rep", 8),
    ("band-kickback", "no stack", 28),
    ("quadruped-kickback", "no stack", 16),
    ("free", "", 8),
    ("free", "no stack", 8),
)
"""Exercise, what is special, how many sessions."""

WAVEFORMS: Sequence[Waveform] = ("minimum-jerk", "minimum-jerk", "trapezoid", "early")
STYLES: Sequence[RepStyle] = (
    *("full",) * 8, *("partial",) * 2, *("swung",) * 2, *("twitch",) * 2, *("held",) * 2, *("slow",) * 2
)  # fmt: skip


def benchmark_cases(*, quick: bool = False, first_seed: int = JUDGING_SEED) -> list[Case]:
    """Return the suite, 212 sessions; `quick` takes every eighth of each kind."""
    cases: list[Case] = []
    seed = first_seed
    for exercise, special, count in KINDS:
        for i in range(count):
            if not quick or i % 8 == 0:
                cases.append(_case(seed, exercise, special, i))
            seed += 1
    return cases


def _case(seed: int, exercise: str, special: str, i: int) -> Case:
    plan = _plan(seed, exercise, i)
    if special == "no stack":
        plan = replace(plan, cable=False)
    if special == "no rep":
        plan = replace(plan, sets=((),), walk_in=True)
    missing = {"no ankle": frozenset({Stream.ANKLE}), "no load": frozenset({Stream.LOAD})}
    return Case(plan, missing.get(special, frozenset()), special == "gaps")


def _plan(seed: int, exercise: str, i: int) -> SessionPlan:
    rng = np.random.default_rng(seed)
    standing = exercise in ("cable-kickback", "band-kickback")
    plan = SessionPlan(
        seed=seed,
        exercise=exercise,
        leg="right" if i % 2 == 0 else "left",
        sets=tuple(_set(rng) for _ in range(1 + i % 2)),
        rest_s=float(rng.uniform(15.0, 25.0)),
        calibrate=standing and i % 3 != 2,
        walk_in=i % 4 != 3,
        sensors="poor" if (i // 2) % 3 == 0 else "good",
        mounting_deg=(
            float(rng.uniform(-15.0, 15.0)),
            float(rng.uniform(-15.0, 15.0)) + 180.0 * (i % 5 == 4),
            float(rng.uniform(-180.0, 180.0)),
        ),
        mass_kg=float(rng.choice([5.0, 10.0, 15.0, 25.0, 40.0])),
        leg_length_m=float(rng.uniform(0.74, 0.96)),
        pulley_distance_m=float(rng.uniform(1.1, 1.7)),
        ankle_hz=float(rng.choice([104.0, 208.0])),
        cable_hz=float(rng.choice([100.0, 200.0])),
        load_hz=float(rng.choice([80.0, 320.0])),
        rate_error=float(rng.uniform(-0.03, 0.03)),
        tell_leg=i % 3 == 1,
    )
    return with_habits(plan, np.random.default_rng((seed, 2)))


def _set(rng: np.random.Generator) -> tuple[RepPlan, ...]:
    """A set begins with two reps over the whole range; of any tempo that is trained."""
    tempo = (float(rng.uniform(0.7, 2.5)), float(rng.uniform(0.0, 2.5)), float(rng.uniform(1.0, 4.5)))
    amplitude_deg, diagonal_deg = float(rng.uniform(22.0, 40.0)), float(rng.normal(36.0, 6.0))
    knee_deg = float(rng.uniform(0.0, 12.0)) if rng.random() < 0.25 else float(rng.uniform(0.0, 4.0))
    between_s = float(rng.choice([0.05, 0.3, 0.8, 1.5, 3.0]))
    first: Sequence[RepStyle] = ("full", "held") if rng.random() < 0.2 else ("full", "full")
    styles = [*first, *(STYLES[int(k)] for k in rng.integers(0, len(STYLES), int(rng.integers(4, 8))))]
    typical = RepPlan(
        concentric_s=tempo[0],
        hold_s=tempo[1],
        eccentric_s=tempo[2],
        pause_s=between_s,
        diagonal_deg=diagonal_deg,
        amplitude_deg=amplitude_deg,
        knee_bend_deg=knee_deg,
    )
    return tuple(_rep(rng, style, typical) for style in styles)


def _rep(rng: np.random.Generator, style: RepStyle, typical: RepPlan) -> RepPlan:
    def about(value: float, share: float) -> float:
        return value * float(rng.uniform(1.0 - share, 1.0 + share))

    rep = replace(
        typical,
        style=style,
        concentric_s=about(typical.concentric_s, 0.12),
        hold_s=about(typical.hold_s, 0.15),
        eccentric_s=about(typical.eccentric_s, 0.12),
        pause_s=about(typical.pause_s, 0.2),
        amplitude_deg=about(typical.amplitude_deg, 0.07),
        diagonal_deg=typical.diagonal_deg + float(rng.normal(0.0, 2.5)),
        knee_bend_deg=about(typical.knee_bend_deg, 0.2),
        waveform=WAVEFORMS[int(rng.integers(0, len(WAVEFORMS)))],
        bounce=style == "full" and rng.random() < 0.08,
    )
    if style == "partial":
        share = float(rng.uniform(0.4, 0.52))
        return replace(rep, amplitude_deg=share * rep.amplitude_deg, knee_bend_deg=share * rep.knee_bend_deg)
    if style == "swung":
        concentric_s, eccentric_s = float(rng.uniform(0.5, 0.65)), float(rng.uniform(0.75, 1.0))
        return replace(rep, concentric_s=concentric_s, hold_s=0.05, eccentric_s=eccentric_s)
    if style == "twitch":
        small = replace(rep, concentric_s=0.4, hold_s=0.05, eccentric_s=0.5)
        amplitude_deg, knee_deg = 0.15 * typical.amplitude_deg, 0.15 * typical.knee_bend_deg
        return replace(small, amplitude_deg=amplitude_deg, knee_bend_deg=knee_deg)
    if style == "held":
        return replace(rep, hold_s=float(rng.uniform(3.0, 5.0)))
    if style == "slow":
        return replace(
            rep, concentric_s=float(rng.uniform(2.5, 5.0)), eccentric_s=float(rng.uniform(4.0, 8.0))
        )
    return rep
