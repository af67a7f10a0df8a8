"""Interruption: Ctrl-C or a stop request ends a session in order, a second one at once."""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType, TracebackType
from typing import Self

Handler = Callable[[int, FrameType | None], None]


@contextlib.contextmanager
def handling(signals: Sequence[signal.Signals], handler: Handler) -> Iterator[None]:
    """Handle signals while inside, in the main thread; one that is ignored (`nohup`) stays ignored."""
    previous = {}
    if threading.current_thread() is threading.main_thread():
        for number in signals:
            if signal.getsignal(number) is not signal.SIG_IGN:
                previous[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


def unwinding() -> contextlib.AbstractContextManager[None]:
    """Let a stop request or a closed terminal unwind the program, so that whatever is open gets closed."""

    def unwind(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    return handling((signal.SIGTERM, signal.SIGHUP), unwind)


class Interruption:
    """Turns the first SIGINT, SIGTERM or SIGHUP into a question that the loop asks; the next one interrupts.

    Used as a context manager in the main thread; elsewhere it never asks for an end. The handler
    only writes to a pipe, since a lock taken there could be held by the code it interrupts.
    """

    def __init__(self) -> None:
        self._signal: int | None = None
        self._handling = handling((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), self._on_signal)
        self._read_fd, self._write_fd = os.pipe()

    def __enter__(self) -> Self:
        self._handling.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handling.__exit__(kind, error, trace)
        os.close(self._read_fd)
        os.close(self._write_fd)

    @property
    def asked(self) -> bool:
        """Whether an end was asked for."""
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        """What the shell expects of a process ended so: 128 plus the signal, 130 for Ctrl-C, else 0."""
        return 0 if self._signal is None else 128 + self._signal

    def wait(self, seconds: float) -> None:
        """Pause; return at once when an end is or was asked for."""
        select.select([self._read_fd], [], [], max(seconds, 0.0))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._signal is not None:
            raise KeyboardInterrupt
        self._signal = number
        os.write(self._write_fd, b"!")
