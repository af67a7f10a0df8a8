"""`kickback replay` and `kickback demo` with a real broker, a terminal, signals and no broker at all."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from firmware.cli import main
from firmware.mqtt.retained import State
from tests.broker import LOOPBACK, Mosquitto, free_port, listening, mosquitto_program, retained
from tests.made_recordings import cable_session
from tests.processes import COMMAND, PATIENCE_S, in_a_terminal
from tests.shared import folders, needs_data

STATUS = "kickback/v1/replay/status"


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return cable_session(tmp_path / "session", started_at="2026-05-01T17:30:00Z")


def test_the_broker_hears_what_analyze_prints(
    session: Path, mosquitto: Mosquitto, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["analyze", "--json", str(session)]) == 0
    printed = capsysbinary.readouterr().out.splitlines()
    assert len(printed) >= 5
    with listening(mosquitto.port, "kickback/v1/+/event/#") as subscriber:
        broker = f"{LOOPBACK}:{mosquitto.port}"
        assert main(["replay", str(session), "--speed", "max", "--broker", broker]) == 0
        heard = subscriber.until(lambda heard: len(heard) >= len(printed))
    assert [h.payload for h in heard] == printed
    for h in heard:
        kind = msgspec.json.decode(h.payload)["schema"].removeprefix("kickback.").removesuffix("/1")
        assert h.topic == f"kickback/v1/replay/event/{kind}"
        assert not h.retained
    captured = capsysbinary.readouterr()
    assert captured.err.decode().startswith(f"kickback: {len(printed)} results acknowledged by the broker")
    assert captured.out.splitlines()[-1] == b"4 reps in 1 set"


@needs_data
@pytest.mark.parametrize("recording", folders("simulated") + folders("cable-machine"), ids=lambda p: p.name)
def test_replay_in_blocks_of_20_ms_equals_analysis(
    recording: Path, mosquitto: Mosquitto, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["analyze", "--json", str(recording)]) == 0
    printed = capsysbinary.readouterr().out.splitlines()
    with listening(mosquitto.port, "kickback/v1/+/event/#") as subscriber:
        broker = f"{LOOPBACK}:{mosquitto.port}"
        assert main(["replay", str(recording), "--speed", "max", "--broker", broker]) == 0
        heard = subscriber.until(lambda heard: len(heard) >= len(printed))
    assert len(printed) > 3
    assert [h.payload for h in heard] == printed


def test_what_stays_behind_after_a_replay(session: Path, mosquitto: Mosquitto) -> None:
    arguments = ["replay", str(session), "--speed", "max", "--broker", f"{LOOPBACK}:{mosquitto.port}"]
    assert main([*arguments, "--device", "gym-1"]) == 0
    found = retained(mosquitto.port, "gym-1", 5)
    assert set(found) == {"status", "info", "state", "history", "fault"}
    assert (found["status"], found["fault"]) == (b"offline", b"[]")
    state = msgspec.json.decode(found["state"], type=State)
    assert (state.set, state.rep, state.reps_full, state.rep_pending, state.replay) == (1, 4, 4, None, True)
    assert [past["reps_full"] for past in msgspec.json.decode(found["history"])["sets"]] == [4]


def test_without_a_broker_it_plays_all_the_same(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    assert main(["replay", str(session), "--speed", "max", "--broker", f"{LOOPBACK}:{port}"]) == 0
    captured = capsys.readouterr()
    assert len(re.findall(r"set 1 rep \d full", captured.out)) == 4
    assert captured.err.splitlines() == [
        f"kickback: broker {LOOPBACK}:{port} not reachable; tracking goes on, results wait for it",
        f"kickback: 0 results acknowledged by the broker {LOOPBACK}:{port}",
        "kickback: 6 results not acknowledged; play the recording again to publish them",
    ]


def test_without_mqtt_nothing_is_said_of_it(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(session), "--speed", "max", "--no-mqtt"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "\x1b" not in captured.out


@contextmanager
def replaying(session: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """A replay at a tenth of real time, which lasts minutes."""
    process = subprocess.Popen(
        [*COMMAND, "replay", session, "--speed", "0.1", "--broker", f"{LOOPBACK}:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_last_will_speaks_for_a_killed_process(session: Path, mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port) as subscriber, replaying(session, mosquitto.port) as process:
        subscriber.until_payload(STATUS, b"online")
        process.kill()
        subscriber.until_payload(STATUS, b"offline")
    assert retained(mosquitto.port, "replay", 5)["status"] == b"offline"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_replay_ends_in_order(
    number: signal.Signals, code: int, session: Path, mosquitto: Mosquitto
) -> None:
    with listening(mosquitto.port) as subscriber, replaying(session, mosquitto.port) as process:
        subscriber.until_payload(STATUS, b"online")
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == code
        subscriber.until_payload(STATUS, b"offline")
    assert re.search(r"no rep was found; stopped at \d+\.\d s\n$", out)
    assert "Traceback" not in err


def test_the_panel_in_a_terminal(session: Path) -> None:
    broker = f"{LOOPBACK}:{free_port()}"
    code, shown = in_a_terminal(*COMMAND, "replay", session, "--speed", "max", "--broker", broker)
    assert code == 0
    last = shown[shown.rindex("[REPLAY]") :]
    assert "cable-kickback, left leg" in last
    assert re.search(r"Last rep +4, full", last)
    assert re.search(r"Set done +set 1: 4 full", last)
    assert re.search(r"Broker +127.0.0.1:\d+ not reachable, 6 waiting", last)
    assert last.rstrip().splitlines()[-3].endswith("4 reps in 1 set")


@pytest.fixture
def packaged(session: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for the packaged session: a short one."""

    @contextmanager
    def short() -> Iterator[Path]:
        yield session

    monkeypatch.setattr("firmware.commands.demo.packaged_session", short)
    return session


