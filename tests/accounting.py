"""Hours of sampling in virtual time with random faults: is every sample accounted for?

    python -m tests.accounting [--hours 8] [--imu lsm6dsox|mpu6050] [--pelvis] [--load-sps 80|320] [--seed 1]

Asked to end before that (Ctrl-C), it reports what it has.

Two independent counts are compared. The chips' models number each sample they make, so that it is known
which of them came out in a block and which not. The sampler's accounts say how many it delivered and how
many it reports lost or settling; `tests.listening` hears between which samples a loss was told. For every
stream

    from the first to the last delivered sample of each life of the chip:  made = delivered + lost
    before the first, where the chip's own clock tells (LSM6DSOX):         made = settling + lost

A life ends when the chip loses its settings. What it made after the sample that was delivered last is
destroyed with them, and no chip tells how much that was: the account says `unread`, the most it can have been
by the moment at which nothing more came. The encoder is asked, not heard: of it every tick is a sample.

MPU-6050 and NAU7802 have no clock and count nothing. What a break cost them follows from the time that passed
and the rate learnt. Mostly that leaves one number, and it must be right; where it leaves two, for some
seconds after a restart or after a very long break, the account says by how many it may be off: `fewer` and
`more`.
What the models made must lie within what the accounts say, without any tolerance.
"""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from math import ceil
from random import Random

from firmware.sampling.schedule import TICK_S
from tests.chips.bus import Fault
from tests.memory import held_mb
from tests.numbered_chips import NumberedLsm6dsox
from tests.sampling_bench import Bench
from tracker.blocks import Stream

LEARN_S = 30.0
"""Without faults at the beginning: what a break cost is estimated with the rates learnt here."""

CALM_S = 8.0
"""Without faults at the end, so that all that waits comes out."""

BETWEEN_S = (0.5, 8.0)
"""From the beginning of one fault to the next: evenly distributed."""

KINDS = (
    "nack",
    "burst",
    "short",
    "hang",
    "long hang",
    "stuck",
    "vanish",
    "reset",
    "sleep",
    "flip",
    "magnet",
    "wire",
)


