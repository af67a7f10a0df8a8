"""A wire between a link and a broker, moved by hand: what is under way arrives, is answered, or is lost.

Stands in the place of the MQTT client. Like it, it keeps what was published until the broker has answered,
sends all of that again in its order at each connect, and forgets it with the process.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from paho.mqtt.enums import MQTTErrorCode

from firmware.mqtt.client import Note


@dataclass(frozen=True, slots=True)
class Message:
    """A result on the wire. `life`: of which client."""

    life: int
    mid: int
    topic: str
    payload: bytes

    @property
    def is_result(self) -> bool:
        return "/event/" in self.topic


class Client:
    """What a link asks of its client, for one life of it."""

    def __init__(self, wire: "Wire", life: int, note: Callable[[Note], None]) -> None:
        self.alive = True
        self.note = note
        self.unanswered: dict[int, Message] = {}
        self._wire = wire
        self._life = life
        self._mid = 0

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool = False) -> Any:
        self._mid += 1
        message = self.unanswered[self._mid] = Message(self._life, self._mid, topic, payload)
        if self._wire.connected:
            self._wire.there.append(message)
            return SimpleNamespace(rc=MQTTErrorCode.MQTT_ERR_SUCCESS, mid=self._mid)
        return SimpleNamespace(rc=MQTTErrorCode.MQTT_ERR_NO_CONN, mid=self._mid)


class Wire:
    """One broker and the connection to it. `heard`: what the broker took, in the order in which it did.

    `there`: messages on their way to the broker; `back`: its answers on their way, with the reason of a
    refusal.
    """

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self.connected = False
        self.there: deque[Message] = deque()
        self.back: deque[tuple[int, str]] = deque()
        self.heard: list[bytes] = []
        self._lives = 0
        self._client: Client | None = None
        patched.setattr("firmware.mqtt.link.start_client", self._start)
        patched.setattr("firmware.mqtt.link.stop_client", lambda client, within_s: self.part())
        patched.setattr("firmware.mqtt.link.runs", lambda client: client.alive)

    def connect(self) -> None:
        """The client reaches the broker, and sends again what was not answered."""
        if self._client is None or not self._client.alive or self.connected:
            return
        self.connected = True
        self._client.note(Note("trying"))
        self._client.note(Note("connected"))
        self.there.extend(self._client.unanswered.values())

    def broker_takes(self, refusal: str = "") -> None:
        """The next message arrives, and is answered."""
        if self.there:
            message = self.there.popleft()
            if message.is_result and not refusal:
                self.heard.append(message.payload)
            self.back.append((message.mid, refusal if message.is_result else ""))

    def answer_arrives(self) -> None:
        """The next answer is heard by the client."""
        if self.back and self._client is not None:
            mid, refusal = self.back.popleft()
            if self._client.unanswered.pop(mid, None) is not None:
                self._client.note(Note("answered", mid, refusal))

    def reset(self) -> None:
        """The connection breaks: what was on its way is lost in both directions."""
        if self.connected and self._client is not None:
            self.part()
            self._client.note(Note("disconnected", 128, "reset"))

    def client_dies(self) -> None:
        """The client's thread ends, and nothing tells of it."""
        if self._client is not None:
            self.part()
            self._client.alive = False

    def part(self) -> None:
        """Nothing is under way any more."""
        self.connected = False
        self.there.clear()
        self.back.clear()

    def _start(
        self, broker: object, name: str, protocol: object, will: str, note: Callable[[Note], None]
    ) -> Any:
        self.part()
        self._lives += 1
        self._client = Client(self, self._lives, note)
        return self._client
