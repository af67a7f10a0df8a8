"""The sampler: polls every sensor in short ticks and cuts what came into complete blocks of 20 ms."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from firmware.errors import FaultError
from firmware.sampling.account import Health, Sampled
from firmware.sampling.schedule import TICK_S, Schedule
from firmware.sampling.source import Source
from firmware.sampling.wired import Wired
from tracker.blocks import Announced, Announcement, Gap, RawBlock, RawSamples, Stream

BLOCK_S = 0.02
_ALONE_S = 0.4


class Sampler:
    """Samples one session. All of it belongs to one thread, except `announce`.

    `wired`: the sensors, bus by bus. `now`: the host's monotonic clock. `start_s`: its reading at
    session time zero.

    Call `tick` whenever `now` reaches `next_s`. Nothing here waits, and no failing sensor raises: it
    costs its own samples and, where it hangs, the time of the adapter's timeout.
    """

    def __init__(self, wired: Sequence[Wired], now: Callable[[], float] = time.monotonic) -> None:
        self.start_s = now()
        self._now = now
        looks = max((line.looks for line in wired), default=1)
        self._lines = [_Line(line, self.start_s, now, looks) for line in wired]
        self._sources = [source for line in self._lines for source in line.sources]
        if not self._sources:
            raise ValueError("a sampler without any sensor")
        self._wired = wired
        self._schedule = Schedule(self.start_s, TICK_S / looks)
        self._announced: deque[Announced] = deque()
        self._end_s = 0.0
        self._blocks = 0
        self._bus_errors = 0
        self._missed_ticks = 0

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams of all sensors, whether they answer or not."""
        return tuple(source.stream for source in self._sources)

    @property
    def next_s(self) -> float:
        """Host time of the next tick."""
        return self._schedule.next_s

    def announce(self, announcement: Announcement, value: str = "") -> None:
        """Put an announcement at this moment of the session; may be called from any thread."""
        self._announced.append(Announced(self._now() - self.start_s, announcement, value))

    def tick(self) -> list[Sampled]:
        """Poll what is due and return the blocks that are complete now, in order; often none."""
        now_s = self._now()
        number = self._schedule.arrive(now_s)
        for line in self._lines:
            line.poll(number, now_s)
        complete_s = min(self._now() - self.start_s, *(s.track.complete_s for s in self._sources))
        blocks = []
        while (end_s := (self._blocks + 1) * BLOCK_S) <= complete_s:
            self._blocks += 1
            blocks.append(self._cut(end_s))
        return blocks

    def finish(self) -> list[Sampled]:
        """Return what has come since the last block, as one block that ends now; nothing is polled after."""
        for source in self._sources:
            source.finish()
        latest_s = max((source.track.latest_s for source in self._sources), default=0.0)
        return [self._cut(max(self._now() - self.start_s, latest_s + 1e-6))]

    def close(self) -> None:
        """Stop the sensors; one that does not answer is left as it is."""
        for source in self._sources:
            with suppress(FaultError):
                source.close()

    def _cut(self, end_s: float) -> Sampled:
        start_s, self._end_s = self._end_s, end_s
        streams: dict[Stream, RawSamples] = {}
        gaps: list[Gap] = []
        for source in self._sources:
            samples, pieces = source.track.take(end_s)
            if samples is not None:
                streams[source.stream] = samples
            gaps += pieces
        block = RawBlock(start_s, end_s, streams, self._announced_before(start_s, end_s), tuple(gaps))
        return Sampled(block, self._health())

    def _announced_before(self, start_s: float, end_s: float) -> tuple[Announced, ...]:
        """Announcements of this block; one that just missed the block before is moved to this one's start."""
        found = []
        while self._announced and self._announced[0].t_s < end_s:
            made = self._announced.popleft()
            found.append(replace(made, t_s=max(made.t_s, start_s)))
        return tuple(found)

    def _health(self) -> Health:
        bus_errors = sum(line.wired.bus.errors.total() for line in self._lines)
        missed_ticks = self._schedule.missed
        health = Health(
            accounts={source.stream: source.track.hand_over() for source in self._sources},
            bus_errors=bus_errors - self._bus_errors,
            missed_ticks=missed_ticks - self._missed_ticks,
            faults={source.stream: source.fault for source in self._sources if source.fault is not None},
        )
        self._bus_errors = bus_errors
        self._missed_ticks = missed_ticks
        return health


class _Line:
    """The sources of one bus, which often fail and return together."""

    def __init__(self, wired: Wired, start_s: float, now: Callable[[], float], looks: int) -> None:
        self.wired = wired
        self.sources: list[Source] = wired.sources(start_s, now, looks)
        self._away = 0

    def poll(self, tick: int, now_s: float) -> None:
        """Poll each source. When one returns the others may have too; with all away none is disturbed."""
        away = 0
        for source in self.sources:
            source.poll(tick, now_s)
            away += source.away
        if away < self._away:
            self._hurry(0.0)
        elif away == len(self.sources):
            self._hurry(_ALONE_S)
        self._away = away

    def _hurry(self, within_s: float) -> None:
        for source in self.sources:
            if source.away:
                source.hurry(within_s)
