"""Reads: what the journal's thread is asked to read, and the answers."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from firmware.journal.entry import Entry


class Reads:
    """Asked in any thread, answered in the journal's, in order."""

    def __init__(self) -> None:
        self._asked: deque[tuple[Callable[[], list[Entry]], Future[list[Entry]]]] = deque()

    def __bool__(self) -> bool:
        """Whether anything is to be read."""
        return bool(self._asked)

    def ask(self, read: Callable[[], list[Entry]]) -> "Future[list[Entry]]":
        """Let it be read; the future fails when the disk does."""
        answer: Future[list[Entry]] = Future()
        self._asked.append((read, answer))
        return answer

    def answer(self) -> None:
        """Read one after another; raise what the disk does, and leave those after it for another time."""
        while self._asked:
            read, answer = self._asked.popleft()
            try:
                answer.set_result(read())
            except Exception as error:
                answer.set_exception(error)
                raise
