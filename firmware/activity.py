"""Activity: when a session is over, because nobody has moved for long."""

from firmware.numbering import Numbered
from tracker.blocks import RawBlock
from tracker.messages import PhaseChange


class Activity:
    """An output that notices whether anything happens. `happened`: a result, or an announcement, at all.

    `ends_after_s`: a session is over when nothing has happened for so long.
    `empty_after_s`: one in which nothing has happened yet, when it is so long, so that an idle machine
    does not cut its time into pieces for nothing. A movement that has begun counts, so that no session
    ends in the middle of one.
    """

    name = "activity"

    def __init__(self, ends_after_s: float, empty_after_s: float) -> None:
        self.happened = False
        self._ends_after_s = ends_after_s
        self._empty_after_s = max(ends_after_s, empty_after_s)
        self._last_s = 0.0

    def over(self, session_s: float) -> bool:
        """Whether the session is over."""
        return session_s - self._last_s >= (self._ends_after_s if self.happened else self._empty_after_s)

    def sampled(self, block: RawBlock) -> None:
        """Take a block as it comes from the sampler."""
        if block.announced:
            self._happens(block.end_s)

    def result(self, numbered: Numbered) -> None:
        """A rep, a set, or a movement that was no rep."""
        self._happens(numbered.result.detected_s)

    def phase(self, change: PhaseChange) -> None:
        """A movement that has begun or ended."""
        self._last_s = max(self._last_s, change.detected_s)

    def at(self, session_s: float) -> None:
        """Time alone is no activity."""

    def end(self, session_s: float) -> None:
        """Nothing is held back."""

    def _happens(self, session_s: float) -> None:
        self.happened = True
        self._last_s = max(self._last_s, session_s)
