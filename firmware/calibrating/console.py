"""Console: how a guided measurement talks with whoever stands at the machine."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class Console(Protocol):
    """`attended`: whether somebody answers; without, a measurement sees by itself when to go on."""

    attended: bool

    def say(self, text: str = "") -> None:
        """Show one line."""

    def ask(self, question: str) -> str:
        """Return the answer; only where attended."""

    def ready(self, instruction: str) -> None:
        """Say what to do and, where attended, wait until it is done."""

    def begin(self, instruction: str) -> None:
        """Say what to do meanwhile; `done` then tells when it is."""

    def done(self) -> bool:
        """Whether the end was told since `begin`; never waits, and never true where unattended."""

    def accepts(self, question: str) -> bool:
        """Whether the result is to be kept; always where unattended."""

    def progress(self, name: str, seconds: float) -> AbstractContextManager[Callable[[float], None]]:
        """Show how a measurement gets on; the function inside takes the seconds that passed."""
