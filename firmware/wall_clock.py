"""Wall clock: when a session began, by a clock that may be set right in the middle of it.

A Pi has no clock battery: it starts with the time of its last shutdown, and the network corrects it some
time later. Session time comes from the monotonic clock and is never touched by that.
"""

import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_UNSYNCHRONIZED = 5
_TIMEX_BYTES = 208


def set_by_network() -> bool:
    """Whether a time service has set the kernel's clock, whichever service it is (adjtimex(2))."""
    state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= state < _UNSYNCHRONIZED


class WallClock:
    """`now`: the host's monotonic clock (s). `utc`: the wall clock. `synchronized`: whether it is right."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        utc: Callable[[], datetime] = lambda: datetime.now(UTC),
        synchronized: Callable[[], bool] = set_by_network,
    ) -> None:
        self._now = now
        self._utc = utc
        self._synchronized = synchronized

    @property
    def synchronized(self) -> bool:
        """Whether the wall clock was set by the network."""
        return self._synchronized()

    @property
    def utc(self) -> datetime | None:
        """The time of day, None while nobody knows whether it is right."""
        return self._utc() if self._synchronized() else None

    def at(self, host_s: float) -> str:
        """RFC 3339 UTC of a moment of the monotonic clock, as the wall clock tells it now."""
        moment = self._utc() - timedelta(seconds=self._now() - host_s)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def name_of(self, host_s: float) -> str:
        """A name for what began then, for example `20260501-173000` (UTC)."""
        return datetime.fromisoformat(self.at(host_s)).strftime("%Y%m%d-%H%M%S")
