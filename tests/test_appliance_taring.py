"""A new zero for the load cell: taken when it is one, refused when it is not, and kept in the recording."""

import threading
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest

from firmware.appliance.taring import FARTHEST_N, STILL_N, Taring
from firmware.commands.source import tracker_for
from firmware.config.sections import Mqtt
from firmware.mqtt.topics import Topics
from firmware.recording import open_recording, read_results
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto, Subscriber, listening
from tests.test_appliance import two_reps
from tests.virtual_rig import VirtualRig
from tracker.blocks import RawBlock, RawSamples, Stream
from tracker.calibration import LoadCalibration
from tracker.messages import Rep

PER_COUNT_N = 0.01
BEFORE = LoadCalibration(n_per_count=-2.0 * PER_COUNT_N, tare_counts=300, pulley_ratio=0.5)


def shown(taring: Taring, *newtons: float, start_s: float = 0.0, samples: int = 80) -> Taring:
    """Let the cell show these forces above the old zero, one after the other, over a second."""
    counts = [round(300 - newtons[i * len(newtons) // samples] / PER_COUNT_N) for i in range(samples)]
    t_s = start_s + np.arange(samples) / samples
    block = RawSamples(t_s, np.array(counts, dtype=np.int64).reshape(-1, 1))
    taring.sampled(RawBlock(start_s, start_s + 1.0, {Stream.LOAD: block}))
    return taring


def test_what_the_cell_shows_at_rest_becomes_its_zero() -> None:
    taring = shown(Taring(BEFORE), 12.0, 12.5)
    assert taring.taken() is None
    assert taring.tare() is None
    fresh = taring.taken()
    assert fresh == msgspec.structs.replace(BEFORE, tare_counts=300 - 1225)
    assert taring.taken() is None
    assert taring.calibration == fresh


def test_only_the_last_second_counts() -> None:
    taring = shown(shown(Taring(BEFORE), 25.0), 3.0, start_s=1.0)
    assert taring.tare() is None
    fresh = taring.taken()
    assert fresh is not None
    assert fresh.tare_counts == 0


@pytest.mark.fault(16)
@pytest.mark.parametrize(
    ("newtons", "said"),
    [
        ((0.0, STILL_N + 1.0), "the load moves by 6 N: let go of the cable and try again"),
        ((FARTHEST_N + 1.0,), "the load cell shows 31 N: let go of the cable and try again"),
        ((-FARTHEST_N - 1.0,), "the load cell shows 31 N: let go of the cable and try again"),
    ],
)
def test_a_load_is_no_zero(newtons: tuple[float, ...], said: str) -> None:
    taring = shown(Taring(BEFORE), *newtons)
    assert str(taring.tare()).startswith(said)
    assert taring.taken() is None
    assert taring.calibration == BEFORE


def test_a_cell_that_gives_nothing_or_is_not_calibrated_has_no_zero() -> None:
    assert Taring(BEFORE).tare() == "the load cell gives no samples"
    silent = shown(Taring(BEFORE), 0.0)
    silent.sampled(RawBlock(1.0, 2.5, {}))
    assert silent.tare() == "the load cell gives no samples"
    assert str(shown(Taring(None), 0.0).tare()).startswith("the load cell is not calibrated")


def test_a_tare_over_mqtt_holds_from_its_moment_live_and_replayed(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    """The zero is 20 N off at start. After the tare the reps' forces are right, and the recording says so."""
    topics = Topics("kickback")
    rig = VirtualRig(two_reps())
    bench = Bench(rig, tmp_path, config_for(rig, mqtt=Mqtt(port=mosquitto.port)))
    load = rig.calibration.load
    assert load is not None
    off = msgspec.structs.replace(load, tare_counts=load.tare_counts + round(20.0 / load.n_per_count))
    bench.calibration = msgspec.structs.replace(rig.calibration, load=off)
    pause = threading.Event()

    def slowly_until(topic: str, phone: Subscriber) -> None:
        """Give the broker real time, which the rig's own time does not."""
        if not any(h.topic == topic for h in list(phone.heard)):
            pause.wait(0.02)

    with listening(mosquitto.port, "#") as phone:
        for number in range(150):
            rig.at(1.6 + 0.005 * number, partial(slowly_until, topics.discovery, phone))
            rig.at(2.5 + 0.005 * number, partial(slowly_until, topics.command_result("tare"), phone))
        rig.at(2.4, partial(phone._client.publish, topics.command("tare"), b"{}", qos=1))
        bench.run()
        heard = phone.until_payload(topics.status, b"offline")
    (answer,) = [msgspec.json.decode(h.payload) for h in heard if h.topic == topics.command_result("tare")]
    assert answer["done"], answer
    reps = [msgspec.json.decode(h.payload) for h in heard if h.topic == topics.event("rep")]
    truth = [movement.mean_force_n for movement in two_reps().truth.movements]
    assert [rep["mean_force_n"] for rep in reps] == [pytest.approx(force, abs=2.0) for force in truth]
    recording = open_recording(bench.recordings[0])
    tracker = tracker_for(recording.setup)
    events = [event for block in recording.blocks() for event in tracker.process(block)]
    again = [event.mean_force_n for event in (*events, *tracker.finish()) if isinstance(event, Rep)]
    assert again == [rep["mean_force_n"] for rep in reps]
    assert read_results(bench.recordings[0])
