"""Link: one MQTT connection that comes back by itself and tells what became of each message."""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

from firmware.mqtt.broker import Broker
from firmware.mqtt.client import Note, start_client, stop_client
from firmware.mqtt.link_state import Answer, LinkPhase, LinkState
from firmware.mqtt.topics import Topics

WINDOW = 16
"""Results on their way at once: enough to fill a slow link, little enough that paho's memory stays small."""

_SILENT_CLOSES = 3
"""So many connections closed without an answer, and the other protocol version is tried."""

_UNSUPPORTED_VERSION = 132

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    topic: str
    payload: bytes
    token: int | None
    """None for a retained value."""


class Link:
    """Publishes with QoS 1 to one broker under the fixed client id `kickback-<device>`.

    MQTT 5 first, since only it tells that a publish was refused; 3.1.1 when the broker knows no
    better. All methods belong to one thread. The callbacks run in paho's thread and do nothing but
    append to a deque and set an event: a lock shared with them would deadlock with paho's own, and
    an exception in them would end paho's thread unseen.

    `send` takes a message only while connected and while fewer than `WINDOW` are on their way; the
    caller keeps the rest. `retain` names the value a topic should hold; it is published when
    connected, again after every reconnect, and values overtaken meanwhile are skipped. `service` is
    to be called often; it never blocks.
    """

    def __init__(self, broker: Broker, device: str) -> None:
        self.broker = broker
        self.state = LinkState(LinkPhase.CONNECTING)
        self.reached = False
        """Whether the broker ever took the connection."""
        self._topics = Topics(device)
        self._device = device
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._life = 0
        self._silent_closes = 0
        self._notes: deque[tuple[int, Note]] = deque()
        self._stirred = threading.Event()
        self._answers: list[Answer] = []
        self._on_the_way: dict[int, _Sent] = {}
        self._to_resend: deque[_Sent] = deque()
        self._wanted: dict[str, bytes] = {}
        self._unpublished: dict[str, None] = {}
        self._client: Client | None = None

    @property
    def protocol(self) -> str:
        """The protocol version in use."""
        return "5" if self._protocol is MQTTProtocolVersion.MQTTv5 else "3.1.1"

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the broker, neither a result nor a retained value."""
        return not (self._on_the_way or self._to_resend or self._unpublished)

    def open(self) -> None:
        """Begin to connect; returns at once, whether or not there is a broker."""
        self._wanted[self._topics.status] = b"online"
        self._start_client()

    def send(self, topic: str, payload: bytes, token: int) -> bool:
        """Publish a result once; return False when it was not taken and is to be offered again."""
        results = sum(sent.token is not None for sent in self._on_the_way.values())
        if self.state.phase is not LinkPhase.CONNECTED or self._to_resend or results >= WINDOW:
            return False
        return self._publish(_Sent(topic, payload, token))

    def retain(self, topic: str, payload: bytes) -> None:
        """Let the topic hold this value from now on."""
        if self._wanted.get(topic) != payload:
            self._wanted[topic] = payload
            self._unpublished[topic] = None

    def service(self) -> list[Answer]:
        """Do what the callbacks noted, publish what waits, and return the broker's new answers."""
        self._stirred.clear()
        while self._notes:
            life, note = self._notes.popleft()
            if life == self._life:
                self._take(note)
        if self.state.phase is LinkPhase.CONNECTED:
            while self._to_resend and self._publish(self._to_resend[0]):
                self._to_resend.popleft()
            self._publish_retained()
        answers, self._answers = self._answers, []
        return answers

    def wait(self, seconds: float) -> bool:
        """Pause until something was heard from the broker; False when nothing was."""
        return self._stirred.wait(max(seconds, 0.0))

    def close(self, within_s: float = 2.0) -> None:
        """Leave in order: `offline` retained, then goodbye. Without a connection just stop trying."""
        if self._client is None:
            return
        if self.state.phase is LinkPhase.CONNECTED:
            self.retain(self._topics.status, b"offline")
            self._settle(within_s)
        self._stop_client(within_s)
        self.state = LinkState(LinkPhase.CLOSED)

    def _settle(self, within_s: float) -> None:
        until_s = monotonic() + within_s
        self.service()
        while not self.idle and self.state.phase is LinkPhase.CONNECTED:
            left_s = until_s - monotonic()
            if left_s <= 0.0:
                return
            self.wait(left_s)
            self.service()

    def _publish(self, sent: _Sent) -> bool:
        assert self._client is not None
        info = self._client.publish(sent.topic, sent.payload, qos=1, retain=sent.token is None)
        taken = info.rc in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN)
        if taken:
            self._on_the_way[info.mid] = sent
        return taken

    def _publish_retained(self) -> None:
        under_way = {sent.topic for sent in self._on_the_way.values() if sent.token is None}
        for topic in list(self._unpublished):
            if topic not in under_way and self._publish(_Sent(topic, self._wanted[topic], None)):
                del self._unpublished[topic]

    def _take(self, note: Note) -> None:
        match note.what:
            case "answered":
                self._answered(note)
            case "connected":
                self._connected()
            case "refused":
                self._failed(LinkPhase.REFUSED, note.text)
                if note.number == _UNSUPPORTED_VERSION:
                    self._change_protocol()
            case "unreachable":
                self._failed(LinkPhase.UNREACHABLE, note.text)
            case "disconnected":
                self._disconnected(note)

    def _answered(self, note: Note) -> None:
        sent = self._on_the_way.pop(note.number, None)
        if sent is None:
            return
        if note.text:
            log.info("the broker refused %s: %s", sent.topic, note.text)
        if sent.token is not None:
            self._answers.append(Answer(sent.token, note.text or None))

    def _connected(self) -> None:
        log.info("connected to %s with MQTT %s", self.broker, self.protocol)
        self.state = LinkState(LinkPhase.CONNECTED)
        self.reached = True
        self._silent_closes = 0
        self._unpublished = dict.fromkeys(self._wanted)

    def _failed(self, phase: LinkPhase, detail: str) -> None:
        log.info("broker %s: %s %s", self.broker, phase, detail)
        self.state = LinkState(phase, detail)

    def _disconnected(self, note: Note) -> None:
        if self.state.phase is LinkPhase.REFUSED:
            return
        if self.state.phase is LinkPhase.CONNECTED:
            self.state = LinkState(LinkPhase.LOST, note.text)
            return
        self._silent_closes += 1
        self._failed(LinkPhase.UNREACHABLE, "it closes the connection without an answer")
        if self._silent_closes >= _SILENT_CLOSES:
            self._change_protocol()

    def _change_protocol(self) -> None:
        other = {
            MQTTProtocolVersion.MQTTv5: MQTTProtocolVersion.MQTTv311,
            MQTTProtocolVersion.MQTTv311: MQTTProtocolVersion.MQTTv5,
        }
        self._protocol = other[self._protocol]
        self._silent_closes = 0
        log.info("trying MQTT %s", self.protocol)
        self._stop_client(within_s=0.0)
        self._to_resend.extend(sent for sent in self._on_the_way.values() if sent.token is not None)
        self._on_the_way.clear()
        self._start_client()

    def _start_client(self) -> None:
        self._life += 1
        life = self._life

        def note(noted: Note) -> None:
            self._notes.append((life, noted))
            self._stirred.set()

        self._client = start_client(
            self.broker, f"kickback-{self._device}", self._protocol, self._topics.status, note
        )

    def _stop_client(self, within_s: float) -> None:
        assert self._client is not None
        stop_client(self._client, within_s)
        self._client = None
