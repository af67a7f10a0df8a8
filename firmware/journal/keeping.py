"""Keeping: one session's results into the journal."""

from collections.abc import Callable

from firmware.journal.journal import Journal
from firmware.numbering import Numbered, rfc3339
from tracker.messages import Result


class SessionKeeper:
    """The loop's keeper for one session of a device that keeps a journal.

    `began_at` tells the session's start, RFC 3339, and whether the network had set that clock; it is
    asked with every result, since a Pi learns the time only when it finds the network.
    """

    def __init__(self, journal: Journal, began_at: Callable[[], tuple[str | None, bool]]) -> None:
        self._journal = journal
        self._began_at = began_at

    def keep(self, result: Result) -> None:
        """Take one result."""
        began_at, time_sync = self._began_at()
        self._journal.keep(result, rfc3339(began_at, result.detected_s), time_sync)

    def kept(self, within_s: float = 0.0) -> list[Numbered]:
        """Give back what is on the disk, and, marked as not saved, what waits for it too long."""
        return self._journal.kept(within_s)
