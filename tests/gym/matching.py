"""Pairs the reps that were found with the movements that were made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tests.gym.truth import TrueMovement


class Phased(Protocol):
    """A rep that was found: `tracker.messages.Rep`, or another's with the same boundaries (s)."""

    @property
    def concentric_start_s(self) -> float: ...
    @property
    def pause_start_s(self) -> float: ...
    @property
    def eccentric_start_s(self) -> float | None: ...
    @property
    def eccentric_end_s(self) -> float | None: ...


FoundT = TypeVar("FoundT", bound=Phased)


@dataclass(frozen=True, slots=True)
class Match(Generic[FoundT]):
    """`pairs` overlap in time and only each other; `missed` and `invented` are left over."""

    pairs: tuple[tuple[TrueMovement, FoundT], ...]
    missed: tuple[TrueMovement, ...]
    invented: tuple[FoundT, ...]

    def boundary_errors_s(self) -> list[tuple[float, float, float, float]]:
        """Return found minus true of each pair's four boundaries; unfinished reps have none."""
        errors = []
        for true, rep in self.pairs:
            if rep.eccentric_start_s is None or rep.eccentric_end_s is None:
                continue
            errors.append(
                (
                    rep.concentric_start_s - true.concentric_start_s,
                    rep.pause_start_s - true.pause_start_s,
                    rep.eccentric_start_s - true.eccentric_start_s,
                    rep.eccentric_end_s - true.eccentric_end_s,
                )
            )
        return errors


def match(movements: Sequence[TrueMovement], reps: Sequence[FoundT]) -> Match[FoundT]:
    """Pair each true movement, in order, with the unpaired rep that overlaps it longest."""
    left = list(reps)
    pairs: list[tuple[TrueMovement, FoundT]] = []
    missed: list[TrueMovement] = []
    for movement in movements:
        best = max(left, key=lambda rep: _overlap_s(movement, rep), default=None)
        if best is None or _overlap_s(movement, best) <= 0.0:
            missed.append(movement)
            continue
        left.remove(best)
        pairs.append((movement, best))
    return Match(tuple(pairs), tuple(missed), tuple(left))


def _overlap_s(movement: TrueMovement, rep: Phased) -> float:
    rep_end_s = rep.pause_start_s if rep.eccentric_end_s is None else rep.eccentric_end_s
    return min(rep_end_s, movement.eccentric_end_s) - max(rep.concentric_start_s, movement.concentric_start_s)