def test_the_demo_says_it_is_simulated_and_publishes_to_its_own_broker(
    packaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mosquitto_program()
    assert main(["demo", "--speed", "max"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("This is a simulated session")
    port = int(re.findall(r"mosquitto_sub -p (\d+) -t 'kickback/\+/\+/event/#' -v", captured.out)[0])
    assert re.search(r"^The live page: +http://127\.0\.0\.1:\d+/$", captured.out, re.MULTILINE)
    assert len(re.findall(r"set 1 rep \d full", captured.out)) == 4
    assert "6 results acknowledged" in captured.err
    assert "\x1b" not in captured.out
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((LOOPBACK, port), timeout=1.0)


DEMO_OF_FOLDER = """
import sys
from contextlib import nullcontext
from pathlib import Path
import firmware.commands.demo as demo
from firmware.cli import main
demo.packaged_session = lambda: nullcontext(Path(sys.argv[1]))
sys.exit(main(["demo", *sys.argv[2:]]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_private_broker_ends_with_the_demo(number: signal.Signals, session: Path) -> None:
    mosquitto_program()
    with subprocess.Popen(
        [sys.executable, "-c", DEMO_OF_FOLDER, session, "--speed", "0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        demo.stdout.readline()
        port = int(demo.stdout.readline().split(" -p ")[1].split()[0])
        with listening(port) as subscriber:
            subscriber.until_payload("kickback/v1/demo/status", b"online")
            demo.send_signal(number)
            _, err = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 128 + number
    assert "Traceback" not in err
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((LOOPBACK, port), timeout=1.0)


def test_the_demo_in_a_terminal_is_labelled_throughout(session: Path) -> None:
    command = [sys.executable, "-c", DEMO_OF_FOLDER, session, "--speed", "max", "--no-broker"]
    code, shown = in_a_terminal(*command)
    assert code == 0
    assert shown.count("KICKBACK") == shown.count("[SIMULATED] KICKBACK") > 0


def test_the_demo_without_a_broker(packaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--speed", "max", "--no-broker"]) == 0
    captured = capsys.readouterr()
    assert "mosquitto" not in captured.out
    assert captured.err == ""


def test_the_demo_where_mosquitto_is_not_installed(
    packaged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.mqtt.private.shutil.which", lambda *_, **__: None)
    assert main(["demo", "--speed", "max"]) == 0
    assert "mosquitto is not installed" in capsys.readouterr().out


def test_a_port_in_use_is_said_in_one_line(packaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mosquitto_program()
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--speed", "max", "--port", str(port)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"kickback: port {port} cannot be used (Address already in use)")
    assert err.count("\n") == 1


def test_a_broker_that_does_not_start_is_a_fault(
    packaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "mosquitto"
    program.write_text("#!/bin/sh\necho 'Error: no memory' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr("firmware.mqtt.private.shutil.which", lambda *_, **__: str(program))
    assert main(["demo", "--speed", "max"]) == 1
    err = capsys.readouterr().err
    assert re.fullmatch(
        r"kickback: mosquitto did not start on port \d+: Error: no memory; use --no-broker.*\n", err
    )
