"""Forty sessions of mixed kinds, with fixed seeds: what the tracker is held against.

The tracker's thresholds were not chosen on these sessions.
"""

import numpy as np

from tests.gym.session import RepPlan, RepStyle, SessionPlan, Waveform

KINDS: tuple[tuple[str, int], ...] = (
    ("cable-kickback", 24),
    ("band-kickback", 8),
    ("quadruped-kickback", 4),
    ("free", 4),
)
WAVEFORMS: tuple[Waveform, ...] = ("minimum-jerk", "minimum-jerk", "trapezoid", "early")
STYLES: tuple[RepStyle, ...] = ("full", "full", "full", "full", "partial", "swung", "twitch", "held", "slow")


def mixed_sessions() -> list[SessionPlan]:
    """Return forty plans: both legs, all exercises, good and poor sensors, any mounting, any tempo."""
    plans: list[SessionPlan] = []
    for exercise, count in KINDS:
        plans += [_plan(1000 + len(plans) + i, exercise, i) for i in range(count)]
    return plans


def _plan(seed: int, exercise: str, i: int) -> SessionPlan:
    rng = np.random.default_rng(seed)
    sets = tuple(_set(rng) for _ in range(1 + i % 2))
    return SessionPlan(
        seed=seed,
        exercise=exercise,
        leg="right" if i % 2 == 0 else "left",
        sets=sets,
        rest_s=float(rng.uniform(16.0, 22.0)),
        calibrate=exercise in ("cable-kickback", "band-kickback") and i % 4 != 3,
        cable=exercise == "cable-kickback" or (exercise == "free" and i < 2),
        sensors="good" if i % 3 else "poor",
        mounting_deg=(
            float(rng.uniform(-15, 15)),
            float(rng.uniform(-15, 15)) + 180.0 * (i % 5 == 4),
            float(rng.uniform(-180, 180)),
        ),
        mass_kg=float(rng.choice([5.0, 10.0, 15.0, 25.0, 40.0])),
        leg_length_m=float(rng.uniform(0.76, 0.94)),
        pulley_distance_m=float(rng.uniform(1.1, 1.6)),
        ankle_hz=float(rng.choice([104.0, 208.0])),
        load_hz=float(rng.choice([80.0, 320.0])),
        rate_error=float(rng.uniform(-0.03, 0.03)),
        tell_leg=i % 3 == 1,
    )


def _set(rng: np.random.Generator) -> tuple[RepPlan, ...]:
    """A set begins with two full reps, from which the lifter's own range is known."""
    tempo = (float(rng.uniform(0.8, 2.0)), float(rng.uniform(0.2, 2.0)), float(rng.uniform(1.2, 4.0)))
    amplitude = float(rng.uniform(26.0, 38.0))
    count = int(rng.integers(6, 9))
    styles: list[RepStyle] = [
        "full",
        "full",
        *(STYLES[int(k)] for k in rng.integers(0, len(STYLES), count - 2)),
    ]
    return tuple(_rep(rng, style, tempo, amplitude) for style in styles)


def _rep(
    rng: np.random.Generator, style: RepStyle, tempo: tuple[float, float, float], amplitude_deg: float
) -> RepPlan:
    concentric, hold, eccentric = (s * float(rng.uniform(0.88, 1.12)) for s in tempo)
    amplitude = amplitude_deg * float(rng.uniform(0.93, 1.07))
    if style == "partial":
        amplitude *= 0.47
    elif style == "swung":
        concentric, hold, eccentric = float(rng.uniform(0.5, 0.65)), 0.05, float(rng.uniform(0.8, 1.0))
    elif style == "twitch":
        concentric, hold, eccentric, amplitude = 0.4, 0.05, 0.5, float(rng.uniform(3.5, 5.5))
    elif style == "held":
        hold = float(rng.uniform(3.0, 5.0))
    elif style == "slow":
        concentric, eccentric = float(rng.uniform(3.0, 5.0)), float(rng.uniform(5.0, 8.0))
    return RepPlan(
        style=style,
        concentric_s=concentric,
        hold_s=hold,
        eccentric_s=eccentric,
        pause_s=float(rng.choice([0.25, 0.6, 1.0, 1.8])),
        diagonal_deg=float(rng.normal(36.0, 6.0)),
        amplitude_deg=amplitude,
        knee_bend_deg=float(rng.uniform(1.0, 5.0)),
        waveform=WAVEFORMS[int(rng.integers(0, len(WAVEFORMS)))],
        bounce=bool(rng.random() < 0.08) and style == "full",
    )
