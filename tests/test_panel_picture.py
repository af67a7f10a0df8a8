"""The picture: golden for each kind of state; in every state that can be reached, all text fits."""

from dataclasses import replace
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from firmware.panel.cue import spelled
from firmware.panel.items import Banner, Item, Words
from firmware.panel.lettering import COUNT, COUNT_OF_THREE, NOTE, SMALL, Box, fitted, width, wrapped
from firmware.panel.picture import picture
from firmware.panel.screens import HEIGHT, WIDTH, Scene, scene, screen
from firmware.panel.view import Calibrating, PanelView
from tests.made_events import phase, rep, set_summary
from tests.panel_states import STATES
from tests.pictures.sheet import FOLDER, SHEET, contact_sheet, drawn
from tests.test_panel_view import CALIBRATE, EVENTS, START, after
from tracker.cues.phase_cue import PHASE_WORDS
from tracker.cues.words import ADVICE, CueWord
from tracker.form.fault import FAULT_NAMES, FaultName
from tracker.messages import Phase
from tracker.profiles import PROFILES
from tracker.setup import Leg

LONGEST_TARGET = "19.75-19.75-19.75-19.75"


@pytest.mark.parametrize("name", STATES)
def test_each_picture_is_the_golden_one(name: str) -> None:
    with Image.open(FOLDER / f"{name}.png") as golden:
        found = ImageChops.difference(drawn(name).convert("L"), golden.convert("L")).getbbox()
    assert found is None, f"{name} differs within {found}; look at it, then `python -m tests.pictures`"


def test_there_is_a_golden_picture_of_every_screen_and_none_of_anything_else() -> None:
    assert {scene(*state) for state in STATES.values()} == set(Scene)
    assert {path.stem for path in FOLDER.glob("*.png")} == set(STATES)


def test_the_page_in_the_documentation_shows_these_pictures() -> None:
    with Image.open(SHEET) as sheet:
        shown = sheet.convert("L")
    assert ImageChops.difference(shown, contact_sheet()).getbbox() is None


def texts(item: Item) -> list[Words]:
    match item:
        case Words():
            return [item]
        case Banner():
            return [item.words]
    return []


def apart(one: Box, other: Box) -> bool:
    """Whether at least one dark pixel is between two rectangles."""
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def within(inner: Box, outer: Box, margin: int = 0) -> bool:
    return (
        inner[0] >= outer[0] + margin
        and inner[1] >= outer[1] + margin
        and inner[2] <= outer[2] - margin
        and inner[3] <= outer[3] - margin
    )


@cache
def check_item(item: Item) -> None:
    """It lights nothing outside its box, and its box is on the display."""
    alone = Image.new("1", (WIDTH, HEIGHT))
    item.draw(alone)
    lit = alone.getbbox()
    assert within(item.box, (0, 0, WIDTH, HEIGHT)), item
    assert lit is None or within(lit, item.box), item
    if isinstance(item, Banner):
        assert within(item.words.box, item.box, 1), item


def check_layout(view: PanelView, session_s: float) -> None:
    items = screen(view, session_s)
    for item in items:
        check_item(item)
    for one, other in combinations(items, 2):
        assert apart(one.box, other.box), (one, other)


def whole(view: PanelView, session_s: float) -> list[str]:
    return [words.text for item in screen(view, session_s) for words in texts(item)]


@pytest.mark.parametrize("name", STATES)
def test_the_layout_of_each_named_state(name: str) -> None:
    check_layout(*STATES[name])


DIAGONALS = [(None, None), (36.4, True), (-12.3, False), (179.6, False)]


