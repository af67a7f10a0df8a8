"""The whole appliance on modelled chips in real time: lag of its ticks, its share of a core, its memory.

    python -m tests.realtime [--seconds 60] [--panel none|lines|terminal]

Not part of the suite: it takes as long as it says, and its figures are those of the machine it runs on.
The chips live on the host's own clock, and a transfer takes as long as its bits would, sleeping as the
kernel's would. What the models compute inside a transfer is timed on that thread's CPU clock and taken off
the CPU time of the process; the rest is the product's, the interpreter's start left out. The simulation of
body and machine happens beforehand in another process; what building the chips adds to the memory is taken
off its peak, and the tests' own modules, some MB, are left in.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from smbus2 import i2c_msg

from firmware.app import Outcome
from firmware.appliance import World, appliance
from firmware.commands.face import summary_line
from firmware.config import Config, Panel, Places
from firmware.config.sections import Mqtt
from firmware.i2c.bus import Bus
from firmware.mqtt.private import PrivateBroker, find_mosquitto
from firmware.sampling.account import Account, Sampled
from firmware.sampling.live import Sampling
from firmware.sampling.sampler import Sampler
from tests.chips.bus import ModelBus
from tests.gym.demo import DEMO
from tests.gym.simulate import GymSession, simulate
from tests.memory import GIVE_BACK
from tests.virtual_rig import POWER_ON_S, VirtualRig

WARM_UP_S = 3.0
"""The imports, the first drawing and the setting up of the chips; left out of the CPU share."""

GOALS = "goals: no growing lag, product below 15 % of a core, peak memory below 80 MB"


class HostClock:
    """The host's monotonic clock, beginning at the moment at which the session's signals begin."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def now(self) -> float:
        return POWER_ON_S + time.monotonic() - self._began_s


class TimedAdapter:
    """The modelled bus on the host's clock. `model_s`: CPU time of the models, `bits_s`: of the wire."""

    def __init__(self, model: ModelBus, now: HostClock) -> None:
        self.model_s = 0.0
        self.bits_s = 0.0
        self._model = model
        self._host = now

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        began_s = time.thread_time()
        clock = self._model.clock
        clock.until(self._host.now())
        before_s = clock.now()
        try:
            self._model.i2c_rdwr(*i2c_msgs)
        finally:
            taken_s = clock.now() - before_s
            self.bits_s += taken_s
            self.model_s += time.thread_time() - began_s
            time.sleep(taken_s)

    def close(self) -> None:
        self._model.close()


class WatchedSampler(Sampler):
    """Notes how late each tick begins."""

    lags_s: list[float]

    def tick(self) -> list[Sampled]:
        self.lags_s.append(self._now() - self.next_s)
        return super().tick()


class Watched:
    """A sampler's thread whose ticks and blocks are timed."""

    def __init__(self, sampler: Sampler, clock: HostClock) -> None:
        self.lags_s: list[float] = []
        self.delays_s: list[float] = []
        self.accounts: dict[str, Account] = {}
        self.missed_ticks = 0
        self._clock = clock
        self._start_s = sampler.start_s
        sampler.__class__ = WatchedSampler
        assert isinstance(sampler, WatchedSampler)
        sampler.lags_s = self.lags_s
        self._sampling = Sampling(sampler, now=clock.now)

    def __enter__(self) -> Self:
        self._sampling.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sampling.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[Sampled]:
        for sampled in self._sampling:
            self.delays_s.append(self._clock.now() - self._start_s - sampled.block.end_s)
            self.missed_ticks += sampled.health.missed_ticks
            for stream, account in sampled.health.accounts.items():
                self.accounts.setdefault(stream, Account()).add(account)
            yield sampled

    def stop(self) -> None:
        self._sampling.stop()


