"""How a link stands, and what the broker answered."""

from dataclasses import dataclass
from enum import StrEnum


class LinkPhase(StrEnum):
    """How the connection stands."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    UNREACHABLE = "not reachable"
    REFUSED = "refused"
    LOST = "connection lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the connection stands, and why."""

    phase: LinkPhase
    detail: str = ""

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.phase} ({self.detail})" if self.detail else str(self.phase)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker said to one message: `refusal` is None when it took it."""

    token: int
    refusal: str | None