@pytest.mark.parametrize("number", [0, 1, 9, 10, 88, 99, 100, 188, 999, 1000])
@pytest.mark.parametrize("at", [p for p in Phase if p is not Phase.IDLE])
@pytest.mark.parametrize("target", [None, "X-0-X-0", LONGEST_TARGET])
def test_a_rep_in_all_its_forms(number: int, at: Phase, target: str | None) -> None:
    """Every phase with every count, angle, doubt and badge; and each form cue in its place."""
    for (diagonal_deg, in_zone), quality, faults, pending, elapsed_s in product(
        DIAGONALS, ("good", "suspect"), ((), ("load: b",)), (None, number), (0.0, 19.0, 98.5)
    ):
        last = rep(
            number, set=88, diagonal_deg=diagonal_deg, in_zone=in_zone, quality=quality, cue="kick_narrower"
        )
        moving = phase(at, number, 88, at_s=50.0, target=target)
        view = replace(after(last, moving), target=target, faults=faults, pending=pending)
        check_layout(view, 50.0 + elapsed_s)


@pytest.mark.parametrize("word", get_args(CueWord))
def test_every_cue_after_a_rep_fits_and_is_shown_whole_until_the_next_kick(word: CueWord) -> None:
    view = after(rep(4, cue=word), phase(Phase.PAUSE_STRETCHED, 4))
    check_layout(view, 11.0)
    assert spelled(word) in whole(view, 11.0)
    assert spelled(word) not in whole(view.fold(phase(Phase.CONCENTRIC, 5)), 11.0)


def test_a_fault_that_the_core_does_not_speak_of_is_not_shown() -> None:
    view = after(rep(4, faults=("momentum",)), phase(Phase.PAUSE_STRETCHED, 4))
    assert "PAUSE" in whole(view, 11.0)


@pytest.mark.parametrize("at", PHASE_WORDS)
def test_every_cue_word_is_shown_whole(at: Phase) -> None:
    assert spelled(PHASE_WORDS[at]) in whole(after(phase(at)), 11.0)


@pytest.mark.parametrize("exercise", PROFILES)
@pytest.mark.parametrize("leg", [None, "left", "right"])
@pytest.mark.parametrize("labels", [(), ("REPLAY",), ("REPLAY", "SIMULATED")])
def test_ready_in_all_its_forms(exercise: str, leg: Leg | None, labels: tuple[str, ...]) -> None:
    for target in (None, "3-1-2-1", "X-0-X-0", "10-0-2-0", LONGEST_TARGET):
        view = replace(START, exercise=exercise, leg=leg, labels=labels, target=target)
        for session_s in (0.0, 3.0, 6.0):
            check_layout(view, session_s)
            assert exercise.replace("-", " ") in whole(view, session_s)
            brief = replace(view, target="10-0-2-0")
            assert not any(text.endswith(".") for text in whole(brief, session_s))


@pytest.mark.parametrize("kicks", [0, 1, 2])
def test_calibrating_in_all_its_forms(kicks: int) -> None:
    view = replace(START, calibrating=Calibrating(5.0, kicks))
    check_layout(view, 8.0)
    assert f"kick {kicks + 1} of 3" in whole(view, 8.0)


def test_a_finished_set_in_all_its_forms() -> None:
    for full, partial, unfinished, refused, diagonal_deg, share, tempo in product(
        (0, 99, 999),
        (0, 99),
        (0, 1),
        (0, 999),
        (None, -12.3, 179.6),
        (None, 1.0),
        (None, "19.9-19.9-19.9-19.9"),
    ):
        done = set_summary(
            set=99,
            reps_full=full,
            reps_partial=partial,
            reps_unfinished=unfinished,
            rejected=refused,
            diagonal_deg=diagonal_deg,
            in_zone_share=share,
            tempo=tempo,
            time_under_tension_s=9999.9,
            faults=dict.fromkeys(FAULT_NAMES, tuple(range(99))),
            vs_last_reps=-200,
            vs_other_leg_reps=-200,
            target_reps=None if full else 200,
        )
        view = after(rep(8), done, phase(Phase.IDLE, None, None))
        for page in range(13):
            session_s = 78.1 + 2.0 * page
            check_layout(view, session_s)
            assert not any(text.endswith(".") for text in whole(view, session_s))


