"""Numbering of results: what makes one event of one device unmistakable."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker.messages import Envelope, Result, payload


@dataclass(frozen=True, slots=True)
class Numbered:
    """A result with its envelope; the same object goes to broker, panel and standard output."""

    result: Result
    envelope: Envelope

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
        envelope = Envelope(
            schema=result.SCHEMA,
            id=f"{self._device}-{seq}",
            seq=seq,
            ts=rfc3339(started_at, result.detected_s),
            time_sync=time_sync and started_at is not None,
            replay=self._replay,
        )
        return Numbered(result, envelope)


def rfc3339(started_at: str | None, session_s: float) -> str | None:
    """UTC with milliseconds of a moment of session time; `started_at` is RFC 3339, without a zone UTC."""
    if started_at is None:
        return None
    start = datetime.fromisoformat(started_at)
    aware = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    moment = aware + timedelta(milliseconds=round(session_s * 1000.0))
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
