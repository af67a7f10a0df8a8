"""No place for a name: every free text that is published or recorded, and what may stand in it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from firmware.mqtt.retained import History, Info, State
from firmware.numbering import NUMBERED_TYPES
from firmware.recording.header import Header
from firmware.recording.mcap_schema import TOPICS

TEXTS = {
    "session": "the time at which it began",
    "vs_last_session": "as session",
    "vs_other_leg_session": "as session",
    "device": "as the config calls the machine",
    "id": "device and number",
    "last_rep_id": "device and number",
    "ts": "a time",
    "started_at": "a time",
    "exercise": "one of the profiles",
    "target": "a tempo",
    "tempo": "a tempo",
    "last_rep_tempo": "a tempo",
    "faults": "the program's words",
    "quality_reasons": "the program's words",
    "last_rep_quality": "the program's words",
    "diagonal_reason": "the program's words",
    "part": "of the machine",
    "what": "is wrong with it",
    "notices": "what is not set up",
    "notes": "what was lost",
    "reason": "why samples are missing",
    "stream": "a sensor",
    "event": "what a button announced",
    "topic": "of a result",
    "schema": "of a payload",
    "schemas": "of payloads",
    "capabilities": "of the machine",
    "units": "of numbers",
    "model": "of the machine",
    "software": "its version",
}
"""Whoever adds a text says here what may stand in it: nothing that names a person."""


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
    found = {name for schema in schemas.values() for name in texts(schema)}
    assert found == TEXTS.keys()
