"""Rows of short texts along a time axis that never run into each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A text centred on a moment (s), as wide as `width_in`."""

    at_s: float
    text: str
    width_in: float


def kept_apart(labels: Iterable[Label], inches_of: Callable[[float], float], apart_in: float) -> list[Label]:
    """Return the labels that fit in one row, from left to right; one without room is left out.

    `inches_of`: place of a moment along the row. `apart_in`: least white space between two texts.
    """
    kept: list[Label] = []
    free_from = float("-inf")
    for label in sorted(labels, key=lambda each: each.at_s):
        centre = inches_of(label.at_s)
        if centre - 0.5 * label.width_in >= free_from:
            kept.append(label)
            free_from = centre + 0.5 * label.width_in + apart_in
    return kept
