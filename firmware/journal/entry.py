"""Entry: one result as the journal keeps it."""

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Entry:
    """`seq` numbers it, `kind` is the last part of its topic, `payload` the bytes as published."""

    seq: int
    kind: str
    payload: bytes

    @property
    def crc(self) -> int:
        """Check sum over everything that is kept, since SQLite does not check what a page says."""
        return crc32(self.payload, crc32(f"{self.seq} {self.kind}".encode()))
