"""Wanted: what the retained topics are to hold, and which of it the broker has not got yet."""


class Wanted:
    """Values overtaken before they were published are skipped; all are due again after a reconnect."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        self._due: dict[str, None] = {}

    def __bool__(self) -> bool:
        """Whether anything is due."""
        return bool(self._due)

    def hold(self, topic: str, payload: bytes) -> None:
        """Let a topic hold this value; an empty one clears the topic."""
        if self._values.get(topic) != payload:
            self._values[topic] = payload
            self._due[topic] = None

    def all_again(self) -> None:
        """Everything is due, as for a broker that has forgotten it."""
        self._due = dict.fromkeys(self._values)

    def due(self) -> list[tuple[str, bytes]]:
        """What is to be published, in the order in which it was set."""
        return [(topic, self._values[topic]) for topic in self._due]

    def published(self, topic: str) -> None:
        """Learn that a value was handed to the client."""
        del self._due[topic]
