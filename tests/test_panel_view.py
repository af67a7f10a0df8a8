"""The view: the count is pending at the peak and confirmed by the Rep event, nothing else."""

from dataclasses import replace
from functools import reduce
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.panel.view import PanelView
from tests.made_events import cue, phase, rejected, rep, set_summary
from tracker.blocks import Announced, Announcement
from tracker.cues.words import CueWord
from tracker.messages import Event, Phase, Rejection, RepKind
from tracker.setup import SessionSetup

START = PanelView.of(SessionSetup(session="monday", leg="left", target="3-1-2-1"))


REFUSED = rejected(start_s=9.0, end_s=11.0)


def after(*events: Event, view: PanelView = START) -> PanelView:
    return reduce(lambda folded, event: folded.fold(event), events, view)


def test_nothing_is_counted_before_the_peak() -> None:
    view = after(phase(Phase.CONCENTRIC))
    assert (view.rep, view.pending, view.phase) == (0, None, Phase.CONCENTRIC)


def test_the_rep_is_pending_from_the_peak_and_confirmed_by_its_event() -> None:
    held = after(phase(Phase.CONCENTRIC), phase(Phase.PAUSE_CONTRACTED))
    assert (held.rep, held.pending) == (0, 1)
    returning = held.fold(phase(Phase.ECCENTRIC))
    assert (returning.rep, returning.pending) == (0, 1)
    confirmed = returning.fold(rep(1))
    assert (confirmed.rep, confirmed.pending) == (1, None)


def test_a_rep_without_a_hold_is_pending_from_its_return() -> None:
    view = after(phase(Phase.CONCENTRIC), phase(Phase.ECCENTRIC))
    assert view.pending == 1


def test_a_rejected_movement_takes_the_pending_count_back() -> None:
    view = after(rep(1), phase(Phase.CONCENTRIC, 2), phase(Phase.ECCENTRIC, 2), REFUSED)
    assert (view.rep, view.pending) == (1, None)
    assert view.last_rejected == REFUSED


def test_the_reason_of_a_rejection_goes_with_the_next_rep() -> None:
    assert after(rejected(), rep(1)).last_rejected is None


def test_the_pause_at_the_start_leaves_a_confirmed_rep_confirmed() -> None:
    view = after(phase(Phase.ECCENTRIC), rep(1), phase(Phase.PAUSE_STRETCHED))
    assert (view.rep, view.pending) == (1, None)


def test_a_phase_change_of_a_rep_already_counted_is_not_pending_again() -> None:
    assert after(rep(3), phase(Phase.ECCENTRIC, 3)).pending is None


def test_a_movement_after_the_set_does_not_wipe_it() -> None:
    done = after(rep(8), set_summary())
    walking = after(phase(Phase.CONCENTRIC, 1, 2), phase(Phase.ECCENTRIC, 1, 2), view=done)
    assert (walking.set, walking.rep, walking.pending, walking.pending_set) == (1, 8, 1, 2)
    back = after(REFUSED, phase(Phase.IDLE, None, None), view=walking)
    assert (back.set, back.rep, back.pending, back.last_set) == (1, 8, None, set_summary())


def test_a_new_set_begins_with_its_first_confirmed_rep() -> None:
    view = after(rep(8), set_summary(), rep(1, set=2, kind=RepKind.PARTIAL))
    assert (view.set, view.rep, view.last_set) == (2, 1, None)
    assert (view.tally.full, view.tally.partial) == (0, 1)


def test_the_leg_found_from_the_kicks_is_shown_as_found() -> None:
    unknown = PanelView.of(SessionSetup())
    assert unknown.leg is None
    found = unknown.fold(rep(1, leg="right", leg_source="kicks"))
    assert (found.leg, found.leg_source) == ("right", "kicks")


def test_calibration_kicks_are_never_pending() -> None:
    view = after(phase(Phase.CONCENTRIC, None, None), phase(Phase.ECCENTRIC, None, None))
    assert view.pending is None


def test_a_result_that_comes_late_leaves_what_is_pending_since() -> None:
    """A slow card makes a result safe when the next rep is past its peak already."""
    ahead = after(rep(1), phase(Phase.CONCENTRIC, 3), phase(Phase.ECCENTRIC, 3, at_s=20.0))
    confirmed = ahead.fold(rep(2))
    assert (confirmed.rep, confirmed.pending) == (2, 3)
    refused = confirmed.fold(REFUSED)
    assert (refused.rep, refused.pending) == (2, 3)
    assert (refused.fold(rep(3)).rep, refused.fold(rep(3)).pending) == (3, None)


KICK = rejected(reason=Rejection.CALIBRATION)
CALIBRATE = Announced(5.0, Announcement.CALIBRATE)


def calibrating(view: PanelView) -> int | None:
    return None if view.calibrating is None else view.calibrating.kicks


def test_a_calibration_lasts_from_its_announcement_to_its_third_kick() -> None:
    view = START.announced(CALIBRATE)
    for kicks in (0, 1, 2):
        assert calibrating(view) == kicks
        view = after(phase(Phase.CONCENTRIC, None, None), phase(Phase.ECCENTRIC, None, None), view=view)
        view = after(KICK, phase(Phase.IDLE, None, None), view=view)
    assert calibrating(view) is None


def test_a_calibration_nobody_announced_to_the_panel_shows_with_its_first_kick() -> None:
    assert calibrating(after(phase(Phase.CONCENTRIC, None, None))) == 0


def test_a_kick_that_is_a_rep_again_ends_a_calibration() -> None:
    view = START.announced(CALIBRATE)
    assert calibrating(view.fold(phase(Phase.CONCENTRIC, 1, 1))) is None


def test_a_kick_that_comes_late_begins_no_other_calibration() -> None:
    view = after(rep(4), view=START.announced(CALIBRATE))
    view = after(KICK, KICK, phase(Phase.PAUSE_STRETCHED, 4), KICK, view=view)
    assert calibrating(view) is None


@pytest.mark.parametrize("announcement", [Announcement.NEW_SET, Announcement.END_SET])
def test_the_end_of_a_set_shows_when_its_summary_comes(announcement: Announcement) -> None:
    view = after(rep(4))
    assert view.announced(Announced(20.0, announcement)) == view


def test_the_leg_that_is_announced_shows_at_once() -> None:
    view = after(rep(4)).announced(Announced(20.0, Announcement.RIGHT_LEG))
    assert (view.leg, view.leg_source, view.rep) == ("right", "told", 4)
    assert view.announced(Announced(21.0, Announcement.LEFT_LEG)).leg == "left"


EVENTS = st.one_of(
    st.builds(
        rep,
        st.integers(1, 4),
        set=st.integers(1, 3),
        kind=st.sampled_from(RepKind),
        cue=st.none() | st.sampled_from(get_args(CueWord)),
    ),
    st.builds(cue, st.integers(1, 4), set=st.integers(1, 3)),
    st.builds(phase, st.sampled_from(Phase), st.integers(1, 5), st.integers(1, 3)),
    st.builds(rejected),
    st.builds(set_summary, set=st.integers(1, 3)),
)


@given(st.lists(EVENTS, max_size=30))
def test_only_a_rep_event_ever_moves_the_count(events: list[Event]) -> None:
    view = START
    for event in events:
        folded = view.fold(event)
        moved = (folded.rep, folded.set, folded.tally) != (view.rep, view.set, view.tally)
        assert not moved or event == folded.last_rep
        view = folded
    assert replace(view) == after(*events)
