"""`kickback calibrate` as a user meets it: on a terminal, in a script, with mistakes."""

import os
import pty
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from firmware.calibrating import keeping
from firmware.calibrating.appliance_at_work import running_appliance
from firmware.calibrating.host import Host
from firmware.calibration_store import read_stored
from firmware.cli import main
from firmware.commands.dialog import TerminalConsole
from firmware.errors import BadInputError
from firmware.i2c.bus import Bus
from tests.calibration_bench import G, Machine


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of a user without any config."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    return tmp_path / "state"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The modelled machine that the command finds instead of a real one."""
    machine = Machine()
    modelled = partial(
        keeping.Bench,
        host=Host(machine.clock.now, machine.clock.sleep),
        open_bus=lambda number: Bus(machine.bus, f"i2c-{number}"),
        appliance=lambda: None,
    )
    monkeypatch.setattr(keeping, "Bench", modelled)
    return machine


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Standard input is a terminal; the function types into it."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        yield lambda text: (os.write(ours, text.encode()), None)[1]
    os.close(ours)


def test_a_script_calibrates_the_cuff(
    machine: Machine, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "cuff", "--yes"]) == 0
    said = capsys.readouterr()
    assert f"Saved in {state / 'calibration.json'}." in said.out
    assert said.err == ""
    assert read_stored(state / "calibration.json").ankle is not None


def test_a_script_calibrates_the_load_cell(machine: Machine, state: Path) -> None:
    machine.load.force = lambda t: machine._force(t) + (20.0 * G if t > 30.0 else 0.0)
    assert main(["calibrate", "load", "--known-n", "196.133", "--yes"]) == 0
    entry = read_stored(state / "calibration.json").load
    assert entry is not None
    assert entry.figures["known_n"] == pytest.approx(20 * G)


def test_a_person_answers_on_a_terminal(
    machine: Machine,
    state: Path,
    keyboard: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = input

    def after_a_while(prompt: str) -> str:
        machine.clock.sleep(20.0)
        return typed(prompt)

    monkeypatch.setattr("builtins.input", after_a_while)
    # Set-up ends at 21 s, the diagnosis at 32 s; then come two answers and the hanging.
    machine.load.force = lambda t: machine._force(t) + (20.0 * G if t > 60.0 else 0.0)
    keyboard("\n")  # nothing on the cell
    keyboard("much\n20\n")
    keyboard("\n")  # it hangs
    keyboard("perhaps\ny\n")
    assert main(["calibrate", "load"]) == 0
    said = capsys.readouterr().out
    assert "'much' is no load" in said
    assert said.count("Keep this calibration") == 2
    assert read_stored(state / "calibration.json").load is not None


def test_no_keeps_nothing_and_ends_with_1(
    machine: Machine, state: Path, keyboard: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    keyboard("\nn\n")
    assert main(["calibrate", "cuff"]) == 1
    assert "Nothing was saved." in capsys.readouterr().out
    assert not state.exists()


def test_a_closed_input_keeps_nothing(
    machine: Machine, state: Path, keyboard: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    keyboard("\n\x04")
    assert main(["calibrate", "cuff"]) == 2
    assert capsys.readouterr().err.strip().endswith("kickback: no answer; nothing was saved")
    assert not state.exists()


def test_what_fails_a_check_ends_with_1_and_one_line(
    machine: Machine, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.shake_mps2 = 1.0
    assert main(["calibrate", "cuff", "--yes"]) == 1
    said = capsys.readouterr()
    assert "FAIL  not shaken" in said.out
    assert len(said.err.splitlines()) == 1
    assert "failed: not shaken" in said.err


MISTAKES = {
    "no sensor": (["calibrate"], "load, cable or cuff"),
    "unknown sensor": (["calibrate", "arm"], "invalid choice"),
    "no terminal": (["calibrate", "load"], "--known-kg and --yes"),
    "no terminal for the cuff": (["calibrate", "cuff"], "give --yes"),
    "a script without the load": (["calibrate", "load", "--yes"], "--known-kg must be given"),
    "a script without the length": (["calibrate", "cable", "--yes"], "--length must be given"),
    "no number": (["calibrate", "load", "--known-kg", "abc", "--yes"], "is no load"),
    "both": (["calibrate", "load", "--known-kg", "20", "--known-n", "200", "--yes"], "not allowed with"),
    "too small": (["calibrate", "load", "--known-kg", "1", "--yes"], "too small"),
    "too long": (["calibrate", "cable", "--length", "12", "--yes"], "cannot be used"),
    "no length": (["calibrate", "cable", "--length", "far", "--yes"], "is no length"),
    "no pelvis": (["calibrate", "cuff", "--sensor", "pelvis", "--yes"], "[sensors.pelvis]"),
    "no config": (["calibrate", "cuff", "--yes", "--config", "/nowhere.toml"], "/nowhere.toml"),
}


@pytest.mark.parametrize(("arguments", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_in_one_line_and_nothing_is_touched(
    arguments: list[str], words: str, machine: Machine, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert machine.bus.load.transactions == 0
    assert not state.exists()


def test_a_place_that_cannot_be_written_is_said(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "file"))
    assert main(["calibrate", "cuff", "--yes"]) == 1
    assert "not saved (File exists)" in capsys.readouterr().err


def pressed(console: TerminalConsole) -> bool:
    while not console.done():
        pass
    return True


def test_enter_pressed_too_early_does_not_end_a_pull(keyboard: Callable[[str], None]) -> None:
    console = TerminalConsole()
    keyboard("\n\n")
    console.begin("Pull.")
    assert not console.done()
    keyboard("\n")
    assert pressed(console)
    assert not console.done()
    keyboard("\x04")
    with pytest.raises(BadInputError, match="no answer"):
        pressed(console)


COMMAND_LINES = {
    b"/usr/bin/python3\0/opt/kickback/.venv/bin/kickback\0run\0": True,
    b"kickback\0-v\0run\0--config\0my.toml\0": True,
    b"python3\0-m\0firmware.cli\0run\0": True,
    b"python3\0/opt/bin/kickback\0doctor\0": False,
    b"vim\0kickback\0": False,
    b"less\0/srv/run\0": False,
    b"": False,
}


@pytest.mark.parametrize(("line", "runs"), COMMAND_LINES.items())
def test_a_running_appliance_is_found_whoever_started_it(line: bytes, runs: bool, tmp_path: Path) -> None:
    for number, text in ((7, b"init\0"), (812, line)):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "cmdline").write_bytes(text)
    (tmp_path / "99").mkdir()
    assert running_appliance(tmp_path) == (812 if runs else None)
