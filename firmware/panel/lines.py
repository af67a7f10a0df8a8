"""Plain lines: one for each rep, set and rejected movement, where there is no terminal to draw on."""

from typing import TextIO

from firmware.numbering import Numbered
from firmware.panel.words import cue_line, rejected_line, rep_line, set_line, spelled_in_ascii
from tracker.messages import Cue, PhaseChange, Rep, SetSummary


class PlainLines:
    """Writes results as they come, without any escape code. `closed` tells that nobody reads any more."""

    name = "standard output"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._unicode = (stream.encoding or "utf-8").lower().startswith("utf")
        self.closed = False

    def result(self, numbered: Numbered) -> None:
        """Write one result."""
        result = numbered.result
        if isinstance(result, Rep):
            text = rep_line(result)
        elif isinstance(result, SetSummary):
            text = set_line(result)
        elif isinstance(result, Cue):
            text = cue_line(result)
        else:
            text = rejected_line(result)
        self._write(f"{result.detected_s:8.2f} s  {text}{'' if numbered.saved else '  NOT SAVED'}")

    def phase(self, change: PhaseChange) -> None:
        """Phase changes are for a panel."""

    def at(self, session_s: float) -> None:
        """Nothing is held back."""

    def end(self, session_s: float) -> None:
        """Nothing is held back."""

    def _write(self, line: str) -> None:
        if self.closed:
            return
        try:
            print(line if self._unicode else spelled_in_ascii(line), file=self._stream, flush=True)
        except BrokenPipeError:
            self.closed = True
