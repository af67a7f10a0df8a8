"""GuardedClient: paho's client, which breaks a connection off before its broker can spoil this process."""

import logging
import socket
import ssl

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from firmware.mqtt.broker import Broker
from firmware.mqtt.received import LARGEST_PACKET_BYTES

_MOST_UNSENT = 2000
"""Packets that wait for a broker that does not read; half a minute's are not nearly as many."""

_MOST_BEGUN = 20
"""Messages with QoS 2 that are not complete: nobody asks for QoS 2, so that none are expected."""

log = logging.getLogger(__name__)


class GuardedClient(Client):
    """Also remembers why the last attempt to connect failed, and why the last connection was broken off.

    paho reads whatever packet is announced, up to 256 MB, keeps what the broker begins and never completes,
    and dies of some packets that are none. Its names for what it does inside are private; tests with peers
    that do all this fail should it call them otherwise.
    """

    failure = ""
    offence = ""

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        protocol: MQTTProtocolVersion,
        *,
        keepalive_s: int,
        connect_timeout_s: float,
    ) -> None:
        """Be ready to connect to a broker with its credentials.

        `keepalive_s`: at most, whatever the broker wishes: with 0 a half-open connection would go
        unnoticed for ever.
        """
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=protocol)
        if broker.username is not None:
            self.username_pw_set(broker.username, broker.password)
        if broker.tls is not None:
            self.tls_set_context(broker.tls)
        self.connect_timeout = connect_timeout_s
        self._keepalive_at_most_s = keepalive_s

    def reconnect(self) -> MQTTErrorCode:
        """Connect; paho takes the error as it comes and tells nobody what it was."""
        self.offence = ""
        self._keepalive = self._keepalive_at_most_s
        self._in_messages.clear()
        try:
            return super().reconnect()
        except OSError as error:
            self.failure = _failure(error)
            raise

    def _packet_read(self) -> MQTTErrorCode:
        """Read a packet; an error here would end the thread, and paho does not foresee every packet."""
        try:
            result = super()._packet_read()
        except OSError:
            return MQTTErrorCode.MQTT_ERR_CONN_LOST
        except Exception as error:
            log.info("a packet cannot be read", exc_info=error)
            result = MQTTErrorCode.MQTT_ERR_PROTOCOL
        if result is MQTTErrorCode.MQTT_ERR_PROTOCOL:
            self.offence = "sends what is not MQTT; check its address, and what is in between"
        return result

    def _handle_connack(self) -> MQTTErrorCode:
        """Take the broker's answer; the protocol lets a client ping more often than it is asked to."""
        result = super()._handle_connack()
        self._keepalive = min(self._keepalive or self._keepalive_at_most_s, self._keepalive_at_most_s)
        # Of most reasons to refuse a connection paho says that the packet is wrong; it was understood.
        return MQTTErrorCode.MQTT_ERR_CONN_REFUSED if result is MQTTErrorCode.MQTT_ERR_PROTOCOL else result

    def _sock_recv(self, bufsize: int) -> bytes:
        """Read, unless it is too much: paho takes the error for a connection that is lost."""
        self.offence = self._too_much(bufsize)
        if self.offence:
            raise ConnectionAbortedError(self.offence)
        return super()._sock_recv(bufsize)

    def _too_much(self, bufsize: int) -> str:
        if bufsize > LARGEST_PACKET_BYTES:
            return (
                f"sends a packet of {bufsize} bytes, where {LARGEST_PACKET_BYTES} are the most; see who "
                "publishes to this device, and limit packets at the broker"
            )
        if len(self._in_messages) > _MOST_BEGUN:
            return "begins messages with QoS 2 that it never completes; see what kind of broker it is"
        if len(self._out_packet) > _MOST_UNSENT:
            return "sends and does not read what it is sent; see what kind of broker it is"
        return ""


def _failure(error: OSError) -> str:
    """Words for what a user can do something about; that nobody answers needs none."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no encrypted connection: {error.reason or error}"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    return ""
