"""Whether one chip can be read: set up in steps that never wait, and tried again when it failed."""

import errno
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Protocol

from firmware.errors import FaultError
from firmware.i2c.bus import NOT_ACKNOWLEDGED, TransferError

_FIRST_RETRY_S = 0.1
_LONGEST_RETRY_S = 5.0
_LONGEST_CHEAP_RETRY_S = 0.4
_STEADY_S = 1.0
_MOST_DOUBLINGS = 10


class Driver(Protocol):
    """What every chip driver offers for its life on the bus."""

    def configuring(self) -> Iterator[float]:
        """Set the chip up; yields the times to wait between its steps (s)."""

    def healthy(self) -> bool:
        """Tell whether the settings are still in place."""

    def close(self) -> None:
        """Stop sampling."""


class State(Enum):
    """How a chip stands."""

    STARTING = "being set up"
    RUNNING = "running"
    AWAY = "left alone until the next try"


class Presence:
    """One chip. `trouble` is its last failure, `fresh` whether its present run began with a setup, and
    `ended_s` the moment by which the run before that was over for sure.

    A failure is answered with a wait that doubles up to 5 s, since a chip that hangs costs all others
    100 ms at each try; up to 0.4 s only where nobody answers, which is known at once. The wait begins
    anew after a second without failure. A chip that comes back with its settings in place goes on where
    it was.
    """

    def __init__(self, driver: Driver, now: Callable[[], float]) -> None:
        self.state = State.STARTING
        self.trouble: str | None = None
        self.fresh = True
        self.ended_s = now()
        self._driver = driver
        self._now = now
        self._steps: Iterator[float] | None = None
        self._next_s = -float("inf")
        self._trusted = False
        self._ran = False
        self._failures = 0
        self._running_since_s = 0.0

    @property
    def running(self) -> bool:
        """Whether the chip is being read."""
        return self.state is State.RUNNING

    def bring_up(self) -> bool:
        """Take the next step towards running, if it is time; return whether the chip runs now."""
        if self.running:
            return True
        if self._now() < self._next_s:
            return False
        try:
            if self.state is State.AWAY and self._trusted and self._driver.healthy():
                self._run(fresh=False)
            else:
                self._set_up()
        except FaultError as error:
            self.leave(error)
        return self.running

    def leave(self, error: FaultError, *, trusted: bool = True) -> None:
        """The chip failed; leave it alone for a while. Not `trusted`: it needs to be set up anew."""
        now_s = self._now()
        if self.state is State.RUNNING:
            self._trusted = trusted
            if now_s - self._running_since_s > _STEADY_S:
                self._failures = 0
        self.state = State.AWAY
        self.trouble = str(error)
        cheap = isinstance(error, TransferError) and error.errno in NOT_ACKNOWLEDGED
        wait_s = _FIRST_RETRY_S * 2.0 ** min(self._failures, _MOST_DOUBLINGS)
        self._next_s = now_s + min(wait_s, _LONGEST_CHEAP_RETRY_S if cheap else _LONGEST_RETRY_S)
        self._failures += 1

    def start_over(self, reason: str) -> None:
        """The chip answers but lost its settings: set it up again at once."""
        self.state = State.STARTING
        self.trouble = reason
        self._trusted = False
        self._steps = None
        self._next_s = self._now()

    def hurry(self, within_s: float = 0.0) -> None:
        """Try again within this time: there is reason to hope, or nobody left to disturb."""
        self._next_s = min(self._next_s, self._now() + within_s)

    def _set_up(self) -> None:
        if self._steps is None or self.state is State.AWAY:
            if self._ran:
                self.ended_s = self._now()
            self._trusted = self._ran = False
            self.state = State.STARTING
            self._steps = self._driver.configuring()
        wait_s = next(self._steps, None)
        if wait_s is None:
            self._run(fresh=True)
        else:
            self._next_s = self._now() + wait_s

    def _run(self, *, fresh: bool) -> None:
        self.state = State.RUNNING
        self.fresh = fresh
        self._ran = True
        self._steps = None
        self._running_since_s = self._now()


def hangs(error: TransferError) -> bool:
    """Tell whether the transfer cost the adapter's whole timeout."""
    return error.errno == errno.ETIMEDOUT
