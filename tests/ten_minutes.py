"""Ten minutes through chips and bus against the same ten minutes analysed directly.

    python -m tests.ten_minutes

Directly means twice. First the samples as the chips took them, each at its true time: what differs is due
to bus, drivers, sample clocks and sampler, and no boundary may be off by a sample. Then what perfect
sensors at the nominal rates would have seen: that shows what counts and noise of the chips cost. There a
boundary can be far off where the leg creeps at the very speed that ends a phase, and one count decides.

Prints what it measures and ends with 1 where reps differ, or a boundary by a sample; takes a few minutes.
"""

import sys
import time
from collections.abc import Sequence
from statistics import fmean

from firmware.config import Imu
from firmware.config.sensors import ImuChip
from tests.gym.long import long_session
from tests.gym.matching import match
from tests.gym.simulate import GymSession, simulate
from tests.virtual_rig import VirtualRig, sensors_for
from tracker.blocks import SampleBlock
from tracker.messages import Event, Rep
from tracker.pipeline import Tracker
from tracker.setup import Leg

RUNS: tuple[tuple[str, Leg, ImuChip], ...] = (
    ("cable-kickback", "right", "lsm6dsox"),
    ("cable-kickback", "left", "mpu6050"),
    ("band-kickback", "left", "lsm6dsox"),
    ("band-kickback", "right", "mpu6050"),
)
RATE_ERRORS = (0.0, 0.03, -0.03)
SAMPLE_S = 0.005


def reps_of(events: Sequence[Event]) -> list[Rep]:
    return [event for event in events if isinstance(event, Rep)]


def boundaries_s(rep: Rep) -> list[float]:
    moments = (rep.concentric_start_s, rep.pause_start_s, rep.eccentric_start_s, rep.eccentric_end_s)
    return [moment for moment in moments if moment is not None]


def error_ms(made: GymSession, reps: Sequence[Rep]) -> float:
    found = match(made.truth.reps, reps)
    return 1e3 * fmean(abs(e) for errors_s in found.boundary_errors_s() for e in errors_s)


def compare(made: GymSession, chip: ImuChip, rate_error: float) -> bool:
    """Run one session, print a line for each comparison, and tell whether the chips' path is as good."""
    rig = VirtualRig(made, sensors_for(made, Imu(chip=chip)), rate_error=rate_error, note_taken=True)
    began_s = time.process_time()
    through = reps_of(rig.track())
    took_s = time.process_time() - began_s
    line = f"{chip:9} {rate_error:+.2f}: {len(through)} reps of {len(made.truth.reps)}, "
    line += f"error {error_ms(made, through):.1f} ms; {made.duration_s / took_s:.0f} times real time"
    print(line, flush=True)
    good = True
    for name, block in (("as taken", rig.taken()), ("perfect", rig.direct())):
        direct = directly(made, block)
        same = [(r.set, r.rep, r.kind) for r in through] == [(r.set, r.rep, r.kind) for r in direct]
        apart_s = [
            abs(a - b)
            for rep, other in zip(through, direct, strict=False)
            for a, b in zip(boundaries_s(rep), boundaries_s(other), strict=False)
        ]
        good &= same and (name == "perfect" or max(apart_s) <= SAMPLE_S)
        print(
            f"    {name:8}: {'the same' if same else 'NOT the same'} {len(direct)} reps, "
            f"error {error_ms(made, direct):.1f} ms; "
            f"boundaries {1e3 * fmean(apart_s):.2f} ms apart, "
            f"{fmean(s <= SAMPLE_S for s in apart_s):.1%} within 5 ms, at most {1e3 * max(apart_s):.1f}",
            flush=True,
        )
    return good


def directly(made: GymSession, block: SampleBlock) -> list[Rep]:
    tracker = Tracker(made.setup)
    return reps_of([*tracker.process(block), *tracker.finish()])


def main() -> int:
    good = True
    for exercise, leg, chip in RUNS:
        made = simulate(long_session(8, exercise=exercise, leg=leg))
        print(f"{exercise}, {leg}, {made.duration_s / 60.0:.1f} min")
        for rate_error in RATE_ERRORS:
            good &= compare(made, chip, rate_error)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
