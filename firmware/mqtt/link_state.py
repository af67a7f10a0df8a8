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


_ADVICE = {
    LinkPhase.REFUSED: "check its user, password and access rules",
    LinkPhase.UNREACHABLE: "check its address, the network and, with TLS, its certificate",
    LinkPhase.LOST: "results wait for it",
}


def what_is_wrong(state: LinkState, broker: str) -> str | None:
    """Say what is wrong with a connection and what to do about it; None when nothing is."""
    advice = _ADVICE.get(state.phase)
    return None if advice is None else f"broker {broker} {state}; {advice}"
