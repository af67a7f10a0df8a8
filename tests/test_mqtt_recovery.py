"""What goes wrong with a connection is noticed, reported as a fault, and got over, each in its way.

A half-open connection, a refused publish, a full queue and two programs of one name are in `test_mqtt_traps`,
what a certificate can be in `test_mqtt_tls`, and a day without the broker in `test_outage`.
"""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import paho.mqtt.client
import pytest
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

from firmware.mqtt import client
from firmware.mqtt.broker import Broker, tls_context
from firmware.mqtt.complaints import MENDED_S
from firmware.mqtt.guarded import GuardedClient
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import Answer, LinkPhase
from firmware.mqtt.received import Received
from tests.broker import LOOPBACK, PATIENCE_S, Mosquitto, free_port, listening
from tests.test_mqtt_link import EVENT, answered, connected, link_to, serve_until
from tests.test_mqtt_tls import certificates as certificates
from tests.test_mqtt_traps import _hurried as _hurried

# After a failed handshake paho leaves its socket to the garbage collector, which closes it and warns.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ATTEMPTS = 9


class Paced:
    """paho's time, which passes only while it waits; its attempts to connect, and what becomes of them.

    The first `ATTEMPTS` find nobody; then one after another waits for `let`.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        self.attempts_s: list[float] = []
        self.tried = threading.Event()
        self.let = threading.Event()
        clock = SimpleNamespace(sleep=self._sleep, monotonic=lambda: self.now_s, time=lambda: self.now_s)
        monkeypatch.setattr(paho.mqtt.client, "time", clock)
        monkeypatch.setattr(paho.mqtt.client, "time_func", lambda: self.now_s)
        real = GuardedClient.reconnect

        def reconnect(client: GuardedClient) -> MQTTErrorCode:
            self.attempts_s.append(self.now_s)
            if len(self.attempts_s) <= ATTEMPTS:
                raise ConnectionRefusedError
            self.tried.set()
            self.let.wait(PATIENCE_S)
            return real(client)

        monkeypatch.setattr(GuardedClient, "reconnect", reconnect)

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds

    @property
    def waits_s(self) -> list[float]:
        return [b - a for a, b in zip(self.attempts_s, self.attempts_s[1:], strict=False)]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own back-off, and no real time for it."""
    monkeypatch.setattr("firmware.mqtt.client._BACK_OFF_S", (1, 15))


@pytest.mark.usefixtures("unhurried")
def test_an_absent_broker_is_tried_again_after_1_to_15_s_and_from_1_s_anew_once_it_was_there(
    monkeypatch: pytest.MonkeyPatch, mosquitto: Mosquitto
) -> None:
    paced = Paced(monkeypatch)
    with link_to(mosquitto.port) as link:
        serve_until(link, paced.tried.is_set)
        assert paced.waits_s == pytest.approx([1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 15.0])
        assert "not reachable" in str(link.wrong)
        paced.let.set()
        serve_until(link, connected(link))
        assert link.wrong is None
        paced.let.clear()
        paced.tried.clear()
        mosquitto.kill()
        serve_until(link, paced.tried.is_set)
        assert paced.waits_s[-1] == pytest.approx(1.0)
        serve_until(link, lambda: link.state.phase is LinkPhase.LOST)
        assert "connection lost" in str(link.wrong)
        paced.let.set()


