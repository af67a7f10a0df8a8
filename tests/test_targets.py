"""A target that is chosen in the middle of a set: it holds from the next rep on and ends nothing."""

import threading
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from firmware.appliance.requests import Requests
from firmware.config.sections import Mqtt, Session
from firmware.mqtt.commands import Commands
from firmware.mqtt.received import Received
from firmware.mqtt.topics import Topics
from firmware.recording import open_recording
from firmware.recording.convert import export_folder, import_folder
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto, listening
from tests.made_recordings import cable_session
from tests.motion import block, cable, kick
from tests.test_appliance import FIRST_REP_S, two_reps
from tests.virtual_rig import VirtualRig
from tracker.announced import read_announced
from tracker.blocks import Announced, Announcement, SampleBlock
from tracker.messages import Cue, CueKind, Event, Rep, SetSummary
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

SETUP = SessionSetup(session="plain", target="2-1-1-1")
BLOCK = block(cable=cable([*kick(0.42, 1.0, 1.0, 2.0, 1.0) * 6]))
IN_THE_SECOND_REP_S = 6.5
SLOWER = Announced(IN_THE_SECOND_REP_S, Announcement.TARGET, "4-1-2-1")
FOUR = Announced(IN_THE_SECOND_REP_S, Announcement.TARGET_REPS, "4")


def tracked(*announced: Announced, setup: SessionSetup = SETUP) -> list[Event]:
    tracker = Tracker(setup)
    events = tracker.process(SampleBlock(BLOCK.start_s, BLOCK.end_s, BLOCK.streams, announced))
    return [*events, *tracker.finish()]


def test_a_tempo_holds_from_the_next_rep_on_in_the_same_set() -> None:
    events = tracked(SLOWER)
    reps = [event for event in events if isinstance(event, Rep)]
    assert [(rep.set, rep.rep) for rep in reps] == [(1, number) for number in range(1, 7)]
    assert [rep.target for rep in reps] == ["2-1-1-1", *["4-1-2-1"] * 5]
    assert [rep.on_tempo for rep in reps] == [True, *[False] * 5]
    (over,) = [event for event in events if isinstance(event, SetSummary)]
    assert (over.target, over.end_reason) == ("4-1-2-1", "session_end")


def test_no_target_any_more() -> None:
    events = tracked(Announced(IN_THE_SECOND_REP_S, Announcement.TARGET))
    reps = [event for event in events if isinstance(event, Rep)]
    assert [(rep.target, rep.on_tempo) for rep in reps] == [("2-1-1-1", True), *[(None, None)] * 5]


def test_the_reps_aimed_at_are_told_when_they_are_reached() -> None:
    events = tracked(FOUR, setup=msgspec.structs.replace(SETUP, target_reps=2))
    reached = [event for event in events if isinstance(event, Cue) and event.kind is CueKind.TARGET_REACHED]
    assert [(cue.set, cue.rep) for cue in reached] == [(1, 4)]
    (over,) = [event for event in events if isinstance(event, SetSummary)]
    assert over.target_reps == 4


def test_however_the_session_is_cut_the_events_are_the_same() -> None:
    whole = tracked(SLOWER, FOUR)
    parts: list[Event] = []
    tracker = Tracker(SETUP)
    (stream, samples), *_ = BLOCK.streams.items()
    edges = [BLOCK.start_s, 3.1, IN_THE_SECOND_REP_S, 6.52, 20.0, BLOCK.end_s]
    for start_s, end_s in pairwise(edges):
        inside = samples[(samples[:, 0] >= start_s) & (samples[:, 0] < end_s)]
        said = tuple(each for each in (SLOWER, FOUR) if start_s <= each.t_s < end_s)
        parts += tracker.process(SampleBlock(start_s, end_s, {stream: inside}, said))
    assert [*parts, *tracker.finish()] == whole


def test_a_recording_keeps_it(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=3)
    (folder / "events.csv").write_text("t_s,event\n5.5,target 4-1-2-1\n5.6,target-reps 8\n9.0,target\n")
    found = open_recording(folder).announced
    assert [each.text for each in found] == ["target 4-1-2-1", "target-reps 8", "target"]
    import_folder(folder, tmp_path / "monday.mcap")
    export_folder(tmp_path / "monday.mcap", tmp_path / "again")
    assert open_recording(tmp_path / "monday.mcap").announced == found
    assert open_recording(tmp_path / "again").announced == found


@pytest.mark.parametrize(
    "text", ["target 3-1-2", "target-reps 0", "target-reps 201", "target-reps x", "end-set now", "jump"]
)
def test_what_is_no_announcement_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_announced(1.0, text)


class Asked:
    def __init__(self) -> None:
        self.announced: list[Announced] = []
        self.requests = Requests(Session(), self._announce)
        self._commands = Commands(self.requests.actions(lambda seconds: None, lambda first, last: True))

    def _announce(self, announcement: Announcement, value: str = "", /) -> None:
        self.announced.append(Announced(0.0, announcement, value))

    def tell(self, verb: str, payload: bytes) -> bool:
        topic = Topics("gym").command(verb)
        result = self._commands.answer(Received(topic, payload, len(payload), False))
        return result is not None and result.done


def test_a_target_is_announced_and_holds_in_the_next_session_too() -> None:
    asked = Asked()
    assert asked.tell("target", b'{"target": "3-1-2-1"}')
    assert asked.tell("target-reps", b'{"target_reps": 12}')
    assert [each.text for each in asked.announced] == ["target 3-1-2-1", "target-reps 12"]
    assert not asked.requests.changed
    setup = asked.requests.setup("evening")
    assert (setup.target, setup.target_reps) == ("3-1-2-1", 12)
    assert asked.tell("target", b'{"target": null}')
    assert asked.tell("target-reps", b'{"target_reps": null}')
    assert [each.text for each in asked.announced[2:]] == ["target", "target-reps"]
    assert not asked.tell("target-reps", b'{"target_reps": 0}')
    assert len(asked.announced) == 4


def test_a_target_over_mqtt_in_the_middle_of_a_set_ends_nothing(tmp_path: Path, mosquitto: Mosquitto) -> None:
    topics, pause = Topics("kickback"), threading.Event()
    rig = VirtualRig(two_reps())
    bench = Bench(rig, tmp_path, config_for(rig, mqtt=Mqtt(port=mosquitto.port)))
    with listening(mosquitto.port, "#") as phone:

        def ask() -> None:
            phone._client.publish(topics.command("target"), b'{"target": "1-1-1-1"}', qos=1)

        def slowly() -> None:
            """Give the broker real time, which the rig's own time does not."""
            if not any(h.topic == topics.command_result("target") for h in list(phone.heard)):
                pause.wait(0.1)

        rig.at(FIRST_REP_S + 2.9, ask)
        for number in range(1, 60):
            rig.at(FIRST_REP_S + 2.9 + 0.02 * number, slowly)
        outcome = bench.run()
        heard = phone.until_payload(topics.status, b"offline")
    assert (outcome.reps, outcome.sets) == (2, 1)
    reps = [msgspec.json.decode(h.payload) for h in heard if h.topic == topics.event("rep")]
    assert [(rep["set"], rep["target"]) for rep in reps] == [(1, None), (1, "1-1-1-1")]
    states = [msgspec.json.decode(h.payload) for h in heard if h.topic == topics.state]
    assert (states[-1]["target"], states[-1]["session"]) == ("1-1-1-1", states[0]["session"])
