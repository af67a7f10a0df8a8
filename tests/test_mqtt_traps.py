"""What MQTT clients and brokers are known to do wrong, each shown to be harmless here.

The traps that concern recordings (a chunk lost with the process) and Home Assistant (retained events
are ignored) are in `test_recording_recover` and `test_mqtt_discovery`.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from firmware.journal.journal import Journal
from firmware.mqtt.broker import Broker
from firmware.mqtt.link import WINDOW, Link
from firmware.mqtt.link_state import Answer, LinkPhase
from firmware.mqtt.pace import Pace
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.retained import info_of
from firmware.mqtt.topics import Topics
from firmware.panel.view import PanelView
from tests.broker import LOOPBACK, PATIENCE_S, Heard, Mosquitto, Subscriber, listening, retained
from tests.made_events import rep
from tests.made_journals import TS, journal_at, keep
from tests.mqtt_peer import CONNECT, PINGREQ, PUBLISH, Packet, Peer
from tests.test_mqtt_link import EVENT, answered, connected, link_to, only_3_1_1, serve_until
from tracker.setup import SessionSetup

STATUS = "kickback/v1/gym/status"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a lost connection be tried again at once, where the product waits for 1 to 15 s."""
    monkeypatch.setattr("firmware.mqtt.client._BACK_OFF_S", (0.05, 0.1))


@contextmanager
def publishing(port: int, outbox: Journal, pace: Pace | None = None) -> Iterator[tuple[Publisher, Link]]:
    link = Link(Broker(LOOPBACK, port), "gym")
    info = info_of("gym", replay=False, simulated=False, capabilities=())
    view = PanelView.of(SessionSetup(session="monday"))
    publisher = Publisher(link, Topics("gym"), info, view, outbox, outbox, pace)
    link.open()
    try:
        yield publisher, link
    finally:
        link.close()


def unhurried() -> Pace:
    return Pace(100_000, 100_000.0)


def test_trap_1_publishing_while_acknowledgements_come_never_locks_up(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    """A lock shared with `on_publish` locks up with paho's own within some thousand publishes."""
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        keep(journal, 2500)
        with publishing(mosquitto.port, journal, unhurried()) as (publisher, _):
            assert publisher.drain(PATIENCE_S).acknowledged == 2500
        assert journal.status.delivered_seq == 2500


def test_trap_2_a_callback_that_raises_ends_nothing(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: object) -> None:
        raise RuntimeError("in a callback")

    monkeypatch.setattr("firmware.mqtt.client._received", broken)
    with link_to(mosquitto.port) as link:
        link.subscribe("kickback/v1/gym/cmd/#")
        serve_until(link, connected(link))
        with listening(mosquitto.port, "kickback/#") as other:
            other._client.publish("kickback/v1/gym/cmd/tare", b"{}", qos=1)
            other.until(lambda heard: any(h.topic.endswith("tare") for h in heard))
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]
        assert link.revivals == 0


