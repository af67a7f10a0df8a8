"""When the watchdog is fed: what is stuck must starve it, what is known to be missing must not."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from firmware.supervision import SILENCE_S, Supervision
from tests.appliance_rig import WATCHDOG_S, Manager
from tests.chips.clock import VirtualClock
from tests.virtual_rig import POWER_ON_S
from tracker.blocks import RawBlock, RawSamples, Stream

BLOCK_S = 0.02
BOTH = (Stream.CABLE, Stream.ANKLE)
ONE = RawSamples(np.zeros(1), np.zeros((1, 1), dtype=np.int64))


class Loop:
    """What the appliance's loop does with a block, on a clock of its own."""

    def __init__(self, watchdog_s: float | None = WATCHDOG_S) -> None:
        self.clock = VirtualClock(POWER_ON_S)
        self.manager = Manager(self.clock.now, watchdog_s)
        self.sound = True
        self._supervision = Supervision(
            self.manager, BOTH, lambda: ["recording"], lambda: self.sound, self.clock.now
        )

    def run(
        self, seconds: float, samples: Sequence[Stream], faults: Mapping[Stream, str] | None = None
    ) -> list[float]:
        """Return the session times at which the watchdog was fed."""
        from_s = self.clock.now() - POWER_ON_S
        until_s = self.clock.now() + seconds
        while self.clock.now() < until_s:
            self.clock.sleep(BLOCK_S)
            end_s = self.clock.now() - POWER_ON_S
            block = RawBlock(end_s - BLOCK_S, end_s, dict.fromkeys(samples, ONE))
            self._supervision.sampled(block, faults or {})
            self._supervision.at(end_s)
        return [at_s for at_s in self.manager.times("WATCHDOG=1") if at_s > from_s]


def test_while_samples_flow_it_is_fed_four_times_in_its_time() -> None:
    fed = Loop().run(40.0, BOTH)
    assert len(fed) == 16
    assert Loop(watchdog_s=2.0).run(4.0, BOTH)[-1] == pytest.approx(4.0, abs=0.5)


@pytest.mark.fault(47)
def test_a_sampler_that_gives_no_blocks_starves_it() -> None:
    loop = Loop()
    loop.run(5.0, BOTH)
    loop.clock.sleep(60.0)
    assert max(loop.manager.times("WATCHDOG=1")) <= 5.0


def test_a_sensor_that_falls_silent_without_a_fault_starves_it() -> None:
    loop = Loop()
    loop.run(5.0, BOTH)
    fed = loop.run(60.0, (Stream.CABLE,))
    assert 5.0 + SILENCE_S - WATCHDOG_S / 4.0 <= max(fed) <= 5.0 + SILENCE_S


def test_blocks_without_samples_and_without_faults_starve_it() -> None:
    assert max(Loop().run(60.0, ())) <= SILENCE_S


def test_a_sensor_known_to_be_missing_does_not() -> None:
    fed = Loop().run(60.0, (Stream.CABLE,), {Stream.ANKLE: "nothing answers"})
    assert max(fed) > 57.0


def test_with_no_sensor_at_all_the_appliance_waits_and_lives() -> None:
    loop = Loop()
    fed = loop.run(60.0, (), dict.fromkeys(BOTH, "nothing answers"))
    assert max(fed) > 57.0
    assert loop.manager.times("READY=1") == [pytest.approx(BLOCK_S)]
    assert loop.manager.last_status == "0 reps in 0 finished sets; no sensor answers; recording"


@pytest.mark.fault(47)
def test_a_thread_that_died_starves_it() -> None:
    loop = Loop()
    loop.run(5.0, BOTH)
    loop.sound = False
    assert loop.run(30.0, BOTH) == []


@pytest.mark.fault(48)
def test_ready_waits_for_the_first_samples() -> None:
    loop = Loop()
    loop.run(1.0, ())
    assert loop.manager.times("READY=1") == []
    loop.run(1.0, (Stream.CABLE,))
    assert loop.manager.times("READY=1") == [pytest.approx(1.0 + BLOCK_S, abs=BLOCK_S * 1.1)]
    assert loop.manager.last_status == "0 reps in 0 finished sets; sensors: cable; recording"


def test_without_a_watchdog_it_is_not_fed() -> None:
    assert Loop(watchdog_s=None).run(10.0, BOTH) == []