def test_the_pages_of_a_finished_set_say_each_phase_beside_its_target() -> None:
    view = after(rep(8), set_summary(), phase(Phase.IDLE, None, None))
    pages = [whole(view, 78.1 + 2.0 * page)[-1] for page in range(9)]
    assert pages == [
        "return slower x1",
        "kick 2.0 of 2",
        "hold 1.0 of 1",
        "return 3.0 of 3",
        "pause 0.9 of 1",
        "36°, 88% in zone",
        "last time 8 reps",
        "52 s tension",
        "2 not counted",
    ]
    assert {scene(view, 78.1 + 2.0 * page) for page in range(8)} == {Scene.SUMMARY}


def test_a_set_of_which_a_part_went_unseen_says_so_first() -> None:
    view = after(rep(8), set_summary(unseen_s=12.04), phase(Phase.IDLE, None, None))
    check_layout(view, 78.1)
    assert whole(view, 78.1)[-1] == "12 s unseen"


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_every_fault_of_a_set_is_said_whole_as_what_to_do(name: FaultName) -> None:
    done = set_summary(faults={name: tuple(range(188))}, reps_full=188)
    view = after(rep(8), done, phase(Phase.IDLE, None, None))
    check_layout(view, 78.1)
    assert f"{spelled(ADVICE[name]).lower()} x188" in whole(view, 78.1)


def test_of_a_sets_faults_the_two_that_most_reps_had_are_said() -> None:
    done = set_summary(faults={"slack": (1,), "no_hold": (1, 2, 3), "momentum": (2, 4)})
    view = after(rep(8), done, phase(Phase.IDLE, None, None))
    assert [whole(view, 78.1 + 2.0 * page)[-1] for page in range(3)] == [
        "hold at peak x3",
        "no swinging x2",
        "kick 2.0 of 2",
    ]


def test_the_reps_aimed_at_are_said_before_and_after() -> None:
    ready = replace(START, target_reps=10)
    assert [whole(ready, s)[-1] for s in (0.0, 3.0)] == ["aim 10 reps", "tempo 3-1-2-1"]
    assert whole(replace(ready, target=None, target_reps=1), 3.0)[-1] == "aim 1 rep"
    done = after(rep(8), set_summary(target_reps=10, reps_partial=0), phase(Phase.IDLE, None, None))
    assert "of 10" in whole(done, 78.1)
    plain = after(rep(8), set_summary(target_reps=None), phase(Phase.IDLE, None, None))
    assert "8 full" in whole(plain, 78.1)


def test_the_target_is_said_in_words_in_the_order_in_which_it_is_done() -> None:
    view = replace(START, target="3-0-X-1")
    assert [whole(view, s)[-1] for s in (0.0, 3.0, 6.0)] == [
        "tempo 3-0-X-1",
        "kick fast, hold 1",
        "return 3, pause 0",
    ]
    assert whole(replace(START, target="3121"), 6.0)[-1] == "return 3, pause 1"


@pytest.mark.parametrize("rested_s", [0.0, 9.9, 59.9, 60.0, 599.0, 600.0, 3599.9])
def test_the_time_of_rest(rested_s: float) -> None:
    done = set_summary(set=99, end_s=70.0, detected_s=50.0)
    view = after(rep(8), done)
    check_layout(view, 70.0 + rested_s)
    assert f"{int(rested_s) // 60}:{int(rested_s) % 60:02d}" in whole(view, 70.0 + rested_s)
    assert scene(view, 70.0 + 3600.0) is Scene.READY


LONG_FAULTS = (
    "pelvis: i2c-250 address 0x6b: nothing answers (errno 121, tried 3 times); check power, wiring and the "
    "address",
    "recorder: recording stopped, counting goes on: /var/lib/kickback/recordings: only 12 MB are free, 500 "
    "are to stay free; delete what is not needed",
    "a fault without a part",
    "x" * 300,
    "service manager failed: " + "y" * 300,
    ": ",
    "a: ",
)


