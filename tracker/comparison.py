"""Compares a set with an earlier one: the same exercise and leg last time, and the other leg."""

from collections.abc import Iterable, Sequence

import msgspec

from tracker.messages import SetSummary
from tracker.setup import EarlierSet

COMPARED = (
    "reps",
    "on_tempo_share",
    "eccentric_s",
    "pause_contracted_s",
    "diagonal_deg",
    "rom_m",
    "rom_deg",
    "mean_force_n",
    "work_j",
    "time_under_tension_s",
)
"""What is compared, each as this set less the other."""

LAST, OTHER_LEG = "vs_last", "vs_other_leg"


def remembered(summary: SetSummary) -> EarlierSet:
    """Return what a set is remembered by."""
    return EarlierSet(
        session=summary.session,
        set=summary.set,
        exercise=summary.exercise,
        leg=summary.leg,
        **{name: getattr(summary, name) for name in COMPARED},
    )


def compared(summary: SetSummary, done: Sequence[EarlierSet], earlier: Sequence[EarlierSet]) -> SetSummary:
    """Return the summary with its comparisons.

    `done`: the sets of this session before it; `earlier`: those of other sessions, in the order of time.
    """
    if summary.leg is None:
        return summary
    place = sum(1 for each in done if _alike(each, summary))
    changes: dict[str, object] = {}
    last = _matching(_of_last_session(each for each in earlier if _alike(each, summary)), place)
    if last is not None:
        changes |= _differences(LAST, summary, last)
    other = [
        each for each in done if each.exercise == summary.exercise and each.leg not in (None, summary.leg)
    ]
    if place < len(other):
        changes |= _differences(OTHER_LEG, summary, other[place])
    return msgspec.structs.replace(summary, **changes)


def _alike(each: EarlierSet, summary: SetSummary) -> bool:
    return (each.exercise, each.leg) == (summary.exercise, summary.leg)


def _of_last_session(sets: Iterable[EarlierSet]) -> list[EarlierSet]:
    ordered = list(sets)
    return [each for each in ordered if each.session == ordered[-1].session]


def _matching(sets: Sequence[EarlierSet], place: int) -> EarlierSet | None:
    """Return the set of this place in its session's order, or else the last one."""
    return sets[min(place, len(sets) - 1)] if sets else None


def _differences(against: str, summary: SetSummary, then: EarlierSet) -> dict[str, object]:
    found: dict[str, object] = {f"{against}_session": then.session, f"{against}_set": then.set}
    for name in COMPARED:
        now_value, then_value = getattr(summary, name), getattr(then, name)
        known = now_value is not None and then_value is not None
        found[f"{against}_{name}"] = now_value - then_value if known else None
    return found
