"""Properties of the whole core that hold for any session."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count, pairwise

import msgspec
import numpy as np
import pytest

from tests.gym.session import SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.gym.suite import mixed_sessions
from tracker.blocks import FloatArray, SampleBlock, Stream
from tracker.messages import Event, Rep, RepKind
from tracker.pipeline import Tracker
from tracker.timeline import timeline

PLANS = mixed_sessions()
CHOSEN = [PLANS[i] for i in (0, 1, 26, 32, 36)]
"""One session of each kind: both legs, cable, band, quadruped, free, good and poor sensors."""


each_kind = pytest.mark.parametrize("plan", CHOSEN, ids=lambda p: f"{p.exercise}-{p.leg}-{p.seed}")


@cache
def session_of(plan: SessionPlan) -> GymSession:
    return simulate(plan)


def whole(session: GymSession, streams: Mapping[Stream, FloatArray] | None = None) -> SampleBlock:
    streams = session.streams if streams is None else streams
    return SampleBlock(0.0, session.duration_s + 1.0, streams, session.announced)


def tracked(session: GymSession, blocks: Iterable[SampleBlock]) -> list[Event]:
    tracker = Tracker(session.setup)
    events = [event for block in blocks for event in tracker.process(block)]
    return [*events, *tracker.finish()]


@cache
def in_one_block(plan: SessionPlan) -> tuple[Event, ...]:
    return tuple(tracked(session_of(plan), [whole(session_of(plan))]))


def reps_of(events: Iterable[Event]) -> list[Rep]:
    return [event for event in events if isinstance(event, Rep)]


def cut(session: GymSession, *sizes: int) -> Iterator[SampleBlock]:
    """Cut the merged timeline into blocks of these sizes in turn; samples of equal time stay together."""
    moments = sorted({t_s for t_s, *_ in timeline(whole(session))})
    edges = [0.0]
    at = 0
    for i in count():
        at += sizes[i % len(sizes)]
        if at >= len(moments):
            break
        edges.append(moments[at])
    for start_s, end_s in pairwise([*edges, session.duration_s + 1.0]):
        streams: dict[Stream, FloatArray] = {}
        for stream, samples in session.streams.items():
            first, last = np.searchsorted(samples[:, 0], (start_s, end_s))
            streams[stream] = samples[first:last]
        announced = tuple(a for a in session.announced if start_s <= a.t_s < end_s)
        yield SampleBlock(start_s, end_s, streams, announced)


def as_bytes(events: Sequence[Event]) -> list[bytes]:
    return [msgspec.json.encode(event) for event in events]


@pytest.mark.parametrize("sizes", [(1,), (7, 64)], ids=["one by one", "by turns"])
@each_kind
def test_however_the_stream_is_cut_the_events_are_the_same_bytes(
    plan: SessionPlan, sizes: tuple[int, ...]
) -> None:
    session = session_of(plan)
    assert as_bytes(tracked(session, cut(session, *sizes))) == as_bytes(in_one_block(plan))


@each_kind
def test_the_future_does_not_change_the_past(plan: SessionPlan) -> None:
    session = session_of(plan)
    middle_s = 0.6 * session.duration_s
    changed = {stream: samples.copy() for stream, samples in session.streams.items()}
    for samples in changed.values():
        samples[samples[:, 0] >= middle_s, 1:] *= 0.3
    before = [e for e in in_one_block(plan) if e.detected_s < middle_s]
    after = [e for e in tracked(session, [whole(session, changed)]) if e.detected_s < middle_s]
    assert before
    assert as_bytes(before) == as_bytes(after)


@each_kind
def test_a_copy_made_midway_goes_on_as_the_original(plan: SessionPlan) -> None:
    blocks = list(cut(session_of(plan), 4001))
    tracker = Tracker(session_of(plan).setup)
    for block in blocks[: len(blocks) // 2]:
        tracker.process(block)
    twin = copy.deepcopy(tracker)
    rest = blocks[len(blocks) // 2 :]
    ends = []
    for one in (tracker, twin):
        events = [event for block in rest for event in one.process(block)]
        ends.append(as_bytes([*events, *one.finish()]))
    assert ends[0] == ends[1]
    assert ends[0]


@each_kind
def test_durations_add_up_and_phases_follow_each_other(plan: SessionPlan) -> None:
    reps = reps_of(in_one_block(plan))
    assert reps
    for rep in reps:
        if rep.kind is RepKind.UNFINISHED:
            continue
        assert rep.eccentric_start_s is not None
        assert rep.eccentric_end_s is not None
        assert rep.concentric_start_s < rep.pause_start_s <= rep.eccentric_start_s < rep.eccentric_end_s
        parts = (rep.concentric_s, rep.pause_contracted_s or 0.0, rep.eccentric_s or 0.0)
        assert sum(parts) == pytest.approx(rep.time_under_tension_s)
        assert rep.eccentric_end_s <= rep.detected_s + 1e-9 <= rep.eccentric_end_s + 10.0


def test_heavier_stacks_change_no_phase() -> None:
    session = session_of(CHOSEN[0])
    load = session.streams[Stream.LOAD].copy()
    load[:, 1] *= 2.5
    light = reps_of(in_one_block(CHOSEN[0]))
    heavy = reps_of(tracked(session, [whole(session, {**session.streams, Stream.LOAD: load})]))
    assert [r.eccentric_end_s for r in light] == [r.eccentric_end_s for r in heavy]
    for a, b in zip(light, heavy, strict=True):
        assert b.mean_force_n == pytest.approx(2.5 * (a.mean_force_n or 0.0))
        assert b.work_j == pytest.approx(2.5 * (a.work_j or 0.0))


def test_without_load_there_is_no_force_and_all_else_stays() -> None:
    session = session_of(CHOSEN[0])
    streams: dict[Stream, FloatArray] = {
        stream: s for stream, s in session.streams.items() if stream is not Stream.LOAD
    }
    bare = reps_of(tracked(session, [whole(session, streams)]))
    for a, b in zip(reps_of(in_one_block(CHOSEN[0])), bare, strict=True):
        nothing = {"mean_force_n": None, "peak_force_n": None, "work_j": None}
        nothing |= {"mean_power_w": None, "peak_power_w": None}
        assert msgspec.structs.replace(a, **nothing) == b


def test_cable_alone_counts_and_times_and_claims_no_direction() -> None:
    session = session_of(CHOSEN[0])
    full = reps_of(in_one_block(CHOSEN[0]))
    cable: dict[Stream, FloatArray] = {Stream.CABLE: session.streams[Stream.CABLE]}
    reps = reps_of(tracked(session, [whole(session, cable)]))
    assert [rep.kind for rep in reps] == [rep.kind for rep in full]
    for rep, other in zip(reps, full, strict=True):
        # With the ankle the hips' sway is taken out, which moves the end of a slow phase.
        assert rep.eccentric_end_s == pytest.approx(other.eccentric_end_s, abs=0.25)
    assert {rep.diagonal_deg for rep in reps} == {None}
    assert {rep.diagonal_reason for rep in reps} == {"no ankle IMU"}


def test_an_empty_session_has_no_events() -> None:
    tracker = Tracker(session_of(CHOSEN[0]).setup)
    assert list(tracker.process(SampleBlock(0.0, 10.0))) == []
    assert list(tracker.finish()) == []
