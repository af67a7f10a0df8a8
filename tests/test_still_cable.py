"""An encoder that is stuck while force and ankle go on: told from a cable at rest, and counted without."""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from tests.appliance_rig import Bench, config_for
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.virtual_rig import VirtualRig
from tracker.blocks import SampleBlock, Stream
from tracker.messages import Rep
from tracker.pipeline import Tracker

PLAN = SessionPlan(sets=((RepPlan(concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, pause_s=0.8),) * 4,))
QUICK = replace(PLAN, calibrate=False, walk_in=False, rest_s=1.0)


@cache
def session() -> GymSession:
    return simulate(QUICK)


def tracked(*, stuck_after_s: float, without: Stream | None = None) -> tuple[list[Rep], Tracker]:
    """Track a session of four reps whose encoder gives the same position after a moment."""
    made = session()
    streams = {stream: samples.copy() for stream, samples in made.streams.items() if stream is not without}
    cable = streams[Stream.CABLE]
    cable[cable[:, 0] >= stuck_after_s, 1] = np.interp(stuck_after_s, cable[:, 0], cable[:, 1])
    tracker = Tracker(made.setup)
    events = tracker.process(SampleBlock(0.0, made.duration_s, streams, made.announced))
    return [e for e in [*events, *tracker.finish()] if isinstance(e, Rep)], tracker


@pytest.mark.fault(12)
@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_stuck_encoder_costs_no_rep_and_every_rep_it_lacks_in_says_so(share: float) -> None:
    second, third = session().truth.reps[1:3]
    stuck_s = second.eccentric_end_s + share * (third.concentric_start_s - second.eccentric_end_s)
    reps, tracker = tracked(stuck_after_s=stuck_s)
    assert [rep.quality_reasons for rep in reps[:2]] == [(), ()]
    assert [rep.quality_reasons for rep in reps[2:]] == [("gap_cable",), ("gap_cable",)]
    assert [rep.rom_m is None for rep in reps] == [False, False, True, True]
    assert tracker.cable_stuck


def test_a_whole_session_has_no_stuck_encoder() -> None:
    reps, tracker = tracked(stuck_after_s=1e3)
    assert [rep.quality_reasons for rep in reps] == [()] * 4
    assert not tracker.cable_stuck


def test_without_a_load_cell_nothing_is_said() -> None:
    _, tracker = tracked(stuck_after_s=12.0, without=Stream.LOAD)
    assert not tracker.cable_stuck


@pytest.mark.fault(12)
def test_the_appliance_names_a_stuck_encoder_and_counts_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = simulate(replace(QUICK, sets=(QUICK.sets[0][:2],)))
    rig = VirtualRig(made)
    rig.at(made.truth.reps[0].eccentric_end_s + 0.4, partial(setattr, rig.chips[Stream.CABLE], "stuck", True))
    assert Bench(rig, tmp_path, config_for(rig)).run().reps == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("kickback: cable: the encoder stands still while the leg pulls")
