"""`kickback report`: hands the recording, as the user corrected it, and its events to the drawing."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from firmware.cli import main
from firmware.recording import Recording
from tests.made_recordings import cable_session
from tracker.messages import Event, PhaseChange, Rep

Drawn = list[tuple[Recording, Sequence[Event], Path]]


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return cable_session(tmp_path / "session")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    calls: Drawn = []
    report = ModuleType("firmware.report")

    def draw_report(recording: Recording, events: Sequence[Event], out: Path) -> None:
        calls.append((recording, events, out))

    vars(report)["draw_report"] = draw_report
    monkeypatch.setitem(sys.modules, "firmware.report", report)
    return calls


def test_the_drawing_gets_what_it_needs(
    session: Path, drawn: Drawn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(session), "-o", "a.png", "--target", "2-1-1-1", "--leg", "right"]) == 0
    ((recording, events, out),) = drawn
    assert (recording.setup.target, recording.setup.leg) == ("2-1-1-1", "right")
    assert [event.rep for event in events if isinstance(event, Rep)] == [1, 2, 3, 4]
    assert any(isinstance(event, PhaseChange) for event in events)
    assert out == Path("a.png")
    assert capsys.readouterr().out == "a.png written\n"


def test_without_matplotlib_it_says_what_to_install(
    session: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["report", str(session), "-o", "a.png"]) == 1
    err = capsys.readouterr().err
    assert "kickback-tracker[report]" in err
    assert err.count("\n") == 1
