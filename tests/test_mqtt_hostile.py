"""A broker, or what is in between, that sends what would spoil the tracker: broken off, said, tried again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from firmware.mqtt.broker import Broker
from firmware.mqtt.complaints import MENDED_S
from firmware.mqtt.guarded import GuardedClient
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import Answer
from firmware.mqtt.received import LARGEST_PACKET_BYTES, MOST_WAITING
from tests.broker import LOOPBACK
from tests.memory import traced
from tests.mqtt_peer import CONNECT, PINGREQ, PUBACK, PUBLISH, SUBSCRIBE, Packet, Peer
from tests.test_mqtt_link import EVENT, answered, connected, serve_until
from tests.test_mqtt_traps import _hurried as _hurried

COMMANDS = "kickback/v1/gym/cmd/#"
LEVELS = {"5": 5, "3.1.1": 4}

pytestmark = pytest.mark.usefixtures("_hurried")


def length(number: int) -> bytes:
    """A remaining length as MQTT writes it."""
    coded = b""
    while number > 0x7F:
        coded, number = coded + bytes([number & 0x7F | 0x80]), number >> 7
    return coded + bytes([number])


def publish(size: int, level: int, qos: int = 0, packet_id: int = 1) -> bytes:
    """The beginning of a PUBLISH to a command topic: all but the payload, of so many bytes."""
    head = b"\x00\x18kickback/v1/gym/cmd/tare" + (packet_id.to_bytes(2, "big") if qos else b"")
    head += b"\x00" if level == 5 else b""
    return bytes([PUBLISH << 4 | qos << 1]) + length(len(head) + size) + head


def honest(level: int) -> Callable[[Packet], bytes | None]:
    """A broker of one protocol version that answers everything."""

    def script(packet: Packet) -> bytes | None:
        if packet.kind == CONNECT:
            if packet.protocol_level != level:
                return b"\x20\x02\x00\x01"
            return b"\x20\x03\x00\x00\x00" if level == 5 else b"\x20\x02\x00\x00"
        if packet.kind == PUBLISH:
            return b"\x40\x02" + packet.packet_id
        if packet.kind == SUBSCRIBE:
            granted = packet.body[:2] + bytes(level - 4) + b"\x01"
            return b"\x90" + length(len(granted)) + granted
        return b"\xd0\x00" if packet.kind == PINGREQ else b""

    return script


@contextmanager
def attacked(level: int, attack: bytes, times: int = 1) -> Iterator[tuple[Link, list[float], Peer]]:
    """A link whose broker answers the first subscriptions with an attack and is honest from then on."""
    script, attacks = honest(level), count(1)

    def hostile(packet: Packet) -> bytes | None:
        if packet.kind == SUBSCRIBE and next(attacks) <= times:
            return attack
        return script(packet)

    peer, now = Peer(hostile), [100.0]
    link = Link(Broker(LOOPBACK, peer.port), "gym", lambda: now[0])
    link.subscribe(COMMANDS)
    link.open()
    try:
        yield link, now, peer
    finally:
        link.close()
        peer.close()


def connects(peer: Peer, level: int) -> int:
    return sum(packet.kind == CONNECT and packet.protocol_level == level for packet in peer.packets)


@pytest.mark.fault(33)
@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("size", [LARGEST_PACKET_BYTES, 100_000_000, 268_000_000])
def test_a_packet_beyond_the_limit_is_broken_off_as_soon_as_it_is_announced(level: int, size: int) -> None:
    """No byte of it comes: whoever waited for them would wait until the keepalive is over."""
    with attacked(level, publish(size, level)) as (link, now, peer):
        serve_until(link, lambda: connects(peer, level) == 2 and connected(link)())
        assert f"a packet of {size + len(publish(0, level)) - 2} bytes" in str(link.wrong)
        assert "limit packets at the broker" in str(link.wrong)
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]
        assert (link.received(), link.revivals) == ([], 0)
        now[0] += MENDED_S
        assert link.wrong is None


@pytest.mark.fault(33)
@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
def test_a_packet_at_the_limit_comes(level: int) -> None:
    size = LARGEST_PACKET_BYTES - len(publish(LARGEST_PACKET_BYTES, level)) + 4
    with attacked(level, publish(size, level) + bytes(size)) as (link, _, peer):
        serve_until(link, connected(link))
        found: list[int] = []

        def come() -> bool:
            found.extend(message.size for message in link.received())
            return bool(found)

        serve_until(link, come)
        assert found == [size]
        assert (link.wrong, connects(peer, level)) == (None, 1)


@pytest.mark.fault(33)
def test_many_attacks_cost_no_memory_and_are_never_taken_for_another_program() -> None:
    payload = bytes(30_000_000)
    with attacked(5, publish(len(payload), 5) + payload, times=4) as (link, _, peer):
        with traced() as most:
            serve_until(link, lambda: connects(peer, 5) == 5 and connected(link)())
            assert most() < 1_000_000
        assert "a packet of 300000" in str(link.wrong)


@pytest.mark.fault(33)
@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
def test_messages_that_are_begun_and_never_released_are_not_kept(level: int) -> None:
    """With QoS 2, which nobody asked for, a message is kept until the broker releases it."""
    kept = b"".join(publish(10, level, qos=2, packet_id=number) + bytes(10) for number in range(1, 400))
    with attacked(level, kept) as (link, _, peer):
        serve_until(link, lambda: connects(peer, level) == 2 and connected(link)())
        assert "never completes" in str(link.wrong)
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]
        client = link._client
        assert client is not None
        assert not client._in_messages


@pytest.mark.fault(33)
def test_acknowledgements_for_a_broker_that_does_not_read_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flood = b"".join(publish(0, 5, qos=1, packet_id=number) for number in range(1, 2500))
    full = threading.Event()
    send = GuardedClient._sock_send

    def jammed(client: GuardedClient, data: bytes | bytearray) -> int:
        """As a socket whose other end takes nothing more."""
        if full.is_set() and data[0] >> 4 == PUBACK:
            raise BlockingIOError
        return send(client, data)

    monkeypatch.setattr(GuardedClient, "_sock_send", jammed)
    with attacked(5, flood) as (link, _, peer):
        full.set()
        serve_until(link, lambda: "does not read" in str(link.wrong))
        full.clear()
        serve_until(link, lambda: connects(peer, 5) == 2 and connected(link)())
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]


@pytest.mark.fault(33)
def test_messages_that_come_while_nobody_looks_are_not_all_kept() -> None:
    """As when the disk holds up the loop for seconds."""
    flood = (publish(1000, 5) + bytes(1000)) * 3000 + publish(0, 5, qos=1)
    with attacked(5, flood) as (link, _, peer):
        serve_until(link, lambda: any(packet.kind == SUBSCRIBE for packet in peer.packets))
        pause = threading.Event()
        for _ in range(4000):
            if any(packet.kind == PUBACK for packet in peer.packets):
                break
            pause.wait(0.01)
        assert MOST_WAITING < len(link._notes) <= 16 * MOST_WAITING + 10
        serve_until(link, lambda: bool(link.missed()))
        assert len(link.received()) == MOST_WAITING
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]
