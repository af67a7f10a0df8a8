"""What ends early, or in silence, is neither made up nor lost."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fault_schedules import Strike, strike_all
from tests.motion import Stretch, block, cable, kick
from tests.test_whole_path_faults import AT_MACHINE, session
from tests.virtual_rig import VirtualRig
from tracker.blocks import Announced, Announcement, FloatArray, Stream
from tracker.calibration import apply
from tracker.messages import Event, Rejected, Rejection, Rep, RepKind
from tracker.movement import Ending, Movement
from tracker.movements import Movements
from tracker.pipeline import Tracker
from tracker.progress import CableTravel
from tracker.setup import SessionSetup

SETUP = SessionSetup(session="plain", exercise="cable-kickback")
FIRST = [Stretch(0.0, 2.0), *kick(0.4, 1.0, 0.6, 1.5, 1.0)]


def tracked(samples: FloatArray) -> list[Event]:
    tracker = Tracker(SETUP)
    return [*tracker.process(block(cable=samples)), *tracker.finish()]


def reps(events: list[Event]) -> list[Rep]:
    return [event for event in events if isinstance(event, Rep)]


@pytest.mark.parametrize("silent_s", [(0.0, 0.0), (2.3, 2.6)])
@pytest.mark.parametrize("shift_m", [0.06, 0.08])
def test_a_shift_after_a_first_rep_in_silence_is_no_rep(
    silent_s: tuple[float, float], shift_m: float
) -> None:
    samples = cable(
        [*FIRST, Stretch(shift_m, 0.5), Stretch(shift_m, 3.0), Stretch(0.0, 0.5), Stretch(0.0, 1.0)]
    )
    inside = (samples[:, 0] > silent_s[0]) & (samples[:, 0] < silent_s[1])
    events = tracked(samples[~inside])
    assert [rep.kind for rep in reps(events)] == [RepKind.FULL]
    assert {event.reason for event in events if isinstance(event, Rejected)} <= {
        Rejection.TWITCH,
        Rejection.REPOSITIONED,
    }


@pytest.mark.parametrize(("share", "kinds"), [(0.5, []), (0.88, [RepKind.UNFINISHED])])
def test_a_first_rep_that_was_nearly_back_at_the_end_counts_and_has_no_end(
    share: float, kinds: list[RepKind]
) -> None:
    samples = cable(FIRST)
    end_s = 3.6 + 1.5 * share
    found = reps(tracked(samples[samples[:, 0] < end_s]))
    assert [(rep.kind, rep.eccentric_s) for rep in found] == [(kind, None) for kind in kinds]


BLIND_S = 0.6


def events_until(after_s: float, announcement: Announcement | None = None) -> list[Event]:
    """Return the events of a session that ends so long after its fourth rep. The end of that is not seen, and
    the ankle, which never comes back, is waited for to tell the cable's turn.
    """
    rig = VirtualRig(session(AT_MACHINE), rate_error=0.01)
    last = rig.session.truth.reps[3]
    end_s = last.eccentric_end_s + after_s
    from_s = last.eccentric_end_s - BLIND_S
    gone = Strike("away", Stream.ANKLE, from_s, 40.0)
    strike_all(rig, (gone, Strike("bus held low", Stream.CABLE, from_s, BLIND_S)))
    tracker, events = Tracker(rig.setup), list[Event]()
    asked_s = last.eccentric_end_s + 0.8
    for sampled in rig.blocks():
        if sampled.block.end_s > end_s:
            break
        raw = sampled.block
        if announcement is not None and raw.start_s <= asked_s < raw.end_s:
            raw = replace(raw, announced=(Announced(asked_s, announcement),))
        events += tracker.process(apply(rig.calibration, raw))
    return [*events, *tracker.finish()]


@pytest.mark.parametrize("after_s", [0.7, 1.0])
def test_what_waits_for_the_ankle_is_not_lost_when_the_session_ends(after_s: float) -> None:
    found = reps(events_until(after_s))
    assert [rep.kind for rep in found] == [RepKind.FULL] * 4
    assert "gap_cable" in found[-1].quality_reasons


def test_a_set_that_is_ended_meanwhile_has_its_last_rep() -> None:
    found = reps(events_until(6.0, Announcement.END_SET))
    assert [(rep.set, rep.rep) for rep in found] == [(1, 1), (1, 2), (1, 3), (1, 4)]


def test_nothing_of_before_the_first_sample_is_taken_for_a_rest() -> None:
    """The second sample comes late, at a place where the leg then stands."""
    found = cable([Stretch(0.12, 0.1), Stretch(0.12, 0.6), Stretch(0.4, 1.0), Stretch(0.4, 0.5)])
    back = cable([Stretch(0.0, 1.2), Stretch(0.0, 0.5)], start=0.4) + np.array([2.2, 0.0])
    samples = np.vstack((found[:1], found[found[:, 0] > 0.1], back))
    told = [
        [(movement.ending, movement.start.pose) for movement in movements(samples + np.array([from_s, 0.0]))]
        for from_s in (0.0, 100.0)
    ]
    assert told[0] == told[1] == [(Ending.RETURNED, 0.0)]


def movements(samples: FloatArray) -> list[Movement[float]]:
    machine = Movements(CableTravel(0.12).measure, 0.4)
    return [over for row in samples.tolist() for over in machine.update(*row)[1]]
