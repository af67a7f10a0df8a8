"""Travel by a pulley that nobody measured is shown, and said to be doubtful, by every rep it is in."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from firmware.appliance.requests import Requests
from firmware.config import Cable, Imu, Sensors
from firmware.config.sections import Session
from firmware.recording import open_recording, read_results
from firmware.rig import pulley_assumed
from tests.appliance_rig import Bench, config_for
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.virtual_rig import VirtualRig
from tracker.blocks import SampleBlock
from tracker.calibration import CableCalibration, Calibration
from tracker.messages import Rep
from tracker.pipeline import Tracker

ASSUMED = "pulley_assumed"
QUICK = RepPlan(concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, pause_s=0.8)
PLAN = SessionPlan(sets=((QUICK, QUICK),), calibrate=False, walk_in=False, rest_s=1.0)


def reps_of(made: GymSession, *, assumed: bool) -> list[Rep]:
    tracker = Tracker(msgspec.structs.replace(made.setup, pulley_assumed=assumed))
    block = SampleBlock(0.0, made.duration_s, made.streams, made.announced)
    return [e for e in [*tracker.process(block), *tracker.finish()] if isinstance(e, Rep)]


def test_every_rep_by_a_guessed_pulley_is_suspect_and_says_why() -> None:
    made = simulate(PLAN)
    known, guessed = reps_of(made, assumed=False), reps_of(made, assumed=True)
    assert len(known) == len(guessed) == 2
    for rep, other in zip(known, guessed, strict=True):
        assert (rep.quality, rep.quality_reasons) == ("good", ())
        assert (other.quality, other.quality_reasons) == ("suspect", (ASSUMED,))
        assert other.rom_m == rep.rom_m is not None


def test_a_rep_without_travel_depends_on_no_pulley() -> None:
    made = simulate(replace(PLAN, exercise="band-kickback", cable=False))
    assert [rep.quality_reasons for rep in reps_of(made, assumed=True)] == [(), ()]


@pytest.mark.parametrize(
    ("cable", "stored", "assumed"),
    [
        (Cable(), None, True),
        (Cable(), Calibration(), True),
        (Cable(), Calibration(cable=CableCalibration(m_per_count=5e-5)), False),
        (Cable(pulley_diameter_m=0.06), None, False),
        (Cable(enabled=False), None, False),
    ],
)
def test_a_pulley_is_known_where_it_was_measured_or_told(
    cable: Cable, stored: Calibration | None, assumed: bool
) -> None:
    assert pulley_assumed(Sensors(ankle=Imu(), cable=cable), stored) is assumed


def test_the_setup_of_each_session_says_it() -> None:
    for assumed in (False, True):
        requests = Requests(Session(), lambda *_: None, pulley_assumed=assumed)
        assert requests.setup("monday").pulley_assumed is assumed


@pytest.mark.parametrize("assumed", [False, True])
def test_the_appliance_tells_it_and_the_recording_keeps_it(tmp_path: Path, assumed: bool) -> None:
    rig = VirtualRig(simulate(PLAN))
    bench = Bench(rig, tmp_path, config_for(rig))
    if assumed:
        bench.calibration = msgspec.structs.replace(rig.calibration, cable=None)
    assert bench.run().reps == 2
    assert open_recording(bench.recordings[0]).setup.pulley_assumed is assumed
    told = [json.loads(result.payload) for result in read_results(bench.recordings[0])]
    reasons = [rep["quality_reasons"] for rep in told if rep["schema"] == "kickback.rep/1"]
    assert reasons == ([[ASSUMED], [ASSUMED]] if assumed else [[], []])
