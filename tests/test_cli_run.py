"""`kickback run` as a service runs it: a process of its own, on a machine without any sensor."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.broker import LOOPBACK, Mosquitto, free_port, listening
from tests.processes import COMMAND, PATIENCE_S, kickback
from tests.test_recording_recovery import left_by_a_crash

CONFIG = """
[device]
id = "gym-1"
[sensors.ankle]
bus = 250
[sensors.load]
enabled = false
[sensors.cable]
bus = 250
[mqtt]
port = {port}
"""


@dataclass
class Service:
    """A running appliance, and what it tells its service manager."""

    process: "subprocess.Popen[str]"
    notifications: socket.socket
    state: Path

    def until(self, message: str) -> list[str]:
        """Return what was said up to a message that begins so."""
        heard: list[str] = []
        while not heard or not heard[-1].startswith(message):
            heard.append(self.notifications.recv(4096).decode())
        return heard

    def says(self, word: str) -> str:
        """Return the first line on standard error with this word."""
        assert self.process.stderr is not None
        return next(line for line in self.process.stderr if word in line)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, err


@contextmanager
def service(folder: Path, port: int, text: str = CONFIG) -> Iterator[Service]:
    state = folder / "state"
    state.mkdir(exist_ok=True)
    config = folder / "kickback.toml"
    config.write_text(text.format(port=port))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
        notifications.bind(str(folder / "notify"))
        notifications.settimeout(PATIENCE_S)
        environ = {
            "NOTIFY_SOCKET": str(folder / "notify"),
            "WATCHDOG_USEC": "400000",
            "STATE_DIRECTORY": str(state),
        }
        process = subprocess.Popen(
            [*COMMAND, "run", "--config", config],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environ,
        )
        try:
            yield Service(process, notifications, state)
        finally:
            process.kill()
            process.communicate()
            (folder / "notify").unlink()


def test_without_any_sensor_it_is_ready_waits_and_stops_in_order(tmp_path: Path) -> None:
    port = free_port()
    with service(tmp_path, port) as running:
        heard = running.until("WATCHDOG=1")
        assert heard[0] == "READY=1"
        heard = running.until("STATUS=0 reps in 0 finished sets; no sensor answers")
        assert f"; broker {LOOPBACK}:{port} " in heard[-1]
        assert heard[-1].endswith("; recording")
        running.until("WATCHDOG=1")
        code, out, err = running.end()
        assert "STOPPING=1" in running.until("STOPPING=1")
    assert code == 0
    assert out == "no rep was found\n"
    assert "Traceback" not in err
    assert not (running.state / "recordings").exists(), "there was nothing to record"


def test_it_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    with service(tmp_path, free_port()) as running:
        said = running.says("sensor")
        running.end()
    assert said.startswith(
        "kickback: no sensor answers: cable: i2c-250 address 0x36: no such bus; switch I2C on"
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_only_the_service_manager_s_stop_is_a_success(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    with service(tmp_path, free_port()) as running:
        running.until("READY=1")
        assert running.end(number)[0] == code


def test_the_broker_knows_whether_it_runs(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port) as subscriber, service(tmp_path, mosquitto.port) as running:
        subscriber.until_payload("kickback/v1/gym-1/status", b"online")
        heard = subscriber.until(lambda heard: any(b'"part":"ankle"' in h.payload for h in heard))
        assert next(h.topic for h in heard if b"no such bus" in h.payload) == "kickback/v1/gym-1/fault"
        running.end()
        subscriber.until_payload("kickback/v1/gym-1/status", b"offline")


def test_a_second_one_with_the_same_state_says_so_and_ends(tmp_path: Path) -> None:
    with service(tmp_path, free_port()) as running:
        running.until("READY=1")
        config = tmp_path / "kickback.toml"
        second = kickback("run", "--config", config, env={"STATE_DIRECTORY": str(running.state)})
        running.end()
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "is in use by another kickback; stop that one first" in second.stderr


def test_a_recording_that_a_crash_left_is_recovered_at_start(tmp_path: Path) -> None:
    recordings = tmp_path / "state" / "recordings"
    recordings.mkdir(parents=True)
    left_by_a_crash(recordings, "kickback-crashed")
    with service(tmp_path, free_port()) as running:
        said = running.says("recovered")
        running.end()
    assert said.startswith(f"kickback: {recordings / 'kickback-crashed.mcap'}: recovered ")
    assert (recordings / "kickback-crashed.mcap").exists()


@pytest.mark.fault(39, 49)
def test_a_config_that_was_broken_since_is_said_by_the_service_that_ran_with_it(tmp_path: Path) -> None:
    port = free_port()
    with service(tmp_path, port) as running:
        running.until("READY=1")
        assert running.end()[0] == 0
    with service(tmp_path, port, CONFIG + "tls = 'perhaps'\n") as running:
        said = running.until("STATUS=")[-1]
        assert said.startswith("STATUS=safe mode, nothing is counted: ")
        assert said.endswith("kickback.toml: mqtt.tls is 'perhaps'; write true or false")
        running.until("WATCHDOG=1")
        code, _, err = running.end()
    assert code == 0
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[sensors.ankle]\nrate_hz = 1", "sensors.ankle.rate_hz is 1; lsm6dsox takes 104, 208, 417"),
        (
            "[mqtt]\nuser = 'a'\npassword_file = '/nowhere'",
            "cannot read the password file /nowhere: No such file",
        ),
        ("[mqtt]\ntls = true\nca_file = '/nowhere'", "cannot use the certificates in /nowhere: No such file"),
    ],
)
def test_a_config_that_cannot_be_used_ends_it_with_one_line(config: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "kickback.toml"
    file.write_text(config)
    done = kickback("run", "--config", file, env={"STATE_DIRECTORY": str(tmp_path)})
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
