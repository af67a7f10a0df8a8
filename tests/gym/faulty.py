"""Sessions of a lifter whose form fails, one fault or two at a time, between textbook reps."""

from dataclasses import dataclass, replace

import numpy as np

from tests.gym.habits import with_habits
from tests.gym.session import RepPlan, SessionPlan, Waveform
from tests.gym.waveform import progress
from tracker.form.fault import FAULT_NAMES, FaultName

WAVEFORMS: tuple[Waveform, ...] = ("minimum-jerk", "minimum-jerk", "trapezoid", "early")

START_TRAVEL_M = 0.03
"""So high the stack hangs above its stop: near enough to lose the tension by standing a little too close."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A tempo that is trained (s), and the target the tracker is told."""

    target: str | None
    concentric_s: float
    hold_s: float
    eccentric_s: float
    pause_s: float


PACES = (
    Pace("3-1-2-1", 2.0, 1.0, 3.0, 1.0),
    Pace("2-1-1-1", 1.2, 1.0, 2.0, 1.0),
    Pace(None, 1.2, 0.8, 2.0, 0.8),
    Pace("4-2-2-2", 2.0, 2.0, 4.0, 2.0),
    Pace(None, 1.6, 1.2, 2.6, 0.5),
)


def textbook_session(seed: int, exercise: str, i: int, *, sets: int = 1, reps: int = 8) -> SessionPlan:
    """Return a session of good form; `i` picks pace, leg, sensors and what else differs."""
    rng = np.random.default_rng(seed)
    pace = PACES[i % len(PACES)]
    standing = exercise in ("cable-kickback", "band-kickback")
    amplitude_deg = float(rng.uniform(26.0, 36.0))
    plan = SessionPlan(
        seed=seed,
        exercise=exercise,
        leg="right" if i % 2 == 0 else "left",
        sets=tuple(tuple(_good(rng, pace, amplitude_deg) for _ in range(reps)) for _ in range(sets)),
        rest_s=float(rng.uniform(15.0, 20.0)),
        calibrate=standing and i % 4 != 3,
        tell_leg=i % 4 == 3,
        walk_in=i % 3 == 0,
        cable=exercise in ("cable-kickback", "free"),
        sensors="poor" if i % 3 == 1 else "good",
        mounting_deg=(*rng.uniform(-15.0, 15.0, 2).tolist(), float(rng.uniform(-180.0, 180.0))),
        mass_kg=float(rng.choice([5.0, 10.0, 15.0, 25.0, 40.0])),
        leg_length_m=float(rng.uniform(0.76, 0.94)),
        ankle_hz=float(rng.choice([104.0, 208.0])),
        cable_hz=float(rng.choice([100.0, 200.0])),
        load_hz=float(rng.choice([80.0, 320.0])),
        rate_error=float(rng.uniform(-0.03, 0.03)),
        pelvis=standing,
        pelvis_mounting_deg=(*rng.uniform(-20.0, 20.0, 2).tolist(), float(rng.uniform(-180.0, 180.0))),
        target=pace.target,
        start_travel_m=START_TRAVEL_M if i % 2 == 1 else None,
        pulley_distance_m=float(rng.uniform(1.1, 1.7)),
    )
    return with_habits(plan, np.random.default_rng((seed, 5)))


def faulty_session(seed: int, exercise: str, i: int, *, sets: int = 2, reps: int = 9) -> SessionPlan:
    """Return a session in which a third of the reps is textbook; the first two of a set always are."""
    plan = textbook_session(seed, exercise, i, sets=sets, reps=reps)
    rng = np.random.default_rng((seed, 3))
    possible = [name for name in FAULT_NAMES if _can(name, plan)]
    return replace(plan, sets=tuple(_spoilt(rng, reps_of_set, possible) for reps_of_set in plan.sets))


def phase_share(waveform: Waveform) -> float:
    """Return the share of a movement's time in which it is faster than 5 % of its peak: what the phase is."""
    speed = np.gradient(progress(np.linspace(0.0, 1.0, 2001), waveform))
    return float(np.mean(speed >= 0.05 * speed.max()))


