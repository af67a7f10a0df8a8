"""Interruption: Ctrl-C or a stop request ends a session in order, a second one at once."""

import os
import select
import signal
import threading
from types import FrameType, TracebackType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Turns the first SIGINT or SIGTERM into a question that the loop asks; the next one interrupts.

    Used as a context manager in the main thread; elsewhere it never asks for an end. The handler
    only writes to a pipe, since a lock taken there could be held by the code it interrupts.
    """

    def __init__(self) -> None:
        self._signal: int | None = None
        self._previous: dict[signal.Signals, signal._HANDLER] = {}
        self._read_fd, self._write_fd = os.pipe()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()
        os.close(self._read_fd)
        os.close(self._write_fd)

    @property
    def asked(self) -> bool:
        """Whether an end was asked for."""
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        """What the shell expects of a process ended so: 130 for Ctrl-C, 143 for SIGTERM, else 0."""
        return 0 if self._signal is None else 128 + self._signal

    def wait(self, seconds: float) -> None:
        """Pause; return at once when an end is or was asked for."""
        select.select([self._read_fd], [], [], max(seconds, 0.0))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._signal is not None:
            raise KeyboardInterrupt
        self._signal = number
        os.write(self._write_fd, b"!")
