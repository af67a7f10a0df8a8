"""The sampler's thread: ticks on time, whatever the loop does meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from firmware.sampling.account import Sampled
from firmware.sampling.handover import Handover
from firmware.sampling.sampler import Sampler


class Sampling:
    """Runs a sampler in its own thread while inside (`with Sampling(sampler) as sampling`).

    Iterating gives its blocks, each as soon as it is complete, about 50 ms after its first sample was
    taken. Leaving, or `stop`, ends the thread in order: the sensors are stopped, and the iteration ends
    after the last block. A failure of the sampler itself is raised by the iteration.

    `wait` pauses for so many seconds.
    """

    def __init__(
        self,
        sampler: Sampler,
        handover: Handover | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sampler = sampler
        self._handover = handover or Handover()
        self._now = now
        self._wait = wait
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join()

    def __iter__(self) -> Iterator[Sampled]:
        return iter(self._handover)

    def stop(self) -> None:
        """Ask for the end; may be called from any thread and more than once."""
        self._stopping.set()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._hand_over(self._sampler.tick())
                pause_s = self._sampler.next_s - self._now()
                if pause_s > 0.0:
                    self._wait(pause_s)
            self._hand_over(self._sampler.finish())
            self._sampler.close()
        except BaseException as failure:
            self._handover.end(failure)
        else:
            self._handover.end()

    def _hand_over(self, blocks: list[Sampled]) -> None:
        for sampled in blocks:
            self._handover.put(sampled)
