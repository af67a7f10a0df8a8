"""The whole core on plain cable movements."""

import pytest

from tests.motion import Stretch, block, cable, kick
from tracker.blocks import Announced, Announcement, SampleBlock
from tracker.messages import (
    Cue,
    CueKind,
    Event,
    Phase,
    PhaseChange,
    Rejected,
    Rejection,
    Rep,
    RepKind,
    SetSummary,
)
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

SETUP = SessionSetup(session="plain", exercise="cable-kickback")
REP = kick(0.42, 1.0, 1.0, 2.0, 1.0)


def tracked(stretches: list[Stretch], *announced: Announced, setup: SessionSetup = SETUP) -> list[Event]:
    tracker = Tracker(setup)
    whole = block(cable=cable(stretches))
    events = tracker.process(SampleBlock(whole.start_s, whole.end_s, whole.streams, announced))
    return [*events, *tracker.finish()]


def reps(events: list[Event]) -> list[Rep]:
    return [event for event in events if isinstance(event, Rep)]


def rejections(events: list[Event]) -> list[Rejection]:
    return [event.reason for event in events if isinstance(event, Rejected)]


def test_three_calibration_kicks_and_no_more_even_where_nothing_measures_them() -> None:
    events = tracked([Stretch(0.0, 2.0), *REP * 7], Announced(1.0, Announcement.CALIBRATE))
    assert rejections(events) == [Rejection.CALIBRATION] * 3
    assert [rep.rep for rep in reps(events)] == [1, 2, 3, 4]
    assert {rep.diagonal_reason for rep in reps(events)} == {"no ankle IMU"}


def test_the_count_is_pending_at_the_peak_and_confirmed_after_the_return() -> None:
    events = tracked([Stretch(0.0, 2.0), *REP * 2])
    first = next(i for i, event in enumerate(events) if isinstance(event, Rep))
    before = [event for event in events[:first] if isinstance(event, PhaseChange)]
    assert [change.phase for change in before] == [
        Phase.CONCENTRIC,
        Phase.PAUSE_CONTRACTED,
        Phase.ECCENTRIC,
    ]
    assert {(change.set, change.rep) for change in before} == {(1, 1)}
    after = events[first + 1]
    assert isinstance(after, PhaseChange)
    assert (after.phase, after.rep) == (Phase.PAUSE_STRETCHED, 1)


def test_a_rep_is_confirmed_within_a_quarter_second_of_its_end() -> None:
    for rep in reps(tracked([Stretch(0.0, 2.0), *REP * 5])):
        assert rep.eccentric_end_s is not None
        assert 0.0 <= rep.detected_s - rep.eccentric_end_s < 0.25


def test_tempo_is_written_eccentric_first_and_held_against_the_target() -> None:
    setup = SessionSetup(session="plain", target="2-1-1-1")
    found = reps(tracked([Stretch(0.0, 2.0), *REP * 3], setup=setup))
    # Minimum jerk is under 5 % of its peak speed for 5.94 % of its duration at either end: a return of
    # 2 s lasts 2 (1 - 0.119) = 1.76 s, a kick of 1 s 0.88 s; the pauses grow by what the phases lose,
    # 1 + 0.059 + 0.119 = 1.18 s.
    assert [rep.tempo for rep in found] == ["1.8-?-0.9-1.2", "1.8-1.2-0.9-1.2", "1.8-1.2-0.9-1.2"]
    assert [rep.on_tempo for rep in found] == [True, True, True]
    slow = [Stretch(0.0, 2.0), *kick(0.42, 1.0, 1.0, 4.0, 1.0)]
    assert [rep.on_tempo for rep in reps(tracked(slow, setup=setup))] == [False]


def test_partial_reps_and_twitches_are_told_apart() -> None:
    half, twitch = kick(0.2, 0.8, 0.5, 1.0, 1.0), kick(0.08, 0.4, 0.1, 0.5, 1.0)
    events = tracked([Stretch(0.0, 2.0), *REP, *REP, *half, *twitch, *REP])
    assert [rep.kind for rep in reps(events)] == [RepKind.FULL, RepKind.FULL, RepKind.PARTIAL, RepKind.FULL]
    assert rejections(events) == [Rejection.TWITCH]


def test_sets_are_divided_by_rest_by_letting_go_and_by_saying_so() -> None:
    let_go = [Stretch(-0.4, 0.8), Stretch(-0.4, 3.0), Stretch(0.0, 1.5), Stretch(0.0, 2.0)]
    events = tracked(
        [Stretch(0.0, 2.0), *REP * 2, Stretch(0.0, 15.0), *REP * 2, *let_go, *REP * 2],
        Announced(53.0, Announcement.NEW_SET),
    )
    summaries = [event for event in events if isinstance(event, SetSummary)]
    assert [summary.end_reason for summary in summaries[:2]] == ["inactivity", "tension_released"]
    assert [summary.set for summary in summaries] == list(range(1, len(summaries) + 1))
    assert sum(summary.reps_full for summary in summaries) == 6


