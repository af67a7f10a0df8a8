"""A long session of ordinary training, of as many sets as wanted: eight sets take ten minutes."""

import numpy as np

from tests.gym.session import RepPlan, RepStyle, SessionPlan, Waveform
from tracker.setup import Leg

STYLES: tuple[RepStyle, ...] = (
    "full",
    "full",
    "full",
    "partial",
    "full",
    "swung",
    "full",
    "held",
    "twitch",
    "full",
)
WAVEFORMS: tuple[Waveform, ...] = ("minimum-jerk", "trapezoid", "early")


def long_session(
    sets: int, *, leg: Leg = "right", exercise: str = "cable-kickback", seed: int = 77
) -> SessionPlan:
    """Return a session after three calibration kicks; each set has its own tempo and waveform."""
    rng = np.random.default_rng(seed)
    return SessionPlan(
        seed=seed,
        exercise=exercise,
        leg=leg,
        cable=exercise == "cable-kickback",
        sets=tuple(_set(rng, WAVEFORMS[i % len(WAVEFORMS)]) for i in range(sets)),
        rest_s=25.0,
        mounting_deg=(5.0, -8.0, 130.0),
        pelvis=True,
    )


def _set(rng: np.random.Generator, waveform: Waveform) -> tuple[RepPlan, ...]:
    concentric_s, hold_s, eccentric_s = rng.uniform(0.9, 1.5), rng.uniform(0.5, 1.2), rng.uniform(1.4, 2.6)
    reps = []
    for style in STYLES:
        size = float(rng.uniform(0.95, 1.05))
        times = (concentric_s * size, hold_s * size, eccentric_s * size)
        amplitude = 32.0 * float(rng.uniform(0.95, 1.05))
        if style == "partial":
            amplitude *= 0.45
        elif style == "swung":
            times = (0.6, 0.05, 0.9)
        elif style == "held":
            times = (times[0], 3.5, times[2])
        elif style == "twitch":
            times, amplitude = (0.4, 0.05, 0.5), 4.5
        reps.append(
            RepPlan(
                style=style,
                concentric_s=float(times[0]),
                hold_s=float(times[1]),
                eccentric_s=float(times[2]),
                pause_s=float(rng.uniform(0.7, 1.5)),
                diagonal_deg=float(rng.normal(36.0, 4.0)),
                amplitude_deg=amplitude,
                waveform=waveform,
            )
        )
    return tuple(reps)
