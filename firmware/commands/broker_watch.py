"""What the user hears of the broker, on standard error."""

from collections.abc import Iterator

from firmware.commands.say import say
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import LinkPhase
from firmware.mqtt.publisher import Delivery
from firmware.numbering import Numbered
from firmware.panel.words import counted
from tracker.messages import PhaseChange

_AWAY = (LinkPhase.UNREACHABLE, LinkPhase.REFUSED, LinkPhase.LOST)


def delivery_lines(delivery: Delivery, broker: str) -> Iterator[str]:
    """Say how many results the broker acknowledged, and what became of the others."""
    yield f"{counted(delivery.acknowledged, 'result')} acknowledged by the broker {broker}"
    if delivery.waiting:
        waiting = counted(delivery.waiting, "result")
        yield f"{waiting} not acknowledged; play the recording again to publish them"
    for reason, number in delivery.refusals.items():
        yield f"{counted(number, 'result')} refused by the broker: {reason}; look at its access rules"


class BrokerWatch:
    """Tells once when the broker goes away and once when it is back."""

    name = "broker watch"

    def __init__(self, link: Link) -> None:
        self._link = link
        self._away = False

    def result(self, numbered: Numbered) -> None:
        """Results are the publisher's."""

    def phase(self, change: PhaseChange) -> None:
        """Phases are the publisher's."""

    def at(self, session_s: float) -> None:
        """Look."""
        self.look()

    def end(self, session_s: float) -> None:
        """Look."""
        self.look()

    def look(self) -> None:
        """Tell what changed."""
        state = self._link.state
        if state.phase in _AWAY and not self._away:
            self._away = True
            say(f"broker {self._link.broker} {state}; tracking goes on, results wait for it")
        elif state.phase is LinkPhase.CONNECTED and self._away:
            self._away = False
            say(f"broker {self._link.broker} is there")
