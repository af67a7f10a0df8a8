"""The shipped access rules, shown by what is received: a broker may grant a subscription and ignore it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.mqtt.broker import Broker, tls_context
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import Answer, LinkPhase
from firmware.mqtt.topics import Topics
from tests.broker import LOOPBACK, Mosquitto, Subscriber, free_port
from tests.test_mqtt_link import answered, connected, serve_until
from tests.test_mqtt_tls import certificates as certificates

SHIPPED = Path(__file__).parent.parent / "deploy" / "mosquitto"
USERS = ("gym-1", "gym-2", "dashboard", "homeassistant", "telegraf", "nodered", "stranger")
EVENT = Topics("gym-1").event("rep")


def password(user: str) -> str:
    return f"secret of {user}"


@pytest.fixture
def broker(tmp_path: Path, certificates: Path) -> Iterator[tuple[Mosquitto, int]]:
    """The shipped configuration, its folder and ports replaced; also the port with encryption."""
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("mosquitto_passwd is not installed")
    folder = tmp_path / "etc"
    folder.mkdir()
    for source, name in (("ca.crt", "ca.crt"), ("good.crt", "broker.crt"), ("broker.key", "broker.key")):
        shutil.copy(certificates / source, folder / name)
    shutil.copy(SHIPPED / "acl", folder / "acl")
    passwords = folder / "passwords"
    passwords.touch(0o600)
    for user in USERS:
        subprocess.run([program, "-b", passwords, user, password(user)], check=True, capture_output=True)
    text = (SHIPPED / "kickback.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/mosquitto/kickback", str(folder))
    assert "listener 1883 127.0.0.1\n" in text
    encrypted = free_port()
    text = re.sub(r"^listener 8883$", f"listener {encrypted} {LOOPBACK}", text, flags=re.MULTILINE)
    started = Mosquitto(tmp_path, extra=text.replace("listener 1883 127.0.0.1\n", ""))
    started.start()
    yield started, encrypted
    started.kill()


@pytest.fixture
def clients(broker: tuple[Mosquitto, int]) -> Iterator["Clients"]:
    made = Clients(broker[0].port)
    yield made
    made.close()


class Clients:
    def __init__(self, port: int) -> None:
        self._port = port
        self._open: list[Subscriber] = []

    def of(self, user: str) -> Subscriber:
        client = Subscriber(self._port, "#", login=(user, password(user)))
        self._open.append(client)
        return client

    def close(self) -> None:
        for client in self._open:
            client.close()


def publish(client: Subscriber, topic: str, payload: bytes) -> None:
    client._client.publish(topic, payload, qos=1)


def settled(clients: Clients, *listeners: Subscriber) -> None:
    """Wait until what was published before would have been heard: a message to each goes after it."""
    gym = clients.of("gym-1")
    other = clients.of("gym-2")
    publish(gym, "kickback/v1/gym-1/event/end", b"")
    publish(other, "kickback/v1/gym-2/event/end", b"")
    for listener in listeners:
        listener.until(lambda heard: any(h.topic.endswith("event/end") for h in heard))


def heard_by(client: Subscriber, topic: str) -> list[bytes]:
    return [h.payload for h in list(client.heard) if h.topic == topic]


def test_a_tracker_neither_reads_nor_writes_another_s_topics(clients: Clients) -> None:
    one, two, page = clients.of("gym-1"), clients.of("gym-2"), clients.of("dashboard")
    publish(two, EVENT, b"forged")
    publish(one, EVENT, b"true")
    page.until(lambda heard: any(h.payload == b"true" for h in heard))
    settled(clients, one, two, page)
    assert heard_by(page, EVENT) == [b"true"]
    assert heard_by(one, EVENT) == [b"true"]
    assert not any(h.topic.startswith("kickback/v1/gym-1") for h in two.heard)


@pytest.mark.parametrize("reader", ["dashboard", "telegraf"])
def test_who_only_reads_writes_nothing_at_all(clients: Clients, reader: str) -> None:
    one, page, home = clients.of("gym-1"), clients.of(reader), clients.of("homeassistant")
    written = (EVENT, Topics("gym-1").command("tare"), Topics("gym-1").status, "homeassistant/status", "x")
    for topic in written:
        publish(page, topic, b"mischief")
    settled(clients, one, page, home)
    for client in (one, page, home):
        assert not any(h.payload == b"mischief" for h in client.heard)


@pytest.mark.parametrize("asker", ["homeassistant", "nodered"])
def test_who_asks_is_not_taken_for_a_tracker(clients: Clients, asker: str) -> None:
    one, home, page = clients.of("gym-1"), clients.of(asker), clients.of("dashboard")
    publish(home, EVENT, b"forged")
    publish(home, Topics("gym-1").command_result("tare"), b"forged")
    publish(home, Topics("gym-1").command("tare"), b"{}")
    one.until(lambda heard: any(h.topic.endswith("cmd/tare") for h in heard))
    settled(clients, one, page)
    assert not any(h.payload == b"forged" for h in [*one.heard, *page.heard])


def test_a_user_without_rules_hears_nothing(clients: Clients) -> None:
    one, stranger, page = clients.of("gym-1"), clients.of("stranger"), clients.of("dashboard")
    publish(one, EVENT, b"true")
    settled(clients, one, page)
    assert stranger.heard == []


@pytest.mark.parametrize("login", [(None, None), ("gym-1", "guessed")], ids=["anonymous", "wrong"])
def test_nobody_comes_in_without_a_password(
    broker: tuple[Mosquitto, int], login: tuple[str | None, str | None]
) -> None:
    link = Link(Broker(LOOPBACK, broker[0].port, *login), "gym-1")
    link.open()
    try:
        serve_until(link, lambda: link.state.phase is LinkPhase.REFUSED)
        assert "user, password and access rules" in str(link.wrong)
    finally:
        link.close()


def test_a_tracker_does_all_it_does_under_these_rules(
    broker: tuple[Mosquitto, int], certificates: Path
) -> None:
    """Over the encrypted port: status, results, retained values, commands, Home Assistant's topics."""
    topics = Topics("gym-1")
    tls = tls_context(certificates / "ca.crt")
    link = Link(Broker(LOOPBACK, broker[1], "gym-1", password("gym-1"), tls), "gym-1")
    for topic in (topics.info, topics.state, topics.history, topics.fault, topics.discovery):
        link.retain(topic, b"{}")
    link.subscribe(topics.commands)
    link.subscribe("homeassistant/status")
    link.open()
    clients = Clients(broker[0].port)
    try:
        serve_until(link, connected(link))
        assert link.send(topics.event("rep"), b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]
        serve_until(link, lambda: link.idle)
        home = clients.of("homeassistant")
        kept = {topics.status, topics.info, topics.state, topics.history, topics.fault, topics.discovery}
        home.until(lambda heard: kept <= {h.topic for h in heard})
        publish(home, topics.command("tare"), b"{}")
        publish(home, "homeassistant/status", b"online")
        came: set[str] = set()

        def both() -> bool:
            came.update(message.topic for message in link.received())
            return came == {topics.command("tare"), "homeassistant/status"}

        serve_until(link, both)
        assert link.wrong is None
    finally:
        clients.close()
        link.close()