def _can(name: FaultName, plan: SessionPlan) -> bool:
    if name == "slack":
        return plan.start_travel_m is not None
    if name in ("hips_open", "back_arched"):
        return plan.pelvis
    if name in ("direction_narrow", "direction_wide"):
        return plan.exercise in ("cable-kickback", "band-kickback")
    return name != "momentum" or plan.cable


def _good(rng: np.random.Generator, pace: Pace, amplitude_deg: float) -> RepPlan:
    def about(value: float) -> float:
        return value * float(rng.uniform(0.93, 1.07))

    waveform = WAVEFORMS[int(rng.integers(0, len(WAVEFORMS)))]
    share = phase_share(waveform)
    return RepPlan(
        concentric_s=about(pace.concentric_s / share),
        hold_s=about(pace.hold_s),
        eccentric_s=about(pace.eccentric_s / share),
        pause_s=about(pace.pause_s),
        diagonal_deg=float(np.clip(rng.normal(37.5, 2.0), 33.0, 42.0)),
        amplitude_deg=about(amplitude_deg),
        knee_bend_deg=float(rng.uniform(0.0, 6.0)),
        pelvis_open_deg=float(rng.uniform(0.0, 5.0)),
        pelvis_tilt_deg=float(rng.uniform(0.0, 5.0)),
        waveform=waveform,
    )


def _spoilt(
    rng: np.random.Generator, reps: tuple[RepPlan, ...], possible: list[FaultName]
) -> tuple[RepPlan, ...]:
    """Short and wide never come together: they pull the cable so little that the movement is a twitch."""
    spoilt = list(reps[:2])
    for rep in reps[2:]:
        chosen = [possible[k] for k in rng.permutation(len(possible))[: rng.choice([0, 1, 1, 1, 2, 0])]]
        if {"direction_wide", "short_range"} <= set(chosen):
            chosen = chosen[:1]
        for name in chosen:
            rep = with_fault(rng, rep, name)
        spoilt.append(rep)
    return tuple(spoilt)


def with_fault(rng: np.random.Generator, rep: RepPlan, name: FaultName) -> RepPlan:
    """Return a rep with a fault, from a fifth beyond its limit to twice as large as large."""

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    match name:
        case "direction_narrow":
            return replace(rep, diagonal_deg=between(8.0, 25.0))
        case "direction_wide":
            return replace(rep, diagonal_deg=between(50.0, 66.0))
        case "fast_return":
            return replace(rep, eccentric_s=min(0.85, between(0.25, 0.5) * rep.eccentric_s))
        case "no_hold":
            return replace(rep, hold_s=between(0.0, 0.04))
        case "momentum":
            return replace(rep, concentric_s=between(0.46, 0.56), style="swung")
        case "slack":
            return replace(rep, slack_m=between(0.045, 0.07))
        case "short_range":
            return replace(rep, amplitude_deg=between(0.42, 0.66) * rep.amplitude_deg)
        case "knee_bent":
            # The knee takes the ankle nearer to straight back; the kick is to stay on the diagonal.
            bend_deg = between(18.0, 35.0)
            out_deg = rep.diagonal_deg + 0.25 * bend_deg
            return replace(rep, knee_bend_deg=bend_deg, diagonal_deg=out_deg)
        case "hips_open":
            return replace(rep, pelvis_open_deg=between(10.0, 20.0))
        case "back_arched":
            return replace(rep, pelvis_tilt_deg=between(10.0, 20.0))


def ten_sets(seed: int, exercise: str, *, reps: int = 3, rest_s: float = 13.0) -> SessionPlan:
    """Return a session of ten short sets of good form without a target, at tempos that are trained."""
    rng = np.random.default_rng((seed, 4))
    untold = [pace for pace in PACES if pace.target is None]
    sets = []
    for i in range(10):
        pace, amplitude_deg = untold[i % len(untold)], float(rng.uniform(26.0, 36.0))
        sets.append(tuple(_good(rng, pace, amplitude_deg) for _ in range(reps)))
    plan = textbook_session(seed, exercise, 2, sets=0)
    return replace(plan, sets=tuple(sets), rest_s=rest_s, walk_in=False, ankle_hz=104.0)
