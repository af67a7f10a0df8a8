"""A real mosquitto on a free loopback port, and a subscriber that collects what it hears."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware.mqtt.client import stop_client

LOOPBACK = "127.0.0.1"
PATIENCE_S = 40.0
"""Bound on every wait; a passing test never comes near it."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def mosquitto_program() -> str:
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("mosquitto is not installed")
    return found


@dataclass
class Mosquitto:
    """A broker that can be started, killed and started again on the same port."""

    folder: Path
    extra: str = "allow_anonymous true\n"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        # As root mosquitto would give up its rights, and with them the test's files.
        owner = "user root\n" if os.geteuid() == 0 else ""
        config.write_text(f"listener {self.port} {LOOPBACK}\npersistence false\n{owner}{self.extra}")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([mosquitto_program(), "-v", "-c", config], stdout=log, stderr=log)
        for _ in range(200):
            try:
                socket.create_connection((LOOPBACK, self.port), timeout=0.1).close()
                return
            except OSError:
                pass
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        pytest.fail(f"mosquitto did not start: {(self.folder / 'mosquitto.log').read_text()}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass(frozen=True)
class Heard:
    topic: str
    payload: bytes
    retained: bool


class Subscriber:
    """Collects the messages of a topic filter; `until` waits for what the test expects of them.

    With a `client_id` the broker keeps its messages while it is away.
    """

    def __init__(
        self,
        port: int,
        topic_filter: str = "kickback/#",
        client_id: str = "",
        login: tuple[str, str] | None = None,
    ) -> None:
        self.heard: list[Heard] = []
        self._changed = threading.Condition()
        self._subscribed = threading.Event()
        self._filter = topic_filter
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        if login is not None:
            self._client.username_pw_set(*login)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        staying = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        staying.SessionExpiryInterval = 3600 if client_id else 0
        self._client.connect(LOOPBACK, port, clean_start=not client_id, properties=staying)
        self._client.loop_start()
        assert self._subscribed.wait(PATIENCE_S), "the broker did not answer the subscription"

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(self._filter, qos=1)

    def _on_subscribe(self, *_: Any) -> None:
        self._subscribed.set()

    def _on_message(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        with self._changed:
            self.heard.append(Heard(message.topic, bytes(message.payload), message.retain))
            self._changed.notify_all()

    def until(self, condition: Callable[[list[Heard]], bool]) -> list[Heard]:
        with self._changed:
            met = self._changed.wait_for(lambda: condition(self.heard), PATIENCE_S)
            assert met, f"only heard {[(h.topic, h.payload[:60]) for h in self.heard]}"
            return list(self.heard)

    def until_payload(self, topic: str, payload: bytes) -> list[Heard]:
        return self.until(lambda heard: any(h.topic == topic and h.payload == payload for h in heard))

    def close(self) -> None:
        stop_client(self._client, PATIENCE_S)


@contextmanager
def listening(port: int, topic_filter: str = "kickback/#") -> Iterator[Subscriber]:
    subscriber = Subscriber(port, topic_filter)
    try:
        yield subscriber
    finally:
        subscriber.close()


def retained(port: int, device: str, count: int) -> dict[str, bytes]:
    """What a late subscriber finds on a device's retained topics."""
    with listening(port, f"kickback/v1/{device}/#") as late:
        heard = late.until(lambda heard: len(heard) >= count)
    assert all(h.retained for h in heard)
    return {h.topic.rsplit("/", 1)[1]: h.payload for h in heard}
