"""Host: the time that passes while a chip is read, so that a modelled bench needs none."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol


class Configurable(Protocol):
    """What a driver offers to be set up in steps."""

    def configuring(self) -> Iterator[float]:
        """Yield the time to wait (s) before each next step."""


@dataclass(frozen=True, slots=True)
class Host:
    """`now`: monotonic clock (s). `sleep`: waits (s)."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def set_up(self, driver: Configurable) -> None:
        """Configure a chip; raise what its driver raises."""
        for wait_s in driver.configuring():
            self.sleep(wait_s)

    def ticks(self, seconds: float, every_s: float) -> Iterator[float]:
        """Yield the time passed (s) every `every_s` until `seconds` are over; late ticks are left out."""
        start_s = self.now()
        next_s = every_s
        while (passed_s := self.now() - start_s) < seconds:
            if passed_s < next_s:
                self.sleep(min(next_s, seconds) - passed_s)
                passed_s = self.now() - start_s
            yield passed_s
            next_s = max(next_s + every_s, passed_s)
