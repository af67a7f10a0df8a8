"""Faults of the machine as events: numbered and kept like results; what is only not set up is no fault."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config.sections import Mqtt
from firmware.faults import ActiveFault, FaultChange, FaultEvent, Faults
from firmware.mqtt.retained import Info
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto, listening, retained
from tests.made_events import rep
from tests.made_journals import TS, everything, journal_at
from tests.test_appliance import two_reps
from tests.test_mqtt_contract import validator
from tests.virtual_rig import VirtualRig
from tracker.blocks import Stream

SENSORS = ("cable", "load", "ankle")
LOOSE = FaultChange(ActiveFault(part="ankle", what="no answer")).event("monday", 5.0)


@pytest.fixture
def bench(tmp_path: Path, mosquitto: Mosquitto) -> Bench:
    rig = VirtualRig(two_reps())
    return Bench(rig, tmp_path, config_for(rig, mqtt=Mqtt(port=mosquitto.port)))


def changes_of(wrong_by_second: Sequence[Sequence[str]]) -> list[FaultChange]:
    """What comes of looking once a second; the parts that are wrong in each."""
    faults = Faults(SENSORS, lambda line: None, lambda active: None)
    found: list[FaultChange] = []
    for second, parts in enumerate(wrong_by_second):
        found += faults.see(float(second), {part: f"{part} gone" for part in parts})
    return found


def test_a_fault_comes_and_goes_with_how_long_it_lasted() -> None:
    ankle = ActiveFault(part="ankle", what="ankle gone")
    found = changes_of([*[()] * 5, *[("ankle",)] * 30, *[()] * 5])
    assert found == [FaultChange(ankle), FaultChange(ankle, 30.0)]


def test_every_sensor_gone_is_one_line_and_an_event_of_each() -> None:
    found = changes_of([*[SENSORS] * 30, *[()] * 5])
    assert [(change.fault.part, change.lasted_s is None) for change in found] == [
        *((part, True) for part in SENSORS),
        *((part, False) for part in SENSORS),
    ]


@given(st.lists(st.sets(st.sampled_from([*SENSORS, "journal", "mqtt"])).map(sorted), max_size=120))
def test_whatever_flaps_each_part_is_raised_and_cleared_in_turn(
    wrong_by_second: list[list[str]],
) -> None:
    """Then 20 s of quiet, after which whatever was raised has been cleared."""
    open_parts: set[str] = set()
    for change in changes_of([*wrong_by_second, *[[]] * 25]):
        part = change.fault.part
        assert (change.lasted_s is None) == (part not in open_parts)
        open_parts ^= {part}
        if change.lasted_s is not None:
            assert 0.0 < change.lasted_s <= len(wrong_by_second) + 25
    assert open_parts == set()


def test_a_fault_is_numbered_among_the_results_and_not_given_back(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        journal.keep(rep(1), TS)
        journal.note(LOOSE, TS)
        journal.keep(rep(2), TS)
        kept = [(one.result, one.envelope.seq) for one in journal.kept(20.0)]
        to_publish = [journal.take(), journal.take(), journal.take()]
    assert kept == [(rep(1), 1), (rep(2), 3)]
    assert [(entry.seq, entry.kind) for entry in to_publish if entry] == [
        (1, "rep"),
        (2, "fault"),
        (3, "rep"),
    ]
    entries, _ = everything(path)
    fault = json.loads(entries[1].payload)
    validator("event-fault").validate(fault)
    assert (fault["schema"], fault["id"], fault["seq"]) == ("kickback.fault/1", "gym-2", 2)
    assert msgspec.convert(fault, FaultEvent) == LOOSE


def test_a_sensor_that_vanishes_and_returns_is_in_two_events(bench: Bench, mosquitto: Mosquitto) -> None:
    ankle = bench.rig.chips[Stream.ANKLE]
    bench.rig.at(3.0, partial(setattr, ankle, "present", False))
    bench.rig.at(6.0, partial(setattr, ankle, "present", True))
    with listening(mosquitto.port, "kickback/v1/kickback/#") as subscriber:
        outcome = bench.run()
        heard = subscriber.until_payload("kickback/v1/kickback/status", b"offline")
    events = [json.loads(h.payload) for h in heard if "/event/" in h.topic]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    raised, cleared = [json.loads(h.payload) for h in heard if h.topic.endswith("event/fault")]
    assert [event["schema"] for event in events].count("kickback.rep/1") == outcome.reps == 2
    for event in (raised, cleared):
        validator("event-fault").validate(event)
        assert (event["part"], event["session"]) == ("ankle", "20260501-173000")
        assert "nothing answers" in event["what"]
    assert (raised["change"], raised["lasted_s"], cleared["change"]) == ("raised", None, "cleared")
    assert raised["detected_s"] == pytest.approx(3.1, abs=0.3)
    assert raised["ts"].startswith("2026-05-01T17:30:03")
    # A flapping part is told of every 20 s at most, and the rig's session is over by then or not.
    assert cleared["lasted_s"] == pytest.approx(cleared["detected_s"] - raised["detected_s"], abs=0.01)
    assert retained(mosquitto.port, "kickback", 5)["fault"] == b"[]"


def test_a_load_cell_that_was_never_calibrated_is_a_notice_and_no_fault(
    bench: Bench, mosquitto: Mosquitto
) -> None:
    bench.calibration = msgspec.structs.replace(bench.rig.calibration, load=None)
    bench.run()
    found = retained(mosquitto.port, "kickback", 5)
    (notice,) = msgspec.json.decode(found["info"], type=Info).notices
    assert notice.startswith("the load cell is not calibrated, so no force is shown")
    assert found["fault"] == b"[]"


def test_a_machine_that_works_has_no_fault_and_no_notice_and_says_how_its_journal_stands(
    bench: Bench, mosquitto: Mosquitto
) -> None:
    bench.run()
    found = retained(mosquitto.port, "kickback", 5)
    assert msgspec.json.decode(found["info"], type=Info).notices == ()
    assert found["fault"] == b"[]"
    state = json.loads(found["state"])
    validator("state").validate(state)
    assert (state["journal_first_seq"], state["journal_backlog"] >= 0, state["last_seq"] > 3) == (
        1,
        True,
        True,
    )
    assert state["journal_bytes"] > 4096
