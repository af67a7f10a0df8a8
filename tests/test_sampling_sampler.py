"""The sampler without faults: its rhythm, its blocks, announcements, two buses, and what it costs."""

from collections import Counter

import numpy as np
import pytest

from firmware.i2c.as5600 import As5600
from firmware.i2c.bus import Bus
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.nau7802 import Nau7802
from firmware.sampling.account import Reason
from firmware.sampling.sampler import BLOCK_S, Sampler
from firmware.sampling.wired import Wired
from tests.chips.as5600 import As5600Model
from tests.chips.bus import ModelBus
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.nau7802 import Nau7802Model
from tests.sampling_bench import ADDRESS, UP_S, Bench, since
from tracker.blocks import Announcement, Stream


def test_every_sensor_is_read_in_its_own_rhythm() -> None:
    bench = Bench(pelvis=True, keep_log=True)
    bench.begin()
    del bench.model.load.log[:]
    bench.run(5.0)
    reads = Counter((address, register) for address, register, _ in bench.model.load.log)
    assert reads[0x36, 0x0C] == 1000  # the angle, in every tick
    assert reads[0x36, 0x0B] == 200  # the magnet, every 25 ms
    assert reads[0x2A, 0x00] - 1000 in (9, 10, 11)  # the ready bit, and twice a second with the settings
    assert reads[0x2A, 0x12] == pytest.approx(400, abs=1)  # each conversion once
    for stream in (Stream.ANKLE, Stream.PELVIS):
        assert reads[ADDRESS[stream], 0x3A] == reads[ADDRESS[stream], 0x78] == 200  # a burst every 25 ms
        assert reads[ADDRESS[stream], 0x40] == pytest.approx(6, abs=3)  # its clock about once a second


def test_all_sensors_at_their_defaults_take_less_than_thirty_percent_of_a_fast_bus() -> None:
    bench = Bench(pelvis=True)
    bench.begin()
    load = bench.model.load
    busy_s, began_s = load.busy_s, bench.clock.now()
    bench.run(10.0)
    share = (load.busy_s - busy_s) / (bench.clock.now() - began_s)
    # Two IMUs with times 10.8 % each; encoder 2.4 %, magnet 0.4, load cell 3.1, settings 0.3.
    assert share == pytest.approx(0.277, abs=0.01)
    assert share < 0.30
    assert bench.ledger.missed_ticks == 0


def test_blocks_come_complete_within_fifty_milliseconds() -> None:
    bench = Bench(pelvis=True, rate_error=0.02)
    bench.begin()
    worst_s = 0.0
    for _ in range(1000):
        before = len(bench.blocks)
        bench.run(0.005)
        for sampled in bench.blocks[before:]:
            assert sampled.block.end_s - sampled.block.start_s == pytest.approx(BLOCK_S)
            worst_s = max(worst_s, bench.now_s - sampled.block.end_s)
    # The FIFO is drained every 25 ms, the magnet confirmed as often; a sample past the end completes it.
    assert 0.0 < worst_s < 0.05


def test_before_the_sensors_are_up_blocks_say_that_they_are_starting() -> None:
    bench = Bench()
    bench.run(UP_S)
    first = bench.blocks[0].block
    assert first.start_s == 0.0
    assert {gap.reason for sampled in bench.blocks for gap in sampled.block.gaps} == {"starting"}
    assert not any(sampled.health.faults for sampled in bench.blocks)
    load_gaps = [g for s in bench.blocks for g in s.block.gaps if g.stream is Stream.LOAD]
    assert load_gaps[0].start_s == 0.0
    assert 1.1 < load_gaps[-1].end_s < 1.3


def test_no_block_ends_in_the_future_whatever_a_chips_clock_says() -> None:
    bench = Bench()
    bench.begin()
    for source in bench.sampler._sources:
        source.track.give_up(bench.clock.now() + 3600.0, Reason.CORRUPT)
    bench.run(0.1)
    assert bench.now_s - 0.03 < bench.ledger.end_s <= bench.now_s


def test_an_announcement_is_in_the_block_of_its_moment() -> None:
    bench = Bench()
    bench.begin()
    moments_s = []
    for announcement in Announcement:
        bench.run(0.137)
        moments_s.append(bench.now_s)
        bench.sampler.announce(announcement)
    bench.run(0.2)
    said = [(sampled.block, announced) for sampled in bench.blocks for announced in sampled.block.announced]
    assert [announced.announcement for _, announced in said] == list(Announcement)
    assert [announced.t_s for _, announced in said] == moments_s
    assert all(block.start_s <= announced.t_s < block.end_s for block, announced in said)


