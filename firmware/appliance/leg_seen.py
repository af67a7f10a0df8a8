"""The leg that worked last, as the reps tell it, where nobody has told it."""

from firmware.numbering import Numbered
from tracker.messages import PhaseChange, Rep
from tracker.setup import Leg


class LegSeen:
    """An output that remembers the leg of the last rep of which it is known."""

    name = "leg seen"

    def __init__(self) -> None:
        self.leg: Leg | None = None

    def result(self, numbered: Numbered) -> None:
        """Take a rep."""
        if isinstance(numbered.result, Rep) and numbered.result.leg is not None:
            self.leg = numbered.result.leg

    def phase(self, change: PhaseChange) -> None:
        """Reps come as results."""

    def at(self, session_s: float) -> None:
        """Reps come as results."""

    def end(self, session_s: float) -> None:
        """Nothing is held back."""
