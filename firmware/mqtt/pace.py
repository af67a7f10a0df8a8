"""Pace: how fast a backlog goes out, and how many commands are done.

The broker need then not drop what a slow subscriber has to read: Mosquitto keeps 1,000 messages for each
and silently drops the rest, although it has acknowledged them.
"""

from collections.abc import Callable
from time import monotonic


class Pace:
    """Allows `burst` at once and `per_second` in the long run: 1,000 results take 16 s."""

    def __init__(
        self, burst: int = 200, per_second: float = 50.0, clock: Callable[[], float] = monotonic
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._allowed = float(burst)
        self._at_s = clock()

    def allows(self) -> bool:
        """Whether one more may go now."""
        now_s = self._clock()
        self._allowed = min(self._allowed + (now_s - self._at_s) * self._per_second, float(self._burst))
        self._at_s = now_s
        return self._allowed >= 1.0

    def went(self) -> None:
        """One went."""
        self._allowed -= 1.0
