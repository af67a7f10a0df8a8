"""Home Assistant's discovery: by its rules, true of the payloads, removed; its events are never retained."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import jinja2
import msgspec
import pytest

from firmware.faults import ActiveFault, FaultChange
from firmware.mqtt.broker import Broker
from firmware.mqtt.commands import Commands
from firmware.mqtt.discovery import discovery
from firmware.mqtt.link import Link
from firmware.mqtt.received import Received
from firmware.mqtt.retained import StateKeeper, info_of
from firmware.mqtt.topics import Topics
from firmware.mqtt.verbs import VERBS, ChooseTargetReps, Command
from firmware.panel.view import PanelView
from tests.broker import LOOPBACK, Mosquitto, listening
from tests.home_assistant_rules import mistakes, topic_mistakes
from tests.made_events import cue, numbered, phase, rejected, rep
from tests.test_mqtt_link import connected, serve_until
from tracker.blocks import Stream
from tracker.cues.words import CueWord
from tracker.messages import Phase, Rejection, RepKind
from tracker.setup import SessionSetup

STREAMS = [str(stream) for stream in Stream]
WITHOUT_A_PANEL = [verb for verb in VERBS if verb not in ("tare", "identify")]
"""What every device can do, whatever it is built of."""

MESSAGE = discovery("gym-1", STREAMS, list(VERBS))
COMPONENTS: dict[str, dict[str, Any]] = MESSAGE["components"]
TOPICS = Topics("gym-1")
ENVIRONMENT = jinja2.Environment(undefined=jinja2.StrictUndefined)  # nothing here is HTML


def rendered(template: str, **values: Any) -> str:
    return ENVIRONMENT.from_string(template).render(**values)


def shown(name: str, payload: bytes) -> str:
    """What Home Assistant makes of a payload."""
    return rendered(COMPONENTS[name]["value_template"], value_json=json.loads(payload))


@pytest.mark.parametrize("device", ["kickback", "gym-1", "0_-"])
@pytest.mark.parametrize("verbs", [list(VERBS), ["new-set", "calibrate"], []], ids=len)
@pytest.mark.parametrize("streams", [STREAMS, []], ids=len)
def test_the_message_is_by_the_rules(device: str, verbs: list[str], streams: list[str]) -> None:
    assert list(mistakes(discovery(device, streams, verbs))) == []
    assert list(topic_mistakes(Topics(device).discovery)) == []
    assert len(json.dumps(discovery(device, streams, verbs))) < 16_000


MUTATIONS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no identifiers": (lambda m: m["device"].pop("identifiers"), "identifiers"),
    "no origin": (lambda m: m["origin"].pop("name"), "origin"),
    "typing mistake": (lambda m: m["components"]["reps"].update(state_topik="x"), "unknown key state_topik"),
    "no unique id": (lambda m: m["components"]["reps"].pop("unique_id"), "unique_id"),
    "same unique id": (
        lambda m: m["components"]["reps"].update(unique_id="kickback_gym-1_set"),
        "two components",
    ),
    "bare entity id": (
        lambda m: m["components"]["reps"].update(default_entity_id="reps"),
        "default_entity_id",
    ),
    "cm/s": (
        lambda m: m["components"]["range"].update(device_class="speed", unit_of_measurement="cm/s"),
        "unit cm/s",
    ),
    "unit of an enum": (lambda m: m["components"]["phase"].update(unit_of_measurement="s"), "unit s"),
    "enum that is measured": (
        lambda m: m["components"]["phase"].update(state_class="measurement"),
        "enum with state_class",
    ),
    "angle without sign": (
        lambda m: m["components"]["reps"].update(state_class="measurement_angle"),
        "measurement_angle",
    ),
    "expires": (lambda m: m["components"]["reps"].update(expire_after=60), "expire_after"),
    "retained command": (lambda m: m["components"]["leg"].update(retain=True), "retained command"),
    "no event types": (lambda m: m["components"]["rep"].update(event_types=[]), "event types"),
    "wildcard": (lambda m: m["components"]["rep"].update(state_topic="kickback/#"), "wildcard"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_rules_bite(name: str) -> None:
    mutate, says = MUTATIONS[name]
    message = json.loads(json.dumps(MESSAGE))
    mutate(message)
    assert any(says in mistake for mistake in mistakes(message))


def state(*events: Any) -> bytes:
    keeper = StateKeeper(
        PanelView.of(SessionSetup(session="monday", leg="left", target="3-1-2-1")), replay=False
    )
    for one in numbered(*events):
        keeper.result(one)
    keeper.phase(phase(Phase.ECCENTRIC, 2))
    return msgspec.json.encode(keeper.state)


def test_the_state_is_shown() -> None:
    payload = state(rep(1))
    said = {name: shown(name, payload) for name in ("reps", "set", "direction", "phase", "tempo", "quality")}
    assert said == {
        "reps": "1", "set": "1", "direction": "36.4", "phase": "eccentric", "tempo": "2.9-?-1.9-1.0",
        "quality": "good",
    }  # fmt: skip
    assert (shown("exercise", payload), shown("leg", payload), shown("target", payload)) == (
        "cable-kickback",
        "left",
        "3-1-2-1",
    )


def test_what_is_not_known_is_unknown() -> None:
    """Home Assistant takes the word None for unknown."""
    payload = state()
    names = ("set", "direction", "tempo", "quality", "backlog", "journal")
    assert [shown(name, payload) for name in names] == ["None"] * 6
    assert shown("target_reps", payload) == "0"
    unknown = numbered(rep(1, mean_force_n=None, work_j=None, rom_m=None))[0].payload
    assert [shown(name, unknown) for name in ("force", "work", "range")] == ["None"] * 3


def test_a_leg_found_from_the_kicks_is_shown_as_automatic() -> None:
    assert shown("leg", state(rep(1, leg_source="kicks"))) == "automatic"


def test_each_option_and_event_is_one_that_is_announced() -> None:
    assert COMPONENTS["phase"]["options"] == [str(kind) for kind in Phase]
    for kind in RepKind:
        event = json.loads(shown("rep", numbered(rep(1, kind=kind))[0].payload))
        assert event["event_type"] in COMPONENTS["rep"]["event_types"]
        assert event["tempo"] == rep(1).tempo
    for reason in Rejection:
        event = json.loads(shown("not_counted", numbered(rejected(reason=reason))[0].payload))
        assert event == {"event_type": str(reason)}
        assert str(reason) in COMPONENTS["not_counted"]["event_types"]


def test_every_cue_is_an_event_that_is_announced() -> None:
    for word in get_args(CueWord):
        event = json.loads(shown("cue", numbered(cue(3, word=word))[0].payload))
        assert event["event_type"] == word
        assert word in COMPONENTS["cue"]["event_types"]
        assert (event["set"], event["rep"], event["fault"]) == (1, 3, cue(3).fault)


def test_a_fault_is_an_event_when_it_comes_and_when_it_goes() -> None:
    gone = ActiveFault(part="ankle", what="no answer")
    for change, kind in ((FaultChange(gone), "raised"), (FaultChange(gone, lasted_s=3.0), "cleared")):
        event = json.loads(shown("fault", msgspec.json.encode(change.event("monday", 5.0))))
        assert event == {"event_type": kind, "part": "ankle", "what": "no answer"}
        assert kind in COMPONENTS["fault"]["event_types"]


@pytest.mark.parametrize(("notices", "says"), [((), "none"), (("no scale", "no zero"), "no scale; no zero")])
def test_what_is_not_set_up_is_shown(notices: tuple[str, ...], says: str) -> None:
    info = info_of("gym", replay=False, simulated=False, capabilities=(), notices=notices)
    assert shown("notices", msgspec.json.encode(info)) == says


def test_faults_are_shown_as_text_and_by_sensor() -> None:
    none = b"[]"
    some = msgspec.json.encode(
        [
            ActiveFault(part="cable", what="the magnet is too far away"),
            ActiveFault(part="load", what="x" * 400),
        ]
    )
    assert (shown("problem", none), shown("faults", none), shown("cable_problem", none)) == (
        "OFF",
        "none",
        "OFF",
    )
    assert (shown("problem", some), shown("cable_problem", some), shown("ankle_problem", some)) == (
        "ON",
        "ON",
        "OFF",
    )
    assert shown("faults", some).startswith("the magnet is too far away; xxx")
    assert len(shown("faults", some)) == 250


def test_trap_10_events_come_from_topics_that_are_not_retained() -> None:
    """Home Assistant ignores retained messages for event entities, and an expiry of a retained state lies."""
    for component in COMPONENTS.values():
        if component["platform"] == "event":
            assert component["state_topic"].startswith("kickback/v1/gym-1/event/")
        assert "expire_after" not in component


def commands_of(component: dict[str, Any]) -> list[str]:
    if component["platform"] == "button":
        return [component["payload_press"]]
    values = component.get("options", ["3-1-2-1", "", "10-0-X-1"])
    if component["platform"] == "number":
        values = ["0", "1", "12.0", "200"]  # Home Assistant gives whole numbers with and without the point
    return [rendered(component["command_template"], value=value) for value in values]


def test_every_control_sends_a_command_that_is_done() -> None:
    asked: list[Command] = []

    def note(command: Command) -> str | None:
        asked.append(command)
        return None

    commands = Commands(dict.fromkeys(VERBS, note))
    sent = 0
    for component in COMPONENTS.values():
        if "command_topic" in component:
            for payload in commands_of(component):
                raw = payload.encode()
                result = commands.answer(Received(component["command_topic"], raw, len(raw), False))
                assert result is not None
                assert result.done, f"{payload}: {result.reason}"
                sent += 1
    assert len(asked) == sent == 5 + 4 + 3 + 3 + 4
    reps = [command.target_reps for command in asked if isinstance(command, ChooseTargetReps)]
    assert reps == [None, 1, 12, 200]


def test_only_what_the_device_can_do_is_offered() -> None:
    offered = discovery("gym", [], ["new-set"])["components"]
    assert [name for name, component in offered.items() if "command_topic" in component] == ["new_set"]


def test_the_connection_is_shown_while_everything_else_is_unavailable() -> None:
    for name, component in COMPONENTS.items():
        assert ("availability_topic" in component) == (name != "connection")
    connection = COMPONENTS["connection"]
    assert (connection["state_topic"], connection["payload_on"]) == (TOPICS.status, "online")


def test_it_is_retained_and_removed_by_nothing(mosquitto: Mosquitto) -> None:
    link = Link(Broker(LOOPBACK, mosquitto.port), "gym-1")
    link.retain(TOPICS.discovery, msgspec.json.encode(MESSAGE))
    link.open()
    try:
        serve_until(link, connected(link))
        serve_until(link, lambda: link.idle)
        with listening(mosquitto.port, "homeassistant/#") as late:
            (found,) = late.until(lambda heard: len(heard) == 1)
            assert (found.retained, json.loads(found.payload)) == (True, MESSAGE)
        link.retain(TOPICS.discovery, b"")
        serve_until(link, lambda: link.idle)
        with listening(mosquitto.port, "#") as late:
            heard = late.until(lambda heard: any(h.topic == TOPICS.status for h in heard))
            assert TOPICS.discovery not in {h.topic for h in heard}
    finally:
        link.close()


def test_the_example_dashboard_names_entities_that_there_are() -> None:
    text = (Path(__file__).parent.parent / "deploy" / "home-assistant" / "dashboard.yaml").read_text(
        encoding="utf-8"
    )
    named = set(re.findall(r"entity: (\S+)", text))
    offered = discovery("kickback", STREAMS, WITHOUT_A_PANEL)["components"]
    assert len(named) >= 15
    assert named <= {component["default_entity_id"] for component in offered.values()}
