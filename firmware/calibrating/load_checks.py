"""Load checks: whether a load cell works, and whether a known load changed it as its rating says."""

from collections.abc import Iterator
from typing import Literal

from firmware.calibrating.amounts import STANDARD_GRAVITY, percent
from firmware.calibrating.checks import Check
from firmware.calibrating.load_readings import LoadReadings
from firmware.config import Load
from firmware.rig import load_by_rating

_RATE_WITHIN = 0.1
STEADY_SHARE = 0.005
_NOISE_SHARE = 0.0005
_OFFSET_SHARE = 0.3
_SLOPE_WITHIN = 0.005
_CAPACITY_WITHIN = 0.15

Hung = Literal["cell", "cable"]
"""Where the known load pulls: at the cell itself, or at the cable's end."""


def diagnosis(tare: LoadReadings, cell: Load) -> Iterator[Check]:
    """Tell whether an unloaded cell works; shares of the capacity are by the cell's rating."""
    full = counts_at_capacity(cell)
    yield from converting_checks(tare, cell)
    yield Check(
        "range",
        f"{percent(tare.span / full)} of the capacity, at most {percent(STEADY_SHARE)}",
        tare.span <= STEADY_SHARE * full,
        "something moved or touched the cell: let it hang still and begin again",
    )
    yield Check(
        "offset",
        f"{percent(tare.mean / full)} of the capacity, at most {percent(_OFFSET_SHARE)}",
        abs(tare.mean) <= _OFFSET_SHARE * full,
        "take off what still pulls at the cell; with nothing on it, it is bent or wired wrongly",
    )


def converting_checks(readings: LoadReadings, cell: Load) -> Iterator[Check]:
    """Tell whether the converter converts and the cell is connected, whatever pulls at it steadily."""
    full = counts_at_capacity(cell)
    name = cell.rate_sps
    yield Check(
        "measured rate",
        f"{readings.rate_hz:.1f} per second, {name} by name",
        abs(readings.rate_hz - name) <= _RATE_WITHIN * name,
        "conversions are missed or the chip is at another rate: end what else uses the bus",
    )
    yield Check(
        "saturated samples",
        f"{readings.saturated} of {readings.number}, must be 0",
        readings.saturated == 0,
        "take the load off; without any a wire is broken: the bridge has four, see which",
    )
    share = readings.distinct / readings.number if readings.number else 0.0
    yield Check(
        "different values",
        f"{readings.distinct} ({100 * share:.0f} %), one alone is none",
        readings.distinct > 1,
        "always the same value: the cell is not connected to the chip, check its wires",
    )
    yield Check(
        "noise",
        f"{percent(readings.noise / full)} of the capacity, at most {percent(_NOISE_SHARE)}",
        readings.noise <= _NOISE_SHARE * full,
        "keep the machine still; shield the cell's lead and bring the chip close to the cell",
    )


def counts_at_capacity(cell: Load) -> float:
    """Counts between nothing and the cell's capacity, by its rating."""
    return cell.capacity_kg * STANDARD_GRAVITY / load_by_rating(cell).n_per_count


def implied_capacity_kg(n_per_count: float, cell: Load) -> float:
    """The capacity of a cell of this sensitivity whose count is worth `n_per_count`."""
    return abs(n_per_count) * counts_at_capacity(cell) / STANDARD_GRAVITY


def loaded_checks(
    tare: LoadReadings, loaded: LoadReadings, on_cell_n: float, cell: Load, hung: Hung
) -> Iterator[Check]:
    """Tell whether a known load, `on_cell_n` (N) of it at the cell, changed the cell as its rating says."""
    full = counts_at_capacity(cell)
    change = loaded.mean - tare.mean
    expected = on_cell_n / load_by_rating(cell).n_per_count
    yield Check(
        "saturated samples",
        f"{loaded.saturated} of {loaded.number}, must be 0",
        loaded.saturated == 0,
        "the cell is overloaded or a wire broke under the load: take it off at once",
    )
    yield Check(
        "load at rest",
        f"range {percent(loaded.span / full)} of the capacity, at most {percent(STEADY_SHARE)}",
        loaded.span <= STEADY_SHARE * full,
        "the load swings: wait until it hangs still and begin again",
    )
    seen = abs(change) >= 0.1 * expected
    yield Check(
        "change by the load",
        f"{change:+.0f} counts, {expected:.0f} by the rating",
        seen,
        "hardly anything changed: is the load on, and does it pull at this cell?",
    )
    if not seen:
        return
    yield Check(
        "noise of the slope",
        f"{percent(max(tare.noise, loaded.noise) / abs(change))}, at most {percent(_SLOPE_WITHIN)}",
        max(tare.noise, loaded.noise) <= _SLOPE_WITHIN * abs(change),
        "take a larger known load",
    )
    implied_kg = implied_capacity_kg(on_cell_n / change, cell)
    ratio = implied_kg / cell.capacity_kg
    yield Check(
        "implied capacity",
        f"{implied_kg:.0f} kg, {cell.capacity_kg:g} kg by the rating",
        abs(ratio - 1.0) <= _CAPACITY_WITHIN,
        _capacity_advice(ratio, cell, hung),
    )


def _capacity_advice(ratio: float, cell: Load, hung: Hung) -> str:
    other, factor = ("cable", cell.pulley_ratio) if hung == "cell" else ("cell", 1.0 / cell.pulley_ratio)
    if cell.pulley_ratio != 1.0 and abs(ratio / factor - 1.0) <= _CAPACITY_WITHIN:
        return (
            f"off by the pulley ratio of {cell.pulley_ratio:g}: does the load hang on the {other}? "
            f"Then give --hung-on {other}"
        )
    if abs(ratio - 2.0) <= 2 * _CAPACITY_WITHIN or abs(ratio - 0.5) <= 0.5 * _CAPACITY_WITHIN:
        return (
            "off by a factor of two: does the load hang on one strand or on two? (sensors.load.pulley_ratio)"
        )
    return (
        "weigh the known load, and compare capacity and mV/V printed on the cell with the config: "
        "sensors.load.capacity_kg, sensors.load.sensitivity_mv_per_v"
    )
