"""Received: a message that came from the broker, before anybody has judged it."""

from collections import deque
from dataclasses import dataclass

LARGEST_BYTES = 4096
"""No command is nearly as large; of a larger one only the size is kept."""

LARGEST_PACKET_BYTES = 16_384
"""What a broker is told in MQTT 5 to send no packet beyond: one of 100 MB would end a small computer."""

MOST_WAITING = 64
"""Messages that wait to be looked at; more than a person sends, and what comes beyond is dropped."""


@dataclass(frozen=True, slots=True)
class Received:
    """`payload` is empty when `size` is beyond `LARGEST_BYTES`."""

    topic: str
    payload: bytes
    size: int
    retained: bool


class Inbox:
    """Messages in the order in which they came, `MOST_WAITING` at most; `dropped` counts the others."""

    def __init__(self) -> None:
        self._messages: deque[Received] = deque()
        self.dropped = 0

    def add(self, message: Received) -> None:
        """Take a message, or drop it."""
        if len(self._messages) < MOST_WAITING:
            self._messages.append(message)
        else:
            self.dropped += 1

    def taken(self) -> list[Received]:
        """Give what came since last asked."""
        messages = list(self._messages)
        self._messages.clear()
        return messages
