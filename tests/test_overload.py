"""A load cell that bears more than it is rated for: measured all the same, said, and its rep is suspect."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from firmware.appliance.overload import SAID_FOR_S, OverloadWatch
from firmware.recording import open_recording, read_results
from tests.appliance_rig import Bench, config_for
from tests.chips.nau7802 import Nau7802Model
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate
from tests.virtual_rig import VirtualRig
from tracker.blocks import OVERLOAD, Gap, RawBlock, RawSamples, Stream
from tracker.calibration import Calibration, LoadCalibration, apply
from tracker.gaps import GapWatch
from tracker.messages import Rep
from tracker.pipeline import Tracker

CELL = LoadCalibration(n_per_count=-2.0, tare_counts=10, pulley_ratio=0.5, capacity_n=100.0)
"""A tension of 50 N is at its capacity: 50 counts from its zero."""

RAW = RawBlock(
    0.0,
    1.0,
    {Stream.LOAD: RawSamples(np.array([0.1, 0.2, 0.3, 0.4]), np.array([[-40], [-41], [61], [10]]))},
)


def test_samples_beyond_the_capacity_are_handed_on_and_each_says_so() -> None:
    block = apply(Calibration(load=CELL), RAW)
    assert block.streams[Stream.LOAD][:, 1].tolist() == [50.0, 51.0, -51.0, 0.0]
    assert block.gaps == (Gap(Stream.LOAD, 0.2, 0.2, OVERLOAD), Gap(Stream.LOAD, 0.3, 0.3, OVERLOAD))


def test_where_nobody_said_what_it_bears_nothing_is_an_overload() -> None:
    unknown = LoadCalibration(n_per_count=1e6)
    assert apply(Calibration(load=unknown), RAW).gaps == ()


@pytest.mark.parametrize("capacity_n", [0.0, -1.0, float("nan"), float("inf")])
def test_a_capacity_is_a_force(capacity_n: float) -> None:
    with pytest.raises(ValueError, match="capacity_n must be"):
        LoadCalibration(n_per_count=1.0, capacity_n=capacity_n)


def test_an_overload_marks_the_interval_it_is_in_and_hides_no_gap() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.LOAD, 4.6, 5.0, "bus errors"))
    gaps.declare(Gap(Stream.LOAD, 5.0, 5.0, OVERLOAD))
    gaps.declare(Gap(Stream.LOAD, 5.05, 5.4, "bus errors"))
    assert gaps.within(4.0, 6.0) == ("gap_load", OVERLOAD)
    assert gaps.within(5.2, 6.0) == ("gap_load",)
    assert gaps.within(4.0, 4.8) == ("gap_load",)


def test_it_is_said_for_a_minute_with_the_most_there_was() -> None:
    watch, calibration = OverloadWatch(), Calibration(load=CELL)
    watch.sampled(1.0, apply(calibration, RAW), CELL)
    said = watch.wrong(1.0 + 0.9 * SAID_FOR_S)
    assert said is not None
    assert said.startswith("the load cell bore 102 N and is rated for 100 N: take less")
    assert watch.wrong(1.1 + SAID_FOR_S) is None


@pytest.mark.fault(17)
def test_an_overload_in_a_rep_is_told_and_marks_it_live_as_in_replay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = RepPlan(concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, pause_s=0.8)
    made = simulate(SessionPlan(sets=((quick, quick),), calibrate=False, walk_in=False, rest_s=1.0))
    rig = VirtualRig(made)
    cell = rig.chips[Stream.LOAD]
    assert isinstance(cell, Nau7802Model)
    second_s = made.truth.reps[1].concentric_start_s
    rig.at(second_s + 0.4, partial(setattr, cell, "force", lambda t_s: 2500.0))
    rig.at(second_s + 0.5, partial(setattr, cell, "force", cell.force))
    bench = Bench(rig, tmp_path, config_for(rig))
    assert bench.run().reps == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "load:" in line]
    assert said[0].startswith("kickback: load: the load cell bore 2500 N and is rated for 1961 N: take less")

    recording = open_recording(bench.recordings[0])
    tracker = Tracker(recording.setup)
    again = [e for e in [*tracker.process(recording.block()), *tracker.finish()] if isinstance(e, Rep)]
    assert [rep.quality_reasons for rep in again] == [(), (OVERLOAD,)]
    assert again[1].peak_force_n == pytest.approx(2500.0, rel=0.01)
    told = [json.loads(result.payload) for result in read_results(bench.recordings[0])]
    reasons = [rep["quality_reasons"] for rep in told if rep["schema"] == Rep.SCHEMA]
    assert reasons == [[], [OVERLOAD]]
