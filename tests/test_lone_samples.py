"""A flipped bit is a lone sample: dropped and marked. What really moves passes whole, if a sample late."""

from math import sin

import pytest

from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import FloatArray, SampleBlock, Stream
from tracker.lone import LoneSamples
from tracker.messages import Rep
from tracker.pipeline import Tracker

PLAN = SessionPlan(seed=11, walk_in=False, sets=((RepPlan(),) * 3,))


def in_a_dense_stream() -> LoneSamples:
    """Return one that has seen some samples before time 0."""
    lone = LoneSamples(slice(1, None), 2.0)
    for i in range(-6, 0):
        lone.sift([0.005 * i, 1.0])
    return lone


def sifted(values: list[float], step_s: float = 0.005) -> list[float]:
    lone = LoneSamples(slice(1, None), 2.0)
    return [row[1] for i, value in enumerate(values) for row in lone.sift([i * step_s, value])]


@pytest.mark.fault(8)
def test_a_lone_sample_is_dropped_and_named() -> None:
    lone = LoneSamples(slice(1, None), 2.0)
    passed = [
        (list(lone.sift([t_s, value])), lone.dropped_s)
        for t_s, value in ((0.0, 1.0), (0.005, 9.0), (0.010, 1.2), (0.015, 1.3))
    ]
    assert passed == [
        ([[0.0, 1.0]], None),
        ([], None),
        ([[0.010, 1.2]], (0.0, 0.010)),
        ([[0.015, 1.3]], None),
    ]


def test_what_moves_passes_whole_and_in_order() -> None:
    wave = [20.0 * sin(0.15 * i) for i in range(400)]
    wave += [wave[-1]] * 3
    assert sifted(wave) == wave
    edge = [0.0] * 10 + [50.0] * 10 + [0.0] * 10
    assert sifted(edge) == edge
    ringing = [0.0, 0.0, 8.0, -6.0, 4.0, -3.0, 2.0, 0.0, 0.0]
    assert sifted(ringing) == ringing
    assert sifted([0.0, 9.0, 0.0, 9.0, 0.0], step_s=0.1) == [0.0, 9.0, 0.0, 9.0, 0.0]


def test_the_first_sample_after_a_break_waits_for_one_that_is_near() -> None:
    lone = in_a_dense_stream()
    rows = ((0.0, 1.0), (0.005, 1.0), (0.4, -17.0), (0.405, 1.2), (0.41, 1.3), (0.8, 5.0), (0.805, 5.5))
    passed = [([row[1] for row in lone.sift(list(row))], lone.dropped_s) for row in rows]
    assert passed == [
        ([1.0], None),
        ([1.0], None),
        ([], None),
        ([], (0.4, 0.405)),
        ([1.2, 1.3], None),
        ([], None),
        ([5.0, 5.5], None),
    ]


def reps_of(made: GymSession, stream: Stream, column: int, by: float) -> list[Rep]:
    """Track the session with one sample of the second rep's way out changed by so much."""
    streams: dict[Stream, FloatArray] = {key: samples.copy() for key, samples in made.streams.items()}
    at_s = made.truth.reps[1].concentric_start_s + 0.3
    samples = streams[stream]
    samples[(samples[:, 0] >= at_s).argmax(), column] += by
    tracker = Tracker(made.setup)
    whole = SampleBlock(0.0, made.duration_s + 1.0, streams, made.announced)
    return [e for e in [*tracker.process(whole), *tracker.finish()] if isinstance(e, Rep)]


@pytest.mark.fault(8)
def test_a_flipped_bit_of_the_load_spoils_no_force_and_marks_the_rep() -> None:
    """Bit 21 of a 200 kg cell's count is 957 N."""
    made = simulate(PLAN)
    whole, struck = reps_of(made, Stream.LOAD, 1, 0.0), reps_of(made, Stream.LOAD, 1, 957.0)
    assert [rep.quality_reasons for rep in struck] == [(), ("gap_load",), ()]
    for rep, other in zip(struck, whole, strict=True):
        assert rep.peak_force_n is not None
        assert other.peak_force_n is not None
        assert abs(rep.peak_force_n - other.peak_force_n) < 0.02 * other.peak_force_n


def test_a_flipped_bit_of_the_gyroscope_turns_no_direction_and_marks_the_rep() -> None:
    """Bit 14 of a gyroscope of 1000 degrees/s is 8.7 rad/s, and 2.4 degrees in a sample of 4.8 ms."""
    made = simulate(PLAN)
    for column in (4, 5, 6):
        whole, struck = reps_of(made, Stream.ANKLE, column, 0.0), reps_of(made, Stream.ANKLE, column, 8.7)
        assert [rep.quality_reasons for rep in struck] == [(), ("gap_ankle",), ()]
        for rep, other in zip(struck, whole, strict=True):
            assert rep.diagonal_deg is not None
            assert other.diagonal_deg is not None
            assert abs(rep.diagonal_deg - other.diagonal_deg) < 0.3


def test_a_sample_between_two_breaks_is_dropped_where_the_next_is_elsewhere() -> None:
    lone = in_a_dense_stream()
    rows = [[0.0, 1.0], [0.005, 1.0], [0.1, -17.0], [0.2, 1.2], [0.3, 5.0], [0.4, 9.0]]
    assert [row[1] for each in rows for row in lone.sift(each)] == [1.0, 1.0, 1.2, 5.0, 9.0]


def test_what_rings_at_half_the_sampling_rate_passes_on_both_sides() -> None:
    ringing = [9.0, -9.0] * 10
    passed = sifted([0.0, 0.0, *ringing, 0.0, 0.0])
    assert abs(sum(passed)) <= 9.0, "by one side of it the leg would turn"
    assert len(passed) >= 23


def test_a_slow_stream_with_jitter_passes_whole() -> None:
    lone = LoneSamples(slice(1, None), 2.0)
    times = [0.05 * i + 0.003 * (i % 3 - 1) for i in range(100)]
    passed = [row for t_s in times for row in lone.sift([t_s, 5.0 * sin(9.0 * t_s)])]
    assert [row[0] for row in passed] == times
