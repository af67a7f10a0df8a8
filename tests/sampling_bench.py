"""Modelled chips, bus, drivers and sampler on one virtual clock, and a ledger that follows every sample."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import cos, pi
from random import Random

from firmware.i2c.as5600 import As5600
from firmware.i2c.bus import Bus
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.nau7802 import Nau7802
from firmware.i2c.nau7802 import Settings as LoadSettings
from firmware.sampling.account import Account, Sampled
from firmware.sampling.sampler import Sampler
from firmware.sampling.wired import Wired
from tests.chips.as5600 import As5600Model
from tests.chips.bus import BCM2835, Controller, Fault, ModelBus
from tests.chips.chip import Chip
from tests.chips.clock import VirtualClock
from tests.listening import Listener
from tests.numbered_chips import (
    NumberedLsm6dsox,
    NumberedMpu6050,
    NumberedNau7802,
    life_of,
    numbers_of,
)
from tracker.blocks import COUNT_COLUMNS, RawSamples, Stream

NumberedImu = NumberedLsm6dsox | NumberedMpu6050
Numbered = NumberedImu | NumberedNau7802

ADDRESS = {Stream.CABLE: 0x36, Stream.LOAD: 0x2A, Stream.PELVIS: 0x6B, Stream.ANKLE: 0x6A}
STREAMS = (Stream.CABLE, Stream.LOAD, Stream.ANKLE)
RATE_HZ = {Stream.CABLE: 200.0, Stream.LOAD: 80.0, Stream.PELVIS: 204.0, Stream.ANKLE: 204.0}
TURNS = 4.0
UP_S = 1.7


def pulled(t_s: float) -> float:
    """A cable pulled out by eight turns and back every 3.1 s (rad)."""
    return TURNS * 2.0 * pi * (1.0 - cos(2.0 * t_s))


@dataclass
class Followed:
    """What is known of one numbered stream: its chip, and the numbers that came out of it.

    `spanned`: samples from the first delivered one of each life of the chip to the last. `before`: those
    before the first. `destroyed`: those after the last, in lives that have ended.

    Told lost: `lost` between two that one life delivered, `early` before its first, `orphans` after its last.
    """

    chip: Numbered
    listener: Listener
    delivered: int = 0
    lost: int = 0
    early: int = 0
    orphans: int = 0
    spanned: int = 0
    before: int = 0
    destroyed: int = 0
    worst_s: float = 0.0
    last: int | None = None
    last_s: float = 0.0
    _told: int = 0

    @property
    def accounted(self) -> int:
        """Samples delivered, or told lost between two that were."""
        return self.delivered + self.lost

    def sample(self, number: int, t_s: float, start_s: float, gaps: list[tuple[float, float]]) -> None:
        self.delivered += 1
        told, early = self.listener.waiting.popleft()
        lost, self._told = told - self._told, told
        starts = self.chip.starts
        begun = starts[life_of(number, starts) - 1]
        if self.last is None or self.last < begun:
            if self.last is not None:
                self.destroyed += self._end_of_life(self.last) - self.last - 1
            self.early += early
            self.orphans += lost - early
            self.before += number - begun
            self.spanned += 1
            continues = False
        else:
            assert number > self.last, f"sample {number} came after {self.last}"
            self.spanned += number - self.last
            self.lost += lost
            continues = number == self.last + 1
        if not continues:
            between = [gap for gap in gaps if gap[0] < t_s and gap[1] > self.last_s]
            assert between, f"a jump from {self.last} to {number} at {t_s:.3f} s without a gap"
        self.worst_s = max(self.worst_s, abs(start_s + t_s - self.chip.moments_s[number]))
        self.last, self.last_s = number, t_s

    def _end_of_life(self, number: int) -> int:
        return self.chip.starts[life_of(number, self.chip.starts)]


@dataclass
class Ledger:
    """Checks every block as it comes, and adds up what blocks and accounts say."""

    start_s: float
    followed: dict[Stream, Followed]
    accounts: dict[Stream, Account] = field(default_factory=dict)
    bus_errors: int = 0
    missed_ticks: int = 0
    blocks: int = 0
    end_s: float = 0.0
    faults: dict[Stream, str] = field(default_factory=dict)
    _gaps: dict[Stream, list[tuple[float, float]]] = field(default_factory=dict)
    _last_s: dict[Stream, float] = field(default_factory=dict)

    def take(self, sampled: Sampled) -> None:
        block, health = sampled.block, sampled.health
        assert block.start_s == self.end_s < block.end_s
        self.end_s = block.end_s
        self.blocks += 1
        self.bus_errors += health.bus_errors
        self.missed_ticks += health.missed_ticks
        self.faults = dict(health.faults)
        for gap in block.gaps:
            assert block.start_s <= gap.start_s < gap.end_s <= block.end_s
            self._gaps.setdefault(gap.stream, []).append((gap.start_s, gap.end_s))
        for stream, account in health.accounts.items():
            samples = block.streams.get(stream)
            assert account.delivered == (0 if samples is None else len(samples.t_s))
            self.accounts.setdefault(stream, Account()).add(account)
            if samples is not None:
                self._check(stream, samples, block.start_s, block.end_s)

    def _check(self, stream: Stream, samples: RawSamples, start_s: float, end_s: float) -> None:
        times_s = samples.t_s.tolist()
        assert samples.counts.shape == (len(times_s), len(COUNT_COLUMNS[stream]) - 1)
        assert self._last_s.get(stream, 0.0) <= times_s[0]
        assert times_s == sorted(times_s)
        assert start_s <= times_s[0]
        assert times_s[-1] < end_s
        self._last_s[stream] = times_s[-1]
        gaps = self._gaps.setdefault(stream, [])
        if stream in self.followed:
            followed = self.followed[stream]
            imu = stream in (Stream.ANKLE, Stream.PELVIS)
            numbers = numbers_of(samples.counts) if imu else samples.counts[:, 0].tolist()
            for number, t_s in zip(numbers, times_s, strict=True):
                followed.sample(number, t_s, self.start_s, gaps)
        del gaps[:-2]


class Bench:
    """The sensors of one person on one bus, sampled.

    `rate_error`: every chip's oscillator is fast by this share, the pelvis sensor's slow by it.
    `lateness_s`: how late the host may wake up in each tick. `keep`: the blocks are kept in `blocks`.
    """

    def __init__(
        self,
        *,
        ankle: str = "lsm6dsox",
        pelvis: bool = False,
        rate_sps: int = 80,
        controller: Controller = BCM2835,
        speed_hz: int = 400_000,
        rate_error: float = 0.0,
        trimmed: bool = True,
        lateness_s: float = 0.0,
        keep: bool = True,
        keep_log: bool = False,
        seed: int = 1,
    ) -> None:
        clock = self.clock = VirtualClock(100.0)
        self.random = Random(seed)
        self.lateness_s = lateness_s
        self.cable = As5600Model(clock, angle=pulled)
        self.load = NumberedNau7802(clock, rate_error=rate_error)
        self.ankle: NumberedImu
        ankle_address = ADDRESS[Stream.ANKLE]
        if ankle == "lsm6dsox":
            self.ankle = NumberedLsm6dsox(clock, rate_error=rate_error, trimmed=trimmed)
        else:
            ankle_address = 0x68
            self.ankle = NumberedMpu6050(clock, rate_error=rate_error)
        self.chips: dict[Stream, Chip] = {
            Stream.CABLE: self.cable,
            Stream.LOAD: self.load,
            Stream.ANKLE: self.ankle,
        }
        numbered: dict[Stream, Numbered] = {Stream.LOAD: self.load, Stream.ANKLE: self.ankle}
        self.address = ADDRESS | {Stream.ANKLE: ankle_address}
        if pelvis:
            self.pelvis = NumberedLsm6dsox(clock, rate_error=-rate_error, trimmed=trimmed)
            self.chips[Stream.PELVIS] = numbered[Stream.PELVIS] = self.pelvis
        self.model = ModelBus(
            clock,
            {self.address[stream]: chip for stream, chip in self.chips.items()},
            controller=controller,
            speed_hz=speed_hz,
            keep_log=keep_log,
        )
        bus = self.bus = Bus(self.model, "i2c-1")
        imu = Lsm6dsox if ankle == "lsm6dsox" else Mpu6050
        self.sampler = Sampler(
            [
                Wired(
                    bus,
                    cable=As5600(bus, now=clock.now),
                    load=Nau7802(bus, LoadSettings(rate_sps), now=clock.now),
                    pelvis=Lsm6dsox(bus, ADDRESS[Stream.PELVIS], now=clock.now) if pelvis else None,
                    ankle=imu(bus, ankle_address, now=clock.now),
                )
            ],
            clock.now,
        )
        tracks = {source.stream: source.track for source in self.sampler._sources}
        followed = {stream: Followed(chip, Listener(tracks[stream])) for stream, chip in numbered.items()}
        self.ledger = Ledger(self.sampler.start_s, followed)
        self.keep = keep
        self.blocks: list[Sampled] = []

    @property
    def now_s(self) -> float:
        """Session time."""
        return self.clock.now() - self.sampler.start_s

    def run(self, duration_s: float) -> None:
        """Let ticks pass."""
        end_s = self.clock.now() + duration_s
        self.run_until(lambda: self.sampler.next_s >= end_s)

    def run_until(self, over: Callable[[], bool]) -> None:
        clock, sampler = self.clock, self.sampler
        while not over():
            clock.until(sampler.next_s + self.random.random() * self.lateness_s)
            self._take(sampler.tick())

    def finish(self) -> None:
        self._take(self.sampler.finish())

    def fail(self, fault: Fault, stream: Stream | None, *, times: int = 1, after_bytes: int = 0) -> None:
        """Let the next transactions with a chip, or with any, fail."""
        address = None if stream is None else self.address[stream]
        self.model.inject(fault, address=address, times=times, after_bytes=after_bytes)

    def account(self, stream: Stream) -> Account:
        return self.ledger.accounts[stream]

    def _take(self, blocks: list[Sampled]) -> None:
        for sampled in blocks:
            self.ledger.take(sampled)
        if self.keep:
            self.blocks += blocks

    def begin(self) -> None:
        """Run until every chip is up and has been for a quarter of a second."""
        self.run(UP_S)
        self.assert_whole(UP_S - 0.25)

    def settle(self, seconds: float = 0.5) -> None:
        """Run on without a fault, end, and see that every sample is accounted for."""
        self.run(seconds)
        self.finish()
        self.assert_accounted()

    def assert_whole(self, from_s: float, streams: Iterable[Stream] = STREAMS) -> None:
        """From a moment on these streams have all their samples, no gap and no fault."""
        later = since(self.blocks, from_s)
        assert len(later) > 5
        seconds = later[-1].block.end_s - later[0].block.start_s
        for stream in streams:
            assert not [gap for s in later for gap in s.block.gaps if gap.stream is stream], stream
            assert not [s for s in later if stream in s.health.faults], stream
            number = sum(s.health.accounts[stream].delivered for s in later)
            expected = RATE_HZ[stream] * seconds
            assert abs(number - expected) <= 0.06 * expected + 2.0, (stream, number, expected)

    def assert_accounted(self) -> None:
        """Every sample that a chip made is delivered, told lost, settling, or still inside."""
        for stream, followed in self.ledger.followed.items():
            assert followed.listener.lost == self.account(stream).missing
            assert followed.spanned == followed.accounted, (stream, self.account(stream))
            if isinstance(followed.chip, NumberedLsm6dsox):
                assert followed.before == self.account(stream).settling + followed.early
            assert followed.last is not None
            assert followed.chip.made - followed.last - 1 <= followed.chip.inside + 1


def since(blocks: list[Sampled], start_s: float) -> list[Sampled]:
    """The blocks that begin at or after a moment of session time."""
    return [sampled for sampled in blocks if sampled.block.start_s >= start_s - 1e-9]
