"""Earlier: the sets of other sessions that a session's are compared with, out of the journal."""

import logging
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError

import msgspec

from firmware.journal.entry import Entry
from firmware.numbering import Numbered
from tracker.comparison import remembered
from tracker.messages import PhaseChange, SetSummary
from tracker.setup import EarlierSet, SessionSetup

SETS_READ = 60
"""So many of the newest sets are looked through, about ten sessions."""

PATIENCE_S = 0.5
"""At the first session's start; a disk that takes longer is not waited for, and nothing is compared."""

log = logging.getLogger(__name__)


class Earlier:
    """An output that remembers each set. `read`: the set events of earlier runs, oldest first."""

    name = "earlier sets"

    def __init__(self, read: "Future[list[Entry]]") -> None:
        self._read: Future[list[Entry]] | None = read
        self._sets: list[EarlierSet] = []

    def told(self, setup: SessionSetup) -> SessionSetup:
        """Return the setup of a session that begins, with the last session of each leg at its exercise."""
        if self._read is not None:
            self._sets, self._read = [*_sets_in(self._read), *self._sets], None
        alike = [each for each in self._sets if each.exercise == setup.exercise and each.leg is not None]
        last = {each.leg: each.session for each in alike}
        kept = tuple(each for each in alike if last[each.leg] == each.session != setup.session)
        return msgspec.structs.replace(setup, earlier=kept)

    def result(self, numbered: Numbered) -> None:
        """Take a set."""
        if isinstance(numbered.result, SetSummary):
            self._sets = [*self._sets, remembered(numbered.result)][-SETS_READ:]

    def phase(self, change: PhaseChange) -> None:
        """Sets come as results."""

    def at(self, session_s: float) -> None:
        """Sets come as results."""

    def end(self, session_s: float) -> None:
        """Nothing is held back."""


def _sets_in(read: "Future[list[Entry]]") -> list[EarlierSet]:
    try:
        entries = read.result(PATIENCE_S)
    except NotYetError:
        log.info("the journal is not read in time; sets are not compared with earlier sessions")
        return []
    except Exception as error:  # whatever is wrong with the disk is the journal's to say
        log.info("earlier sets cannot be read: %s", error)
        return []
    found = []
    for entry in entries:
        try:
            found.append(remembered(msgspec.json.decode(entry.payload, type=SetSummary)))
        except (msgspec.DecodeError, RecursionError) as error:
            log.info("set %d is not compared with: %s", entry.seq, error)
    return found
