"""No place for a name: every free text that is published or recorded, and what may stand in it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from firmware.mqtt.retained import History, Info, State
from firmware.numbering import NUMBERED_TYPES
from firmware.recording.header import Header
from firmware.recording.mcap_schema import TOPICS

TEXTS = {
    "the time at which a session began": (
        "Rep.session SetSummary.session Rejected.session Cue.session FaultEvent.session State.session "
        "PastSet.session Header.session EarlierSet.session SetSummary.vs_last_session "
        "SetSummary.vs_other_leg_session PastSet.vs_last_session PastSet.vs_other_leg_session"
    ),
    "another time": "PastSet.ts Header.started_at",
    "device, as the config calls it, and number": "Info.device State.last_rep_id PastSet.id",
    "one of the profiles": (
        "Rep.exercise SetSummary.exercise State.exercise PastSet.exercise Header.exercise EarlierSet.exercise"
    ),
    "a tempo": (
        "Rep.target SetSummary.target State.target PastSet.target Header.target Rep.tempo SetSummary.tempo "
        "PastSet.tempo State.last_rep_tempo"
    ),
    "the program's words for a rep": (
        "Rep.faults Rep.quality_reasons Rep.diagonal_reason State.last_rep_quality"
    ),
    "a part of the machine and what is wrong with it": "FaultEvent.part FaultEvent.what",
    "what is not set up, or was lost": "Info.notices Header.notes",
    "which sensor lacks samples, and why": "MissingSamples.stream MissingSamples.reason",
    "what a button announced": "AnnouncedEvent.event",
    "of a result, or of payloads": (
        "PublishedResult.topic Info.schema Info.schemas State.schema History.schema"
    ),
    "of the machine": "Info.capabilities Info.model Info.units",
    "the program's version": "Info.software Header.software",
}
"""Whoever adds a text, by its type and field, says here what may stand in it: nothing that names a person."""


def texts(schema: object, name: str = "") -> Iterator[str]:
    """The names of the properties of a JSON Schema that hold any text."""
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "string" and "enum" not in schema:
        yield name
    for key, value in schema.items():
        if key == "properties":
            for each, its in value.items():
                yield from texts(its, each)
        elif key in ("anyOf", "prefixItems"):
            for its in value:
                yield from texts(its, name)
        elif key in ("items", "additionalProperties"):
            yield from texts(value, name)


def test_no_published_or_recorded_text_has_room_for_a_name() -> None:
    kinds: list[Any] = [*NUMBERED_TYPES, Info, State, History, Header, *dict.fromkeys(TOPICS.values())]
    _, schemas = msgspec.json.schema_components(kinds)
    found = {f"{kind}.{name}" for kind, schema in schemas.items() for name in texts(schema)}
    assert found == {field for fields in TEXTS.values() for field in fields.split()}
