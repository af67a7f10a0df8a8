"""Discovery: one message by which Home Assistant finds the tracker with all its entities.

Retained at `homeassistant/device/kickback_<device>/config`; an empty payload there removes the device.
Home Assistant ignores keys it does not know without a word, and drops the whole device for a wrong
value, so that tests hold this against its rules. Each component has the availability of the device,
but the one that shows it. Events are not retained: Home Assistant ignores retained ones.
"""

from collections.abc import Collection, Sequence
from typing import Any, get_args

from firmware.mqtt.retained import software_version
from firmware.mqtt.topics import Topics
from tracker.cues.words import CueWord
from tracker.messages import Phase, Rejection, RepKind
from tracker.profiles import PROFILES
from tracker.setup import MOST_REPS
from tracker.tempo import ORDER

AUTOMATIC = "automatic"
"""What the leg is called while it is to be found from the kicks."""

_TEXT_LENGTH = 250
"""Home Assistant takes 255 characters for a state."""

Component = dict[str, Any]


def discovery(
    device: str, streams: Sequence[str], verbs: Collection[str], *, simulated: bool = False
) -> Component:
    """The message for a device with these sensor streams, whose commands are these verbs."""
    topics = Topics(device)
    components = {
        **_numbers(topics),
        **_words(topics),
        **_happenings(topics),
        **_health(topics, streams),
        **_controls(topics, verbs),
    }
    return {
        "device": {
            "identifiers": [f"kickback_{device}"],
            "name": f"Kickback {device}" + (" (simulated)" if simulated else ""),
            "model": "Kickback rep tracker",
            "manufacturer": "Kickback",
            "sw_version": software_version(),
        },
        "origin": {"name": "kickback", "sw_version": software_version()},
        "components": {name: _named(topics, name, component) for name, component in components.items()},
    }


def entity_id(device: str, platform: str, name: str) -> str:
    """What an entity is called in Home Assistant unless somebody renamed it."""
    slug = device.replace("-", "_")
    return f"{platform}.{slug if slug.startswith('kickback') else f'kickback_{slug}'}_{name}"


def _named(topics: Topics, name: str, component: Component) -> Component:
    available = {} if name == "connection" else {"availability_topic": topics.status}
    return {
        **component,
        "unique_id": f"kickback_{topics.device}_{name}",
        "default_entity_id": entity_id(topics.device, component["platform"], name),
        **available,
    }


def _sensor(name: str, topic: str, template: str, **more: Any) -> Component:
    shown = f"{{{{ {template} }}}}"
    return {
        "platform": "sensor",
        "name": name,
        "state_topic": topic,
        "value_template": shown,
        **more,
    }


def _numbers(topics: Topics) -> dict[str, Component]:
    rep = topics.event("rep")
    measured = {"state_class": "measurement", "suggested_display_precision": 1}
    return {
        "reps": _sensor(
            "Reps", topics.state, "value_json.rep", unit_of_measurement="reps", state_class="measurement"
        ),
        "set": _sensor("Set", topics.state, "value_json.set", icon="mdi:format-list-numbered"),
        "direction": _sensor(
            "Direction", topics.state, "value_json.last_rep_diagonal_deg", unit_of_measurement="°", **measured
        ),
        "force": _sensor("Mean force", rep, "value_json.mean_force_n", unit_of_measurement="N", **measured),
        "work": _sensor("Work", rep, "value_json.work_j", unit_of_measurement="J", **measured),
        "range": _sensor(
            "Range", rep, "value_json.rom_m", unit_of_measurement="m", device_class="distance",
            state_class="measurement", suggested_display_precision=2,
        ),
    }  # fmt: skip


def _words(topics: Topics) -> dict[str, Component]:
    return {
        "phase": _sensor(
            "Phase", topics.state, "value_json.phase", device_class="enum", options=[str(p) for p in Phase]
        ),
        "tempo": _sensor("Tempo", topics.state, "value_json.last_rep_tempo", icon="mdi:metronome"),
        "quality": _sensor(
            "Quality",
            topics.state,
            "value_json.last_rep_quality",
            device_class="enum",
            options=["good", "suspect"],
        ),
    }


def _happenings(topics: Topics) -> dict[str, Component]:
    return {
        "rep": {
            "platform": "event",
            "name": "Rep",
            "state_topic": topics.event("rep"),
            "event_types": [str(kind) for kind in RepKind],
            "value_template": "{{ {'event_type': value_json.kind, 'rep': value_json.rep, "
            "'tempo': value_json.tempo, 'in_zone': value_json.in_zone, 'form': value_json.faults} "
            "| tojson }}",
            "icon": "mdi:human-handsup",
        },
        "not_counted": {
            "platform": "event",
            "name": "Not counted",
            "state_topic": topics.event("rejected"),
            "event_types": [str(reason) for reason in Rejection],
            "value_template": "{{ {'event_type': value_json.reason} | tojson }}",
            "icon": "mdi:cancel",
        },
        "cue": {
            "platform": "event",
            "name": "Cue",
            "state_topic": topics.event("cue"),
            "event_types": list(get_args(CueWord)),
            "value_template": "{{ {'event_type': value_json.word, 'set': value_json.set, "
            "'rep': value_json.rep, 'fault': value_json.fault, 'severity': value_json.severity} | tojson }}",
            "icon": "mdi:bullhorn",
        },
        "fault": {
            "platform": "event",
            "name": "Fault",
            "state_topic": topics.event("fault"),
            "event_types": ["raised", "cleared"],
            "value_template": "{{ {'event_type': value_json.change, 'part': value_json.part, "
            "'what': value_json.what} | tojson }}",
            "entity_category": "diagnostic",
            "icon": "mdi:alert",
        },
    }


