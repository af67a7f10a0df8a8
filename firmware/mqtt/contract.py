"""Contract: the AsyncAPI 3.1 document, made from the message types.

`python -m firmware.mqtt.contract > docs/asyncapi.json` writes it; a test says when that is due.
"""

import json
import sys
from inspect import cleandoc
from typing import Any

import msgspec

from firmware.mqtt.channels import Channel, channels
from tracker.messages import Envelope

Json = dict[str, Any]

_DESCRIPTION = (
    "What a Kickback rep tracker publishes and what it can be asked. Flat JSON; a key that is a physical "
    "quantity ends in its unit. Fields may be added within a version, so ignore those you do not know; "
    "meanings never change. An event comes at least once: its id says whether you have it already, and a "
    "gap in seq that cmd/replay fills. A value that could not be measured is null."
)
_REF = "#/components/schemas/{name}"


def document() -> Json:
    """The document as plain values, the same for every device and version of the software."""
    found = tuple(channels())
    schemas = _schemas(found)
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Kickback",
            "version": "1.0.0",
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in found},
        "operations": {
            _operation_name(channel): _operation(channel) for channel in found if not _is_reply(channel)
        },
        "components": {
            "messages": {channel.message: _message(channel) for channel in found},
            "schemas": schemas,
            "parameters": {"device": {"description": "Id of the device: a-z, 0-9, _ and -, 32 at most."}},
        },
    }


def payload_schema(name: str) -> Json:
    """The JSON Schema of one message's payload, complete in itself."""
    schemas = document()["components"]["schemas"]
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}


def _schemas(found: tuple[Channel, ...]) -> Json:
    kinds = {channel.kind: None for channel in found}
    payloads, components = msgspec.json.schema_components([*kinds, Envelope], ref_template=_REF)
    by_kind = dict(zip([*kinds, Envelope], payloads, strict=True))
    schemas: Json = {}
    for channel in found:
        schema = _resolved(by_kind[channel.kind], components)
        if channel.numbered:
            schema = _with_envelope(_resolved(by_kind[Envelope], components), schema, channel.kind.SCHEMA)
        elif "properties" in schema:
            schema = _with_constant_schema(schema)
        schemas[channel.message] = schema
    used = json.dumps(schemas)
    # What is referred to by what is used; the payloads themselves stand under their channels' names.
    while True:
        more = {
            n: c for n, c in components.items() if n not in schemas and f'"{_REF.format(name=n)}"' in used
        }
        if not more:
            return {name: _described(schema) for name, schema in schemas.items()}
        schemas |= more
        used = json.dumps(schemas)


def _described(schema: Json) -> Json:
    """A docstring's lines without the indentation of the source, which older versions of msgspec leave."""
    if "description" not in schema:
        return schema
    return {**schema, "description": cleandoc(schema["description"])}


def _resolved(schema: Json, components: Json) -> Json:
    if set(schema) == {"$ref"}:
        return dict(components[schema["$ref"].rsplit("/", 1)[1]])
    return dict(schema)


def _with_envelope(envelope: Json, result: Json, name: str) -> Json:
    return {
        **result,
        "properties": {**envelope["properties"], "schema": {"const": name}, **result["properties"]},
        "required": [*envelope["required"], *result["required"]],
    }


def _with_constant_schema(schema: Json) -> Json:
    """The name of the payload's schema is always there and always the same."""
    properties = dict(schema["properties"])
    if "default" not in properties.get("schema", {}):
        return schema
    properties["schema"] = {"const": properties["schema"]["default"]}
    return {**schema, "properties": properties, "required": ["schema", *schema.get("required", [])]}


def _channel(channel: Channel) -> Json:
    return {
        "address": channel.address,
        "description": channel.summary,
        "parameters": {"device": {"$ref": "#/components/parameters/device"}},
        "messages": {channel.message: {"$ref": f"#/components/messages/{channel.message}"}},
    }


def _message(channel: Channel) -> Json:
    message: Json = {
        "summary": channel.summary,
        "payload": {"$ref": f"#/components/schemas/{channel.message}"},
    }
    return {"contentType": "text/plain", **message} if channel.name == "status" else message


def _operation(channel: Channel) -> Json:
    operation: Json = {
        "action": channel.action,
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "bindings": {"mqtt": {"qos": channel.qos, "retain": channel.retain, "bindingVersion": "0.2.0"}},
    }
    if channel.action == "receive":
        operation["reply"] = {"channel": {"$ref": f"#/channels/{channel.name}-result"}}
    return operation


def _operation_name(channel: Channel) -> str:
    return f"{channel.action}-{channel.name}"


def _is_reply(channel: Channel) -> bool:
    return channel.name.endswith("-result")


def main() -> None:
    """Write the document to standard output."""
    json.dump(document(), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
