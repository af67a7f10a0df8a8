"""Forgotten: what of a machine's results and recordings is to go, and who is not to be mentioned then."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from tracker.comparison import LAST

_NAMED_BY = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Wish:
    """One `session`, or what happened `before` a moment, or everything where both are None.

    A session is what stands for a person here: one visit, called by the time at which it began.
    """

    before: datetime | None = None
    session: str | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing at all is to stay."""
        return self.before is None and self.session is None

    def covers(self, session: str | None, happened: datetime | None) -> bool:
        """Whether something of a session that happened then is to go; None where nobody knows."""
        if self.session is not None:
            return session == self.session
        return self.before is None or (happened is not None and happened < self.before)

    def unmentioned(self, gone: Collection[str], kept: Collection[str]) -> Callable[[str], bool]:
        """Which sessions others may not be compared with any more. `gone`, `kept`: those of the results."""

        def forgotten(session: str) -> bool:
            began = began_of(session)
            covered = self.covers(session, began) if began is not None else session == self.session
            return session not in kept and (session in gone or covered)

        return forgotten


def began_of(session: str) -> datetime | None:
    """When a session began by its name; None for one that the appliance has not named."""
    try:
        return datetime.strptime(session, _NAMED_BY).replace(tzinfo=UTC)
    except ValueError:
        return None


def without_comparison(payload: bytes) -> bytes:
    """A set event without what it says of the last session."""
    fields = msgspec.json.decode(payload, type=dict[str, object])
    return msgspec.json.encode(
        {name: None if name.startswith(f"{LAST}_") else value for name, value in fields.items()}
    )
