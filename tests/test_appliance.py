"""The appliance on the virtual rig: what it counts, records, tells and survives."""

import re
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from firmware.appliance.outlets import Outlets
from firmware.appliance.requests import Requests
from firmware.commands.source import tracker_for
from firmware.config import Cable, Config, Imu, Load, Sensors
from firmware.config.sections import Mqtt, Recording
from firmware.errors import BadInputError
from firmware.numbering import Numbering
from firmware.recording import open_recording, read_results
from tests.appliance_rig import WATCHDOG_S, Bench, config_for
from tests.broker import Mosquitto, listening, retained
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.virtual_rig import VirtualRig
from tracker.blocks import Stream
from tracker.messages import PhaseChange, Rep

QUICK = RepPlan(concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, pause_s=0.8)
FIRST_REP_S = 9.7
"""When the first rep of the session begins; the second ends 6 s later."""


@cache
def two_reps() -> GymSession:
    return simulate(SessionPlan(sets=((QUICK, QUICK),), calibrate=False, walk_in=False, rest_s=1.0))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    rig = VirtualRig(two_reps())
    return Bench(rig, tmp_path, config_for(rig))


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_live_is_replay_and_everything_is_in_one_finished_recording(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = bench.run()
    assert (outcome.reps, outcome.sets, outcome.faults) == (2, 1, {})
    assert [path.name for path in bench.recordings] == ["kickback-20260501-173000.mcap"]
    recording = open_recording(bench.recordings[0])
    assert recording.notes == ()
    assert recording.setup.session == "20260501-173000"
    assert recording.started_at == "2026-05-01T17:30:00Z"
    tracker = tracker_for(recording.setup)
    events = [event for block in recording.blocks() for event in tracker.process(block)]
    events += tracker.finish()
    numbering = Numbering("kickback", replay=False)
    again = [
        numbering.number(event, recording.started_at, time_sync=True).payload
        for event in events
        if not isinstance(event, PhaseChange)
    ]
    assert len(again) >= 3
    assert [result.payload for result in read_results(bench.recordings[0])] == again
    assert lines(capsys) == []


def test_the_service_manager_hears_how_it_goes(bench: Bench) -> None:
    bench.run()
    assert bench.manager.times("READY=1") == [pytest.approx(0.0, abs=0.3)]
    fed = bench.manager.times("WATCHDOG=1")
    assert max(b - a for a, b in pairwise(fed)) < WATCHDOG_S / 2.0
    status = "2 reps in 1 finished set; sensors: cable, load, ankle; recording"
    assert bench.manager.last_status == status


@pytest.mark.fault(45)
def test_a_stop_keeps_the_rep_in_progress_and_finishes_set_and_file(bench: Bench) -> None:
    bench.asked_at_s = FIRST_REP_S + 5.0
    outcome = bench.run()
    assert (outcome.reps, outcome.sets) == (2, 1)
    results = [msgspec.json.decode(result.payload) for result in read_results(bench.recordings[0])]
    assert [result.get("kind") for result in results if result["schema"] == Rep.SCHEMA] == [
        "full",
        "unfinished",
    ]
    assert [result.get("end_reason") for result in results[-2:]] == ["session_end", None]
    assert [path.suffix for path in bench.recordings] == [".mcap"]
    assert bench.manager.said[-1][1] == "STOPPING=1"


@pytest.mark.parametrize(
    ("method", "part"),
    [("announced", "panel"), ("show", "faults"), ("sampled", "live topic"), ("answer", "requests")],
)
def test_a_part_that_fails_is_told_once_and_stops_no_count(
    method: str, part: str, bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Outlets, method, failing)
    monkeypatch.setattr(Requests, "attend", lambda self: False)
    bench.rig.chips[Stream.LOAD].present = False
    outcome = bench.run()
    assert (outcome.reps, outcome.sets) == (2, 1)
    assert outcome.faults[part] == "RuntimeError: a bug"
    assert len([line for line in lines(capsys) if "RuntimeError: a bug" in line]) == len(outcome.faults)
    assert [path.suffix for path in bench.recordings] == [".mcap"]


def test_a_sensor_that_is_not_there_does_not_stop_the_others(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.rig.chips[Stream.LOAD].present = False
    outcome = bench.run()
    assert (outcome.reps, outcome.sets) == (2, 1)
    wrong, failed = lines(capsys)
    assert wrong.startswith("kickback: load: i2c-1 address 0x2a: nothing answers")
    assert failed.startswith("kickback: the bus failed ")
    results = [msgspec.json.decode(result.payload) for result in read_results(bench.recordings[0])]
    assert [result["mean_force_n"] for result in results if result["schema"] == Rep.SCHEMA] == [None, None]


def test_a_sensor_that_vanishes_and_returns_is_told_and_picked_up(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    ankle = bench.rig.chips[Stream.ANKLE]
    bench.rig.at(2.2, partial(setattr, ankle, "present", False))
    bench.rig.at(4.0, partial(setattr, ankle, "present", True))
    assert bench.run().reps == 2
    said = lines(capsys)
    assert [line.partition(": i2c")[0] for line in said[:2]] == [
        "kickback: ankle",
        "kickback: ankle: fine again",
    ]
    [(lost, made)] = [
        (int(found[1]), int(found[2]))
        for line in said[2:]
        if (found := re.match(r"kickback: ankle: (\d+) of (\d+) samples lost \(", line))
    ]
    usual = made / two_reps().duration_s
    assert 1.8 * usual < lost < 2.4 * usual


@pytest.mark.fault(24)
def test_a_weak_supply_is_said_and_changes_no_result(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.power = 0x50001
    assert bench.run().reps == 2
    (said,) = lines(capsys)
    assert said.startswith("kickback: power: too little voltage; use the supply made for this Pi")


def all_present(bench: Bench, present: bool) -> None:
    for chip in bench.rig.chips.values():
        chip.present = present


def test_without_any_sensor_it_says_so_once_and_counts_when_they_are_plugged_in(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    all_present(bench, False)
    bench.rig.at(FIRST_REP_S - 3.0, partial(all_present, bench, True))
    assert bench.run().reps == 2
    said = lines(capsys)
    assert said[0].startswith("kickback: no sensor answers: cable: i2c-1 address 0x36: nothing answers")
    [account] = [line for line in said[1:] if not line.endswith("fine again")]
    assert account.startswith("kickback: the bus failed ")
    assert bench.manager.times("READY=1")[0] < 2.0
    assert [at_s for at_s in bench.manager.times("WATCHDOG=1") if 2.5 < at_s < FIRST_REP_S - 3.0]


@pytest.mark.fault(40)
def test_without_a_calibration_no_force_is_claimed_and_that_is_said_once(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.calibration = msgspec.structs.replace(bench.rig.calibration, load=None)
    assert bench.run().reps == 2
    said = lines(capsys)
    assert len(said) == 1
    assert said[0].startswith("kickback: note: the load cell is not calibrated, so no force is shown")
    results = [msgspec.json.decode(result.payload) for result in read_results(bench.recordings[0])]
    reps = [result for result in results if result["schema"] == Rep.SCHEMA]
    assert [(rep["mean_force_n"], rep["quality_reasons"]) for rep in reps] == [(None, []), (None, [])]


def test_a_recordings_folder_that_cannot_be_does_not_stop_the_counting(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.places.recordings.write_text("a file, where the folder should be")
    assert bench.run().reps == 2
    said = lines(capsys)
    assert len(said) == 1
    assert said[0].startswith("kickback: recorder: recording stopped, counting goes on: ")
    assert bench.manager.last_status.endswith("; recording stopped")


def test_recording_can_be_switched_off(bench: Bench) -> None:
    bench.config = config_for(bench.rig, recording=Recording(enabled=False))
    assert bench.run().reps == 2
    assert bench.recordings == []


def test_with_every_sensor_switched_off_there_is_nothing_to_run(bench: Bench) -> None:
    sensors = Sensors(ankle=Imu(enabled=False), load=Load(enabled=False), cable=Cable(enabled=False))
    bench.config = Config(sensors=sensors)
    with pytest.raises(BadInputError, match="every sensor is switched off"):
        bench.run()


def test_what_is_published(bench: Bench, mosquitto: Mosquitto) -> None:
    bench.rig.chips[Stream.LOAD].present = False
    bench.config = config_for(bench.rig, mqtt=Mqtt(port=mosquitto.port))
    with listening(mosquitto.port, "kickback/v1/kickback/#") as subscriber:
        outcome = bench.run()
        heard = subscriber.until_payload("kickback/v1/kickback/status", b"offline")
    events = [h.payload for h in heard if "/event/" in h.topic]
    assert len(events) == outcome.reps + 2 * outcome.sets + outcome.rejected + 1, "the load cell's fault"
    assert [msgspec.json.decode(event)["seq"] for event in events] == list(range(1, len(events) + 1))
    assert not any(msgspec.json.decode(event)["replay"] for event in events)
    faults = msgspec.json.decode(retained(mosquitto.port, "kickback", 5)["fault"])
    assert [fault["part"] for fault in faults] == ["load"]
    assert "nothing answers" in faults[0]["what"]


def test_numbers_go_on_after_a_restart_and_what_nobody_heard_is_published_then(
    bench: Bench, mosquitto: Mosquitto
) -> None:
    """Without a broker the results wait in the journal; the next start finds them and the broker."""
    bench.asked_at_s = FIRST_REP_S + 5.0
    first = bench.run()
    again = Bench(VirtualRig(two_reps()), bench.state, asked_at_s=1.0)
    again.config = config_for(again.rig, mqtt=Mqtt(port=mosquitto.port))
    with listening(mosquitto.port, "kickback/v1/kickback/#") as subscriber:
        again.run()
        heard = subscriber.until_payload("kickback/v1/kickback/status", b"offline")
    results = [msgspec.json.decode(h.payload) for h in heard if "/event/" in h.topic]
    assert [result["seq"] for result in results] == list(
        range(1, first.reps + 2 * first.sets + first.rejected + 1)
    )
    assert [result["kind"] for result in results if result["schema"] == Rep.SCHEMA] == ["full", "unfinished"]


def test_where_the_bus_itself_is_missing_it_says_what_to_do(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[Callable[[], None]] = []

    def refuse(*_: object) -> None:
        calls.append(lambda: None)
        raise FileNotFoundError(2, "No such file or directory")

    bench.rig.model.i2c_rdwr = refuse  # type: ignore[method-assign]
    bench.asked_at_s = 6.0
    assert bench.run().reps == 0
    said = lines(capsys)
    assert len(said) == 1
    assert "no sensor answers: cable: i2c-1 address 0x36: no such bus; switch I2C on" in said[0]
    assert len(calls) < 60, "a bus that is not there is tried now and then"
