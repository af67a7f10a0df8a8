"""Rows of short texts along an axis that never run into each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A text centred on a place `at` along the axis, in the axis's own unit, as wide as `width_in`."""

    at: float
    text: str
    width_in: float


def kept_apart(labels: Iterable[Label], inches_of: Callable[[float], float], apart_in: float) -> list[Label]:
    """Return the labels that fit in one row, from left to right; one without room is left out.

    `inches_of`: from the axis's unit to the place in the row. `apart_in`: least space between two.
    """
    kept: list[Label] = []
    free_from = float("-inf")
    for label in sorted(labels, key=lambda each: each.at):
        centre = inches_of(label.at)
        if centre - 0.5 * label.width_in >= free_from:
            kept.append(label)
            free_from = centre + 0.5 * label.width_in + apart_in
    return kept
