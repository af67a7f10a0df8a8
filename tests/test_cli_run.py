"""`kickback run` as a service runs it: a process of its own, on a machine without any sensor."""

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from time import monotonic

import pytest

from tests.broker import LOOPBACK, Mosquitto, free_port, listening
from tests.processes import COMMAND, PATIENCE_S, kickback
from tests.test_recording_recovery import left_by_a_crash

ROOT = Path(__file__).parent.parent
SOON_S = 2.0
"""In which it ends, however busy this computer is; alone it takes 50 ms."""
WITHOUT_AN_ANSWER_S = 5.0
"""The same where the broker takes the three seconds that it is given for its answers."""

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

    def forget(self) -> None:
        """Pass over what was said so far."""
        while select([self.notifications], [], [], 0.0)[0]:
            self.notifications.recv(4096)

    def says(self, word: str) -> str:
        """Return the first line on standard error with this word, which comes in time."""
        assert self.process.stderr is not None
        late = threading.Timer(PATIENCE_S, self.process.kill)
        late.start()
        try:
            found = next((line for line in self.process.stderr if word in line), None)
        finally:
            late.cancel()
            late.join()
        assert found is not None, f"it did not say {word}"
        return found

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


@pytest.mark.fault(45)
def test_the_broker_knows_whether_it_runs(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port) as subscriber, service(tmp_path, mosquitto.port) as running:
        subscriber.until_payload("kickback/v1/gym-1/status", b"online")
        heard = subscriber.until(lambda heard: any(b'"part":"ankle"' in h.payload for h in heard))
        assert next(h.topic for h in heard if b"no such bus" in h.payload) == "kickback/v1/gym-1/fault"
        began_s = monotonic()
        assert running.end()[0] == 0
        assert monotonic() - began_s < SOON_S
        subscriber.until_payload("kickback/v1/gym-1/status", b"offline")


@pytest.mark.fault(45)
def test_a_broker_that_hangs_does_not_hold_up_its_end(tmp_path: Path, mosquitto: Mosquitto) -> None:
    assert mosquitto.process is not None
    with listening(mosquitto.port) as subscriber, service(tmp_path, mosquitto.port) as running:
        subscriber.until_payload("kickback/v1/gym-1/status", b"online")
        mosquitto.process.send_signal(signal.SIGSTOP)
        began_s = monotonic()
        try:
            assert running.end()[0] == 0
            assert monotonic() - began_s < WITHOUT_AN_ANSWER_S
        finally:
            mosquitto.process.send_signal(signal.SIGCONT)


@pytest.mark.fault(47)
def test_one_that_hangs_leaves_the_stack_of_each_thread_when_its_watchdog_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the environment of the unit, and the signal that it names for the watchdog."""
    unit = (ROOT / "deploy" / "systemd" / "kickback.service").read_text()
    for name, value in re.findall(r"(PYTHON\w+)=(\S+)", unit):
        monkeypatch.setenv(name, value)
    (number,) = re.findall(r"^WatchdogSignal=(\w+)$", unit, re.MULTILINE)
    with service(tmp_path, free_port()) as running:
        running.until("WATCHDOG=1")
        code, _, err = running.end(signal.Signals[number])
    assert code == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in err
    stacks = re.split(r"^(?:Current thread|Thread) 0x", err, flags=re.MULTILINE)[1:]
    for part in ("firmware/app.py", "firmware/sampling/", "firmware/journal/", "paho/mqtt/client.py"):
        assert any(part in stack for stack in stacks), part


@pytest.mark.fault(44)
def test_a_second_one_with_the_same_state_says_so_and_ends(tmp_path: Path) -> None:
    with service(tmp_path, free_port()) as running:
        running.until("READY=1")
        config = tmp_path / "kickback.toml"
        second = kickback("run", "--config", config, env={"STATE_DIRECTORY": str(running.state)})
        running.forget()
        running.until("WATCHDOG=1")
        assert running.end()[0] == 0
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "is in use by another kickback; stop that one first" in second.stderr


@pytest.mark.fault(46)
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
