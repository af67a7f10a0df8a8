"""Numbering of results: what makes one event of one device unmistakable."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from firmware.faults import FaultEvent
from tracker.messages import RESULT_TYPES, Envelope, Result, payload

NUMBERED_TYPES = (*RESULT_TYPES, FaultEvent)
"""What is numbered and published: what the core finds, and what goes wrong with the machine."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A result with its envelope; the same object goes to broker, panel and standard output.

    `saved` is False for one that the disk has not taken: it is shown as such, has no number yet and
    is not published.
    """

    result: Result
    envelope: Envelope
    saved: bool = True

    @property
    def payload(self) -> bytes:
        """The JSON object as it is published."""
        return payload(self.result, self.envelope)


class Numbering:
    """Gives results gap-free numbers, counted from `next_seq` over all sessions of one process."""

    def __init__(self, device: str, *, replay: bool, next_seq: int = 1) -> None:
        self._device = device
        self._replay = replay
        self._next_seq = next_seq

    def number(self, result: Result, started_at: str | None, time_sync: bool = False) -> Numbered:
        """Number one result of a session that began at `started_at` (RFC 3339, None when nobody knows).

        `time_sync` says whether the clock behind `started_at` was set by the network.
        """
        seq = self._next_seq
        self._next_seq += 1
        ts = rfc3339(started_at, result.detected_s)
        return numbered(self._device, seq, result, ts, time_sync=time_sync, replay=self._replay)


class AtOnce:
    """Keeper of a session that is kept nowhere: each result is given back with its number at once."""

    def __init__(self, number: Callable[[Result], Numbered]) -> None:
        self._number = number
        self._numbered: list[Numbered] = []

    def keep(self, result: Result) -> None:
        """Number one result."""
        self._numbered.append(self._number(result))

    def kept(self, within_s: float = 0.0) -> list[Numbered]:
        """Give back what was numbered since."""
        numbered, self._numbered = self._numbered, []
        return numbered


def numbered(
    device: str, seq: int, result: Result, ts: str | None, *, time_sync: bool = False, replay: bool = False
) -> Numbered:
    """Give a result its envelope; a moment that nobody knows was told by no clock."""
    return Numbered(result, enveloped(device, seq, result, ts, time_sync=time_sync, replay=replay))


def enveloped(
    device: str,
    seq: int,
    event: Result | FaultEvent,
    ts: str | None,
    *,
    time_sync: bool = False,
    replay: bool = False,
) -> Envelope:
    """The envelope of an event; a moment that nobody knows was told by no clock."""
    return Envelope(
        schema=event.SCHEMA,
        id=f"{device}-{seq}",
        seq=seq,
        ts=ts,
        time_sync=time_sync and ts is not None,
        replay=replay,
    )


def unsaved(device: str, result: Result, ts: str | None, time_sync: bool) -> Numbered:
    """Give a result that has no number an envelope to be shown with."""
    envelope = Envelope(
        schema=result.SCHEMA, id=f"{device}-unsaved", seq=0, ts=ts, time_sync=time_sync, replay=False
    )
    return Numbered(result, envelope, saved=False)


def rfc3339(started_at: str | None, session_s: float) -> str | None:
    """UTC with milliseconds of a moment of session time; `started_at` is RFC 3339, without a zone UTC."""
    if started_at is None:
        return None
    start = datetime.fromisoformat(started_at)
    aware = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    moment = aware + timedelta(milliseconds=round(session_s * 1000.0))
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