class Faults:
    """Random faults on a bench. `done` counts them by name."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self._bench = bench
        self._random = Random(seed)
        self._ending: list[tuple[float, Callable[[], None]]] = []
        self.done: Counter[str] = Counter()

    def begin(self) -> None:
        """Let one fault begin now."""
        self.end_due()
        name = self._random.choice(KINDS)
        stream = self._random.choice(list(self._bench.chips))
        getattr(self, "_" + name.replace(" ", "_"))(stream)
        self.done[name] += 1

    def end_due(self) -> None:
        """End the faults whose time has come."""
        now_s = self._bench.now_s
        for due in [due for due in self._ending if due[0] <= now_s]:
            self._ending.remove(due)
            due[1]()

    def end_all(self) -> None:
        for _, end in self._ending:
            end()
        self._ending.clear()

    def _for(self, seconds: float, end: Callable[[], None]) -> None:
        self._ending.append((self._bench.now_s + seconds, end))

    def _nack(self, stream: Stream) -> None:
        self._bench.fail(Fault.NACK, self._random.choice((stream, None)), times=self._random.randint(1, 3))

    def _burst(self, stream: Stream) -> None:
        for _ in range(self._random.randint(5, 30)):
            self._bench.fail(self._random.choice((Fault.NACK, Fault.DATA_NACK)), stream)

    def _short(self, stream: Stream) -> None:
        times, after_bytes = self._random.randint(1, 4), self._random.randint(0, 90)
        self._bench.fail(Fault.SHORT, stream, times=times, after_bytes=after_bytes)

    def _hang(self, stream: Stream) -> None:
        self._bench.fail(Fault.HANG, stream, times=self._random.randint(1, 2))

    def _long_hang(self, stream: Stream) -> None:
        seconds = self._random.uniform(0.2, 2.0)
        self._bench.fail(Fault.HANG, stream, times=10_000)
        self._for(seconds, self._bench.model.relent)

    def _stuck(self, stream: Stream) -> None:
        seconds = self._random.uniform(0.01, 3.0)
        self._bench.model.stuck = True
        self._for(seconds, partial(setattr, self._bench.model, "stuck", False))

    def _vanish(self, stream: Stream) -> None:
        seconds = self._random.uniform(0.01, 10.0)
        self._bench.chips[stream].present = False
        self._for(seconds, partial(setattr, self._bench.chips[stream], "present", True))

    def _reset(self, stream: Stream) -> None:
        if stream is not Stream.LOAD or self._rail_is_told_apart():
            self._bench.chips[stream].brown_out()

    def _sleep(self, stream: Stream) -> None:
        seconds = self._random.choice((0.01, 0.05, 0.3, 1.0, 5.0)) * self._random.random()
        self._bench.clock.sleep(seconds)

    def _flip(self, stream: Stream) -> None:
        """Where the data can tell: a word's tag or time, the chip's clock, an angle's high bits."""
        chip = self._bench.chips[stream]
        if isinstance(chip, NumberedLsm6dsox):
            chip.wrong_times = self._random.randint(0, 2)
            chip.flips[0x78] = [(7 * self._random.randrange(10), self._random.randrange(8))]
            chip.flips[0x40] = [(self._random.randrange(4), self._random.randrange(8))]
        elif stream is Stream.CABLE:
            chip.flips[0x0C] = [(0, self._random.randrange(2, 8))]

    def _magnet(self, stream: Stream) -> None:
        cable = self._bench.cable
        cable.magnet = self._random.choice(("lost", "weak"))
        self._for(self._random.uniform(0.02, 2.0), partial(setattr, cable, "magnet", "good"))

    def _wire(self, stream: Stream) -> None:
        load = self._bench.load
        if self._rail_is_told_apart():
            load.broken_wire = True
            self._for(self._random.uniform(0.02, 2.0), partial(setattr, load, "broken_wire", False))

    def _rail_is_told_apart(self) -> bool:
        """The rail bears no number: in each life of the chip it comes between conversions that do."""
        load, last = self._bench.load, self._bench.ledger.followed[Stream.LOAD].last
        return last is not None and not load.broken_wire and load.made - last < 20 and last >= load.starts[-1]


def encoder_ticks(bench: Bench) -> int:
    """Ticks of the encoder begun so far; those left out are among them."""
    return ceil((bench.sampler.next_s - bench.sampler.start_s) / TICK_S - 1e-6)


def sampled_for(
    duration_s: float,
    *,
    ankle: str,
    seed: int,
    pelvis: bool = True,
    load_sps: int = 80,
    between_s: tuple[float, float] = BETWEEN_S,
    watch: Callable[[Bench], None] = lambda bench: None,
    over: Callable[[], bool] = lambda: False,
) -> tuple[Bench, Faults]:
    """Sample for so long, or until it is `over`, with random faults; every block is checked on the way."""
    random = Random(seed + 1)
    rate_error = random.uniform(-0.03, 0.03)
    bench = Bench(
        ankle=ankle,
        pelvis=pelvis,
        rate_sps=load_sps,
        rate_error=rate_error,
        trimmed=random.random() < 0.5,
        lateness_s=0.001,
        keep=False,
        seed=seed,
    )
    faults = Faults(bench, seed)
    bench.run(LEARN_S)
    while bench.now_s < duration_s - CALM_S and not over():
        watch(bench)
        faults.begin()
        next_s = bench.now_s + random.uniform(*between_s)
        while bench.now_s < next_s:
            bench.run(0.05)
            faults.end_due()
    faults.end_all()
    bench.model.relent()
    bench.run(CALM_S)
    bench.finish()
    return bench, faults


