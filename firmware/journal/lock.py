"""Lock: one program at a time uses a journal; a kill lets go of it."""

import fcntl
import logging
import os
from pathlib import Path

from firmware.errors import FaultError

log = logging.getLogger(__name__)


class JournalLock:
    """A file beside the journal's that its user holds locked."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._path = journal.with_name(journal.name + ".lock")
        self._descriptor: int | None = None

    def take(self) -> None:
        """Raise FaultError when another program has it. A disk that takes no file now may do so later."""
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise FaultError(
                f"the journal {self._journal} is in use by another kickback; stop that one first"
            ) from None
        except OSError as error:
            log.warning("cannot lock the journal: %s", error)

    def release(self) -> None:
        """Let another program have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
