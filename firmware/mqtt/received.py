"""Received: a message that came from the broker, before anybody has judged it."""

from collections import Counter, deque
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
    """Messages in the order in which they came, `MOST_WAITING` at most; the others are only counted."""

    def __init__(self) -> None:
        self._messages: deque[Received] = deque()
        self._missed: Counter[str] = Counter()

    def add(self, message: Received) -> None:
        """Take a message, or drop it."""
        if len(self._messages) < MOST_WAITING:
            self._messages.append(message)
        elif not message.retained and (message.topic in self._missed or len(self._missed) < MOST_WAITING):
            self._missed[message.topic] += 1

    def taken(self) -> list[Received]:
        """Give what came since last asked."""
        messages = list(self._messages)
        self._messages.clear()
        return messages

    def missed(self) -> Counter[str]:
        """Give how many of each topic were dropped since last asked, retained ones and further topics not."""
        missed, self._missed = self._missed, Counter()
        return missed
