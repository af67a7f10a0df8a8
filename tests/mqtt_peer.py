"""A scripted peer on loopback: says what the test wants to an MQTT client, packet by packet."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.broker import LOOPBACK, PATIENCE_S

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT = 1, 3, 4, 8, 12, 14


@dataclass(frozen=True)
class Packet:
    kind: int
    flags: int
    body: bytes

    @property
    def protocol_level(self) -> int:
        """Of a CONNECT packet: 4 is MQTT 3.1.1, 5 is MQTT 5 (the byte after the six of `MQTT`)."""
        return self.body[6]

    @property
    def keepalive_s(self) -> int:
        """Of a CONNECT packet: the two bytes after the flags."""
        return int.from_bytes(self.body[8:10], "big")

    @property
    def packet_id(self) -> bytes:
        """Of a PUBLISH packet with QoS 1: the two bytes after the topic."""
        length = int.from_bytes(self.body[:2], "big")
        return self.body[2 + length : 4 + length]

    @property
    def topic(self) -> str:
        length = int.from_bytes(self.body[:2], "big")
        return self.body[2 : 2 + length].decode()


class Last(bytes):
    """An answer after which the connection is closed."""


Script = Callable[[Packet], bytes | None]
"""Answers one packet; None closes the connection, `Last` after it was sent."""


class Peer:
    """Accepts one connection after another; keeps every packet it read."""

    def __init__(self, script: Script) -> None:
        self.packets: list[Packet] = []
        self._script = script
        self._closing = threading.Event()
        self._server = socket.create_server((LOOPBACK, 0))
        self._server.settimeout(0.1)
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(PATIENCE_S)
        self._server.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(0.1)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        received = b""
        while not self._closing.is_set():
            try:
                more = connection.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            if not more:
                return
            received += more
            while (split := _packet(received)) is not None:
                packet, received = split
                self.packets.append(packet)
                answer = self._script(packet)
                if answer is None:
                    return
                closing = isinstance(answer, Last)
                connection.settimeout(PATIENCE_S)
                try:
                    connection.sendall(answer)
                except OSError:
                    return
                if closing:
                    return
                connection.settimeout(0.1)


def _packet(received: bytes) -> tuple[Packet, bytes] | None:
    length, shift, at = 0, 0, 1
    while at < len(received):
        byte = received[at]
        length |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            if len(received) < at + length:
                return None
            kind, flags = received[0] >> 4, received[0] & 0x0F
            return Packet(kind, flags, received[at : at + length]), received[at + length :]
    return None
