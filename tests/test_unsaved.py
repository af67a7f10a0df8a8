"""A result that the disk has not taken: counted and shown, and promised to nobody."""

import io

from rich.console import Console

from firmware.numbering import unsaved
from firmware.panel.lines import PlainLines
from firmware.panel.sounds import Sound, sound_of
from firmware.panel.terminal import draw
from firmware.panel.view import PanelView
from tests.made_events import numbered, rep, set_summary
from tracker.setup import SessionSetup

START = PanelView.of(SessionSetup(session="monday"))


def drawn(view: PanelView) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(draw(view))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_terminal_says_so_until_a_result_is_saved() -> None:
    lost = START.fold(rep(1), saved=False)
    assert (lost.rep, lost.saved) == (1, False)
    assert "counted, NOT SAVED" in drawn(lost)
    found = lost.fold(rep(2))
    assert "NOT SAVED" not in drawn(found)
    assert "confirmed" in drawn(found)


def test_plain_lines_say_so() -> None:
    out = io.StringIO()
    lines = PlainLines(out)
    lines.result(unsaved("gym", rep(1), None, False))
    lines.result(numbered(rep(2))[0])
    first, second = out.getvalue().splitlines()
    assert first.endswith("NOT SAVED")
    assert "NOT SAVED" not in second


def test_the_buzzer_confirms_only_what_is_saved() -> None:
    for event in (rep(1), set_summary()):
        assert sound_of(START, START.fold(event, saved=False)) is Sound.FAULT
    assert sound_of(START, START.fold(rep(1))) is Sound.REP
    assert sound_of(START, START.fold(set_summary())) is Sound.SET
