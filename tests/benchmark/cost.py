"""What the core costs: per IMU sample, against other filters on the same samples, and in memory."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from time import process_time

import numpy as np

from tests.benchmark.filters import installed
from tests.benchmark.stages import stages
from tests.benchmark.table import table
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import SampleBlock, Stream
from tracker.pipeline import Tracker

SESSION = SessionPlan(seed=70_000, sets=((RepPlan(),) * 8,), cable_hz=100.0, load_hz=80.0)
"""An ordinary set at the rates the Pi's sensors run at: IMU 208 Hz, encoder 100 Hz, load cell 80 Hz."""

LIVE_BLOCK_S = 0.02


def whole(session: GymSession) -> SampleBlock:
    """Return a session as one block."""
    return SampleBlock(0.0, session.duration_s + 1.0, session.streams, session.announced)


def live(session: GymSession) -> Iterator[SampleBlock]:
    """Cut a session as the appliance does."""
    for i in range(round((session.duration_s + 1.0) / LIVE_BLOCK_S)):
        start_s, end_s = i * LIVE_BLOCK_S, (i + 1) * LIVE_BLOCK_S
        streams = {}
        for stream, samples in session.streams.items():
            first, last = np.searchsorted(samples[:, 0], (start_s, end_s))
            streams[stream] = samples[first:last]
        announced = tuple(a for a in session.announced if start_s <= a.t_s < end_s)
        yield SampleBlock(start_s, end_s, streams, announced)


def costs(repeats: int) -> str:
    """Return the cost table: the best of `repeats` runs of everything, in turn, in processor time."""
    session = simulate(SESSION)
    ankle = session.streams[Stream.ANKLE]
    blocks = list(live(session))
    runs: dict[str, Callable[[], object]] = {
        "whole core, 20 ms blocks": lambda: _run(session, blocks),
        "whole core, offline": lambda: _run(session, [whole(session)]),
    }
    runs |= {f"- {name}": run for name, run in stages(whole(session)).items()}
    for name, filter_ in installed().items():
        runs[f"filter alone: {name}"] = lambda filter_=filter_: filter_(ankle)  # type: ignore[misc]
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(repeats):
        for name, run in runs.items():
            began = process_time()
            run()
            best[name] = min(best[name], process_time() - began)
    rows = [
        (name, f"{1e6 * seconds / len(ankle):.2f}", f"{session.duration_s / seconds:.0f}")
        for name, seconds in best.items()
    ]
    rows += [(name, f"{mib:.0f} MiB", "-") for name, mib in memory().items()]
    title = (
        f"Cost (IMU {SESSION.ankle_hz:g} Hz, encoder {SESSION.cable_hz:g} Hz, load {SESSION.load_hz:g} Hz)"
    )
    return table(title, ("what", "us per IMU sample", "times real time"), rows)


_PEAK_MIB = """
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024)
"""

_TWO_MINUTES = """
import numpy
from tracker.blocks import SampleBlock, Stream
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup
tracker = Tracker(SessionSetup())
columns = {Stream.ANKLE: (4, 6), Stream.CABLE: (2, 1), Stream.LOAD: (2, 1)}
for i in range(6000):
    streams = {}
    for stream, (n, width) in columns.items():
        t = 0.02 * i + numpy.arange(n) * 0.02 / n
        streams[stream] = numpy.column_stack([t, *[numpy.sin(t)] * width])
    tracker.process(SampleBlock(0.02 * i, 0.02 * i + 0.02, streams))
"""


def memory() -> dict[str, float]:
    """Return peak resident memory (MiB) of fresh processes: with numpy alone, and tracking a session."""
    named = {
        "memory: Python and numpy": "import numpy\n",
        "memory: core imported": "import tracker.pipeline\n",
        "memory: core, two minutes": _TWO_MINUTES,
    }
    return {name: _printed(code + _PEAK_MIB) for name, code in named.items()}


def _printed(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _run(session: GymSession, blocks: list[SampleBlock]) -> int:
    tracker = Tracker(session.setup)
    return sum(len(tracker.process(block)) for block in blocks) + len(tracker.finish())
