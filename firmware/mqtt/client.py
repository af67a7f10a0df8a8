"""Client: a paho client set up for a device, whose callbacks only note what they see."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware.mqtt.broker import Broker
from firmware.mqtt.guarded import GuardedClient
from firmware.mqtt.received import LARGEST_BYTES, LARGEST_PACKET_BYTES, Received

IN_FLIGHT = 20
"""Below the receive maximum that brokers announce by default."""

_QUEUED = 64
_KEEPALIVE_S = 15
"""A half-open link is noticed after about twice this."""

_BACK_OFF_S = (1, 15)
_CONNECT_TIMEOUT_S = 3.0
NO_LIMIT = 1 << 28
_REFUSED_FROM = 0x80

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What a callback saw: `number` is a message id or a reason code, `text` the reason in words.

    `largest_bytes`: of "connected", the largest packet the broker takes. "not taken": a subscription.
    "trying": a connection is about to be attempted; "failed": a callback. "broken off": a connection,
    by this side, just before it is "disconnected".
    """

    what: Literal[
        "trying",
        "connected",
        "refused",
        "unreachable",
        "broken off",
        "disconnected",
        "answered",
        "received",
        "not taken",
        "failed",
    ]
    number: int = 0
    text: str = ""
    largest_bytes: int = NO_LIMIT
    received: Received | None = None


def start_client(
    broker: Broker,
    client_id: str,
    protocol: MQTTProtocolVersion,
    will_topic: str,
    note: Callable[[Note], None],
) -> Client:
    """Return a client that is connecting in its own thread and keeps trying.

    `note` is called in that thread; it must neither block nor take a lock, since paho holds its own.
    """
    client = GuardedClient(
        broker, client_id, protocol, keepalive_s=_KEEPALIVE_S, connect_timeout_s=_CONNECT_TIMEOUT_S
    )
    client.will_set(will_topic, b"offline", qos=1, retain=True)
    client.max_inflight_messages_set(IN_FLIGHT)
    client.max_queued_messages_set(_QUEUED)
    client.reconnect_delay_set(*_BACK_OFF_S)
    client.suppress_exceptions = True
    _listen(client, note)
    client.connect_async(broker.host, broker.port, keepalive=_KEEPALIVE_S, properties=_properties(protocol))
    client.loop_start()
    return client


def runs(client: Client) -> bool:
    """Whether the client's thread lives. When it has died, paho still says that it is connected."""
    # paho has no public name for it; a test fails should it be called otherwise.
    thread = client._thread
    return thread is not None and thread.is_alive()


def stop_client(client: Client, within_s: float) -> None:
    """Say goodbye, end the client's thread and close its sockets, waiting no longer than `within_s`.

    The thread may sit in a connection attempt for seconds; it then ends by itself.
    """

    def end() -> None:
        client.loop_stop()
        # paho leaves the pair of sockets that wakes its thread to the garbage collector.
        client._reset_sockets()

    client.disconnect()
    ending = threading.Thread(target=end, name="mqtt-end", daemon=True)
    ending.start()
    ending.join(within_s)


def _properties(protocol: MQTTProtocolVersion) -> Properties | None:
    if protocol is not MQTTProtocolVersion.MQTTv5:
        return None
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = LARGEST_PACKET_BYTES
    return properties


def _received(message: MQTTMessage) -> Received:
    size = len(message.payload)
    payload = bytes(message.payload) if size <= LARGEST_BYTES else b""
    try:
        topic = message.topic
    except UnicodeDecodeError:
        topic = ""  # as a topic that names nothing
    return Received(topic, payload, size, message.retain)


def _listen(client: GuardedClient, note: Callable[[Note], None]) -> None:
    def noted(make: Callable[[], Note]) -> None:
        # An exception here would end paho's thread, and nothing would show it.
        try:
            note(make())
        except Exception as error:
            log.info("in an MQTT callback", exc_info=error)
            note(Note("failed", text=f"{type(error).__name__}: {error}"))

    def on_pre_connect(client: Client, data: Any) -> None:
        noted(lambda: Note("trying"))

    def on_connect(client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        largest = getattr(properties, "MaximumPacketSize", NO_LIMIT)
        what: Literal["refused", "connected"] = "refused" if reason.is_failure else "connected"
        noted(lambda: Note(what, reason.value, str(reason), largest))

    def on_connect_fail(_: Client, data: Any) -> None:
        noted(lambda: Note("unreachable", text=client.failure))

    def on_disconnect(_: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if client.offence:
            noted(lambda: Note("broken off", text=client.offence))
        noted(lambda: Note("disconnected", reason.value, str(reason)))

    def on_publish(client: Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        noted(lambda: Note("answered", mid, str(reason) if reason.value >= _REFUSED_FROM else ""))

    def on_message(client: Client, data: Any, message: MQTTMessage) -> None:
        noted(lambda: Note("received", received=_received(message)))

    def on_subscribe(client: Client, data: Any, mid: int, reasons: Any, properties: Any) -> None:
        for reason in reasons:
            if reason.is_failure:
                noted(partial(Note, "not taken", reason.value, str(reason)))

    client.on_message = on_message
    client.on_subscribe = on_subscribe
    client.on_pre_connect = on_pre_connect
    client.on_connect = on_connect
    client.on_connect_fail = on_connect_fail
    client.on_disconnect = on_disconnect
    client.on_publish = on_publish
