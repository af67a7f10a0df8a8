"""The session that ships with the program is the gym's, says that it is simulated, and is tracked rightly."""

from pathlib import Path

import pytest

import firmware
from firmware.recording import open_recording
from tests.gym.demo import DEMO, TARGET
from tests.gym.matching import match
from tests.gym.simulate import simulate
from tracker.messages import Cue, Rejected, Rep, RepKind, SetSummary
from tracker.pipeline import Tracker

SHIPPED = Path(firmware.__file__).parent / "demo" / "session.mcap"


def test_it_is_the_session_that_the_gym_makes() -> None:
    shipped, made = open_recording(SHIPPED), simulate(DEMO)
    assert shipped.simulated
    assert shipped.setup.target == TARGET
    assert shipped.announced == made.announced
    assert set(shipped.streams) == set(made.streams)
    for stream, samples in made.streams.items():
        assert shipped.streams[stream].shape == samples.shape
        # A sensor's step may fall either way where arithmetic differs between processors.
        steps = abs(shipped.streams[stream] - samples).max(axis=0)
        assert steps == pytest.approx(0.0, abs=0.003)


def test_it_shows_two_sets_with_reps_of_several_kinds() -> None:
    recording = open_recording(SHIPPED)
    tracker = Tracker(recording.setup)
    events = [*tracker.process(recording.block()), *tracker.finish()]
    reps = [event for event in events if isinstance(event, Rep)]
    found = match(simulate(DEMO).truth.reps, reps)
    assert (found.missed, found.invented) == ((), ())
    assert max(abs(e) for errors in found.boundary_errors_s() for e in errors) < 0.1
    assert [rep.kind for rep in reps].count(RepKind.PARTIAL) == 1
    assert [rep.in_zone for rep in reps].count(False) == 1
    for true, rep in found.pairs:
        assert rep.diagonal_deg == pytest.approx(true.diagonal_deg, abs=4.0)
        assert rep.rom_m == pytest.approx(true.rom_m, abs=0.005)
        assert rep.leg == "right"
    assert [event.reps_full for event in events if isinstance(event, SetSummary)] == [5, 2]
    assert [(event.rep, event.word) for event in events if isinstance(event, Cue)] == [
        (4, "hold_at_peak"),
        (None, "rest"),
        (3, "full_range"),
        (None, "rest"),
    ]
    rejected = [event.reason for event in events if isinstance(event, Rejected)]
    assert rejected == ["repositioned", "calibration", "calibration", "calibration", "twitch"]