def discrepancies(bench: Bench) -> list[str]:
    """What does not add up; empty when all does."""
    found = []

    def within(what: str, made: int, told: int, fewer: int = 0, more: int = 0) -> None:
        if not told - fewer <= made <= told + more:
            found.append(f"{what}: {made} made, {told} told (-{fewer}, +{more})")

    for stream, followed in bench.ledger.followed.items():
        clocked = isinstance(followed.chip, NumberedLsm6dsox)
        account = bench.account(stream)
        within(f"{stream}, told", followed.listener.lost, account.missing)
        within(stream, followed.spanned, followed.accounted, account.fewer, account.more)
        unread = account.more + account.unread
        within(f"{stream}, unread", followed.destroyed, followed.orphans, account.fewer, unread)
        if clocked:
            within(f"{stream}, settling", followed.before, account.settling + followed.early)
        assert followed.last is not None
        inside = followed.chip.made - followed.last - 1
        if not 0 <= inside <= followed.chip.inside + 1:
            found.append(
                f"{stream}: {inside} samples after the last one, {followed.chip.inside} of them inside"
            )
    cable = bench.account(Stream.CABLE)
    within("cable", encoder_ticks(bench), cable.delivered + cable.missing)
    return found


class Watch:
    """Notes the largest number of samples that waited in the sampler, and the memory in use."""

    def __init__(self) -> None:
        self.most_waiting = 0
        self.held_mb: list[float] = []
        self._next_s = 600.0

    def __call__(self, bench: Bench) -> None:
        self.most_waiting = max(self.most_waiting, waiting(bench))
        if bench.now_s >= self._next_s:
            self._next_s += 600.0
            self.held_mb.append(held_mb())
            if len(self.held_mb) % 6 == 0:
                print(f"... {bench.now_s / 3600.0:.1f} h", file=sys.stderr, flush=True)


def waiting(bench: Bench) -> int:
    """Samples that are in no block yet."""
    return sum(source.track.waiting for source in bench.sampler._sources)


def report(bench: Bench, faults: Faults, watch: Watch, wall_s: float) -> None:
    """Print the figures."""
    print(f"{bench.now_s / 3600.0:.2f} h sampled in {wall_s:.0f} s, {bench.ledger.blocks} blocks")
    print(f"{faults.done.total()} faults: {', '.join(f'{n} {k}' for k, n in sorted(faults.done.items()))}")
    print(f"{bench.ledger.bus_errors} transfers failed, {bench.ledger.missed_ticks} ticks left out")
    for stream, account in sorted(bench.ledger.accounts.items()):
        lost = ", ".join(f"{n} {reason}" for reason, n in sorted(account.lost.items()) if n)
        line = f"{stream}: {account.delivered} delivered, {account.missing} lost ({lost})"
        followed = bench.ledger.followed.get(stream)
        if followed is not None:
            off = followed.accounted - followed.spanned
            line += (
                f", {account.settling} settling; made {followed.chip.made}, of which destroyed by"
                f" {account.restarts} resets {followed.destroyed}, before the first {followed.before};"
                f" told {off:+d} against made (said to be up to {account.fewer} less, {account.more} more;"
                f" unread at most {account.unread})"
            )
        print(line)
    print(f"at most {watch.most_waiting} samples waited; memory", end=" ")
    print(" ".join(f"{mb:.1f}" for mb in watch.held_mb[::6]), "MB, hour by hour")


def main() -> int:
    """Read the options, sample, compare."""
    parser = argparse.ArgumentParser(description="Is every sample accounted for?")
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--imu", choices=("lsm6dsox", "mpu6050"), default="lsm6dsox")
    parser.add_argument("--pelvis", action="store_true", help="with a second LSM6DSOX")
    parser.add_argument("--load-sps", type=int, choices=(80, 320), default=80)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    asked: list[int] = []
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda number, _: asked.append(number))
    watch = Watch()
    began_s = time.monotonic()
    bench, faults = sampled_for(
        options.hours * 3600.0,
        ankle=options.imu,
        seed=options.seed,
        pelvis=options.pelvis,
        load_sps=options.load_sps,
        watch=watch,
        over=lambda: bool(asked),
    )
    report(bench, faults, watch, time.monotonic() - began_s)
    wrong = discrepancies(bench)
    print("\n".join(wrong) if wrong else "all adds up")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
