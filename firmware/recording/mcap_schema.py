"""What an MCAP recording holds: its topics, one message type each, and their JSON Schemas.

Every message is a JSON object of one sample with a registered `jsonschema` of type object, which is
what Foxglove and PlotJuggler need to plot it. Units are in the names and in the descriptions.
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from firmware.recording.recording import LATEST_TIME_S
from tracker.blocks import COLUMNS, COUNT_COLUMNS, Stream
from tracker.calibration import Calibration

PROFILE = "kickback"
HEADER_RECORD = "recording"
CALIBRATION_RECORD = "calibration"
RECOVERY_RECORD = "recovery"
RAW_SUFFIX = "_raw"

EXACT_COUNTS = 2**53
"""Counts up to this are exact in float64."""

Time = Annotated[
    float, Meta(ge=-LATEST_TIME_S, le=LATEST_TIME_S, description="s, session clock; exact, unlike log time")
]
Acceleration = Annotated[float, Meta(description="m/s2, specific force along a sensor axis")]
Rate = Annotated[float, Meta(description="rad/s, angular rate about a sensor axis")]
Counts = Annotated[
    int, Meta(ge=-EXACT_COUNTS, le=EXACT_COUNTS, description="counts, as the chip delivers them")
]


Word = Annotated[str, Meta(description="in plain words")]


class ImuSample(msgspec.Struct, frozen=True, gc=False):
    """One sample of an inertial sensor in the sensor frame."""

    t_s: Time
    ax_mps2: Acceleration
    ay_mps2: Acceleration
    az_mps2: Acceleration
    gx_radps: Rate
    gy_radps: Rate
    gz_radps: Rate


class CableSample(msgspec.Struct, frozen=True, gc=False):
    """One sample of cable travel."""

    t_s: Time
    position_m: Annotated[float, Meta(description="m, cable travel, positive outwards")]


class LoadSample(msgspec.Struct, frozen=True, gc=False):
    """One sample of cable tension."""

    t_s: Time
    force_n: Annotated[float, Meta(description="N, cable tension")]


class ImuCounts(msgspec.Struct, frozen=True, gc=False):
    """One sample of an inertial sensor as its chip delivers it."""

    t_s: Time
    ax_counts: Counts
    ay_counts: Counts
    az_counts: Counts
    gx_counts: Counts
    gy_counts: Counts
    gz_counts: Counts


class CableCounts(msgspec.Struct, frozen=True, gc=False):
    """One reading of the encoder, unwrapped over turns."""

    t_s: Time
    angle_counts: Counts


class LoadCounts(msgspec.Struct, frozen=True, gc=False):
    """One reading of the load cell."""

    t_s: Time
    load_counts: Counts


class AnnouncedEvent(msgspec.Struct, frozen=True, gc=False):
    """What a button or a command announced."""

    t_s: Time
    event: Word


class MissingSamples(msgspec.Struct, frozen=True, gc=False):
    """An interval in which a stream is known to lack samples; `t_s` is its end."""

    t_s: Time
    stream: Word
    start_s: Time
    reason: Word


class PublishedResult(msgspec.Struct, frozen=True, gc=False):
    """A result as it was published. For inspection only: a replay measures anew."""

    t_s: Time
    topic: Word
    payload: msgspec.Raw


class TimedCalibration(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration and the session time from which it holds; None from the beginning."""

    from_s: float | None
    calibration: Calibration


Sample = ImuSample | CableSample | LoadSample | ImuCounts | CableCounts | LoadCounts
Row = Sample | AnnouncedEvent | MissingSamples | PublishedResult

SI_TYPES: Mapping[Stream, type[Sample]] = {
    Stream.CABLE: CableSample,
    Stream.LOAD: LoadSample,
    Stream.PELVIS: ImuSample,
    Stream.ANKLE: ImuSample,
}
COUNT_TYPES: Mapping[Stream, type[Sample]] = {
    Stream.CABLE: CableCounts,
    Stream.LOAD: LoadCounts,
    Stream.PELVIS: ImuCounts,
    Stream.ANKLE: ImuCounts,
}

EVENTS_TOPIC = "/events"
GAPS_TOPIC = "/gaps"
RESULTS_TOPIC = "/results"


def si_topic(stream: Stream) -> str:
    """Topic of a stream in SI units."""
    return f"/{stream.value}"


def raw_topic(stream: Stream) -> str:
    """Topic of a stream in counts."""
    return f"/{stream.value}{RAW_SUFFIX}"


TOPICS: Mapping[str, type[Row]] = {
    **{si_topic(stream): kind for stream, kind in SI_TYPES.items()},
    **{raw_topic(stream): kind for stream, kind in COUNT_TYPES.items()},
    EVENTS_TOPIC: AnnouncedEvent,
    GAPS_TOPIC: MissingSamples,
    RESULTS_TOPIC: PublishedResult,
}
"""Every topic this program writes and reads, with its message type."""

fields_of: Mapping[type[Row], Any] = {kind: attrgetter(*kind.__struct_fields__) for kind in TOPICS.values()}
"""For each message type, the function that returns a message's values in the order of its fields."""


def schema_json(kind: type[Row]) -> bytes:
    """Return the JSON Schema of a message type, an object without references."""
    _, components = msgspec.json.schema_components([kind])
    schema = components[kind.__name__]
    if kind is PublishedResult:
        schema["properties"]["payload"] = {"type": "object", "description": "as published over MQTT"}
    return msgspec.json.encode(schema)


assert all(kind.__struct_fields__ == COLUMNS[stream] for stream, kind in SI_TYPES.items())
assert all(kind.__struct_fields__ == COUNT_COLUMNS[stream] for stream, kind in COUNT_TYPES.items())
