"""The command as a user meets it: help, errors on one line, exit codes."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from firmware import commands
from firmware.cli import COMMANDS, main, parser
from firmware.errors import BadInputError, FaultError
from tests.broker import free_port
from tests.made_recordings import cable_session
from tests.processes import COMMAND, PATIENCE_S, kickback


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return cable_session(tmp_path / "session")


def test_alone_it_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    for word in (
        "demo",
        "replay",
        "analyze",
        "report",
        "import",
        "export",
        "dashboard",
        "calibrate",
        "doctor",
        "examples:",
    ):
        assert word in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    name, version = capsys.readouterr().out.split()
    assert name == "kickback"
    assert version[0].isdigit()


@pytest.mark.parametrize(
    "name", ["demo", "replay", "analyze", "report", "import", "export", "dashboard", "calibrate", "doctor"]
)
def test_every_command_explains_itself_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"example: kickback {name} " in out
    assert "--verbose" in out


def test_help_imports_nothing_heavy() -> None:
    heavy = "numpy, msgspec, rich, paho, mcap, matplotlib"
    script = (
        "import sys, firmware.cli; code = firmware.cli.main(['--help']); "
        f"found = {{n for n in sys.modules}} & set('{heavy}'.split(', ')); sys.exit(code or len(found))"
    )
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False).returncode == 0


def test_every_command_module_adds_itself() -> None:
    modules = [import_module(f"firmware.commands.{each.name}") for each in iter_modules(commands.__path__)]
    adding = {module.__name__.rpartition(".")[2] for module in modules if hasattr(module, "add")}
    assert adding == set(COMMANDS)
    assert "run" in parser().parse_args(["demo"])


WRONG: dict[str, Callable[[Path, Path], list[object]]] = {
    "unknown command": lambda s, t: ["fly"],
    "unknown option": lambda s, t: ["analyze", s, "--quick"],
    "abbreviated option": lambda s, t: ["analyze", s, "--js"],
    "no recording": lambda s, t: ["analyze"],
    "absent recording": lambda s, t: ["analyze", t / "absent.mcap"],
    "recording is no recording": lambda s, t: ["analyze", s / "recording.json"],
    "recording is one stream": lambda s, t: ["analyze", s / "cable.csv"],
    "empty folder": lambda s, t: ["analyze", t],
    "unknown exercise": lambda s, t: ["analyze", s, "--exercise", "squat"],
    "unknown leg": lambda s, t: ["replay", s, "--leg", "both"],
    "target of three": lambda s, t: ["analyze", s, "--target", "3-1-2"],
    "target of words": lambda s, t: ["replay", s, "--target", "a-b-c-d", "--no-mqtt"],
    "device in capitals": lambda s, t: ["replay", s, "--device", "Gym"],
    "device with a slash": lambda s, t: ["analyze", s, "--json", "--device", "a/b"],
    "broker without a port": lambda s, t: ["replay", s, "--broker", "gym:"],
    "speed zero": lambda s, t: ["replay", s, "--speed", "0"],
    "speed nan": lambda s, t: ["replay", s, "--speed", "nan"],
    "speed word": lambda s, t: ["replay", s, "--speed", "fast"],
    "wait forever": lambda s, t: ["replay", s, "--wait", "inf"],
    "absent password file": lambda s, t: ["replay", s, "--username", "a", "--password-file", t / "no"],
    "port of root": lambda s, t: ["demo", "--port", "80"],
    "port word": lambda s, t: ["demo", "--port", "mqtt"],
    "report without output": lambda s, t: ["report", s],
    "import without output": lambda s, t: ["import", s],
    "import of nothing": lambda s, t: ["import", t / "absent", "-o", t / "out.mcap"],
    "import over a file": lambda s, t: ["import", s, "-o", s / "recording.json"],
    "export of nothing": lambda s, t: ["export", t / "absent.mcap", "-o", t / "out"],
    "export over a folder": lambda s, t: ["export", s, "-o", s],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_said_in_one_line_with_exit_code_2(
    name: str, session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(argument) for argument in WRONG[name](session, tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("kickback: ")
    assert captured.err.count("\n") == 1, captured.err
    assert len(captured.err) > 30
    assert captured.out == ""


@pytest.mark.parametrize("name", ["unknown option", "absent recording", "target of three"])
def test_wrong_input_in_a_process_of_its_own(name: str, session: Path, tmp_path: Path) -> None:
    done = kickback(*WRONG[name](session, tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("kickback: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_verbose_says_what_was_read_and_how_the_broker_stands(session: Path) -> None:
    done = kickback("replay", "-v", session, "--speed", "max", "--broker", f"127.0.0.1:{free_port()}")
    assert done.returncode == 0
    assert " s of cable\n" in done.stderr
    assert "not reachable" in done.stderr


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(options: object) -> int:
        raise error

    monkeypatch.setattr("firmware.commands.analyze.run", run)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (BadInputError("the\nfile is empty"), 2, "kickback: the file is empty\n"),
        (FaultError("the disk is full"), 1, "kickback: the disk is full\n"),
        (PermissionError(13, "Permission denied", "a.mcap"), 1, "kickback: a.mcap: Permission denied\n"),
        (KeyboardInterrupt(), 130, "kickback: interrupted\n"),
    ],
)
def test_how_a_command_can_end(
    error: BaseException,
    code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(monkeypatch, error)
    assert main(["analyze", "x"]) == code
    assert capsys.readouterr().err == line


def test_an_error_in_the_program_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    assert main(["analyze", "x"]) == 1
    err = capsys.readouterr().err
    assert "please report it" in err
    assert "ZeroDivisionError" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["-v", "analyze", "absent"], ["analyze", "-v", "absent"]])
def test_verbose_shows_where_an_error_arose(arguments: list[str]) -> None:
    done = kickback(*arguments)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.rstrip().splitlines()[-1].startswith("kickback: absent")


@pytest.mark.parametrize(
    "command", [["analyze"], ["analyze", "--json"], ["replay", "--speed", "max", "--no-mqtt"]], ids=" ".join
)
def test_a_closed_pipe_is_quiet(command: list[str], session: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run(
            [*COMMAND, *command, session],
            stdout=closed,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.stderr == b""
    assert done.returncode == 141


def test_a_full_disk_is_a_fault_in_one_line(session: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "analyze", "--json", session],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"kickback: cannot write the output: No space left on device\n"


def test_import_and_export_return_the_same_events(
    session: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    recording, back = tmp_path / "session.mcap", tmp_path / "back"
    assert main(["import", str(session), "-o", str(recording)]) == 0
    assert main(["export", str(recording), "-o", str(back)]) == 0
    capsysbinary.readouterr()
    seen = []
    for path in (session, recording, back):
        assert main(["analyze", "--json", str(path)]) == 0
        seen.append(capsysbinary.readouterr().out)
    assert seen[0].count(b"\n") >= 4
    assert seen[0] == seen[1] == seen[2]


def test_output_in_a_terminal_without_unicode(session: Path) -> None:
    done = kickback("analyze", session, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stderr == ""
