"""The sampler's thread on a virtual clock: it runs on, ends in order, and says when it fails."""

import threading
from collections.abc import Callable

import pytest

from firmware.sampling.account import Reason, Sampled
from firmware.sampling.handover import Handover
from firmware.sampling.live import Sampling
from tests.sampling_bench import Bench
from tracker.blocks import Announced, Announcement, Stream


class Rhythm:
    """The thread's pause: passes virtual time, and says when so many pauses are over."""

    def __init__(self, bench: Bench, pauses: int) -> None:
        self.reached = threading.Event()
        self._sleep: Callable[[float], None] = bench.clock.sleep
        self._left = pauses

    def wait(self, seconds: float) -> None:
        self._sleep(seconds)
        self._left -= 1
        if self._left == 0:
            self.reached.set()


def test_its_blocks_follow_each_other_until_it_is_stopped_and_the_sensors_stop_too() -> None:
    bench = Bench()
    taken: list[Sampled] = []
    with Sampling(bench.sampler, now=bench.clock.now, wait=bench.clock.sleep) as sampling:
        for sampled in sampling:
            taken.append(sampled)
            if sampled.block.start_s > 1.5:
                sampling.stop()
    for sampled in taken:
        bench.ledger.take(sampled)
    assert bench.ledger.end_s == pytest.approx(bench.now_s, abs=0.02)
    assert bench.ankle["CTRL1_XL"] == bench.ankle["FIFO_CTRL4"] == 0
    assert bench.load["PU_CTRL"] == 0


def test_while_nobody_takes_its_blocks_it_samples_on_and_says_what_was_lost() -> None:
    bench = Bench()
    rhythm = Rhythm(bench, 800)
    handover = Handover(50)
    with Sampling(bench.sampler, handover, now=bench.clock.now, wait=rhythm.wait):
        assert rhythm.reached.wait(60.0)
    for sampled in handover:
        bench.ledger.take(sampled)
    assert bench.ledger.end_s >= 3.9
    assert bench.ledger.blocks == 50 + 1
    account = bench.account(Stream.CABLE)
    # Up to five angles at the end wait for word of the magnet, and are in no block.
    assert account.lost[Reason.QUEUE] == pytest.approx(200.0 * (bench.ledger.end_s - 1.0), abs=6)
    assert account.delivered + account.missing == pytest.approx(200.0 * bench.ledger.end_s, abs=6)


def test_its_failure_reaches_whoever_takes_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    tick = bench.sampler.tick

    def failing() -> list[Sampled]:
        if bench.now_s > 0.5:
            raise ValueError("a bug")
        return tick()

    monkeypatch.setattr(bench.sampler, "tick", failing)
    with Sampling(bench.sampler, now=bench.clock.now, wait=bench.clock.sleep) as sampling:
        taken = iter(sampling)
        first = next(taken)
        with pytest.raises(ValueError, match="a bug"):
            list(taken)
    assert first.block.start_s == 0.0


def test_announcements_come_from_any_thread() -> None:
    bench = Bench()
    with Sampling(bench.sampler, now=bench.clock.now, wait=bench.clock.sleep) as sampling:
        said: list[Announced] = []
        for sampled in sampling:
            said += sampled.block.announced
            if sampled.block.start_s == 0.0:
                bench.sampler.announce(Announcement.CALIBRATE)
            if said:
                sampling.stop()
    assert [announced.announcement for announced in said] == [Announcement.CALIBRATE]
