"""What is shipped for Telegraf, Grafana and Node-RED: true of the contract, field by field.

Neither Telegraf nor Grafana is run here; what Telegraf makes of a payload is its documented rules for the
data format `json` (numbers become fields, texts only where they are named, null is left out), written down
once more. `python -m tests.node_red_flow` runs the flow in a real Node-RED.
"""

import json
import re
import shutil
import subprocess
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from firmware.faults import ActiveFault, FaultChange
from firmware.journal.pending import Pending
from firmware.mqtt.contract import document
from firmware.mqtt.verbs import VERBS
from tests.made_events import cue, numbered, rejected, rep, set_summary

DEPLOY = Path(__file__).parent.parent / "deploy"
TELEGRAF = tomllib.loads((DEPLOY / "telegraf" / "kickback.conf").read_text(encoding="utf-8"))
INPUTS: list[dict[str, Any]] = TELEGRAF["inputs"]["mqtt_consumer"]
BY_NAME = {each["name_override"]: each for each in INPUTS}
DASHBOARD = json.loads((DEPLOY / "grafana" / "kickback.json").read_text(encoding="utf-8"))
FLOW: list[dict[str, Any]] = json.loads((DEPLOY / "node-red" / "kickback.json").read_text(encoding="utf-8"))
NODES = {node["id"]: node for node in FLOW}
CHANNELS = document()["channels"]
SCHEMAS = document()["components"]["schemas"]
EVENTS: dict[str, str] = {
    name: channel["address"] for name, channel in CHANNELS.items() if name.startswith("event-")
}


def channel_of(consumer: dict[str, Any]) -> str:
    """The channel an input listens to, of all devices."""
    (topic,) = consumer["topics"]
    (name,) = [name for name, address in EVENTS.items() if address.replace("{device}", "+") == topic]
    return name


def types(channel: str, field: str) -> set[str]:
    """The JSON types a field may have."""
    return types_in(SCHEMAS[channel]["properties"][field])


