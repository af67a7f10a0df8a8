"""Keeping: a session's results go to the journal, each with the time of day at which it happened."""

from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from firmware.appliance.world import World
from firmware.faults import FaultChange
from firmware.journal.journal import Journal
from firmware.numbering import Numbered, rfc3339
from firmware.wall_clock import WallClock
from tracker.messages import Result

_LAST_WORDS_S = 5.0


def opened_journal(path: Path, device: str, world: World, parts: ExitStack) -> Journal:
    """Start the journal, which `parts` closes; a disk that does not take it yet is waited for.

    Raise FaultError when another program uses it.
    """
    with suppress(OSError):  # the journal says what is wrong with the disk, and goes on trying
        path.parent.mkdir(parents=True, exist_ok=True)
    journal = world.journal(path, device)
    journal.start()
    parts.callback(journal.close, _LAST_WORDS_S)
    return journal


class Dated:
    """Keeper of one session, named `session`, which began at `host_s` of the monotonic clock."""

    def __init__(self, journal: Journal, wall: WallClock, host_s: float, session: str) -> None:
        self._journal = journal
        self._wall = wall
        self._host_s = host_s
        self._session = session

    def keep(self, result: Result) -> None:
        """Take one result."""
        self._journal.keep(result, self._happened(result.detected_s), self._wall.synchronized)

    def note(self, changes: Iterable[FaultChange], session_s: float) -> None:
        """Take the faults that came and went at a moment."""
        for change in changes:
            event = change.event(self._session, session_s)
            self._journal.note(event, self._happened(session_s), self._wall.synchronized)

    def kept(self, within_s: float = 0.0) -> list[Numbered]:
        """Give back what is safe by now."""
        return self._journal.kept(within_s)

    def _happened(self, session_s: float) -> str | None:
        return rfc3339(self._wall.at(self._host_s), session_s)
