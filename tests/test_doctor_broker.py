"""What `kickback doctor` finds of a broker: a real one on loopback, and what is none."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware.checkup import broker as checkup
from firmware.checkup.broker import examine_broker
from firmware.checkup.finding import Finding, State
from firmware.mqtt.broker import Broker, tls_context
from tests.broker import LOOPBACK, Mosquitto, free_port, listening
from tests.memory import traced
from tests.mqtt_peer import PUBLISH, Packet, Peer
from tests.test_mqtt_hostile import honest, publish


def looked(broker: Broker, device: str = "gym-1") -> Finding:
    first, *more = examine_broker(broker, device)
    assert first.part == "broker"
    assert more == []
    return first


@contextmanager
def started(folder: Path, extra: str) -> Iterator[Mosquitto]:
    broker = Mosquitto(folder, extra)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def test_a_broker_that_takes_messages_is_fine_and_nobody_hears_of_it_after(mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port) as subscriber:
        found = looked(Broker(LOOPBACK, mosquitto.port))
        heard = subscriber.until(lambda heard: len(heard) == 1)
    assert found.state is State.FINE
    assert "MQTT 5" in found.what
    assert (heard[0].topic, heard[0].payload, heard[0].retained) == ("kickback/v1/gym-1/doctor", b"", False)


def test_nothing_listens() -> None:
    found = looked(Broker(LOOPBACK, free_port()))
    assert found.state is State.WRONG
    assert "nothing listens at" in found.what
    assert "systemctl start mosquitto" in found.todo


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no computer is called gym.example"),
        (TimeoutError("timed out"), "gym.example:8883 cannot be reached (no answer)"),
        (OSError(113, "No route to host"), "gym.example:8883 cannot be reached (No route to host)"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_computer_that_cannot_be_reached(
    error: OSError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "create_connection", unreachable)
    found = looked(Broker("gym.example", 8883, tls=tls_context()))
    assert found.state is State.WRONG
    assert words in found.what
    assert "mqtt.host" in found.todo


def test_credentials(tmp_path: Path) -> None:
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords = tmp_path / "passwords"
    subprocess.run([program, "-b", "-c", passwords, "gym", "right"], check=True, capture_output=True)
    passwords.chmod(0o600)
    with started(tmp_path, f"allow_anonymous false\npassword_file {passwords}\n") as broker:
        assert looked(Broker(LOOPBACK, broker.port, "gym", "right")).state is State.FINE
        wrong = looked(Broker(LOOPBACK, broker.port, "gym", "wrong"))
        without = looked(Broker(LOOPBACK, broker.port))
    assert wrong.state is without.state is State.WRONG
    assert "refuses the connection as gym" in wrong.what
    assert "refuses the connection without a user" in without.what
    assert "mqtt.password_file" in wrong.todo
    assert "wrong" not in wrong.what + wrong.todo


def test_a_device_that_may_not_publish(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic write kickback/v1/gym-1/#\n")
    rules.chmod(0o600)
    with started(tmp_path, f"allow_anonymous true\nacl_file {rules}\n") as broker:
        assert looked(Broker(LOOPBACK, broker.port), "gym-1").state is State.FINE
        found = looked(Broker(LOOPBACK, broker.port), "gym-2")
    assert found.state is State.WRONG
    assert "refuses kickback/v1/gym-2/doctor" in found.what
    assert "kickback/v1/gym-2/#" in found.todo


def test_tls_where_there_is_none(mosquitto: Mosquitto) -> None:
    found = looked(Broker(LOOPBACK, mosquitto.port, tls=tls_context()))
    assert found.state is State.WRONG


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost and its key in one file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    both = tmp_path / "both.pem"
    subprocess.run(
        [
            *(program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", both, "-out", tmp_path / "cert.pem", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    return tmp_path / "cert.pem"


def test_tls(certificate: Path, tmp_path: Path) -> None:
    extra = f"allow_anonymous true\ncertfile {certificate}\nkeyfile {tmp_path / 'both.pem'}\n"
    with started(tmp_path, extra) as broker:
        known = looked(Broker("localhost", broker.port, tls=tls_context(certificate)))
        unknown = looked(Broker("localhost", broker.port, tls=tls_context()))
        plain = looked(Broker("localhost", broker.port))
    assert known.state is State.FINE
    assert unknown.state is plain.state is State.WRONG
    assert "does not prove who it is" in unknown.what
    assert "mqtt.ca_file" in unknown.todo
    assert "mqtt.tls = true" in plain.todo


@contextmanager
def something_else(answer: bytes) -> Iterator[int]:
    """A server that is no broker: gives one answer to whoever connects, or hangs up at once."""
    with socket.create_server((LOOPBACK, 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(20.0)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"", "closes the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "closes the connection"),
        (b"\x20\x00", "sends what is not MQTT"),
    ],
)
def test_what_is_no_broker(answer: bytes, what: str) -> None:
    with something_else(answer) as port:
        found = looked(Broker(LOOPBACK, port))
    assert found.state is State.WRONG
    assert what in found.what
    assert "is it an MQTT broker" in found.todo


@pytest.mark.fault(33)
def test_a_packet_beyond_the_limit_costs_no_memory_and_is_said() -> None:
    attack = publish(30_000_000, 5) + bytes(30_000_000)
    script = honest(5)

    def hostile(packet: Packet) -> bytes | None:
        return attack if packet.kind == PUBLISH else script(packet)

    peer = Peer(hostile)
    try:
        with traced() as most:
            found = looked(Broker(LOOPBACK, peer.port))
            assert most() < 1_000_000
    finally:
        peer.close()
    assert found.state is State.WRONG
    assert "sends a packet of 300000" in found.what


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_PATIENCE_S", 0.2)
    with socket.create_server((LOOPBACK, 0)) as server:
        found = looked(Broker(LOOPBACK, server.getsockname()[1]))
    assert found.state is State.WRONG
    assert "does not answer" in found.what


def test_an_older_broker_is_asked_in_its_version() -> None:
    refusal, welcome = b"\x20\x02\x00\x01", b"\x20\x02\x00\x00"
    with socket.create_server((LOOPBACK, 0)) as server:

        def serve() -> None:
            for answer in (refusal, welcome):
                connection, _ = server.accept()
                with connection:
                    connection.recv(200)
                    connection.sendall(answer)
                    if answer is welcome:
                        published = connection.recv(200)
                        topic = int.from_bytes(published[2:4], "big")
                        connection.sendall(b"\x40\x02" + published[4 + topic : 6 + topic])
                        connection.recv(10)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        found = looked(Broker(LOOPBACK, server.getsockname()[1]))
        thread.join(20.0)
    assert found.state is State.FINE, found
    assert "3.1.1" in found.what


def test_a_connection_that_others_could_read_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_tried", lambda *_: Finding("broker", State.FINE, "takes"))
    first, second = examine_broker(Broker("192.0.2.1"), "gym-1")
    assert (first.state, second.state) == (State.FINE, State.NOTE)
    assert "not encrypted" in second.what
