"""A short gap, wherever in a rep it falls: bridged, and the rep is right without a mark."""

from functools import cache

import pytest

from tests.gym.matching import match
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.midway import Midway
from tracker.blocks import TURNS_AMBIGUOUS, Gap, Stream
from tracker.messages import Rep, RepKind

REP = RepPlan(concentric_s=0.8, hold_s=0.5, eccentric_s=1.2, pause_s=0.8)
AT_MACHINE = SessionPlan(seed=11, walk_in=False, sets=((REP,) * 3,))
WITH_BAND = SessionPlan(seed=11, walk_in=False, exercise="band-kickback", cable=False, sets=((REP,) * 3,))
STRUCK = 1
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.95)
"""Of the rep: its concentric lasts until 0.32, its hold until 0.52."""

TOLERANCES: dict[str, tuple[float | None, float | None]] = {
    "concentric_start_s": (0.02, None),
    "pause_start_s": (0.02, None),
    "eccentric_start_s": (0.02, None),
    "eccentric_end_s": (0.02, None),
    "rom_m": (0.003, None),
    "rom_deg": (1.0, None),
    "diagonal_deg": (1.0, None),
    "mean_velocity_mps": (0.01, None),
    "mean_force_n": (None, 0.01),
    "peak_force_n": (None, 0.02),
    "work_j": (None, 0.02),
}
"""Against the same set without a gap, absolute or relative."""


@cache
def session(plan: SessionPlan) -> GymSession:
    return simulate(plan)


@cache
def unharmed(plan: SessionPlan) -> list[Rep]:
    return tracked(plan, ())


@cache
def before_the_rep(plan: SessionPlan) -> Midway:
    made = session(plan)
    return Midway(made, made.truth.reps[STRUCK].concentric_start_s - 0.5, made.duration_s)


def tracked(plan: SessionPlan, gaps: tuple[Gap, ...]) -> list[Rep]:
    """Track the session without the samples inside the gaps, which are declared."""
    made = session(plan)
    streams = dict(made.streams)
    for gap in gaps:
        t_s = streams[gap.stream][:, 0]
        streams[gap.stream] = streams[gap.stream][(t_s <= gap.start_s) | (t_s >= gap.end_s)]
    reps = [event for event in before_the_rep(plan).on(streams, gaps) if isinstance(event, Rep)]
    found = match(made.truth.reps, reps)
    assert (found.missed, found.invented) == ((), ())
    return reps


def gap_in_rep(plan: SessionPlan, stream: Stream, share: float, length_s: float, reason: str) -> Gap:
    """A gap between two samples of the stream that begins after a share of the struck rep."""
    made = session(plan)
    rep = made.truth.reps[STRUCK]
    t_s = made.streams[stream][:, 0]
    start_s = rep.concentric_start_s + share * (rep.eccentric_end_s - rep.concentric_start_s)
    first, last = t_s.searchsorted((start_s, start_s + length_s))
    return Gap(stream, float(t_s[first]), float(t_s[last]), reason)


@pytest.mark.parametrize(
    ("plan", "stream", "length_s"),
    [
        (AT_MACHINE, Stream.CABLE, 0.01),
        (AT_MACHINE, Stream.CABLE, 0.05),
        (AT_MACHINE, Stream.LOAD, 0.075),
        (AT_MACHINE, Stream.ANKLE, 0.04),
        (WITH_BAND, Stream.ANKLE, 0.04),
    ],
)
def test_a_rep_with_a_short_gap_is_right_and_unmarked(
    plan: SessionPlan, stream: Stream, length_s: float
) -> None:
    for share in SHARES:
        gap = gap_in_rep(plan, stream, share, length_s, "bus errors")
        for rep, other in zip(tracked(plan, (gap,)), unharmed(plan), strict=True):
            assert rep.quality == other.quality == "good", (share, rep.quality_reasons)
            assert rep.kind is other.kind is RepKind.FULL
            for name, (most, relative) in TOLERANCES.items():
                value, expected = getattr(rep, name), getattr(other, name)
                assert (value is None) == (expected is None), (share, name)
                assert expected is None or value == pytest.approx(expected, abs=most, rel=relative), (
                    share,
                    name,
                )


@pytest.mark.parametrize(
    ("stream", "length_s"), [(Stream.CABLE, 0.065), (Stream.LOAD, 0.1), (Stream.ANKLE, 0.055)]
)
def test_a_rep_with_a_longer_gap_is_marked(stream: Stream, length_s: float) -> None:
    gap = gap_in_rep(AT_MACHINE, stream, 0.2, length_s, "bus errors")
    assert tracked(AT_MACHINE, (gap,))[STRUCK].quality_reasons == (f"gap_{stream}",)


def test_an_ankle_that_is_silent_without_a_word_is_marked_where_it_hides_a_movement() -> None:
    """60 ms without samples are bridged, but a turn that falls into them is not seen."""
    made = session(WITH_BAND)
    gap = gap_in_rep(WITH_BAND, Stream.ANKLE, 0.2, 0.06, "")
    ankle = made.streams[Stream.ANKLE]
    ankle = ankle[(ankle[:, 0] <= gap.start_s) | (ankle[:, 0] >= gap.end_s)]
    events = before_the_rep(WITH_BAND).on({Stream.ANKLE: ankle})
    reps = [event for event in events if isinstance(event, Rep)]
    assert [rep.quality_reasons for rep in reps] == [(), ("gap_ankle",), ()]


@pytest.mark.fault(20)
def test_turns_that_may_be_missing_mark_a_rep_however_short_the_gap() -> None:
    gap = gap_in_rep(AT_MACHINE, Stream.CABLE, 0.2, 0.01, TURNS_AMBIGUOUS)
    assert tracked(AT_MACHINE, (gap,))[STRUCK].quality_reasons == ("gap_cable",)
