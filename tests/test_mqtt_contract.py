"""The AsyncAPI document: up to date, sound, and true of every payload."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from firmware.faults import ActiveFault, FaultChange
from firmware.journal.pending import Pending
from firmware.mqtt.channels import channels
from firmware.mqtt.commands import Commands
from firmware.mqtt.contract import document, payload_schema
from firmware.mqtt.live import LiveMoment
from firmware.mqtt.received import Received
from firmware.mqtt.retained import HistoryKeeper, StateKeeper, info_of
from firmware.mqtt.topics import Topics
from firmware.mqtt.verbs import VERBS, CommandResult
from firmware.numbering import Numbering
from firmware.panel.view import PanelView
from firmware.recording import open_recording
from tests.made_events import cue, numbered, phase, rejected, rep, set_summary
from tests.test_mqtt_commands import GOOD
from tracker.messages import Cue, CueKind, Phase, PhaseChange, Rejected, Rep, Result, SetSummary
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

ROOT = Path(__file__).parent.parent
DOCUMENT = document()
ADDRESSES = {channel["address"]: name for name, channel in DOCUMENT["channels"].items()}


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = payload_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def valid(name: str, payload: bytes) -> bool:
    return bool(validator(name).is_valid(json.loads(payload)))


def test_the_committed_document_is_up_to_date() -> None:
    written = json.loads((ROOT / "docs" / "asyncapi.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(DOCUMENT)), (
        "run python -m firmware.mqtt.contract > docs/asyncapi.json"
    )


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere_and_everything_is_referred_to() -> None:
    found = set(references(DOCUMENT))
    for reference in found:
        target: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
    for section in ("messages", "schemas", "parameters"):
        for name in DOCUMENT["components"][section]:
            assert f"#/components/{section}/{name}" in found
    for name in DOCUMENT["channels"]:
        assert f"#/channels/{name}" in found


def test_the_structure_is_that_of_asyncapi_3() -> None:
    assert DOCUMENT["asyncapi"] == "3.1.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    for channel in DOCUMENT["channels"].values():
        assert channel["address"].startswith("kickback/v1/{device}/")
        assert set(channel["parameters"]) == {"device"}
        assert len(channel["messages"]) == 1
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        binding = operation["bindings"]["mqtt"]
        assert binding["qos"] in (0, 1)
        assert isinstance(binding["retain"], bool)


def test_the_addresses_are_the_topics_in_use() -> None:
    topics = Topics("{device}".strip("{}"))
    said = {address.replace("{device}", "device") for address in ADDRESSES}
    used = {topics.status, topics.info, topics.state, topics.history, topics.fault, topics.live}
    used |= {topics.event(kind) for kind in ("rep", "set", "rejected", "cue", "fault")}
    used |= {topics.command(verb) for verb in VERBS} | {topics.command_result(verb) for verb in VERBS}
    assert said == used
    retained = {channel.address.rsplit("/", 1)[1] for channel in channels() if channel.retain}
    assert retained == {"status", "info", "state", "history", "fault"}


def payloads() -> Iterator[tuple[str, bytes]]:
    results: list[Result] = [
        rep(),
        rep(2, leg=None, tempo=None, eccentric_end_s=None),
        set_summary(),
        rejected(),
        cue(),
        cue(None, kind=CueKind.SET_OVER, word="rest", fault=None, severity=None),
    ]
    for one in numbered(*results):
        yield f"event-{one.result.TOPIC}", one.payload
    gone = ActiveFault(part="ankle", what="no answer")
    for change in (FaultChange(gone), FaultChange(gone, lasted_s=12.5)):
        waiting = Pending(change.event("monday", 5.0), "2026-05-01T17:30:05.000Z", True, since_s=0.0)
        yield "event-fault", waiting.written("gym", 7).entry.payload
    view = PanelView.of(SessionSetup(session="monday"))
    state = StateKeeper(view, replay=False)
    yield "state", msgspec.json.encode(state.state)
    history = HistoryKeeper()
    yield "history", msgspec.json.encode(history.history)
    for one in numbered(*results):
        state.result(one)
        if isinstance(one.result, SetSummary):
            history.add(one.result, one)
    state.phase(phase(Phase.CONCENTRIC, 3, at_s=1.0))
    yield "state", msgspec.json.encode(state.state)
    yield "history", msgspec.json.encode(history.history)
    info = info_of("gym", replay=False, simulated=False, capabilities=("cable",))
    yield "info", msgspec.json.encode(info)
    yield "fault", b"[]"
    yield "fault", msgspec.json.encode([ActiveFault(part="cable", what="the magnet is too far away")])
    for value in (None, 0.25):
        yield "live", msgspec.json.encode(
            LiveMoment(
                session_s=1.0, phase=Phase.IDLE, phase_since_s=value, set=None, rep=None, position_m=value,
                force_n=value, tilt_rate_radps=value, cue="hold" if value else None, cue_target_s=value,
                cue_remaining_s=value,
            )
        )  # fmt: skip
    commands = Commands({"leg": lambda command: None})
    for payload in (b'{"leg": "left", "request_id": "a"}', b"{"):
        result = commands.answer(Received("kickback/v1/gym/cmd/leg", payload, len(payload), False))
        yield "command-result", msgspec.json.encode(result)
    for verb, fields in GOOD:
        yield f"cmd-{verb}", json.dumps(fields).encode()


@pytest.mark.parametrize(("name", "payload"), list(payloads()), ids=lambda value: str(value)[:24])
def test_payloads_are_as_the_contract_says(name: str, payload: bytes) -> None:
    validator(name).validate(json.loads(payload))


def test_every_event_of_a_whole_session_is_as_the_contract_says() -> None:
    recording = open_recording(ROOT / "firmware" / "demo" / "session.mcap")
    tracker, numbering = Tracker(recording.setup), Numbering("demo", replay=True)
    events = [event for block in recording.blocks(1.0) for event in tracker.process(block)]
    kinds = set()
    for event in (*events, *tracker.finish()):
        if not isinstance(event, PhaseChange):
            one = numbering.number(event, recording.started_at)
            validator(f"event-{event.TOPIC}").validate(json.loads(one.payload))
            kinds.add(type(event))
    assert kinds == {Rep, SetSummary, Rejected, Cue}


def test_the_contract_bites() -> None:
    for name, payload in payloads():
        fields = json.loads(payload)
        if not isinstance(fields, dict):
            assert not validator(name).is_valid({})
            continue
        schema = DOCUMENT["components"]["schemas"][name]
        for required in schema.get("required", ()):
            assert not validator(name).is_valid({k: v for k, v in fields.items() if k != required}), required
        for field in fields:
            assert not validator(name).is_valid({**fields, field: {"no": 7}}), field
        if "schema" in fields:
            assert not validator(name).is_valid({**fields, "schema": "kickback.other/1"})


def test_the_status_is_plain_text() -> None:
    assert valid("status", b'"online"')
    assert valid("status", b'"offline"')
    assert not valid("status", b'"perhaps"')
    assert DOCUMENT["components"]["messages"]["status"]["contentType"] == "text/plain"


def test_every_result_has_its_reason() -> None:
    done = CommandResult(verb="leg", request_id=None, done=True, reason=None)
    assert valid("command-result", msgspec.json.encode(done))
