"""Pending: an event that waits in memory for the disk."""

from dataclasses import dataclass

from firmware.faults import FaultEvent
from firmware.journal.entry import Entry
from firmware.numbering import Numbered, enveloped, unsaved
from tracker.messages import Envelope, Result, payload


@dataclass(slots=True)
class Pending:
    """`event` happened at `ts` and waits since `since_s`. `given_back`: its keeper has had it, unsaved."""

    event: Result | FaultEvent
    ts: str | None
    time_sync: bool
    since_s: float
    given_back: bool = False

    @property
    def owed(self) -> Result | None:
        """The result that is still to be given back; a fault is not asked for."""
        return None if self.given_back or isinstance(self.event, FaultEvent) else self.event

    def unsaved(self, device: str) -> Numbered | None:
        """Give back what is owed as not saved."""
        owed = self.owed
        self.given_back = True
        return None if owed is None else unsaved(device, owed, self.ts, self.time_sync)

    def written(self, device: str, seq: int) -> "Written":
        """Number it for the disk."""
        return Written(self, enveloped(device, seq, self.event, self.ts, time_sync=self.time_sync))


@dataclass(frozen=True, slots=True)
class Written:
    """An event with its number."""

    pending: Pending
    envelope: Envelope

    @property
    def entry(self) -> Entry:
        """What the file keeps."""
        event = self.pending.event
        return Entry(self.envelope.seq, event.TOPIC, payload(event, self.envelope))

    @property
    def confirmed(self) -> Numbered | None:
        """What its keeper is owed once it is on the disk."""
        owed = self.pending.owed
        return None if owed is None else Numbered(owed, self.envelope)
