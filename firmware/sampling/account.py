"""What became of every sample: delivered, or lost and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.blocks import END_OF_RANGE, SLOW, STUCK, TURNS_AMBIGUOUS, RawBlock, Stream


class Reason(StrEnum):
    """Why samples are missing; also the text of a gap."""

    STARTING = "starting"
    BUS = "bus errors"
    AWAY = "not answering"
    RESET = "chip was reset"
    SILENT = "delivers nothing"
    STUCK = STUCK
    SLOW = SLOW
    OVERRUN = "overrun"
    CORRUPT = "corrupt"
    SATURATED = END_OF_RANGE
    MAGNET = "no magnet"
    AMBIGUOUS = TURNS_AMBIGUOUS
    TICKS = "looked too late"
    LATE = "came too late"
    QUEUE = "not taken in time"


@dataclass(slots=True)
class Account:
    """Samples of one stream over some time.

    `delivered`: in blocks. `lost`: made by the chip and in no block. Of a chip that counts nothing it is told
    by the time that passed, and may be corrected later, so that a number can be negative: `fewer` and `more`
    are by how many samples it may be too much and too little, and they shrink with such a correction.
    `unread`: at most so many were still inside a chip when it was reset; how many is nowhere left.
    `settling`: discarded while the chip was starting. `corrupt`: readings or FIFO words thrown away because
    they cannot be right; where a sample went with them, it is lost. `overruns`: times the chip's FIFO
    overflowed. `restarts`: times the chip was found reset, silent or stuck, and was set up anew. `gaps`:
    holes in the stream.
    """

    delivered: int = 0
    fewer: int = 0
    more: int = 0
    unread: int = 0
    settling: int = 0
    corrupt: int = 0
    overruns: int = 0
    restarts: int = 0
    gaps: int = 0
    lost: Counter[Reason] = field(default_factory=Counter)

    @property
    def missing(self) -> int:
        """Samples lost, for whatever reason."""
        return sum(self.lost.values())

    def add(self, other: "Account") -> None:
        """Take in what another account says of the same stream."""
        self.delivered += other.delivered
        self.fewer += other.fewer
        self.more += other.more
        self.unread += other.unread
        self.settling += other.settling
        self.corrupt += other.corrupt
        self.overruns += other.overruns
        self.restarts += other.restarts
        self.gaps += other.gaps
        for reason, number in other.lost.items():
            self.lost[reason] += number


@dataclass(frozen=True, slots=True)
class Health:
    """How the sampling of one block went; numbers since the block before.

    `accounts`: by stream. `bus_errors`: transfers that failed, tries that were repeated included.
    `missed_ticks`: ticks left out because an earlier one took too long or the process slept.
    `faults`: by stream, what is wrong with its sensor now and what to do about it.
    """

    accounts: Mapping[Stream, Account]
    bus_errors: int = 0
    missed_ticks: int = 0
    faults: Mapping[Stream, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A block, and how its sampling went."""

    block: RawBlock
    health: Health