def test_a_callback_that_raises_is_reported_and_got_over(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]
    real = client._received

    def once(message: MQTTMessage) -> Received:
        if broken:
            broken.clear()
            raise RuntimeError("in a callback")
        return real(message)

    monkeypatch.setattr("firmware.mqtt.client._received", once)
    now = [100.0]
    link = Link(Broker(LOOPBACK, mosquitto.port), "gym", lambda: now[0])
    link.subscribe("kickback/v1/gym/cmd/#")
    link.open()
    try:
        serve_until(link, connected(link))
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)], "and so the subscription before it was taken, too"
        with listening(mosquitto.port, "kickback/#") as other:
            other._client.publish("kickback/v1/gym/cmd/tare", b"{}", qos=1)
            serve_until(link, lambda: link.wrong is not None)
            assert "RuntimeError: in a callback; publishing goes on" in str(link.wrong)
            assert link.send(EVENT, b"x", 2)
            assert answered(link, {2}) == [Answer(2, None)]
            other._client.publish("kickback/v1/gym/cmd/tare", b"{}", qos=1)
            serve_until(link, lambda: len(link.received()) == 1)
        now[0] += MENDED_S
        assert link.wrong is None
    finally:
        link.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_network_thread_that_died_is_reported_and_replaced(mosquitto: Mosquitto) -> None:
    now = [100.0]
    link = Link(Broker(LOOPBACK, mosquitto.port), "gym", lambda: now[0])
    link.open()
    try:
        serve_until(link, connected(link))
        dying = link._client
        assert dying is not None
        thread = dying._thread
        assert thread is not None

        def die(*_: object) -> None:
            raise SystemExit

        dying._loop = die  # type: ignore[method-assign, assignment]
        link.send(EVENT, b"x", 1)
        thread.join(PATIENCE_S)
        assert answered(link, {1}) == [Answer(1, None)]
        serve_until(link, connected(link))
        assert "thread has died; publishing goes on" in str(link.wrong)
        now[0] += MENDED_S
        assert link.wrong is None
    finally:
        link.close()


@pytest.mark.usefixtures("_hurried")
def test_a_broker_whose_certificate_was_renewed_is_found_again(certificates: Path, tmp_path: Path) -> None:
    certificate = tmp_path / "broker.crt"
    shutil.copy(certificates / "expired.crt", certificate)
    tls = f"certfile {certificate}\nkeyfile {certificates / 'broker.key'}\n"
    broker = Mosquitto(tmp_path, extra=f"allow_anonymous true\n{tls}")
    broker.start()
    link = Link(Broker(LOOPBACK, broker.port, tls=tls_context(certificates / "ca.crt")), "gym")
    link.open()
    try:
        serve_until(link, lambda: "expired" in str(link.wrong))
        broker.kill()
        shutil.copy(certificates / "good.crt", certificate)
        broker.start()
        serve_until(link, connected(link))
        assert link.wrong is None
    finally:
        link.close()
        broker.kill()


@pytest.mark.usefixtures("_hurried")
def test_a_password_that_was_put_right_at_the_broker_is_taken(tmp_path: Path) -> None:
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)

    def let_in(word: str) -> None:
        subprocess.run([program, "-b", passwords, "gym", word], check=True, capture_output=True)

    let_in("another")
    broker = Mosquitto(tmp_path, extra=f"allow_anonymous false\npassword_file {passwords}\n")
    broker.start()
    try:
        with link_to(broker.port, username="gym", password="secret") as link:
            serve_until(link, lambda: "check its user, password and access rules" in str(link.wrong))
            broker.kill()
            let_in("secret")
            broker.start()
            serve_until(link, connected(link))
            assert link.wrong is None
    finally:
        broker.kill()


def test_a_broker_that_is_not_there_is_reported_until_it_is() -> None:
    with link_to(free_port()) as link:
        assert link.wrong is None, "it has not been looked for yet"
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        assert "check its address, the network" in str(link.wrong)


@pytest.mark.fault(29)
def test_a_name_server_that_does_not_answer_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def silent(*_: object, **__: object) -> None:
        asked.set()
        answer.wait(PATIENCE_S)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    link = Link(Broker("broker.gym"), "gym")
    took_s = []

    def timed(do: Callable[[], object]) -> None:
        before_s = monotonic()
        do()
        took_s.append(monotonic() - before_s)

    try:
        timed(link.open)
        assert asked.wait(PATIENCE_S)
        for number in range(100):
            timed(link.service)
            timed(lambda number=number: link.send(EVENT, b"x", number))  # type: ignore[misc]
            timed(lambda: link.retain(EVENT, b"x"))
    finally:
        timed(lambda: link.close(within_s=0.2))
        answer.set()
    assert max(took_s[:-1]) < 1.0
    assert took_s[-1] < 2.0