def types_in(schema: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return types_in(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return set().union(*map(types_in, schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return {"null" if value is None else "string" for value in values}
    return {schema["type"]}


def metric(consumer: dict[str, Any], topic: str, payload: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    """Tags and fields that Telegraf makes of a message."""
    values = json.loads(payload)
    tags = {key: str(values[key]) for key in consumer["tag_keys"] if values.get(key) is not None}
    (parsing,) = consumer["topic_parsing"]
    names, parts = parsing["tags"].split("/"), topic.split("/")
    tags |= {name: part for name, part in zip(names, parts, strict=True) if name != "_"}
    fields = {}
    for key, value in values.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number or (key in consumer["json_string_fields"] and isinstance(value, str)):
            fields[key] = value
    return tags, fields


def messages() -> list[tuple[str, bytes]]:
    found = [
        (one.result.TOPIC, one.payload)
        for one in numbered(rep(1), rep(2, leg=None, tempo=None), set_summary(), rejected(), cue(3))
    ]
    gone = FaultChange(ActiveFault(part="ankle", what="no answer"), lasted_s=12.5).event("monday", 5.0)
    entry = Pending(gone, "2026-05-01T17:30:05.000Z", True, since_s=0.0).written("gym", 9).entry
    return [*found, (entry.kind, entry.payload)]


def test_telegraf_hears_every_event_of_the_contract_and_loses_none_while_it_is_away() -> None:
    assert sorted(map(channel_of, INPUTS)) == sorted(EVENTS)
    for consumer in INPUTS:
        assert (consumer["qos"], consumer["persistent_session"]) == (1, True)
        assert consumer["password"].startswith("${"), "no password in the file"
        assert consumer["topic_parsing"][0]["topic"] == consumer["topics"][0]
    assert len({consumer["client_id"] for consumer in INPUTS}) == len(INPUTS)


@pytest.mark.parametrize("name", BY_NAME)
def test_telegraf_names_only_what_there_is(name: str) -> None:
    consumer, channel = BY_NAME[name], channel_of(BY_NAME[name])
    for key in (*consumer["tag_keys"], *consumer["json_string_fields"], consumer["json_time_key"]):
        assert types(channel, key) <= {"string", "null"}, f"{channel} {key}"
    assert not set(consumer["tag_keys"]) & set(consumer["json_string_fields"])


@pytest.mark.parametrize(("kind", "payload"), messages(), ids=lambda value: str(value)[:12])
def test_what_telegraf_makes_of_an_event(kind: str, payload: bytes) -> None:
    consumer, event = BY_NAME[f"kickback_{kind}"], json.loads(payload)
    tags, fields = metric(consumer, f"kickback/v1/gym-1/event/{kind}", payload)
    assert tags["device"] == "gym-1"
    assert tags["session"] == event["session"]
    assert fields["id"] == event["id"]
    measured = {key for key, value in event.items() if isinstance(value, float)}
    assert measured <= set(fields)
    assert consumer["json_time_format"] == "2006-01-02T15:04:05Z07:00", "RFC 3339 as Go writes it"
    assert datetime.fromisoformat(event["ts"]).tzinfo is not None


def queries() -> list[tuple[str, str]]:
    return [(panel["title"], target["query"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.parametrize(("title", "query"), queries())
def test_each_query_of_grafana_asks_for_what_telegraf_writes(title: str, query: str) -> None:
    found = re.fullmatch(
        r'SELECT (.+) FROM "(\w+)" WHERE \$timeFilter AND "device" =~ /\^\$device\$/( GROUP BY "(\w+)")?',
        query,
    )
    assert found is not None, query
    consumer = BY_NAME[found[2]]
    channel = channel_of(consumer)
    asked = re.findall(r'(\w*)\(?"(\w+)"\)?(?: AS "\w+")?', found[1])
    assert len(asked) == len(found[1].split(", "))
    fields = 0
    for function, name in asked:
        numeric = types(channel, name) <= {"integer", "number", "null"}
        assert numeric or (not function and name in (*consumer["json_string_fields"], *consumer["tag_keys"]))
        fields += name not in consumer["tag_keys"]
    assert fields >= 1, "InfluxQL gives nothing for tags alone"
    assert found[4] is None or found[4] in consumer["tag_keys"]


def test_grafana_s_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_the_flow_hangs_together() -> None:
    assert len(NODES) == len(FLOW)
    for node in FLOW:
        for target in (target for output in node.get("wires", ()) for target in output):
            assert NODES[target]["z"] == node["z"]
        if node["type"] in ("mqtt in", "mqtt out"):
            assert NODES[node["broker"]]["type"] == "mqtt-broker"
        assert "password" not in json.dumps(node)
    assert len(NODES["kickback_once"]["wires"]) == NODES["kickback_once"]["outputs"]
    heard = NODES["kickback_events"]["topic"]
    assert all(re.fullmatch(heard.replace("+", "[^/]+"), address) for address in EVENTS.values())
    assert set(re.findall(r"/cmd/([a-z-]+)", json.dumps(FLOW))) <= set(VERBS)


def run_in_node(name: str, given: list[dict[str, Any]]) -> list[Any]:
    """What a function node of the flow gives for some messages, in the language it is written in."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    script = (
        "const kept = new Map();"
        "const context = { get: (k) => kept.get(k), set: (k, v) => kept.set(k, v) };"
        f"const step = new Function('msg', 'context', {json.dumps(NODES[name]['func'])});"
        f"const out = {json.dumps(given)}.map((msg) => step(msg, context));"
        "console.log(JSON.stringify(out));"
    )
    said = subprocess.run([program, "-e", script], capture_output=True, text=True, check=True, timeout=30)
    found: list[Any] = json.loads(said.stdout)
    return found


def message(kind: str, payload: bytes | dict[str, Any], device: str = "gym-1") -> dict[str, Any]:
    fields = payload if isinstance(payload, dict) else json.loads(payload)
    return {"topic": f"kickback/v1/{device}/event/{kind}", "payload": fields}


def test_the_flow_passes_each_result_once_and_asks_for_what_was_missed() -> None:
    seqs = [5, 6, 6, 9, 10, 8, 7, 7, 11]
    out = run_in_node("kickback_once", [message("rep", {"seq": seq}) for seq in seqs])
    passed = [each[0]["payload"]["seq"] for each in out if each is not None]
    assert passed == [5, 6, 9, 10, 8, 7, 11]
    (asked,) = [each[1] for each in out if each is not None and each[1] is not None]
    assert asked == {"topic": "kickback/v1/gym-1/cmd/replay", "payload": {"from_seq": 7, "to_seq": 8}}


def test_the_flow_says_every_kind_of_event_in_words() -> None:
    given = [{**message(kind, payload), "kind": kind, "device": "gym-1"} for kind, payload in messages()]
    said = [each["payload"] for each in run_in_node("kickback_words", given)]
    assert said[0] == "rep 1 of set 1, 36 degrees out, 98 N, tempo 2.9-?-1.9-1.0"
    assert said[2] == "set 1 done: 8 full reps, 361 J"
    assert said[3] == "not counted: twitch"
    assert said[5] == "ankle is fine again: no answer"
    assert all(each and "undefined" not in each and "null" not in each for each in said)
