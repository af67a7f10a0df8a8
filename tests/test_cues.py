"""Cues: one decision for screen, buzzer and MQTT; at most one after a rep, and only when it is worth it."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_events import rep, set_summary
from tracker.cues.after_rep import AfterRep, CueParams
from tracker.cues.phase_cue import phase_change, phase_cue
from tracker.cues.words import ADVICE, OPPOSITES
from tracker.form.fault import FAULT_NAMES, FormFault, worst_first
from tracker.messages import Cue, CueKind, Phase, RepKind
from tracker.tempo import parse_tempo

LARGE = 1.0
SMALL = 0.3


def said(cues: AfterRep, *reps: Sequence[FormFault]) -> list[str | None]:
    found = [cues.rep(rep(number), worst_first(faults)) for number, faults in enumerate(reps, start=1)]
    return [None if cue is None else cue.word for cue in found]


def fault(name: str, severity: float = SMALL) -> list[FormFault]:
    return [FormFault(name, severity)]  # type: ignore[arg-type]


def test_every_fault_has_its_word_and_no_two_the_same() -> None:
    assert set(ADVICE) == set(FAULT_NAMES)
    assert len(set(ADVICE.values())) == len(ADVICE)
    assert all(OPPOSITES[OPPOSITES[name]] == name for name in OPPOSITES)


def test_a_small_fault_is_said_only_when_it_comes_again() -> None:
    assert said(AfterRep(), fault("no_hold"), fault("no_hold")) == [None, "hold_at_peak"]
    assert said(AfterRep(), fault("no_hold"), [], fault("no_hold")) == [None, None, "hold_at_peak"]
    assert said(AfterRep(), fault("no_hold"), [], [], fault("no_hold")) == [None] * 4


def test_a_large_fault_is_said_at_once() -> None:
    assert said(AfterRep(), fault("momentum", LARGE)) == ["no_swinging"]
    assert said(AfterRep(), fault("momentum", 0.99)) == [None]


def test_of_several_only_the_worst_is_said() -> None:
    several = [FormFault("no_hold", 1.1), FormFault("momentum", 2.0), FormFault("slack", 1.4)]
    assert said(AfterRep(), several) == ["no_swinging"]


def test_a_small_fault_that_is_repeated_goes_before_a_worse_one_that_is_not() -> None:
    cues = AfterRep()
    assert said(cues, fault("no_hold", 0.1), [*fault("no_hold", 0.1), *fault("slack", 0.9)]) == [
        None,
        "hold_at_peak",
    ]


def test_the_same_is_said_after_every_third_rep_at_most() -> None:
    always = [fault("fast_return", 3.0)] * 8
    assert said(AfterRep(), *always) == [
        "return_slower", None, None, "return_slower", None, None, "return_slower", None,
    ]  # fmt: skip


def test_one_direction_is_not_followed_by_its_opposite_at_once() -> None:
    narrow, wide = fault("direction_narrow", 2.0), fault("direction_wide", 2.0)
    assert said(AfterRep(), narrow, wide, wide, wide) == ["kick_wider", None, None, "kick_narrower"]


def test_the_reps_aimed_at_are_told_once_and_instead_of_a_fault() -> None:
    cues = AfterRep(target_reps=2)
    assert said(cues, fault("slack", 2.0), fault("momentum", 2.0), fault("momentum", 2.0)) == [
        "keep_tension", "target_reached", "no_swinging",
    ]  # fmt: skip


def test_a_new_set_begins_with_nothing_said() -> None:
    cues = AfterRep()
    assert said(cues, fault("slack", 2.0), fault("slack")) == ["keep_tension", None]
    over = cues.set_over(set_summary(set=3, detected_s=90.0))
    assert (over.kind, over.word, over.set, over.rep) == (CueKind.SET_OVER, "rest", 3, None)
    assert (over.about_s, over.detected_s) == (90.0, 90.0)
    assert said(cues, fault("no_hold"), fault("slack", 2.0)) == [None, "keep_tension"]


def test_a_cue_says_what_it_is_about() -> None:
    cue = AfterRep().rep(rep(4, set=2), fault("fast_return", 1.7))
    assert cue == Cue(
        session="monday", set=2, rep=4, kind=CueKind.FORM, word="return_slower", fault="fast_return",
        severity=1.7, about_s=15.8, detected_s=16.0,
    )  # fmt: skip
    stayed = rep(1, kind=RepKind.UNFINISHED, eccentric_end_s=None)
    peak = AfterRep().rep(stayed, fault("no_hold", 1.7))
    assert peak is not None
    assert peak.about_s == stayed.pause_start_s


FAULTS = st.lists(
    st.builds(FormFault, st.sampled_from(FAULT_NAMES), st.floats(0.0, 3.0)),
    max_size=5,
    unique_by=lambda each: each.name,
)


@given(st.lists(FAULTS, max_size=25), st.none() | st.integers(1, 12))
def test_no_cue_contradicts_another_and_none_chatters(
    reps: list[list[FormFault]], target_reps: int | None
) -> None:
    cues = AfterRep(target_reps)
    form: list[Cue] = []
    for number, faults in enumerate(reps, start=1):
        cue = cues.rep(rep(number), worst_first(faults))
        if cue is None:
            continue
        assert (cue.kind is CueKind.TARGET_REACHED) == (number == target_reps)
        if cue.kind is CueKind.FORM:
            assert cue.fault in {each.name for each in faults}, "of what the rep has"
            assert all(each.severity <= (cue.severity or 0.0) for each in faults if each.severity >= LARGE)
            form.append(cue)
    for name in FAULT_NAMES:
        alike = [cue.rep or 0 for cue in form if cue.fault in (name, OPPOSITES.get(name))]
        assert all(b - a > CueParams().hold_off for a, b in pairwise(alike))


@pytest.mark.parametrize(
    ("phase", "word", "target_s"),
    [
        (Phase.CONCENTRIC, "kick", 2.0),
        (Phase.PAUSE_CONTRACTED, "hold", 0.5),
        (Phase.ECCENTRIC, "return", 3.0),
        (Phase.PAUSE_STRETCHED, "pause", 1.0),
        (Phase.IDLE, None, None),
    ],
)
def test_a_phase_change_brings_its_word_and_what_it_should_take(
    phase: Phase, word: str | None, target_s: float | None
) -> None:
    change = phase_change(phase, 5.0, 5.1, set_number=1, rep=2, target=parse_tempo("3-1-2-0.5"))
    assert (change.word, change.target_s, change.explosive) == (word, target_s, False)
    untold = phase_change(phase, 5.0, 5.1, set_number=1, rep=2, target=None)
    assert (untold.word, untold.target_s, untold.explosive) == (word, None, False)


def test_the_countdown_runs_from_where_the_phase_began_and_over() -> None:
    change = phase_change(Phase.ECCENTRIC, 5.0, 5.1, set_number=1, rep=2, target=parse_tempo("3-1-2-1"))
    shown = [phase_cue(change, 5.0 + s) for s in (-0.1, 0.0, 0.5, 2.0, 2.9, 3.0, 3.5, 4.2)]
    assert [each.countdown for each in shown if each] == ["3", "3", "3", "1", "1", "0", "0", "+1"]
    assert [each.due for each in shown if each] == [False] * 5 + [True] * 3
    fast = phase_change(Phase.CONCENTRIC, 5.0, 5.1, set_number=1, rep=2, target=parse_tempo("3-1-X-1"))
    assert (fast.target_s, fast.explosive) == (1.0, True)