def _health(topics: Topics, streams: Sequence[str]) -> dict[str, Component]:
    what = "value_json | map(attribute='what') | join('; ')"
    problem = {"platform": "binary_sensor", "device_class": "problem", "entity_category": "diagnostic"}
    health: dict[str, Component] = {
        "connection": {
            "platform": "binary_sensor",
            "name": "Connection",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "state_topic": topics.status,
            "payload_on": "online",
            "payload_off": "offline",
        },
        "problem": {
            **problem,
            "name": "Problem",
            "state_topic": topics.fault,
            "value_template": "{{ 'ON' if value_json | length > 0 else 'OFF' }}",
        },
        "faults": _sensor(
            "Faults", topics.fault, f"({what} or 'none')[:{_TEXT_LENGTH}]", entity_category="diagnostic"
        ),
        "notices": _sensor(
            "Notices",
            topics.info,
            f"(value_json.notices | join('; ') or 'none')[:{_TEXT_LENGTH}]",
            entity_category="diagnostic",
        ),
        "backlog": _sensor(
            "Results waiting",
            topics.state,
            "value_json.journal_backlog",
            unit_of_measurement="results",
            state_class="measurement",
            entity_category="diagnostic",
        ),
        "journal": _sensor(
            "Journal",
            topics.state,
            "value_json.journal_bytes",
            unit_of_measurement="B",
            device_class="data_size",
            state_class="measurement",
            entity_category="diagnostic",
        ),
    }
    for stream in streams:
        health[f"{stream}_problem"] = {
            **problem,
            "name": f"{stream.capitalize()} sensor",
            "state_topic": topics.fault,
            "value_template": "{{ 'ON' if value_json "
            f"| selectattr('part', 'eq', '{stream}') | list else 'OFF' }}}}",
        }
    return health


def _controls(topics: Topics, verbs: Collection[str]) -> dict[str, Component]:
    def button(verb: str, name: str, icon: str) -> Component:
        return {
            "platform": "button",
            "name": name,
            "command_topic": topics.command(verb),
            "payload_press": "{}",
            "icon": icon,
        }

    controls = {
        "new-set": ("new_set", button("new-set", "New set", "mdi:playlist-plus")),
        "end-set": ("end_set", button("end-set", "End set", "mdi:playlist-check")),
        "calibrate": ("calibrate", button("calibrate", "Calibrate", "mdi:compass")),
        "tare": ("tare", button("tare", "Tare", "mdi:scale-balance")),
        "identify": ("identify", button("identify", "Identify", "mdi:bell")),
        "exercise": (
            "exercise",
            {
                "platform": "select",
                "name": "Exercise",
                "options": list(PROFILES),
                "state_topic": topics.state,
                "value_template": "{{ value_json.exercise }}",
                "command_topic": topics.command("exercise"),
                "command_template": "{{ {'exercise': value} | tojson }}",
            },
        ),
        "leg": (
            "leg",
            {
                "platform": "select",
                "name": "Leg",
                "options": [AUTOMATIC, "left", "right"],
                "state_topic": topics.state,
                "value_template": "{{ value_json.leg if value_json.leg_source == 'told' "
                f"else '{AUTOMATIC}' }}}}",
                "command_topic": topics.command("leg"),
                "command_template": f"{{{{ {{'leg': none if value == '{AUTOMATIC}' else value}} "
                "| tojson }}",
            },
        ),
        "target": (
            "target",
            {
                "platform": "text",
                "name": f"Target tempo ({', '.join(ORDER)})",
                "max": 32,
                "state_topic": topics.state,
                "value_template": "{{ value_json.target or '' }}",
                "command_topic": topics.command("target"),
                "command_template": "{{ {'target': value or none} | tojson }}",
                "icon": "mdi:metronome-tick",
            },
        ),
        "target-reps": (
            "target_reps",
            {
                "platform": "number",
                "name": "Target reps (0 for none)",
                "min": 0,
                "max": MOST_REPS,
                "step": 1,
                "mode": "box",
                "state_topic": topics.state,
                "value_template": "{{ value_json.target_reps or 0 }}",
                "command_topic": topics.command("target-reps"),
                "command_template": "{{ {'target_reps': (value | int) or none} | tojson }}",
                "icon": "mdi:bullseye-arrow",
            },
        ),
    }  # fmt: skip
    return {name: component for verb, (name, component) in controls.items() if verb in verbs}
