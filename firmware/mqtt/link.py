"""Link: one MQTT connection that comes back by itself and tells what became of each message."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

from firmware.mqtt.broker import Broker
from firmware.mqtt.client import NO_LIMIT, Note, runs, start_client, stop_client
from firmware.mqtt.complaints import Complaints
from firmware.mqtt.link_state import Answer, LinkPhase, LinkState
from firmware.mqtt.received import MOST_WAITING, Inbox, Received
from firmware.mqtt.topics import Topics
from firmware.mqtt.wanted import Wanted

WINDOW = 16
"""Results on their way at once: enough to fill a slow link, little enough that paho's memory stays small."""

_SILENT_CLOSES = 3
"""So many connections closed without an answer, and the other protocol version is tried."""

_UNSUPPORTED_VERSION = 132
_BETWEEN_REVIVALS_S = 5.0
_HEADER_BYTES = 64

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
    connected, again after every reconnect, and values overtaken meanwhile are skipped. `subscribe`
    names a filter, subscribed at every connect; `received` gives what came. `service` is to be called
    often; it never blocks. A network thread that has died is noticed there and replaced.
    """

    def __init__(self, broker: Broker, device: str, now: Callable[[], float] = monotonic) -> None:
        self.broker = broker
        self.state = LinkState(LinkPhase.CONNECTING)
        self.reached = False
        """Whether the broker ever took the connection."""
        self._topics = Topics(device)
        self._device = device
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._life = 0
        self._silent_closes = 0
        self._unanswered = False
        self._notes: deque[tuple[int, Note]] = deque()
        self._stirred = threading.Event()
        self._answers: list[Answer] = []
        self._on_the_way: dict[int, _Sent] = {}
        self._to_resend: deque[_Sent] = deque()
        self._wanted = Wanted()
        self._client: Client | None = None
        self._now = now
        self._largest_bytes = NO_LIMIT
        self._filters: dict[str, None] = {}
        self._inbox = Inbox()
        self._revived_s = -float("inf")
        self._complaints = Complaints(str(broker), f"kickback-{device}")
        self.revivals = 0

    @property
    def protocol(self) -> str:
        """The protocol version in use."""
        return "5" if self._protocol is MQTTProtocolVersion.MQTTv5 else "3.1.1"

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the broker, neither a result nor a retained value."""
        return not (self._on_the_way or self._to_resend or self._wanted)

    def open(self) -> None:
        """Begin to connect; returns at once, whether or not there is a broker."""
        self._wanted.hold(self._topics.status, b"online")
        self._start_client()

    def send(self, topic: str, payload: bytes, token: int) -> bool:
        """Publish a result once; return False when it was not taken and is to be offered again."""
        results = sum(sent.token is not None for sent in self._on_the_way.values())
        if self.state.phase is not LinkPhase.CONNECTED or self._to_resend or results >= WINDOW:
            return False
        if not self._fits(topic, payload):
            self._answers.append(Answer(token, f"larger than the broker's {self._largest_bytes} bytes"))
            return True
        return self._publish(_Sent(topic, payload, token))

    def retain(self, topic: str, payload: bytes) -> None:
        """Let the topic hold this value from now on."""
        self._wanted.hold(topic, payload)

    def announce(self) -> None:
        """Publish every retained value again, for somebody who may have missed them."""
        self._wanted.all_again()

    def send_once(self, topic: str, payload: bytes, qos: int) -> None:
        """Publish what is worth nothing later, and not at all without a connection."""
        if self._client and self.state.phase is LinkPhase.CONNECTED and self._fits(topic, payload):
            self._client.publish(topic, payload, qos)

    def subscribe(self, topic_filter: str) -> None:
        """Receive what is published there, from the next connect on or at once."""
        self._filters[topic_filter] = None
        if self._client and self.state.phase is LinkPhase.CONNECTED:
            self._client.subscribe(topic_filter, qos=1)

    def received(self) -> list[Received]:
        """What came since last asked."""
        return self._inbox.taken()

    def missed(self) -> Counter[str]:
        """How many of each topic came faster than `received` was asked, since last asked."""
        return self._inbox.missed()

    @property
    def wrong(self) -> str | None:
        """What is wrong with the connection and what to do about it; None when it stands."""
        return self._complaints.wrong(self.state, self._now())

    def service(self) -> list[Answer]:
        """Do what the callbacks noted, publish what waits, and return the broker's new answers."""
        self._stirred.clear()
        self._look_at_thread()
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
        for topic, payload in self._wanted.due():
            if not self._fits(topic, payload):
                log.warning("%s is larger than the broker takes", topic)
                self._wanted.published(topic)
            elif topic not in under_way and self._publish(_Sent(topic, payload, None)):
                self._wanted.published(topic)

    def _take(self, note: Note) -> None:
        match note.what:
            case "answered":
                self._answered(note)
            case "trying":
                self._unanswered = True
            case "connected":
                self._connected(note)
            case "refused":
                self._failed(LinkPhase.REFUSED, note.text)
                if note.number == _UNSUPPORTED_VERSION:
                    self._change_protocol()
            case "unreachable":
                self._failed(LinkPhase.UNREACHABLE, note.text)
            case "broken off":
                self._complaints.broke_off(note.text, self._now())
            case "disconnected":
                self._disconnected(note)
            case "received":
                assert note.received is not None
                self._inbox.add(note.received)
            case "not taken":
                self._complaints.not_subscribed(note.text)
            case "failed":
                self._complaints.got_over(note.text, self._now())

    def _answered(self, note: Note) -> None:
        sent = self._on_the_way.pop(note.number, None)
        if sent is None:
            return
        if note.text:
            log.info("the broker refused %s: %s", sent.topic, note.text)
        if sent.token is not None:
            self._answers.append(Answer(sent.token, note.text or None))

    def _connected(self, note: Note) -> None:
        log.info("connected to %s with MQTT %s", self.broker, self.protocol)
        self.state = LinkState(LinkPhase.CONNECTED)
        self.reached = True
        self._complaints.connected(self._now())
        self._silent_closes, self._unanswered = 0, False
        self._largest_bytes = note.largest_bytes
        self.announce()
        assert self._client is not None
        for topic_filter in self._filters:
            self._client.subscribe(topic_filter, qos=1)

    def _fits(self, topic: str, payload: bytes) -> bool:
        return len(topic) + len(payload) + _HEADER_BYTES <= self._largest_bytes

    def _look_at_thread(self) -> None:
        if self._client is None or runs(self._client) or self._now() - self._revived_s < _BETWEEN_REVIVALS_S:
            return
        self._complaints.got_over("the MQTT client's thread has died", self._now())
        self._revived_s, self.revivals = self._now(), self.revivals + 1
        self._restart_client()

    def _failed(self, phase: LinkPhase, detail: str) -> None:
        self.state = LinkState(phase, detail)
        log.info("broker %s %s", self.broker, self.state)

    def _disconnected(self, note: Note) -> None:
        if self.state.phase is LinkPhase.REFUSED:
            return
        if self.state.phase is LinkPhase.CONNECTED:
            self.state = LinkState(LinkPhase.LOST, note.text)
            self._complaints.lost(self._now())
        if not self._unanswered:
            return  # paho tells of some losses twice
        self._unanswered = False
        self._silent_closes += 1
        self._failed(LinkPhase.UNREACHABLE, "it closes the connection without an answer")
        if self._silent_closes >= _SILENT_CLOSES:
            self._change_protocol()

    def _change_protocol(self) -> None:
        v5, v311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
        self._protocol = v311 if self._protocol is v5 else v5
        self._silent_closes = 0
        log.info("trying MQTT %s", self.protocol)
        self._restart_client()

    def _restart_client(self) -> None:
        self.state = LinkState(LinkPhase.CONNECTING)
        self._stop_client(within_s=0.0)
        self._to_resend.extend(sent for sent in self._on_the_way.values() if sent.token is not None)
        self._on_the_way.clear()
        self._start_client()

    def _start_client(self) -> None:
        self._life += 1
        life = self._life

        def note(noted: Note) -> None:
            if noted.received is None or len(self._notes) < 16 * MOST_WAITING:
                self._notes.append((life, noted))
            self._stirred.set()

        name = f"kickback-{self._device}"
        self._client = start_client(self.broker, name, self._protocol, self._topics.status, note)

    def _stop_client(self, within_s: float) -> None:
        assert self._client is not None
        stop_client(self._client, within_s)
        self._client = None
