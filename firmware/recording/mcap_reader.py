"""Reads an MCAP recording, whole or damaged: what can be read, and a note on what cannot."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np

from firmware.errors import BadInputError, in_one_line
from firmware.recording.header import Header, parse_header
from firmware.recording.mcap_contents import Contents, read_contents
from firmware.recording.mcap_part import PART_SUFFIX
from firmware.recording.mcap_schema import (
    CALIBRATION_RECORD,
    EVENTS_TOPIC,
    GAPS_TOPIC,
    HEADER_RECORD,
    RECOVERY_RECORD,
    RESULTS_TOPIC,
    TOPICS,
    AnnouncedEvent,
    MissingSamples,
    PublishedResult,
    TimedCalibration,
    raw_topic,
    si_topic,
)
from firmware.recording.recording import Recording, require_session
from tracker.announced import read_announced
from tracker.blocks import Announced, FloatArray, Gap, RawSamples, Stream
from tracker.calibration import overloads, si_samples

DAMAGE_REASON = "recording damaged"
MOST_NOTES = 6

_SAMPLE_TOPICS = frozenset([*map(si_topic, Stream), *map(raw_topic, Stream)])
_T = TypeVar("_T")


class RecordedResult(NamedTuple):
    """A result as it was published: last word of its topic, session time (s), JSON payload."""

    topic: str
    t_s: float
    payload: bytes


def read_mcap(path: Path, progress: Callable[[float], None] = lambda share: None) -> Recording:
    """Read a recording, calling `progress` with the share done, 0 to 1.

    Of a damaged file everything that can be read is returned; `notes` say what is lost and `gaps` where.
    Streams in counts are converted with the calibrations in the file; one without is left out with a note.
    Raises BadInputError, one line, when there is nothing to read.
    """
    contents = read_contents(path, TOPICS.keys() - {RESULTS_TOPIC}, _SAMPLE_TOPICS, progress)
    notes: list[str] = []
    header = _header(contents, path, notes)
    streams, gaps = _streams(contents, path, notes)
    if not streams:
        raise BadInputError(f"{path}: {_nothing(contents, notes)}")
    gaps += [
        Gap(Stream(row.stream), row.start_s, row.t_s, row.reason)
        for row in _rows(contents, GAPS_TOPIC, MissingSamples)
        if row.stream in list(Stream)
    ]
    lost, nonsense = _damage_notes(contents, streams), _nonsense_notes(contents)
    recording = Recording(
        setup=header.setup(session_name(path)),
        streams=streams,
        announced=_announced(contents, notes),
        started_at=header.started_at,
        simulated=header.simulated,
        notes=(*header.notes, *_recovery_notes(contents), *lost, *nonsense, *notes),
        lost=(*lost, *(nonsense if contents.stray else ())),
        gaps=tuple(sorted(gaps, key=lambda gap: gap.end_s)),
    )
    return require_session(recording, str(path))


def read_results(path: Path) -> tuple[RecordedResult, ...]:
    """Return the results that were recorded beside the samples, in the order in which they came.

    Raises BadInputError, one line, when the file cannot be read.
    """
    contents = read_contents(path, {RESULTS_TOPIC}, (), lambda share: None)
    rows = _rows(contents, RESULTS_TOPIC, PublishedResult)
    return tuple(RecordedResult(row.topic, row.t_s, bytes(row.payload)) for row in rows)


def session_name(path: Path) -> str:
    """The name of a session that its file does not name."""
    return path.name.removesuffix(PART_SUFFIX).removesuffix(".mcap")


def _header(contents: Contents, path: Path, notes: list[str]) -> Header:
    texts = [text for name, text in contents.metadata if name == HEADER_RECORD and text is not None]
    if not texts:
        notes.append("the description of the session cannot be read; taken as exercise free, leg unknown")
        return Header(exercise="free")
    header, remarks = parse_header(texts[0], str(path))
    notes += remarks
    return header


def _recovery_notes(contents: Contents) -> list[str]:
    texts = [text for name, text in contents.metadata if name == RECOVERY_RECORD and text is not None]
    notes = []
    for text in texts:
        with contextlib.suppress(msgspec.DecodeError):
            notes.append(msgspec.json.decode(text, type=str))
    return notes


def _streams(contents: Contents, path: Path, notes: list[str]) -> tuple[dict[Stream, FloatArray], list[Gap]]:
    calibrations = _calibrations(contents, path, notes)
    streams: dict[Stream, FloatArray] = {}
    gaps: list[Gap] = []
    for stream in Stream:
        present = [t for t in (raw_topic(stream), si_topic(stream)) if _has_rows(contents, t)]
        if not present:
            continue
        topic = present[0]
        samples = contents.topics[topic].numbers()
        _require_order(path, topic, samples[:, 0])
        gaps += _damage_gaps(contents, stream, topic, samples[:, 0])
        if topic == raw_topic(stream):
            samples, overloaded = _calibrated(stream, samples, calibrations, notes)
            gaps += overloaded
        if len(samples):
            streams[stream] = samples
    return streams, gaps


def _has_rows(contents: Contents, topic: str) -> bool:
    return topic in contents.topics and contents.topics[topic].count > 0


def _calibrations(contents: Contents, path: Path, notes: list[str]) -> list[TimedCalibration]:
    calibrations = []
    for name, text in contents.metadata:
        if name != CALIBRATION_RECORD:
            continue
        if text is None:
            notes.append("a calibration in the file is damaged and was not used; loads and travel may be off")
            continue
        try:
            calibrations.append(msgspec.json.decode(text, type=TimedCalibration))
        except msgspec.DecodeError as error:
            reason = in_one_line(error)
            raise BadInputError(f"{path}: its calibration cannot be used ({reason}); correct it") from None
    return sorted(calibrations, key=lambda timed: -np.inf if timed.from_s is None else timed.from_s)


def _calibrated(
    stream: Stream, samples: FloatArray, calibrations: Sequence[TimedCalibration], notes: list[str]
) -> tuple[FloatArray, list[Gap]]:
    """Convert each sample with the calibration that held at its time; leave out those without one.

    Also tell where the load cell bore more than it is rated for, as live tracking was told.
    """
    t_s, counts = samples[:, 0], samples[:, 1:].astype(np.int64)
    starts = [-np.inf if timed.from_s is None else timed.from_s for timed in calibrations]
    places = [*np.searchsorted(t_s, starts).tolist(), len(t_s)]
    pieces = []
    gaps: list[Gap] = []
    for timed, low, high in zip(calibrations, places[:-1], places[1:], strict=True):
        if getattr(timed.calibration, stream.value) is not None:
            raw = RawSamples(t_s[low:high], counts[low:high])
            pieces.append(si_samples(timed.calibration, stream, raw))
            if stream is Stream.LOAD and timed.calibration.load is not None:
                gaps += overloads(timed.calibration.load, pieces[-1])
    left_out = len(t_s) - sum(map(len, pieces))
    if left_out:
        notes.append(f"{stream.value}: {left_out} samples in counts have no calibration and were left out")
    return np.concatenate(pieces) if pieces else samples[:0], gaps


def _require_order(path: Path, topic: str, t_s: FloatArray) -> None:
    back = np.flatnonzero(t_s[1:] < t_s[:-1])
    if len(back):
        raise BadInputError(
            f"{path}: topic {topic}, message {back[0] + 2}: time runs backwards; sort the messages by t_s"
        )


def _announced(contents: Contents, notes: list[str]) -> tuple[Announced, ...]:
    announced = []
    for row in _rows(contents, EVENTS_TOPIC, AnnouncedEvent):
        try:
            announced.append(read_announced(row.t_s, row.event))
        except ValueError:
            notes.append(f"event {row.event!r:.40} at {row.t_s:.2f} s is unknown and was ignored")
    return tuple(sorted(announced, key=lambda said: said.t_s))


def _rows(contents: Contents, topic: str, kind: type[_T]) -> list[_T]:
    rows = contents.topics[topic].rows if topic in contents.topics else []
    return [row for row in rows if isinstance(row, kind)]


def _damage_gaps(contents: Contents, stream: Stream, topic: str, t_s: FloatArray) -> list[Gap]:
    """Between the last sample before a damaged place and the first after it."""
    places = [counts.get(topic, 0) for _, counts in contents.damages]
    return [
        Gap(stream, float(t_s[n - 1]), float(t_s[n]), DAMAGE_REASON)
        for n in places
        if 0 < n < len(t_s) and t_s[n] > t_s[n - 1]
    ]


def _damage_notes(contents: Contents, streams: dict[Stream, FloatArray]) -> list[str]:
    notes = []
    end_s = max(samples[-1, 0] for samples in streams.values())
    for damage, _ in contents.damages:
        place = f"at byte {damage.byte} of {contents.size} {damage.reason}"
        if not damage.last:
            notes.append(f"{place}: samples are missing there")
        elif contents.complete:
            notes.append(f"{place}: only the index is touched, no sample is missing")
        elif damage.byte == contents.size:
            notes.append(f"the recording was not closed: it ends at {end_s:.2f} s")
        else:
            notes.append(f"{place}: samples were read up to {end_s:.2f} s, anything after is lost")
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"and {len(notes) - MOST_NOTES} more damaged places"]
    if contents.expected is not None and contents.messages < contents.expected:
        missing = contents.expected - contents.messages
        notes.append(f"{missing} of {contents.expected} messages are missing")
    return notes


def _nonsense_notes(contents: Contents) -> list[str]:
    unreadable = contents.stray + sum(topic.unreadable for topic in contents.topics.values())
    return [f"{unreadable} messages make no sense and were left out"] if unreadable else []


def _nothing(contents: Contents, notes: Sequence[str]) -> str:
    if contents.damages and contents.damages[0][0].byte == 0:
        return "is no MCAP file; give an .mcap recording or a folder with CSV files"
    if contents.damages and not contents.topics:
        damage = contents.damages[0][0]
        return f"no sample in it can be read, at byte {damage.byte} {damage.reason}; take another copy of it"
    if contents.foreign and not contents.topics:
        names = ", ".join(map(repr, sorted(contents.foreign)[:5]))
        known = ", ".join(map(si_topic, Stream))
        return f"holds only topics of another program ({names:.200}); it needs one of {known}"
    reason = f" ({'; '.join(notes)})" if notes else ""
    return f"holds no sample that can be used{reason}; nothing to analyse"
