"""The link against a real mosquitto and against scripted peers."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from firmware.mqtt.broker import Broker
from firmware.mqtt.link import WINDOW, Link
from firmware.mqtt.link_state import Answer, LinkPhase
from tests.broker import LOOPBACK, PATIENCE_S, Mosquitto, free_port, listening, retained
from tests.mqtt_peer import CONNECT, PINGREQ, PUBLISH, Packet, Peer

EVENT = "kickback/v1/gym/event/rep"


@contextmanager
def link_to(port: int, username: str | None = None, password: str | None = None) -> Iterator[Link]:
    link = Link(Broker(LOOPBACK, port, username, password), "gym")
    link.open()
    try:
        yield link
    finally:
        link.close()


def serve_until(link: Link, condition: Callable[[], bool]) -> list[Answer]:
    until_s = monotonic() + PATIENCE_S
    answers = link.service()
    while not condition():
        assert monotonic() < until_s, f"{link.state}"
        link.wait(0.1)
        answers += link.service()
    return answers


def connected(link: Link) -> Callable[[], bool]:
    return lambda: link.state.phase is LinkPhase.CONNECTED


def answered(link: Link, tokens: set[int]) -> list[Answer]:
    answers: list[Answer] = []
    until_s = monotonic() + PATIENCE_S
    while not tokens <= {answer.token for answer in answers}:
        assert monotonic() < until_s, f"{answers}, {link.state}"
        link.wait(0.1)
        answers += link.service()
    return answers


def test_connects_with_mqtt_5_and_is_online(mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port) as subscriber, link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
        assert link.protocol == "5"
        serve_until(link, lambda: link.idle)
        subscriber.until_payload("kickback/v1/gym/status", b"online")


def test_an_orderly_end_leaves_offline_behind(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
    assert retained(mosquitto.port, "gym", 1) == {"status": b"offline"}


def test_each_message_is_answered_once(mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port, EVENT) as subscriber, link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
        assert all(link.send(EVENT, b"%d" % token, token) for token in range(WINDOW))
        answers = answered(link, set(range(WINDOW)))
        assert [answer.refusal for answer in answers] == [None] * WINDOW
        heard = subscriber.until(lambda heard: len(heard) == WINDOW)
        assert [h.payload for h in heard] == [b"%d" % token for token in range(WINDOW)]
        assert not any(h.retained for h in heard)


def test_the_window_is_bounded(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
        taken = [link.send(EVENT, b"x", token) for token in range(WINDOW + 5)]
        assert taken == [True] * WINDOW + [False] * 5
        answered(link, set(range(WINDOW)))
        assert link.send(EVENT, b"x", WINDOW)


def test_nothing_is_taken_without_a_connection() -> None:
    with link_to(free_port()) as link:
        assert not link.send(EVENT, b"x", 1)
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        assert not link.send(EVENT, b"x", 1)
        assert not link.reached


@pytest.mark.fault(26)
def test_a_broker_that_comes_later_is_found(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path)
    with link_to(broker.port) as link:
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        broker.start()
        try:
            serve_until(link, connected(link))
        finally:
            broker.kill()


def test_retained_values_return_after_the_broker_forgot_them(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link:
        link.retain("kickback/v1/gym/state", b"old")
        serve_until(link, connected(link))
        serve_until(link, lambda: link.idle)
        link.retain("kickback/v1/gym/state", b"new")
        serve_until(link, lambda: link.idle)
        mosquitto.kill()
        serve_until(link, lambda: link.state.phase is not LinkPhase.CONNECTED)
        mosquitto.start()
        serve_until(link, connected(link))
        serve_until(link, lambda: link.idle)
        found = retained(mosquitto.port, "gym", 2)
        assert found == {"status": b"online", "state": b"new"}


@pytest.mark.fault(29)
def test_what_was_on_its_way_when_the_broker_died_arrives_later(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
        mosquitto.kill()
        # paho has not noticed yet: it takes the message and keeps it.
        assert link.send(EVENT, b"kept", 7)
        serve_until(link, lambda: link.state.phase is not LinkPhase.CONNECTED)
        mosquitto.start()
        assert answered(link, {7}) == [Answer(7, None)]


def test_a_refused_publish_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic write kickback/v1/gym/status\n")
    broker = Mosquitto(tmp_path, extra=f"allow_anonymous true\nacl_file {tmp_path / 'acl'}\n")
    broker.start()
    try:
        with link_to(broker.port) as link:
            serve_until(link, connected(link))
            assert link.send(EVENT, b"x", 1)
            assert answered(link, {1}) == [Answer(1, "Not authorized")]
    finally:
        broker.kill()


@pytest.mark.fault(32)
def test_a_wrong_password_is_said_and_not_shown(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, extra="allow_anonymous false\n")
    broker.start()
    try:
        with link_to(broker.port, username="lifter", password="secret") as link:
            serve_until(link, lambda: link.state.phase is LinkPhase.REFUSED)
            assert str(link.state) == "refused (Not authorized)"
    finally:
        broker.kill()


def only_3_1_1(refusal: bytes | None) -> Callable[[Packet], bytes | None]:
    """A broker of old: takes MQTT 3.1.1, answers `refusal` to anything newer, acknowledges publishes."""

    def script(packet: Packet) -> bytes | None:
        if packet.kind == CONNECT:
            return b"\x20\x02\x00\x00" if packet.protocol_level == 4 else refusal
        if packet.kind == PUBLISH:
            return b"\x40\x02" + packet.packet_id
        return b"\xd0\x00" if packet.kind == PINGREQ else b""

    return script


@pytest.mark.fault(29)
@pytest.mark.parametrize(
    "refusal", [b"\x20\x02\x00\x01", None], ids=["unacceptable protocol version", "closes without a word"]
)
def test_steps_down_to_3_1_1(refusal: bytes | None) -> None:
    peer = Peer(only_3_1_1(refusal))
    try:
        with link_to(peer.port) as link:
            serve_until(link, connected(link))
            assert link.protocol == "3.1.1"
            assert link.send(EVENT, b"x", 5)
            assert answered(link, {5}) == [Answer(5, None)]
    finally:
        peer.close()
    levels = [packet.protocol_level for packet in peer.packets if packet.kind == CONNECT]
    assert levels[0] == 5
    assert levels[-1] == 4
    topics = [packet.topic for packet in peer.packets if packet.kind == PUBLISH]
    assert set(topics) == {EVENT, "kickback/v1/gym/status"}


def test_the_client_id_is_fixed_and_the_will_is_offline() -> None:
    peer = Peer(only_3_1_1(b"\x20\x02\x00\x01"))
    try:
        with link_to(peer.port) as link:
            serve_until(link, connected(link))
    finally:
        peer.close()
    for packet in peer.packets:
        if packet.kind == CONNECT:
            assert b"\x00\x0ckickback-gym" in packet.body
            assert packet.body.endswith(b"\x00\x16kickback/v1/gym/status\x00\x07offline")


def test_closing_a_link_that_never_connected_takes_no_time() -> None:
    link = Link(Broker(LOOPBACK, free_port()), "gym")
    link.open()
    before_s = monotonic()
    link.close(within_s=0.5)
    assert monotonic() - before_s < 2.0
    assert link.state.phase is LinkPhase.CLOSED


def test_a_connection_that_ended_leaves_no_socket_to_the_garbage_collector(mosquitto: Mosquitto) -> None:
    gc.collect()
    gc.disable()
    try:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with link_to(mosquitto.port) as link:
                serve_until(link, connected(link))
        # Each one left behind would be two more; what an earlier test closes late is less.
        assert len(os.listdir("/proc/self/fd")) <= before
    finally:
        gc.enable()
