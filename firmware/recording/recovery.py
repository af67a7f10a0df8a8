"""Recovery beside a running session: in a process of its own, so that no sample is read late."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from firmware.errors import FaultError
from firmware.recording.recover import recover_part, unfinished

_NICE = 15
_GOODBYE_S = 2.0


class Recovery:
    """Finishes the recordings that an earlier crash left in a folder; begin it before a new one is written.

    A recovery that is stopped halfway leaves the unfinished recording as it was, for the next time.
    """

    def __init__(self, folder: Path) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._notes: tuple[str, ...] = ()
        try:
            parts = unfinished(folder) if folder.is_dir() else []
        except FaultError as error:
            self._notes = (str(error),)
        else:
            if parts:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__, *parts],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                )

    def notes(self) -> Sequence[str]:
        """Return what became of each, once, when it is known; until then nothing."""
        if self._process is not None and self._process.poll() is not None:
            said, _ = self._process.communicate()
            self._process = None
            self._notes = tuple(said.splitlines())
        notes, self._notes = self._notes, ()
        return notes

    def stop(self) -> None:
        """End it, whether it is done or not."""
        if self._process is not None:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.communicate(timeout=_GOODBYE_S)
            self._process = None


def main(parts: Sequence[str]) -> None:
    """Recover each and print a line on it, behind everything else that wants the processor."""
    with suppress(OSError):  # the appliance may have been given real-time priority, which a child inherits
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    os.nice(_NICE)
    for part in parts:
        recovered = recover_part(Path(part))
        if recovered is not None:
            print(recovered.note, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