@pytest.mark.parametrize("count", range(1, len(LONG_FAULTS) + 1))
def test_faults_are_shown_in_turn_and_fit(count: int) -> None:
    view = replace(START, faults=LONG_FAULTS[:count])
    parts = set()
    for step in range(120):
        check_layout(view, 1.5 * step)
        if scene(view, 1.5 * step) is Scene.FAULT:
            parts.add(whole(view, 1.5 * step)[0])
    assert len(parts) == count
    assert scene(view, 3.0) is Scene.READY, "what else there is to see comes in turn"


@pytest.mark.parametrize(
    "name", ["a", "kickback", "gym-1", "kickback-tracker", "the_machine_by-the-window-left-9"]
)
def test_the_name_of_the_device_is_shown_whole(name: str) -> None:
    view = replace(START, identity=name)
    check_layout(view, 0.0)
    assert "".join(whole(view, 0.0)[1:]) == name
    check_layout(replace(START, identity="w" * 32), 0.0)


def test_a_fault_never_hides_a_movement() -> None:
    view = replace(after(phase(Phase.CONCENTRIC)), faults=("load: b",))
    assert {scene(view, 0.5 * step) for step in range(40)} == {Scene.REP}
    assert "!" in whole(view, 11.0)


def test_the_count_is_at_least_32_pixels_high() -> None:
    for number, face in ((8, COUNT), (88, COUNT), (188, COUNT_OF_THREE)):
        count = screen(after(rep(number), phase(Phase.CONCENTRIC, number + 1)), 11.0)[0]
        assert isinstance(count, Words)
        assert (count.text, count.face) == (str(number), face)
        assert count.box[3] - count.box[1] >= 32


def test_a_pending_count_is_hollow_and_a_confirmed_one_is_full() -> None:
    pending = after(phase(Phase.CONCENTRIC), phase(Phase.ECCENTRIC))
    confirmed = pending.fold(rep(1))
    hollow, full = (
        picture(view, 12.0).crop((0, 0, 58, 37)).histogram()[255] for view in (pending, confirmed)
    )
    assert 0.3 < hollow / full < 0.9


def test_what_is_not_saved_is_never_shown_as_confirmed() -> None:
    counted = after(phase(Phase.CONCENTRIC), phase(Phase.ECCENTRIC)).fold(rep(1), False)
    ended = counted.fold(phase(Phase.IDLE, None, None))
    for view, session_s in (
        (counted.fold(phase(Phase.PAUSE_STRETCHED)), 12.0),
        (ended, 12.0),
        (ended.fold(set_summary(), False), 79.0),
    ):
        check_layout(view, session_s)
        count = screen(view, session_s)[0]
        assert isinstance(count, Words)
        assert count.hollow
        assert "NOT SAVED" in whole(view, session_s)


def test_a_calibration_that_was_forgotten_ends_by_itself() -> None:
    view = START.announced(CALIBRATE)
    assert scene(view, 64.9) is Scene.CALIBRATING
    assert scene(view, 65.1) is Scene.READY


@settings(max_examples=150, deadline=None)
@given(
    st.lists(EVENTS, max_size=12),
    st.floats(0.0, 4000.0),
    st.sampled_from([None, "3-1-2-1", "X-0-X-0"]),
    st.booleans(),
)
def test_whatever_happened_the_layout_holds(
    events: list[object], session_s: float, target: str | None, faulty: bool
) -> None:
    view = replace(START, target=target, faults=LONG_FAULTS[:2] if faulty else ())
    for event in events:
        view = view.fold(event)  # type: ignore[arg-type]
    check_layout(view, session_s)
    assert picture(view, session_s) == picture(replace(view), session_s), "a function of its arguments alone"


@given(st.text(max_size=40), st.integers(10, 128))
def test_text_is_cut_to_any_width(text: str, room: int) -> None:
    face, kept = fitted(text, room, (SMALL,))
    assert width(face, kept) <= room
    assert all(width(NOTE, line) <= room for line in wrapped(text, room, NOTE, 3))


def test_the_letters_come_with_their_licence() -> None:
    folder = Path(__file__).parent.parent / "firmware" / "panel" / "fonts"
    assert "Bitstream Vera Fonts Copyright" in (folder / "LICENSE").read_text(encoding="utf-8")