@pytest.mark.fault(29, 34)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_trap_2_a_network_thread_that_died_is_noticed_and_replaced(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
        client = link._client
        assert client is not None
        thread = client._thread
        assert thread is not None

        def die(*_: object) -> None:
            raise SystemExit

        # Its own loop raises: the way in which an exception in a callback used to end it.
        client._loop = die  # type: ignore[method-assign, assignment]
        link.send(EVENT, b"into the void", 1)
        thread.join(PATIENCE_S)
        assert client.is_connected(), "paho itself says that all is well"
        serve_until(link, lambda: link.revivals == 1)
        assert answered(link, {1}) == [Answer(1, None)]


@pytest.mark.fault(32)
def test_trap_3_a_refused_result_is_not_taken_for_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic write kickback/v1/gym/status\n")
    broker = Mosquitto(tmp_path, extra=f"allow_anonymous true\nacl_file {tmp_path / 'acl'}\n")
    broker.start()
    try:
        with journal_at(tmp_path / "gym.sqlite3") as journal:
            keep(journal, 3)
            with publishing(broker.port, journal) as (publisher, _):
                delivery = publisher.drain(PATIENCE_S)
                assert (delivery.acknowledged, delivery.refused) == (0, 3)
                assert "Not authorized" in str(publisher.wrong)
            assert journal.status.refused == 3
    finally:
        broker.kill()


def test_trap_3_results_that_were_refused_arrive_when_the_broker_lets_them(tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic write kickback/v1/gym/status\ntopic read kickback/#\n")
    broker = Mosquitto(tmp_path, extra=f"allow_anonymous true\nacl_file {rules}\n")
    broker.start()
    try:
        with journal_at(tmp_path / "gym.sqlite3") as journal:
            keep(journal, 3)
            with publishing(broker.port, journal) as (publisher, link):
                assert publisher.drain(PATIENCE_S).refused == 3
                broker.kill()
                rules.write_text("topic readwrite kickback/#\n")
                broker.start()
                serve_until(link, lambda: link.state.phase is LinkPhase.CONNECTED)
                with listening(broker.port, "kickback/v1/gym/event/#") as subscriber:
                    journal.offer_refused()
                    pause = threading.Event()
                    until_s = monotonic() + PATIENCE_S
                    while journal.status.refused and monotonic() < until_s:
                        publisher.at(0.0)
                        pause.wait(0.01)
                    heard = subscriber.until(lambda heard: len(heard) == 3)
                assert [json.loads(h.payload)["seq"] for h in heard] == [1, 2, 3]
                assert publisher.wrong is None
    finally:
        broker.kill()


CONNACK = b"\x20\x03\x00\x00\x00"
NEVER, IN_AN_HOUR = b"\x20\x06\x00\x00\x03\x13\x00\x00", b"\x20\x06\x00\x00\x03\x13\x0e\x10"
"""With a keepalive of the broker's own (19), which is then the one to keep."""


@pytest.mark.fault(29)
@pytest.mark.parametrize("accepted", [CONNACK, NEVER, IN_AN_HOUR], ids=["ours", "none", "an hour"])
def test_trap_4_a_half_open_connection_is_noticed(accepted: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware.mqtt.client._KEEPALIVE_S", 1)
    monkeypatch.setattr("firmware.mqtt.client._BACK_OFF_S", (0.5, 0.5))

    def deaf(packet: Packet) -> bytes | None:
        """Takes the connection and then says nothing more, as behind a Wi-Fi that is gone."""
        return accepted if packet.kind == CONNECT else b""

    peer = Peer(deaf)
    try:
        with link_to(peer.port) as link:
            serve_until(link, connected(link))
            before_s = monotonic()
            serve_until(link, lambda: "connection lost" in str(link.wrong))
            serve_until(link, lambda: [packet.kind for packet in peer.packets].count(CONNECT) == 2)
            assert monotonic() - before_s < 10.0
    finally:
        peer.close()
    assert {packet.keepalive_s for packet in peer.packets if packet.kind == CONNECT} == {1}


@pytest.mark.fault(29)
def test_a_broker_is_told_that_it_hears_of_us_every_15_s() -> None:
    """So that a half-open connection is noticed after 30 s, as the test above does after 2 s."""
    peer = Peer(only_3_1_1(None))
    try:
        with link_to(peer.port) as link:
            serve_until(link, connected(link))
    finally:
        peer.close()
    assert {packet.keepalive_s for packet in peer.packets if packet.kind == CONNECT} == {15}


def test_trap_5_what_is_sent_as_the_connection_breaks_is_not_sent_twice_to_a_new_session() -> None:
    """paho answers "no connection" and keeps the message all the same; to try again would double it."""
    script = only_3_1_1(b"\x20\x02\x00\x01")
    cut = threading.Event()

    def cutting(packet: Packet) -> bytes | None:
        if packet.kind == PUBLISH and packet.topic == EVENT and not cut.is_set():
            cut.set()
            return None
        return script(packet)

    peer = Peer(cutting)
    try:
        with link_to(peer.port) as link:
            serve_until(link, connected(link))
            serve_until(link, lambda: link.idle)
            assert link.send(EVENT, b"1", 1)
            assert answered(link, {1}) == [Answer(1, None)]
            assert link.send(EVENT, b"2", 2)
            assert answered(link, {2}) == [Answer(2, None)]
    finally:
        peer.close()
    events = [packet for packet in peer.packets if packet.kind == PUBLISH and packet.topic == EVENT]
    assert [packet.body[-1:] for packet in events] == [b"1", b"1", b"2"]
    assert events[1].flags & 0x08, "the second is marked as a duplicate"


@pytest.mark.fault(29, 34)
def test_results_keep_their_order_through_cuts_and_restarts(tmp_path: Path) -> None:
    """First heard in the order of the journal, whatever comes twice; each is acknowledged in the end."""
    script = only_3_1_1(b"\x20\x02\x00\x01")
    published: list[int] = []
    cuts = [5, 20, 41]
    threads = threading.active_count()

    def cutting(packet: Packet) -> bytes | None:
        if packet.kind == PUBLISH and "/event/" in packet.topic:
            published.append(json.loads(packet.body[packet.body.index(b"{") :])["seq"])
            if cuts and published[-1] >= cuts[0]:
                cuts.pop(0)
                return None
        return script(packet)

    peer = Peer(cutting)
    try:
        for _ in range(2):
            with journal_at(tmp_path / "gym.sqlite3") as journal:
                keep(journal, 30)
                with publishing(peer.port, journal) as (publisher, link):
                    serve_until(link, lambda: link.protocol == "3.1.1" and connected(link)())
                    assert publisher.drain(PATIENCE_S).waiting == 0
    finally:
        peer.close()
    assert threading.active_count() == threads, "no connection leaves a thread behind"
    first = list(dict.fromkeys(published))
    assert first == list(range(1, 61))
    assert (cuts, len(published) > 60) == ([], True)


@pytest.mark.fault(27)
def test_a_day_of_a_thousand_results_waits_on_the_disk_and_arrives(tmp_path: Path) -> None:
    """At ten times the product's pace, which `test_mqtt_pace` holds to 16 s for as many."""
    broker = Mosquitto(tmp_path)
    with (
        journal_at(tmp_path / "gym.sqlite3") as journal,
        publishing(broker.port, journal, Pace(clock=lambda: 10.0 * monotonic())) as (publisher, link),
    ):
        for number in range(1, 1001):
            journal.keep(rep(number), TS)
            for one in journal.kept():
                publisher.result(one)
            publisher.at(0.0)
        for one in journal.kept(PATIENCE_S):
            publisher.result(one)
        assert publisher.delivery.waiting == 1000
        # 200 are loaded; one that was taken meanwhile, and could not be sent, may have been put back.
        assert len(journal._outbox._ready) <= 201, "memory is bounded"
        broker.start()
        try:
            with listening(broker.port, "kickback/v1/gym/event/#") as subscriber:
                serve_until(link, connected(link))
                assert publisher.drain(PATIENCE_S).waiting == 0
                heard = subscriber.until(lambda heard: len(heard) >= 1000)
        finally:
            link.close()
            broker.kill()
    assert [json.loads(h.payload)["seq"] for h in heard] == list(range(1, 1001))


def test_trap_6_an_old_connection_that_dies_later_does_not_leave_offline_behind(mosquitto: Mosquitto) -> None:
    """The same client id ends the old connection, with its last will, before the new one is online."""
    connect = b"\x00\x04MQTT\x04\x26\x00\x3c\x00\x0ckickback-gym\x00\x16kickback/v1/gym/status\x00\x07offline"
    with socket.create_connection((LOOPBACK, mosquitto.port)) as old:
        old.sendall(b"\x10" + bytes([len(connect)]) + connect)
        assert old.recv(4) == b"\x20\x02\x00\x00"
        with link_to(mosquitto.port) as link:
            serve_until(link, connected(link))
            serve_until(link, lambda: link.idle)
            old.close()
            assert link.send(EVENT, b"x", 1)
            answered(link, {1})
            assert retained(mosquitto.port, "gym", 1) == {"status": b"online"}


def test_trap_7_what_a_broker_drops_for_an_absent_subscriber_is_missed_by_number_and_replayed(
    tmp_path: Path,
) -> None:
    broker = Mosquitto(tmp_path, extra="allow_anonymous true\nmax_queued_messages 50\n")
    broker.start()
    try:
        with absent_coach(broker.port):
            pass
        with journal_at(tmp_path / "gym.sqlite3") as journal:
            keep(journal, 200)
            with publishing(broker.port, journal, unhurried()) as (publisher, _):
                assert publisher.drain(PATIENCE_S).acknowledged == 200, "it acknowledges all the same"
                with absent_coach(broker.port) as coach:
                    heard = coach.until(lambda heard: len(heard) >= 50)
                    missing = sorted(set(range(1, 201)) - numbers(heard))
                    assert missing, "the broker has dropped some"
                    publisher.replay(missing[0], missing[-1])
                    replayed(publisher, journal)
                    coach.until(lambda heard: numbers(heard) == set(range(1, 201)))
    finally:
        broker.kill()


def numbers(heard: list[Heard]) -> set[int]:
    return {json.loads(h.payload)["seq"] for h in heard}


@contextmanager
def absent_coach(port: int) -> Iterator[Subscriber]:
    """A subscriber for whom the broker keeps messages while it is away."""
    coach = Subscriber(port, "kickback/v1/gym/event/#", client_id="coach")
    try:
        yield coach
    finally:
        coach.close()


def replayed(publisher: Publisher, journal: Journal) -> None:
    pause = threading.Event()
    until_s = monotonic() + PATIENCE_S
    while publisher.replaying and monotonic() < until_s:
        publisher.at(0.0)
        pause.wait(0.005)
    publisher.drain(PATIENCE_S)


@pytest.mark.fault(28)
def test_trap_8_a_broker_that_forgets_everything_is_told_again(mosquitto: Mosquitto, tmp_path: Path) -> None:
    """Acknowledged is not kept: mosquitto saves every half hour, and a kill takes what came since."""
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        keep(journal, 20)
        with publishing(mosquitto.port, journal) as (publisher, link):
            assert publisher.drain(PATIENCE_S).acknowledged == 20
            mosquitto.kill()
            serve_until(link, lambda: link.state.phase is not LinkPhase.CONNECTED)
            mosquitto.start()
            serve_until(link, lambda: link.state.phase is LinkPhase.CONNECTED and link.idle)
            assert retained(mosquitto.port, "gym", 5)["status"] == b"online"
            with listening(mosquitto.port, "kickback/v1/gym/event/#") as subscriber:
                publisher.replay(1, 20)
                replayed(publisher, journal)
                heard = subscriber.until(lambda heard: len(heard) == 20)
        assert [json.loads(h.payload)["seq"] for h in heard] == list(range(1, 21))


def test_a_packet_beyond_the_brokers_limit_is_refused_here_and_blocks_nothing(tmp_path: Path) -> None:
    """Sent, it would end the connection, and again after every reconnect."""

    def small(packet: Packet) -> bytes | None:
        if packet.kind == CONNECT:
            # CONNACK of MQTT 5 with a maximum packet size (39) of 200 bytes.
            return b"\x20\x08\x00\x00\x05\x27\x00\x00\x00\xc8"
        if packet.kind == PUBLISH:
            return b"\x40\x02" + packet.packet_id
        return b"\xd0\x00" if packet.kind == PINGREQ else b""

    peer = Peer(small)
    try:
        with link_to(peer.port) as link:
            serve_until(link, connected(link))
            assert link.send(EVENT, bytes(300), 1)
            assert link.send(EVENT, b"x", 2)
            link.retain("kickback/v1/gym/history", bytes(300))
            answers = {answer.token: answer.refusal for answer in answered(link, {1, 2})}
            assert answers == {1: "larger than the broker's 200 bytes", 2: None}
            serve_until(link, lambda: link.idle)
    finally:
        peer.close()
    assert all(len(packet.body) < 200 for packet in peer.packets)


def test_a_full_queue_takes_nothing_more_and_loses_nothing(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link:
        serve_until(link, connected(link))
        mosquitto.kill()
        taken = [link.send(EVENT, b"%d" % token, token) for token in range(1000)]
        assert taken.count(True) <= WINDOW
        serve_until(link, lambda: link.state.phase is not LinkPhase.CONNECTED)
        mosquitto.start()
        answered(link, set(range(taken.count(True))))


@pytest.mark.fault(30)
def test_a_connection_that_never_lasts_is_said() -> None:
    """As when another program has the same name: each time one connects, the broker ends the other."""
    script = only_3_1_1(None)
    peer = Peer(lambda packet: script(packet) if packet.kind == CONNECT else None)
    try:
        with link_to(peer.port) as link:
            serve_until(link, lambda: "another program" in str(link.wrong))
    finally:
        peer.close()


@pytest.mark.fault(30)
def test_two_trackers_of_one_name_both_say_so_and_what_they_send_arrives(mosquitto: Mosquitto) -> None:
    """The broker ends one's connection for the other's, again and again, until one is named anew."""
    now = [100.0]
    links = [Link(Broker(LOOPBACK, mosquitto.port), "gym", lambda: now[0]) for _ in range(2)]
    one, other = links
    answers: list[Answer] = []
    pause = threading.Event()

    def serve(over: Callable[[], bool]) -> None:
        until_s = monotonic() + PATIENCE_S
        while not over():
            assert monotonic() < until_s, f"{one.wrong}, {other.wrong}, {answers}"
            for link in links:
                answers.extend(link.service())
            pause.wait(0.005)

    for link in links:
        link.open()
    try:
        with listening(mosquitto.port, EVENT) as coach:
            serve(
                lambda: all("another program connects as kickback-gym" in str(link.wrong) for link in links)
            )
            for number, link in enumerate(links):
                serve(lambda link=link, number=number: link.send(EVENT, b"%d" % number, number))  # type: ignore[misc]
            serve(lambda: {answer.token for answer in answers if answer.refusal is None} == {0, 1})
            coach.until(lambda heard: {h.payload for h in heard} == {b"0", b"1"})
        other.close()
        links.remove(other)
        serve(connected(one))
        now[0] += 11.0
        assert one.wrong is None
    finally:
        for link in links:
            link.close()


def test_messages_faster_than_they_are_read_are_counted(mosquitto: Mosquitto) -> None:
    with link_to(mosquitto.port) as link, listening(mosquitto.port, STATUS) as other:
        link.subscribe("kickback/v1/gym/cmd/#")
        serve_until(link, connected(link))
        for number in range(500):
            other._client.publish("kickback/v1/gym/cmd/tare", b"%d" % number, qos=1)
        serve_until(link, lambda: bool(link.missed()))
        assert len(link.received()) == 64
