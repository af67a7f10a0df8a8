"""What Home Assistant accepts as device discovery, transcribed from its documentation and schemas of 2026.11.

It ignores unknown keys in silence and drops a device with a wrong value; here both are mistakes.
"""

import re
from collections.abc import Iterator
from typing import Any

SHARED = {
    "platform", "name", "unique_id", "default_entity_id", "icon", "entity_category", "availability_topic",
    "enabled_by_default", "qos",
}  # fmt: skip
KEYS = {
    "sensor": {
        "state_topic", "value_template", "device_class", "unit_of_measurement", "state_class", "options",
        "suggested_display_precision", "expire_after",
    },
    "binary_sensor": {
        "state_topic", "value_template", "device_class", "payload_on", "payload_off", "expire_after",
    },
    "event": {"state_topic", "value_template", "device_class", "event_types"},
    "button": {"command_topic", "command_template", "payload_press", "device_class", "retain"},
    "number": {
        "state_topic", "value_template", "command_topic", "command_template", "min", "max", "step", "mode",
        "device_class", "unit_of_measurement", "payload_reset", "retain",
    },
    "select": {"state_topic", "value_template", "command_topic", "command_template", "options", "retain"},
    "text": {
        "state_topic", "value_template", "command_topic", "command_template", "min", "max", "pattern", "mode",
        "retain",
    },
}  # fmt: skip
REQUIRED = {
    "sensor": {"state_topic"},
    "binary_sensor": {"state_topic"},
    "event": {"state_topic", "event_types"},
    "button": {"command_topic"},
    "number": {"command_topic"},
    "select": {"command_topic", "options"},
    "text": {"command_topic"},
}
UNITS: dict[str, set[str | None]] = {
    "distance": {"mm", "cm", "m", "km", "in", "ft", "yd", "mi", "nmi"},
    "speed": {"m/s", "km/h", "mm/s", "ft/s", "in/s", "kn", "mph", "m/min", "Beaufort"},
    "duration": {"s", "ms", "µs", "min", "h", "d"},
    "energy": {"J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "cal", "kcal"},
    "power": {"mW", "W", "kW", "MW", "GW", "TW"},
    "data_size": {"bit", "kbit", "Mbit", "Gbit", "B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB"},
    "weight": {"kg", "g", "mg", "µg", "oz", "lb", "st"},
    "enum": {None},
}
BINARY_CLASSES = {"problem", "connectivity", "running", "motion", "occupancy"}
STATE_CLASSES = {"measurement", "measurement_angle", "total", "total_increasing"}


def topic_mistakes(topic: str) -> Iterator[str]:
    if re.fullmatch(r"homeassistant/device/[a-zA-Z0-9_-]+/config", topic) is None:
        yield f"{topic} is no discovery topic"


def mistakes(message: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a message."""
    if set(message) - {"device", "origin", "components", "availability_topic", "qos"}:
        yield "unknown key of the message"
    device, origin = message.get("device", {}), message.get("origin", {})
    if not device.get("identifiers") and not device.get("connections"):
        yield "device without identifiers"
    known = {"identifiers", "name", "model", "manufacturer", "sw_version", "serial_number", "hw_version"}
    if set(device) - known:
        yield "unknown key of device"
    if not origin.get("name"):
        yield "origin without name"
    if set(origin) - {"name", "sw_version", "support_url"}:
        yield "unknown key of origin"
    components = message.get("components", {})
    if not components:
        yield "no components"
    for key in ("unique_id", "default_entity_id"):
        values = [component.get(key) for component in components.values()]
        if len(set(values)) < len(values):
            yield f"two components with one {key}"
    for name, component in components.items():
        yield from (f"{name}: {mistake}" for mistake in component_mistakes(component))


def component_mistakes(component: dict[str, Any]) -> Iterator[str]:
    platform = component.get("platform")
    if platform not in KEYS:
        yield f"platform {platform}"
        return
    if not component.get("unique_id"):
        yield "no unique_id"
    for key in set(component) - SHARED - KEYS[platform]:
        yield f"unknown key {key}"
    for key in REQUIRED[platform] - set(component):
        yield f"no {key}"
    entity = component.get("default_entity_id", "")
    if re.fullmatch(rf"{platform}\.[a-z0-9_]+", entity) is None:
        yield f"default_entity_id {entity}"
    if component.get("entity_category") not in (None, "diagnostic", "config"):
        yield "entity_category"
    if platform in ("sensor", "binary_sensor", "event") and component.get("entity_category") == "config":
        yield "config category of what cannot be set"
    for key in ("state_topic", "command_topic", "availability_topic"):
        if re.search(r"[+#\x00]|^$", component.get(key, "x")):
            yield f"{key} with a wildcard or empty"
    if component.get("retain"):
        yield "a retained command would be done again with every connect"
    yield from (sensor_mistakes(component) if platform == "sensor" else other_mistakes(platform, component))


def sensor_mistakes(component: dict[str, Any]) -> Iterator[str]:
    kind, unit = component.get("device_class"), component.get("unit_of_measurement")
    state_class, options = component.get("state_class"), component.get("options")
    if kind is not None and unit not in UNITS.get(kind, set()):
        yield f"unit {unit} of device_class {kind}"
    if state_class is not None and state_class not in STATE_CLASSES:
        yield f"state_class {state_class}"
    if state_class == "measurement_angle" and unit != "°":
        yield "measurement_angle without °"
    if kind == "energy" and state_class == "measurement":
        yield "energy that is measured and not summed"
    if (kind == "enum") != (options is not None):
        yield "options belong to enum"
    if kind == "enum" and state_class is not None:
        yield "enum with state_class"
    if options is not None and (not options or len(set(options)) < len(options)):
        yield "options"
    if "expire_after" in component:
        yield "expire_after makes a retained state unavailable"


def other_mistakes(platform: str, component: dict[str, Any]) -> Iterator[str]:
    if platform == "binary_sensor" and component.get("device_class") not in {None, *BINARY_CLASSES}:
        yield "device_class"
    if platform == "event" and not component.get("event_types"):
        yield "no event types"
    if platform == "select" and len(set(component.get("options", ()))) < len(component.get("options", ())):
        yield "options"
    if platform == "number":
        low, high, step = component.get("min", 1), component.get("max", 100), component.get("step", 1)
        if not low < high or step < 0.001 or component.get("mode", "auto") not in ("auto", "box", "slider"):
            yield "range"
    if platform == "text" and not 0 <= component.get("min", 0) <= component.get("max", 255) <= 255:
        yield "length"
