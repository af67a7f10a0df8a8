"""Any bytes from the broker, or from what is in between: said, broken off, and everything is delivered after.

`KICKBACK_PACKETS=2000 pytest -n0 tests/test_mqtt_garbage.py` tries so many.
"""

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paho.mqtt.enums import MQTTErrorCode

from firmware.mqtt.broker import Broker
from firmware.mqtt.client import Note
from firmware.mqtt.commands import Commands
from firmware.mqtt.complaints import MENDED_S
from firmware.mqtt.guarded import GuardedClient
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import Answer
from firmware.mqtt.verbs import VERBS
from tests.broker import LOOPBACK
from tests.mangled import mangled
from tests.mqtt_peer import CONNECT, PUBLISH, SUBSCRIBE, Last, Packet, Peer
from tests.test_mqtt_hostile import COMMANDS, attacked, connects, honest, publish
from tests.test_mqtt_link import EVENT, answered, connected, serve_until
from tests.test_mqtt_traps import _hurried as _hurried

TRIED = int(os.environ.get("KICKBACK_PACKETS", "15"))

CONNACK = b"\x20\x13\x00\x00\x10\x27\x00\x00\x40\x00\x21\x00\x14\x12\x00\x05gym-1"
"""With a largest packet, a receive maximum and a name for the client."""

PACKETS = (
    CONNACK,
    b"\x90\x04\x00\x01\x00\x01",
    b"\x40\x02\x00\x01",
    b"\x40\x0b\x00\x01\x87\x07\x1f\x00\x04why?",
    publish(2, 5) + b"{}",
    publish(2, 5, qos=1) + b"{}",
    publish(2, 5, qos=2) + b"{}",
    b"\x62\x02\x00\x01",
    b"\x50\x02\x00\x01",
    b"\x70\x02\x00\x01",
    b"\xe0\x02\x8b\x00",
    b"\xd0\x00",
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
)

WHEN = {"to the connection": CONNECT, "to a subscription": SUBSCRIBE, "to a result": PUBLISH}


def bytes_of_a_peer() -> st.SearchStrategy[bytes]:
    return st.lists(mangled(*PACKETS), min_size=1, max_size=3).map(b"".join)


@pytest.mark.usefixtures("_hurried")
@pytest.mark.fault(34)
@pytest.mark.parametrize("kind", WHEN.values(), ids=WHEN)
def test_whatever_comes_is_said_and_got_over(kind: int) -> None:
    @settings(max_examples=TRIED, deadline=None)
    @given(bytes_of_a_peer())
    @example(b"\x20\x00")
    @example(b"\x30\x01\x00")
    @example(b"\x30\x04\x00\x02\xff\xfe")
    @example(b"\x40\x01\x00")
    @example(b"\x90\x02\x00\x01")
    @example(b"\xd0\xff\xff\xff\xff\x7f")
    @example(b"\xe0\x01\xff")
    def hold(garbage: bytes) -> None:
        gets_over(kind, garbage)

    hold()


class Telling(Link):
    """Keeps what was wrong after each thing that happened to it, however soon it was over."""

    def __init__(self, port: int) -> None:
        self.said: list[str] = []
        super().__init__(Broker(LOOPBACK, port), "gym")

    def _take(self, note: Note) -> None:
        super()._take(note)
        if self.wrong:
            self.said.append(self.wrong)


class Garbling:
    """Answers everything in either protocol version, but the first packet of a kind with garbage."""

    def __init__(self, kind: int, garbage: bytes) -> None:
        self.garbage: bytes | None = garbage
        self._kind = kind
        self._level = 5

    def __call__(self, packet: Packet) -> bytes | None:
        if packet.kind == CONNECT:
            self._level = 4 if packet.protocol_level == 4 else 5
        told = packet.kind == self._kind and (packet.kind != PUBLISH or packet.topic == EVENT)
        if told and self.garbage is not None:
            garbage, self.garbage = self.garbage, None
            return Last(garbage)
        return honest(self._level)(packet)


def gets_over(kind: int, garbage: bytes) -> None:
    """Garbage and the end of the connection: then it is made anew, and whatever was sent is answered."""
    script = Garbling(kind, garbage)
    peer = Peer(script)
    link = Telling(peer.port)
    commands = Commands(dict.fromkeys(VERBS, lambda command: None))
    link.subscribe(COMMANDS)
    sent: list[int] = []

    def over() -> bool:
        for message in link.received():
            commands.answer(message)
        if not sent and link.send(EVENT, b"1", 1):
            sent.append(1)
        return bool(link.said and sent) and script.garbage is None and connected(link)() and link.idle

    try:
        link.open()
        answers = serve_until(link, over)
        assert [answer.token for answer in answers] == [1], "answered once"
        assert link.send(EVENT, b"2", 2)
        assert answered(link, {2}) == [Answer(2, None)]
        assert link.revivals == 0
    finally:
        link.close()
        peer.close()
    results = [packet.body for packet in peer.packets if packet.kind == PUBLISH and packet.topic == EVENT]
    assert [body[-1:] for body in dict.fromkeys(results)][-1] == b"2"


@pytest.mark.usefixtures("_hurried")
@pytest.mark.fault(34)
@pytest.mark.parametrize(
    "garbage", [b"\x00\x00", b"\x30\x01\x00", b"\xd0\xff\xff\xff\xff\x7f"], ids=["kind", "length", "size"]
)
def test_what_is_not_mqtt_is_said(garbage: bytes) -> None:
    with attacked(5, garbage) as (link, now, peer):
        serve_until(link, lambda: connects(peer, 5) == 2 and connected(link)())
        assert "sends what is not MQTT; check its address" in str(link.wrong)
        assert link.revivals == 0
        now[0] += MENDED_S
        assert link.wrong is None


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize("reason", [0x80, 0x86, 0x87, 0x88, 0x89, 0x9F], ids=hex)
def test_a_connection_that_is_refused_for_any_reason_is_no_garbage(reason: int) -> None:
    peer = Peer(lambda packet: Last(bytes([0x20, 3, 0, reason, 0])))
    link = Telling(peer.port)
    link.open()
    try:
        serve_until(link, lambda: "refused" in str(link.wrong))
        serve_until(link, lambda: connects(peer, 5) >= 2)
        assert "check its user, password and access rules" in str(link.wrong)
        assert {"MQTT" in said for said in link.said} == {False}
    finally:
        link.close()
        peer.close()


@pytest.mark.usefixtures("_hurried")
@pytest.mark.fault(34)
def test_a_packet_that_the_library_cannot_read_does_not_end_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that every packet is one that it does not foresee, as some were in its earlier versions."""
    handle = GuardedClient._packet_handle

    def unforeseen(client: GuardedClient) -> MQTTErrorCode:
        if client._in_packet["command"] >> 4 == PUBLISH:
            raise IndexError
        return handle(client)

    monkeypatch.setattr(GuardedClient, "_packet_handle", unforeseen)
    with attacked(5, publish(2, 5) + b"{}") as (link, _, peer):
        serve_until(link, lambda: connects(peer, 5) == 2 and connected(link)())
        assert "sends what is not MQTT" in str(link.wrong)
        assert link.revivals == 0


def test_a_topic_that_is_no_text_names_nothing() -> None:
    with attacked(5, b"\x30\x05\x00\x02\xff\xfe\x00") as (link, _, _):
        found: list[str] = []

        def come() -> bool:
            found.extend(message.topic for message in link.received())
            return bool(found)

        serve_until(link, come)
        assert (found, link.wrong) == ([""], None)
