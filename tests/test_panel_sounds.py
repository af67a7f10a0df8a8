"""Sounds: one for each thing that happens, at the moment the screen shows it, and no chatter."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.mqtt.retained import StateKeeper
from firmware.panel.items import Words
from firmware.panel.lamp import in_zone
from firmware.panel.machine import MachinePanel
from firmware.panel.screens import Scene, scene, screen
from firmware.panel.sounds import Sound, sound_of
from firmware.panel.view import PanelView
from tests.made_events import cue, numbered, phase, rejected, rep, set_summary
from tests.test_panel_view import CALIBRATE, EVENTS, START, after
from tracker.messages import Event, Phase, PhaseChange, Rejection


class Heard:
    """A display, a buzzer and a lamp that keep what they were given."""

    fault: str | None = None

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.views: list[tuple[PanelView, float]] = []

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def show(self, view: PanelView, session_s: float = 0.0) -> None:
        self.views.append((view, session_s))

    def taken(self) -> list[Sound]:
        sounds, self.sounds = self.sounds, []
        return sounds


def give(panel: MachinePanel, event: Event) -> None:
    if isinstance(event, PhaseChange):
        panel.phase(event)
    else:
        panel.result(numbered(event)[0])


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def panel(heard: Heard) -> MachinePanel:
    return MachinePanel(START, heard, heard, None)


def test_sounds_are_told_apart_by_ear() -> None:
    """No two are the same tune, and the phase's end and the peak are not begun alike by the others."""
    tunes = {sound: sound.value for sound in Sound}
    for one, other in combinations(tunes, 2):
        assert tunes[one] != tunes[other]
    assert len(list(Sound)) == len(Sound.__members__), "no alias"


def test_a_rep_is_heard_at_its_peak_and_when_it_counts(panel: MachinePanel, heard: Heard) -> None:
    give(panel, phase(Phase.CONCENTRIC))
    assert heard.taken() == []
    give(panel, phase(Phase.PAUSE_CONTRACTED))
    assert heard.taken() == [Sound.PEAK]
    give(panel, phase(Phase.ECCENTRIC))
    assert heard.taken() == []
    give(panel, rep(1))
    assert heard.taken() == [Sound.REP]
    give(panel, phase(Phase.PAUSE_STRETCHED))
    assert heard.taken() == []


def test_a_rep_that_is_taken_back_is_heard_to_be(panel: MachinePanel, heard: Heard) -> None:
    give(panel, phase(Phase.CONCENTRIC))
    give(panel, phase(Phase.ECCENTRIC))
    give(panel, phase(Phase.IDLE, None, None))
    give(panel, rejected(reason=Rejection.NO_RETURN, start_s=9.0, end_s=12.0))
    assert heard.taken() == [Sound.PEAK, Sound.NOT_COUNTED]
    give(panel, rejected(start_s=20.0, end_s=21.0))
    assert heard.taken() == []


def test_a_movement_that_was_never_pending_is_silent(panel: MachinePanel, heard: Heard) -> None:
    give(panel, phase(Phase.CONCENTRIC))
    give(panel, rejected())
    give(panel, rejected())
    assert heard.taken() == []


def test_a_rep_sounds_as_the_core_decided_and_not_by_its_faults(panel: MachinePanel, heard: Heard) -> None:
    give(panel, rep(1, faults=("momentum",)))
    give(panel, rep(2, faults=("momentum",), cue="no_swinging"))
    give(panel, cue(2, word="no_swinging", fault="momentum"))
    give(panel, rep(3, cue="target_reached"))
    assert heard.taken() == [Sound.REP, Sound.REP_WITH_CUE, Sound.TARGET_REACHED]


def test_the_end_of_a_set(panel: MachinePanel, heard: Heard) -> None:
    give(panel, rep(1))
    give(panel, set_summary())
    give(panel, phase(Phase.IDLE, None, None))
    assert heard.taken() == [Sound.REP, Sound.SET]


def test_a_calibration_from_the_press_to_its_last_kick(panel: MachinePanel, heard: Heard) -> None:
    panel.announced(CALIBRATE)
    assert heard.taken() == [Sound.PRESSED]
    for expected in (Sound.PEAK, Sound.PEAK, Sound.KICKS_TAKEN):
        give(panel, phase(Phase.CONCENTRIC, None, None))
        give(panel, phase(Phase.ECCENTRIC, None, None))
        give(panel, rejected(reason=Rejection.CALIBRATION))
        assert heard.taken() == [expected]


def test_a_fault_is_heard_when_it_comes_and_not_while_it_lasts(panel: MachinePanel, heard: Heard) -> None:
    panel.faults(("load: nothing answers (tried 3 times)",))
    panel.faults(("load: nothing answers (tried 4 times)",))
    assert heard.taken() == [Sound.FAULT]
    panel.faults(("load: the same", "cable: gone"))
    assert heard.taken() == [Sound.FAULT]
    panel.faults(("cable: gone",))
    panel.faults(())
    assert heard.taken() == []
    panel.faults(("load: again",))
    assert heard.taken() == [Sound.FAULT]


AT = 40.0


def over(panel: MachinePanel, until_s: float) -> list[float]:
    """When the end of a phase was heard, in steps of a block."""
    assert isinstance(panel, MachinePanel)
    voice = panel._buzzer
    assert isinstance(voice, Heard)
    times = []
    for step in range(round((until_s - AT) / 0.02)):
        panel.at(AT + 0.02 * step)
        if Sound.PHASE_END in voice.taken():
            times.append(AT + 0.02 * step)
    return times