def test_announcing_the_end_of_a_set_ends_it_at_once() -> None:
    events = tracked([Stretch(0.0, 2.0), *REP * 2, Stretch(0.0, 3.0)], Announced(13.0, Announcement.END_SET))
    (summary,) = [event for event in events if isinstance(event, SetSummary)]
    assert (summary.end_reason, summary.detected_s, summary.reps_full) == ("announced", 13.0, 2)


def test_the_other_leg_is_a_new_set_of_the_same_session_and_beside_the_first() -> None:
    events = tracked(
        [Stretch(0.0, 2.0), *REP * 3, Stretch(0.0, 4.0), *kick(0.38, 1.0, 1.0, 2.0, 1.0) * 2],
        Announced(17.5, Announcement.RIGHT_LEG),
        Announced(18.5, Announcement.LEFT_LEG),
        Announced(19.0, Announcement.LEFT_LEG),
        setup=SessionSetup(session="plain", leg="right"),
    )
    assert [(rep.set, rep.rep, rep.leg, rep.leg_source) for rep in reps(events)] == [
        (1, 1, "right", "told"),
        (1, 2, "right", "told"),
        (1, 3, "right", "told"),
        (2, 1, "left", "told"),
        (2, 2, "left", "told"),
    ]
    first, second = (event for event in events if isinstance(event, SetSummary))
    assert (first.end_reason, first.detected_s, first.leg, first.vs_other_leg_set) == (
        "announced", 18.5, "right", None,
    )  # fmt: skip
    assert (second.vs_other_leg_set, second.vs_other_leg_reps) == (1, -1)
    assert second.vs_other_leg_rom_m == pytest.approx(-0.04, abs=0.003)
    assert second.rest_before_s == pytest.approx(second.start_s - first.end_s)


def test_the_reps_aimed_at_and_the_end_of_the_set_are_cues_beside_their_results() -> None:
    setup = SessionSetup(session="plain", target_reps=2)
    events = tracked([Stretch(0.0, 2.0), *REP * 3, Stretch(0.0, 15.0)], setup=setup)
    cues = [event for event in events if isinstance(event, Cue)]
    assert [(cue.kind, cue.word, cue.set, cue.rep) for cue in cues] == [
        (CueKind.TARGET_REACHED, "target_reached", 1, 2),
        (CueKind.SET_OVER, "rest", 1, None),
    ]
    assert [rep.cue for rep in reps(events)] == [None, "target_reached", None]
    assert isinstance(events[events.index(cues[0]) - 1], Rep)
    assert isinstance(events[events.index(cues[1]) - 1], SetSummary)
    (done,) = [event for event in events if isinstance(event, SetSummary)]
    assert (done.target_reps, done.target_reached_s) == (2, reps(events)[1].eccentric_end_s)


def test_a_pause_that_is_aimed_at_keeps_the_set_open() -> None:
    pausing = [Stretch(0.0, 2.0), *REP, Stretch(0.0, 14.0), *REP]
    for target, sets in (("2-1-1-1", [1, 2]), ("2-15-1-1", [1, 1])):
        found = reps(tracked(pausing, setup=SessionSetup(session="plain", target=target)))
        assert [rep.set for rep in found] == sets


def test_the_last_rep_held_to_the_end_is_unfinished_and_kept() -> None:
    events = tracked([Stretch(0.0, 2.0), *REP * 2, Stretch(0.42, 1.0), Stretch(0.42, 1.0)])
    assert [rep.kind for rep in reps(events)] == [RepKind.FULL, RepKind.FULL, RepKind.UNFINISHED]
    (summary,) = [event for event in events if isinstance(event, SetSummary)]
    assert (summary.reps_full, summary.reps_unfinished, summary.end_reason) == (2, 1, "session_end")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"exercise": "squat"}, "unknown exercise 'squat'; known are cable-kickback, band-kickback"),
        ({"leg_length_m": 2.0}, "leg_length_m must be 0.3 to 1.3 m, not 2"),
        ({"leg_length_m": float("nan")}, "leg_length_m must be"),
        ({"target": "3-1-2"}, "needs four numbers"),
    ],
)
def test_an_impossible_setup_is_refused(changed: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Tracker(SessionSetup(**changed))  # type: ignore[arg-type]  # a table of single settings