def test_the_end_gives_what_has_come_and_stops_the_sensors() -> None:
    bench = Bench(pelvis=True)
    bench.begin()
    bench.run(0.333)
    bench.finish()
    waiting = [source.track.waiting for source in bench.sampler._sources]
    assert waiting == [0, 0, 0, 0]
    assert bench.ledger.end_s == pytest.approx(bench.now_s, abs=0.001)
    assert not bench.blocks[-1].block.gaps
    bench.ankle.present = False
    bench.sampler.close()
    assert bench.pelvis["CTRL1_XL"] == bench.pelvis["CTRL2_G"] == 0
    assert bench.load["PU_CTRL"] == 0


def test_the_encoder_follows_a_pull_over_many_turns() -> None:
    bench = Bench(lateness_s=0.002)
    bench.begin()
    bench.run(4.0)
    positions = np.concatenate(
        [s.block.streams[Stream.CABLE].counts[:, 0] for s in since(bench.blocks, UP_S)]
    )
    times_s = np.concatenate([s.block.streams[Stream.CABLE].t_s for s in since(bench.blocks, UP_S)])
    truth = np.array([bench.cable.angle(bench.sampler.start_s + t) for t in times_s]) / (2.0 * np.pi) * 4096.0
    whole = np.round((truth[0] - positions[0]) / 4096.0) * 4096.0
    # At 8 turns/s 0.25 ms between the chip's sampling and ours are 8 counts.
    assert np.abs(positions + whole - truth).max() < 9.0
    assert np.ptp(positions) > 7.9 * 4096.0


@pytest.mark.parametrize("rate_error", [-0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03])
def test_a_counted_sample_has_its_time_whatever_its_oscillator_does(rate_error: float) -> None:
    bench = Bench(ankle="mpu6050", rate_error=rate_error, lateness_s=0.001)
    bench.begin()
    followed = bench.ledger.followed[Stream.ANKLE]
    bench.run(1.0)
    followed.worst_s = 0.0
    bench.run(6.0)
    # Looks in step with the samples cannot tell where between two of them a sample was: half a period.
    assert followed.worst_s < (0.0025 if rate_error == 0.0 else 0.001)


def test_a_stuck_bus_leaves_the_sensors_of_the_other_bus_alone() -> None:
    clock = VirtualClock()
    cuff = ModelBus(clock, {0x6A: Lsm6dsoxModel(clock)}, speed_hz=100_000)
    stack = ModelBus(clock, {0x2A: Nau7802Model(clock), 0x36: As5600Model(clock)})
    for chip in (cuff.chips[0x6A], stack.chips[0x2A]):
        chip.noise_counts = 1.0
    buses = [Bus(cuff, "i2c-1"), Bus(stack, "i2c-3")]
    sampler = Sampler(
        [
            Wired(buses[0], ankle=Lsm6dsox(buses[0], now=clock.now)),
            Wired(buses[1], cable=As5600(buses[1], now=clock.now), load=Nau7802(buses[1], now=clock.now)),
        ],
        clock.now,
    )
    delivered: Counter[Stream] = Counter()
    faults: dict[Stream, str] = {}
    errors = 0

    def run(seconds: float) -> None:
        nonlocal errors
        delivered.clear()
        end_s = clock.now() + seconds
        while sampler.next_s < end_s:
            clock.until(sampler.next_s)
            for sampled in sampler.tick():
                delivered.update({s: a.delivered for s, a in sampled.health.accounts.items()})
                faults.clear()
                faults.update(sampled.health.faults)
                errors += sampled.health.bus_errors

    run(3.0)
    assert (errors, faults) == (0, {})
    cuff.stuck = True
    run(1.0)
    assert list(faults) == [Stream.ANKLE]
    run(5.0)
    # The only sensor of its bus is tried every 0.4 s, at 0.1 s each.
    assert delivered[Stream.CABLE] > 0.75 * 5.0 * 200.0
    assert delivered[Stream.ANKLE] == 0
    assert errors == sum(bus.errors.total() for bus in buses)
    cuff.stuck = False
    run(1.0)
    run(1.0)
    assert faults == {}
    assert delivered[Stream.ANKLE] == pytest.approx(208, abs=4)


def test_a_sampler_needs_a_sensor() -> None:
    with pytest.raises(ValueError, match="without any sensor"):
        Sampler([Wired(Bus(ModelBus(VirtualClock(), {}), "i2c-1"))])