class Meter:
    """Asks for the end when the time is up, and reads the process's clocks at both ends."""

    def __init__(self, seconds: float, adapter: TimedAdapter) -> None:
        self._began_s = time.monotonic()
        self._seconds = seconds
        self._adapter = adapter
        self._first: tuple[float, float, float, float] | None = None
        self._last = (0.0, 0.0, 0.0, 0.0)

    def asked(self) -> bool:
        now_s = time.monotonic()
        reading = (now_s, time.process_time(), self._adapter.model_s, self._adapter.bits_s)
        if self._first is None and now_s - self._began_s >= WARM_UP_S:
            self._first = reading
        self._last = reading
        return now_s - self._began_s >= WARM_UP_S + self._seconds

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of the time between: CPU of the product, CPU of the models, wire."""
        assert self._first is not None
        wall_s, cpu_s, model_s, bits_s = (b - a for a, b in zip(self._first, self._last, strict=True))
        return (cpu_s - model_s) / wall_s, model_s / wall_s, bits_s / wall_s


def run(session: GymSession, seconds: float, panel: Literal["none", "lines", "terminal"]) -> None:
    """Run the appliance and print what was measured."""
    before_kb = status_kb("VmRSS")
    rig = VirtualRig(session)
    if GIVE_BACK is not None:
        GIVE_BACK(0)
    models_kb = status_kb("VmRSS") - before_kb
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    clock = HostClock()
    adapter = TimedAdapter(rig.model, clock)
    meter = Meter(seconds, adapter)
    watched: list[Watched] = []

    def sampling(sampler: Sampler) -> Watched:
        watched.append(Watched(sampler, clock))
        return watched[0]

    world = World(
        open_bus=lambda number: Bus(adapter, f"i2c-{number}"),
        now=clock.now,
        sampling=sampling,
        asked=meter.asked,
    )
    with ExitStack() as parts:
        state = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        mqtt, program = Mqtt(enabled=False), find_mosquitto()
        if program is not None:
            mqtt = Mqtt(port=parts.enter_context(PrivateBroker(program)).port)
        config = Config(sensors=rig.sensors, mqtt=mqtt, panel=Panel(kind=panel))
        shown = parts.enter_context((state / "shown").open("w"))
        with redirect_stdout(shown):
            outcome = appliance(config, Places(state, state / "recordings"), world, rig.calibration)
        recorded = sum(path.stat().st_size for path in (state / "recordings").iterdir())
        report(outcome, watched[0], meter, recorded, models_kb)


def report(outcome: Outcome, watched: Watched, meter: Meter, recorded: int, models_kb: int) -> None:
    """Print the figures."""
    print(f"{outcome.ended_s:.0f} s of session: {summary_line(outcome)}; recorded {recorded / 1e6:.2f} MB")
    for name, seconds in (("ticks late", watched.lags_s), ("blocks late", watched.delays_s)):
        print(f"{name}: {spread(seconds)}; {growth(seconds)}")
    print(f"ticks: {len(watched.lags_s)}, left out {watched.missed_ticks}")
    for stream, account in watched.accounts.items():
        print(f"{stream}: {account.delivered} samples, {account.missing} missing, {account.gaps} gaps")
    product, models, wire = meter.shares
    print(f"CPU of one core: product {product:.1%}, models {models:.1%}; bus in use {wire:.1%}")
    peak_kb = status_kb("VmHWM")
    print(
        f"memory: peak {(peak_kb - models_kb) / 1024:.1f} MB, "
        f"at the end {(status_kb('VmRSS') - models_kb) / 1024:.1f} MB; models {models_kb / 1024:.1f} MB more"
    )
    print(GOALS)


def spread(seconds: list[float]) -> str:
    """Median, 99 % and largest, in milliseconds."""
    ordered = sorted(seconds)
    p50, p99 = (ordered[int(len(ordered) * share)] * 1e3 for share in (0.5, 0.99))
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {ordered[-1] * 1e3:.2f} ms"


def growth(seconds: list[float]) -> str:
    """Medians of the first and the last fifth."""
    fifth = len(seconds) // 5
    first, last = (sorted(part)[fifth // 2] * 1e3 for part in (seconds[:fifth], seconds[-fifth:]))
    return f"median of the first fifth {first:.2f} ms, of the last {last:.2f} ms"


def status_kb(name: str) -> int:
    """A line of /proc/self/status."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise KeyError(name)


def main() -> None:
    """Read the options, simulate in another process, run in this one."""
    parser = argparse.ArgumentParser(description="The appliance on modelled chips in real time.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--panel", choices=("none", "lines", "terminal"), default="lines")
    options = parser.parse_args()
    with get_context("spawn").Pool(1) as pool:
        session = pool.apply(simulate, (DEMO,))
    gc.collect()
    gc.freeze()  # as the command does
    run(session, options.seconds, options.panel)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
