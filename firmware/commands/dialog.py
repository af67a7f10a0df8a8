"""Dialog: the two consoles of a guided measurement, a terminal and a script."""

import select
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from firmware.calibrating.console import Console
from firmware.commands.progress import progress_of
from firmware.errors import BadInputError


class TerminalConsole:
    """Asks on a terminal."""

    attended = True

    def say(self, text: str = "") -> None:
        """Print one line."""
        print(text, flush=True)

    def ask(self, question: str) -> str:
        """Return what was typed; raise BadInputError when the input was closed instead."""
        try:
            return input(f"{question} ").strip()
        except (EOFError, UnicodeDecodeError):
            raise BadInputError("no answer; nothing was saved") from None

    def ready(self, instruction: str) -> None:
        """Wait for Enter."""
        self.ask(f"\n{instruction}\nThen press Enter.")

    def begin(self, instruction: str) -> None:
        """Say what to do until Enter; what was typed too early does not count."""
        self.say(f"\n{instruction}\nThen press Enter.")
        while self._typed():
            self._line()

    def done(self) -> bool:
        """Whether Enter was pressed."""
        if not self._typed():
            return False
        self._line()
        return True

    def accepts(self, question: str) -> bool:
        """Ask until the answer is yes or no."""
        while True:
            answer = self.ask(f"\n{question} [y/n]").lower()
            if answer in ("y", "yes"):
                return True
            if answer in ("n", "no"):
                return False

    def progress(self, name: str, seconds: float) -> AbstractContextManager[Callable[[float], None]]:
        """A bar."""
        return progress_of(name, 0.0, seconds)

    def _typed(self) -> bool:
        return bool(select.select([sys.stdin], [], [], 0.0)[0])

    def _line(self) -> None:
        if not sys.stdin.readline():
            raise BadInputError("no answer; nothing was saved")


class ScriptConsole:
    """Asks nothing: says what to do, and the measurement sees by itself that it was done."""

    attended = False

    def say(self, text: str = "") -> None:
        """Print one line."""
        print(text, flush=True)

    def ask(self, question: str) -> str:
        """Nobody answers."""
        raise BadInputError(f"nobody answers to {question!r}; give it as an option")

    def ready(self, instruction: str) -> None:
        """Say what to do."""
        self.say(f"\n{instruction}")

    def begin(self, instruction: str) -> None:
        """Say what to do."""
        self.say(f"\n{instruction}")

    def done(self) -> bool:
        """Nobody tells."""
        return False

    def accepts(self, question: str) -> bool:
        """What passed its checks is kept."""
        return True

    def progress(self, name: str, seconds: float) -> AbstractContextManager[Callable[[float], None]]:
        """A bar."""
        return progress_of(name, 0.0, seconds)


def console_for(*, yes: bool, given: bool, option: str) -> Console:
    """Return the console to use: a script's with `yes`, for which `given` must be true.

    Raise BadInputError where there is neither a terminal to ask on nor an answer to all questions.
    """
    if yes:
        if not given:
            raise BadInputError(f"with --yes nothing is asked, so {option} must be given")
        return ScriptConsole()
    if not sys.stdin.isatty():
        needed = f"{option} and --yes" if option else "--yes"
        raise BadInputError(f"calibrating asks on a terminal, and there is none; give {needed}")
    return TerminalConsole()