@pytest.mark.parametrize(
    ("at", "target_s"),
    [
        (Phase.ECCENTRIC, 3.0),
        (Phase.PAUSE_STRETCHED, 1.0),
        (Phase.CONCENTRIC, 2.0),
        (Phase.PAUSE_CONTRACTED, 1.0),
    ],
)
def test_the_end_of_each_phase_is_heard_once_when_its_target_has_passed(
    panel: MachinePanel, at: Phase, target_s: float
) -> None:
    give(panel, phase(at, at_s=AT))
    assert over(panel, AT + 10.0) == [pytest.approx(AT + target_s, abs=0.021)]


def test_a_phase_left_in_time_is_silent(panel: MachinePanel, heard: Heard) -> None:
    give(panel, phase(Phase.CONCENTRIC, at_s=AT))
    panel.at(AT + 1.9)
    give(panel, phase(Phase.ECCENTRIC, at_s=AT + 1.9))
    panel.at(AT + 4.8)
    assert heard.taken() == [Sound.PEAK]


@pytest.mark.parametrize("target", [None, "X-X-X-X", "0-0-0-0"])
def test_where_there_is_no_end_to_wait_for_nothing_is_heard(target: str | None, heard: Heard) -> None:
    panel = MachinePanel(START, None, heard, None)
    for at in (Phase.CONCENTRIC, Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC, Phase.PAUSE_STRETCHED):
        give(panel, phase(at, at_s=AT, target=target))
        assert over(panel, AT + 5.0) == []


def test_calibration_kicks_have_no_tempo(panel: MachinePanel) -> None:
    panel.announced(CALIBRATE)
    give(panel, phase(Phase.CONCENTRIC, None, None, at_s=AT))
    assert over(panel, AT + 5.0) == []


def test_the_screen_shows_what_is_heard(panel: MachinePanel, heard: Heard) -> None:
    """At every moment the display has the view from which the sounds so far follow."""
    events: list[Event] = [
        phase(Phase.CONCENTRIC),
        phase(Phase.ECCENTRIC),
        rep(1),
        phase(Phase.PAUSE_STRETCHED),
        phase(Phase.CONCENTRIC, 2),
        phase(Phase.PAUSE_CONTRACTED, 2),
        rejected(start_s=9.0, end_s=12.0),
        set_summary(),
    ]
    expected = []
    before = START
    for event in events:
        give(panel, event)
        panel.at(12.0)
        shown, _ = heard.views[-1]
        sound = sound_of(before, shown)
        expected += [] if sound is None else [sound]
        before = shown
    assert [s for s in heard.taken() if s is not Sound.PHASE_END] == expected
    assert expected == [Sound.PEAK, Sound.REP, Sound.PEAK, Sound.NOT_COUNTED, Sound.SET]


@given(st.lists(EVENTS, max_size=20))
def test_screen_and_retained_state_never_differ_about_the_count(events: list[Event]) -> None:
    """Pending on one is pending on the other, with the same number; so is what an open set has confirmed."""
    heard = Heard()
    panel, keeper = MachinePanel(START, heard, None, None), StateKeeper(START, replay=False)
    for event in events:
        give(panel, event)
        if isinstance(event, PhaseChange):
            keeper.phase(event)
        else:
            keeper.result(numbered(event)[0])
        panel.at(12.0)
        view, _ = heard.views[-1]
        if scene(view, 12.0) is not Scene.REP:
            continue
        count = screen(view, 12.0)[0]
        assert isinstance(count, Words)
        assert count.hollow is (keeper.state.rep_pending is not None)
        if count.hollow:
            assert count.text == str(keeper.state.rep_pending)
        elif view.last_set is None:
            assert count.text == str(keeper.state.rep)
        else:
            assert count.text == "0", "the set in the state is over, and the next has no rep yet"


@pytest.mark.parametrize(
    ("display", "buzzer", "can"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_a_lamp_alone_cannot_tell_which_device_it_is(display: bool, buzzer: bool, can: bool) -> None:
    panel = MachinePanel(START, Heard() if display else None, Heard() if buzzer else None, Heard())
    assert panel.can_identify is can


def test_which_device_it_is_shows_for_five_seconds(panel: MachinePanel, heard: Heard) -> None:
    panel.at(100.0)
    panel.identify("gym-1")
    assert heard.taken() == [Sound.IDENTITY]
    shown = []
    for step in range(70):
        panel.at(100.1 + 0.1 * step)
        shown.append(heard.views[-1][0].identity)
    assert shown == ["gym-1"] * 50 + [None] * 20
    give(panel, phase(Phase.CONCENTRIC))
    assert heard.taken() == []


def test_another_session_keeps_the_faults_and_makes_no_sound(panel: MachinePanel, heard: Heard) -> None:
    panel.faults(("load: b",))
    give(panel, rep(1))
    heard.taken()
    panel.begin(replace(START, session="tuesday"))
    panel.at(0.0)
    assert heard.taken() == []
    assert (heard.views[-1][0].session, heard.views[-1][0].faults) == ("tuesday", ("load: b",))


@pytest.mark.parametrize(
    ("view", "lit"),
    [
        (lambda: START, False),
        (lambda: after(rep(1)), True),
        (lambda: after(rep(1), rep(2, in_zone=False)), False),
        (lambda: after(rep(1), rep(2, in_zone=None, diagonal_deg=None)), False),
        (lambda: after(rep(1), phase(Phase.CONCENTRIC, 2)), True),
        (lambda: after(rep(1), set_summary()), False),
    ],
)
def test_the_lamp_is_lit_while_the_last_kick_of_the_set_was_in_the_zone(
    view: Callable[[], PanelView], lit: bool
) -> None:
    assert in_zone(view()) is lit
