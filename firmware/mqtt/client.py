"""Client: a paho client set up for a device, whose callbacks only note what they see."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware.mqtt.broker import Broker

IN_FLIGHT = 20
"""Below the receive maximum that brokers announce by default."""

_QUEUED = 64
_KEEPALIVE_S = 15
"""A half-open link is noticed after about twice this."""

_CONNECT_TIMEOUT_S = 3.0
_REFUSED_FROM = 0x80

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What a callback saw: `number` is a message id or a reason code, `text` the reason in words."""

    what: Literal["connected", "refused", "unreachable", "disconnected", "answered"]
    number: int = 0
    text: str = ""


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
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=protocol)
    if broker.username is not None:
        client.username_pw_set(broker.username, broker.password)
    if broker.tls is not None:
        client.tls_set_context(broker.tls)
    client.will_set(will_topic, b"offline", qos=1, retain=True)
    client.max_inflight_messages_set(IN_FLIGHT)
    client.max_queued_messages_set(_QUEUED)
    client.reconnect_delay_set(1, 15)
    client.connect_timeout = _CONNECT_TIMEOUT_S
    client.suppress_exceptions = True
    _listen(client, note)
    client.connect_async(broker.host, broker.port, keepalive=_KEEPALIVE_S)
    client.loop_start()
    return client


def stop_client(client: Client, within_s: float) -> None:
    """Say goodbye and end the client's thread, waiting no longer than `within_s` for it.

    The thread may sit in a connection attempt for seconds; it then ends by itself.
    """
    client.disconnect()
    ending = threading.Thread(target=client.loop_stop, name="mqtt-end", daemon=True)
    ending.start()
    ending.join(within_s)


def _listen(client: Client, note: Callable[[Note], None]) -> None:
    def noted(make: Callable[[], Note]) -> None:
        # An exception here would end paho's thread, and nothing would show it.
        try:
            note(make())
        except Exception:
            log.exception("in an MQTT callback")

    def on_connect(client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        noted(lambda: Note("refused" if reason.is_failure else "connected", reason.value, str(reason)))

    def on_connect_fail(client: Client, data: Any) -> None:
        noted(lambda: Note("unreachable"))

    def on_disconnect(client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        noted(lambda: Note("disconnected", reason.value, str(reason)))

    def on_publish(client: Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        noted(lambda: Note("answered", mid, str(reason) if reason.value >= _REFUSED_FROM else ""))

    client.on_connect = on_connect
    client.on_connect_fail = on_connect_fail
    client.on_disconnect = on_disconnect
    client.on_publish = on_publish
