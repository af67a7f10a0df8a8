"""Pacing: a recording's blocks handed on when their time has come."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

from tracker.blocks import SampleBlock


def paced(
    blocks: Iterable[SampleBlock],
    speed: float | None,
    wait: Callable[[float], None],
    clock: Callable[[], float] = monotonic,
) -> Iterator[SampleBlock]:
    """Yield each block once its interval has passed, as a sensor would deliver it.

    `speed`: session seconds per second; None for as fast as it goes. `wait` pauses for so many
    seconds and may return early, which ends the pause. A consumer that is slow makes the blocks
    late, not fewer.
    """
    if speed is None:
        yield from blocks
        return
    began_s: float | None = None
    first_s = 0.0
    for block in blocks:
        if began_s is None:
            began_s, first_s = clock(), block.start_s
        pause_s = began_s + (block.end_s - first_s) / speed - clock()
        if pause_s > 0.0:
            wait(pause_s)
        yield block
