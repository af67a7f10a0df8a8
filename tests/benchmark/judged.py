"""One session of the suite, tracked and held against its truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmark.baseline import plain_reps
from tests.benchmark.suite import Case
from tests.gym.matching import match
from tests.gym.simulate import GymSession, simulate
from tests.gym.truth import TrueMovement
from tracker.blocks import FloatArray, SampleBlock, Stream
from tracker.messages import Event, Phase, PhaseChange, Rep
from tracker.pipeline import Tracker

BOUNDARIES = ("concentric_start_s", "pause_start_s", "eccentric_start_s", "eccentric_end_s")
DURATIONS = ("concentric_s", "pause_contracted_s", "eccentric_s")
LIVE_PHASES = (Phase.CONCENTRIC, Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC)


@dataclass(frozen=True, slots=True)
class RepErrors:
    """One rep: found minus true, and what the tracker said of itself. None where nothing was measured.

    `boundaries_s`: of the four boundaries, in order. `latency_s`: of the three live phase changes and of
    the rep, from the true moment to its publication. Shares are relative to the truth.
    """

    true: TrueMovement
    quality: str
    right_kind: bool
    boundaries_s: tuple[float, ...] | None
    latency_s: tuple[float | None, ...]
    rom_m: float | None
    mean_velocity_mps: float | None
    peak_velocity_mps: float | None
    mean_force_share: float | None
    work_share: float | None
    diagonal_deg: float | None
    diagonal_sd_deg: float | None
    midline: str | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """What peaks of the cable's position make of a session."""

    missed: int
    invented: int
    boundaries_s: Sequence[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Judged:
    """One session: the reps that were paired, those that were not; the baseline's, where a cable is there.

    `unmarked`: reps in which samples were missing and that were shown as good all the same.
    """

    case: Case
    true_reps: int
    missed: int
    invented: int
    unmarked: int
    reps: tuple[RepErrors, ...]
    baseline: Baseline | None


def judge_case(case: Case) -> Judged:
    """Simulate, track and judge one session."""
    session = simulate(case.plan)
    streams = {stream: s for stream, s in session.streams.items() if stream not in case.without}
    lost: list[tuple[float, float]] = []
    if case.gaps:
        streams, lost = with_gaps(streams, session, case.plan.seed)
    events = tracked(session, streams)
    found = match(session.truth.reps, [event for event in events if isinstance(event, Rep)])
    turns = [event for event in events if isinstance(event, PhaseChange)]
    return Judged(
        case,
        len(session.truth.reps),
        len(found.missed),
        len(found.invented),
        sum(rep.quality == "good" and _overlaps(true, lost) for true, rep in found.pairs),
        tuple(rep_errors(true, rep, turns) for true, rep in found.pairs),
        _baseline(session) if Stream.CABLE in streams and not case.gaps else None,
    )


def tracked(session: GymSession, streams: dict[Stream, FloatArray]) -> list[Event]:
    """Return all events of a session in one block."""
    tracker = Tracker(session.setup)
    block = SampleBlock(0.0, session.duration_s + 1.0, streams, session.announced)
    return [*tracker.process(block), *tracker.finish()]


def rep_errors(true: TrueMovement, rep: Rep, turns: Sequence[PhaseChange]) -> RepErrors:
    """Hold one rep against the truth."""
    found_s = [getattr(rep, name) for name in BOUNDARIES]
    true_s = [getattr(true, name) for name in BOUNDARIES]
    boundaries_s = None if None in found_s else tuple(f - t for f, t in zip(found_s, true_s, strict=True))
    live = [_latency_s(turns, phase, true, k) for k, phase in enumerate(LIVE_PHASES)]
    return RepErrors(
        true,
        rep.quality,
        rep.kind == true.kind,
        boundaries_s,
        (*live, rep.detected_s - true.eccentric_end_s),
        _minus(rep.rom_m, true.rom_m),
        _minus(rep.mean_velocity_mps, true.mean_velocity_mps),
        _minus(rep.peak_velocity_mps, true.peak_velocity_mps),
        _share(rep.mean_force_n, true.mean_force_n),
        _share(rep.work_j, true.work_j),
        _minus(rep.diagonal_deg, true.diagonal_deg),
        rep.diagonal_sd_deg,
        rep.midline,
    )


def with_gaps(
    streams: dict[Stream, FloatArray], session: GymSession, seed: int
) -> tuple[dict[Stream, FloatArray], list[tuple[float, float]]]:
    """Take 50 to 500 ms of one stream out of every second rep; return also the gaps longer than 120 ms."""
    rng = np.random.default_rng(seed)
    kept = dict(streams)
    long: list[tuple[float, float]] = []
    for rep in session.truth.reps[::2]:
        stream = list(kept)[int(rng.integers(0, len(kept)))]
        length_s = float(rng.uniform(0.05, 0.5))
        start_s = float(rng.uniform(rep.concentric_start_s + 0.05, rep.eccentric_end_s - length_s))
        t = kept[stream][:, 0]
        kept[stream] = kept[stream][(t < start_s) | (t >= start_s + length_s)]
        if length_s > 0.15:
            long.append((start_s, start_s + length_s))
    return kept, long


def _baseline(session: GymSession) -> Baseline:
    found = match(session.truth.reps, plain_reps(session.streams[Stream.CABLE]))
    return Baseline(len(found.missed), len(found.invented), found.boundary_errors_s())


def _latency_s(turns: Sequence[PhaseChange], phase: Phase, true: TrueMovement, k: int) -> float | None:
    """Time from a true boundary to the first live change to its phase since the boundary before it."""
    times_s: list[float] = [getattr(true, name) for name in BOUNDARIES]
    before_s, at_s, after_s = [times_s[0] - 0.5, *times_s][k : k + 3]
    for turn in turns:
        if turn.phase is phase and before_s <= turn.detected_s < after_s + 0.5:
            return turn.detected_s - at_s
    return None


def _overlaps(true: TrueMovement, lost: Sequence[tuple[float, float]]) -> bool:
    return any(true.concentric_start_s < end_s and start_s < true.eccentric_end_s for start_s, end_s in lost)


def _minus(found: float | None, true: float | None) -> float | None:
    return None if found is None or true is None else found - true


def _share(found: float | None, true: float | None) -> float | None:
    return None if found is None or not true else found / true - 1.0
