"""Load: what one count of the load cell is, from nothing on it and a load that is known.

The order is that of Klipper's load cell guide: look whether the cell works at all, tare, known load,
compare with the cell's rating, accept.
"""

from firmware.calibrating.amounts import STANDARD_GRAVITY, in_both_units, newtons, percent
from firmware.calibrating.checks import Measured, RefusedError, require
from firmware.calibrating.console import Console
from firmware.calibrating.host import Host
from firmware.calibrating.load_checks import (
    STEADY_SHARE,
    Hung,
    counts_at_capacity,
    diagnosis,
    implied_capacity_kg,
    loaded_checks,
)
from firmware.calibrating.load_readings import LoadReadings, read_load
from firmware.config import Load
from firmware.errors import BadInputError
from firmware.i2c.nau7802 import Nau7802
from tracker.calibration import LoadCalibration

LEAST_SHARE = 0.02
"""Of the capacity: a smaller known load would be measured too coarsely."""

_DIAGNOSIS_S = 10.0
_LOADED_S = 5.0
_STEP_S = 1.0
_PATIENCE_S = 120.0
_TARE_SHARE = 0.03


def calibrate_load(
    driver: Nau7802, cell: Load, host: Host, console: Console, known_n: float | None, hung: Hung = "cell"
) -> Measured[LoadCalibration]:
    """Set the chip up and measure its cell; `known_n` (N) is asked for where it is None.

    `hung`: whether the known load pulls at the cell itself or at the cable's end, which differ by the
    pulley ratio. Raise RefusedError when a check fails, BadInputError for a load that cannot be used.
    """
    if known_n is not None:
        require_usable(known_n, cell, hung)
    console.say(
        f"Load cell of {cell.capacity_kg:g} kg and {cell.sensitivity_mv_per_v:g} mV/V, pulley ratio "
        f"{cell.pulley_ratio:g}, as the config says."
    )
    host.set_up(driver)
    console.ready("Take every load off the cell, so that nothing pulls at it.")
    with console.progress("without load", _DIAGNOSIS_S) as progress:
        tare = read_load(driver, _DIAGNOSIS_S, host, progress)
    require(diagnosis(tare, cell), console, "load cell")
    if known_n is None:
        known_n = _asked(console, cell, hung)
    console.ready(f"Hang {in_both_units(known_n)} on the {hung} and let it come to rest.")
    if not console.attended:
        _await_load(driver, tare, cell, host)
    with console.progress("with the load", _LOADED_S) as progress:
        loaded = read_load(driver, _LOADED_S, host, progress)
    on_cell_n = known_n / cell.pulley_ratio if hung == "cable" else known_n
    require(loaded_checks(tare, loaded, on_cell_n, cell, hung), console, "load cell")
    n_per_count = on_cell_n / (loaded.mean - tare.mean)
    if n_per_count < 0.0:
        console.say(
            "  The cell pulls the counts down: it is wired the other way round, which is allowed for."
        )
    return Measured(
        LoadCalibration(
            n_per_count=n_per_count, tare_counts=round(tare.mean), pulley_ratio=cell.pulley_ratio
        ),
        {
            "rate_hz": tare.rate_hz,
            "noise_n": tare.noise * abs(n_per_count),
            "known_n": known_n,
            "loaded_counts": loaded.mean - tare.mean,
            "counts_per_kg": STANDARD_GRAVITY / n_per_count,
            "implied_capacity_kg": implied_capacity_kg(n_per_count, cell),
        },
    )


def tare_moved(now: LoadCalibration, before: LoadCalibration, cell: Load) -> str | None:
    """Say so when the unloaded cell reads quite differently from last time; None when it does not."""
    share = (now.tare_counts - before.tare_counts) / counts_at_capacity(cell)
    if abs(share) <= _TARE_SHARE:
        return None
    return (
        f"without load the cell reads {percent(abs(share))} of its capacity off what it read last time; "
        "look whether it was bent by an overload, or something still pulls at it"
    )


def require_usable(known_n: float, cell: Load, hung: Hung) -> None:
    """Raise BadInputError for a known load that is too small to measure by, or more than the cell takes."""
    factor = cell.pulley_ratio if hung == "cable" else 1.0
    most_n = cell.capacity_kg * STANDARD_GRAVITY * factor
    least_n = LEAST_SHARE * most_n
    if not known_n >= least_n:
        raise BadInputError(
            f"a known load of {in_both_units(known_n)} is too small for a cell of {cell.capacity_kg:g} kg; "
            f"take at least {in_both_units(least_n)}, better a tenth of its capacity"
        )
    if known_n > most_n:
        raise BadInputError(
            f"a known load of {in_both_units(known_n)} overloads a cell of {cell.capacity_kg:g} kg; "
            f"take at most {in_both_units(most_n)}"
        )


def _asked(console: Console, cell: Load, hung: Hung) -> float:
    while True:
        try:
            known_n = newtons(console.ask("How heavy is the known load, in kg (or 196 N)?"))
            require_usable(known_n, cell, hung)
        except BadInputError as error:
            console.say(f"  {error}")
        else:
            return known_n


def _await_load(driver: Nau7802, tare: LoadReadings, cell: Load, host: Host) -> None:
    """Wait until something pulls and hangs still."""
    full = counts_at_capacity(cell)
    began_s = host.now()
    while host.now() - began_s < _PATIENCE_S:
        step = read_load(driver, _STEP_S, host)
        pulled = step.saturated or abs(step.mean - tare.mean) > 0.5 * LEAST_SHARE * full
        if pulled and step.span <= STEADY_SHARE * full:
            return
    raise RefusedError(f"no load came to rest within {_PATIENCE_S:g} s; nothing was saved")
