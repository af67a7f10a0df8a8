"""Status: how the journal stands, for the panel, the faults and the retained state."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """How the journal stands.

    `ready`: it was opened and checked. `failing`: why it cannot write now and what to do, None when it can.
    `last_seq`: the newest result on the disk; `delivered_seq`: up to here the broker has taken (or
    refused) each. `backlog`: how many it has neither taken nor refused. `first_seq`: the oldest result
    kept, None when there is none; `size_bytes`: what all of them take on the disk. `unsaved`: results that
    wait in memory for the disk; `dropped`: results that found no place there either. `lost`: results that
    the full journal dropped before the broker had taken them, by kind. `notes`: what was found wrong, such as
    a damaged file and its new name.
    """

    ready: bool = False
    failing: str | None = None
    last_seq: int = 0
    delivered_seq: int = 0
    backlog: int = 0
    first_seq: int | None = None
    size_bytes: int = 0
    refused: int = 0
    unsaved: int = 0
    dropped: int = 0
    lost: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def wrong(self) -> str | None:
        """What is wrong and what to do about it, for the faults; None when nothing is."""
        if self.failing is not None:
            lost = f", {self.dropped} are lost" if self.dropped else ""
            return f"results cannot be saved ({self.unsaved} wait{lost}): {self.failing}"
        return "; ".join(([self._lost] if self.lost else []) + list(self.notes)) or None

    @property
    def _lost(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.lost.items()))
        return (
            f"the journal is full, and {sum(self.lost.values())} results that the broker had not taken were "
            f"dropped ({kinds}): bring the broker back"
        )
