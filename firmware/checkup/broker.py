"""Broker: whether it can be reached, takes the credentials and lets this device publish.

Under a client id of its own, and with a message that nobody acts on and nobody keeps: a running appliance
keeps its connection, and its topics what they hold.
"""

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

from firmware.checkup.finding import Finding, failure, fine, note, wrong
from firmware.errors import BadInputError
from firmware.mqtt.broker import Broker
from firmware.mqtt.guarded import GuardedClient
from firmware.mqtt.topics import PREFIX

_PATIENCE_S = 5.0
_LOOP_S = 0.1
_KEEPALIVE_S = 60
_REFUSED_FROM = 0x80
_UNSUPPORTED_VERSION = 132
_LOGIN = (134, 135)
_LOOPBACK = ("localhost", "127.", "::1")

_PART = "broker"


@dataclass
class _Heard:
    """What the broker said: to the connection, and to the message."""

    connected: int | None = None
    reason: str = ""
    closed: bool = False
    answers: dict[int, int] = field(default_factory=dict)


def examine_broker(broker: Broker, device: str) -> Iterator[Finding]:
    """Look at a broker as the appliance of this device will find it."""
    try:
        _shake_hands(broker)
        finding = _tried(broker, device, MQTTProtocolVersion.MQTTv5)
        if finding is None:
            finding = _tried(broker, device, MQTTProtocolVersion.MQTTv311)
    except ssl.SSLCertVerificationError as error:
        finding = wrong(
            _PART,
            f"{broker} does not prove who it is ({error.verify_message})",
            "set mqtt.ca_file to the authority of its certificate, and mqtt.host to the name in it; a clock "
            "that is wrong does this too",
        )
    except ssl.SSLError as error:
        finding = wrong(
            _PART,
            f"{broker} does not speak TLS ({error.reason})",
            "correct mqtt.port (8883 with TLS) or mqtt.tls",
        )
    except socket.gaierror:
        finding = wrong(
            _PART,
            f"no computer is called {broker.host}",
            "correct mqtt.host, or write its address in numbers",
        )
    except ConnectionRefusedError:
        finding = wrong(
            _PART,
            f"nothing listens at {broker}",
            "start it (sudo systemctl start mosquitto), or correct mqtt.host and mqtt.port; "
            "without one set mqtt.enabled = false",
        )
    except OSError as error:
        why = "no answer" if isinstance(error, TimeoutError) else error.strerror or str(error)
        finding = wrong(_PART, f"{broker} cannot be reached ({why})", "check the network and mqtt.host")
    except ValueError as error:
        finding = failure(_PART, BadInputError(f"{broker} cannot be used; {error}"))
    yield finding or wrong(_PART, f"{broker} speaks neither MQTT 5 nor 3.1.1", "take another broker")
    if broker.tls is None and not broker.host.startswith(_LOOPBACK):
        yield note(
            _PART,
            f"the connection to {broker} is not encrypted, nor is its password",
            "set mqtt.tls = true where others use the network",
        )


def _shake_hands(broker: Broker) -> None:
    """Raise what stands in the way of an encrypted connection; the client would leave its socket open."""
    if broker.tls is not None:
        with (
            socket.create_connection((broker.host, broker.port), timeout=_PATIENCE_S) as plain,
            broker.tls.wrap_socket(plain, server_hostname=broker.host),
        ):
            pass


def _tried(broker: Broker, device: str, protocol: MQTTProtocolVersion) -> Finding | None:
    """Connect and publish once; None when the broker does not know this version of the protocol."""
    heard = _Heard()
    client = _client(broker, protocol, heard)
    try:
        client.connect(broker.host, broker.port)
        _loop(client, lambda: heard.connected is not None or heard.closed)
        if heard.connected is None:
            silence = "closes the connection" if heard.closed else "does not answer"
            return wrong(
                _PART,
                f"{broker} {client.offence.partition(';')[0] or silence}",
                "is it an MQTT broker, and is this its port? One with TLS needs mqtt.tls = true",
            )
        if heard.connected == _UNSUPPORTED_VERSION:
            return None
        if heard.connected >= _REFUSED_FROM:
            return _refused(broker, heard)
        topic = f"{PREFIX}/{device}/doctor"
        message = client.publish(topic, b"", qos=1).mid
        _loop(client, lambda: message in heard.answers or heard.closed)
        if message not in heard.answers:
            if client.offence:
                return failure(_PART, BadInputError(f"{broker} {client.offence}"))
            return wrong(_PART, f"{broker} does not acknowledge what is published", "look into its log")
        if heard.answers[message] >= _REFUSED_FROM:
            return wrong(
                _PART,
                f"{broker} takes the connection and refuses {topic}",
                f"let {broker.username or 'this client'} write {PREFIX}/{device}/# in its access rules",
            )
        version = "5" if protocol is MQTTProtocolVersion.MQTTv5 else "3.1.1, which cannot tell a refusal"
        return fine(_PART, f"{broker} takes connection and messages, MQTT {version}")
    finally:
        client.disconnect()
        client.loop(_LOOP_S)


def _client(broker: Broker, protocol: MQTTProtocolVersion, heard: _Heard) -> GuardedClient:
    client = GuardedClient(
        broker,
        f"kickback-doctor-{os.getpid()}",
        protocol,
        keepalive_s=_KEEPALIVE_S,
        connect_timeout_s=_PATIENCE_S,
    )

    def on_connect(client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        heard.connected, heard.reason = reason.value, str(reason)

    def on_disconnect(client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        heard.closed = True

    def on_publish(client: Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        heard.answers[mid] = reason.value

    client.on_connect = on_connect
    client.on_disconnect = on_disconnect
    client.on_publish = on_publish
    return client


def _loop(client: Client, over: Callable[[], bool]) -> None:
    end_s = monotonic() + _PATIENCE_S
    while not over() and monotonic() < end_s:
        if client.loop(_LOOP_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return


def _refused(broker: Broker, heard: _Heard) -> Finding:
    if heard.connected in _LOGIN:
        who = "without a user" if broker.username is None else f"as {broker.username}"
        return wrong(
            _PART,
            f"{broker} refuses the connection {who} ({heard.reason})",
            "set mqtt.user and mqtt.password_file as the broker knows them",
        )
    return wrong(_PART, f"{broker} refuses the connection ({heard.reason})", "look into its log")
