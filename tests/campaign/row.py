"""One row of the campaign: a fault, what is wanted of the product, and how its protection is taken out."""

from dataclasses import dataclass
from typing import Literal

Promise = Literal["R1", "R2", "R1, R2"]
"""R1, right or flagged; R2, nothing confirmed is lost and nothing stops the count (DESIGN, section 1)."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """The one place of `path` that reads `before` reads `after` instead: `how` says so in words."""

    how: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """`instead`: why the fault cannot meet this product as it is built, and what is tested in its place."""

    number: int
    fault: str
    wanted: str
    promise: Promise
    taken_out: tuple[TakenOut, ...]
    instead: str | None = None
