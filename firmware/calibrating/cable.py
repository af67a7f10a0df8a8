"""Cable: how much cable one count of the encoder is, from a pull of measured length and back."""

from collections.abc import Iterator
from math import pi

from firmware.calibrating.amounts import metres
from firmware.calibrating.cable_path import CablePath
from firmware.calibrating.checks import Check, Measured, RefusedError, require
from firmware.calibrating.console import Console
from firmware.calibrating.host import Host
from firmware.config import Cable
from firmware.errors import BadInputError
from firmware.i2c.as5600 import COUNTS_PER_TURN, As5600
from tracker.calibration import CableCalibration

SHORTEST_M = 0.3
LONGEST_M = 5.0
SMALLEST_DIAMETER_M = 0.03
LARGEST_DIAMETER_M = 0.2
GAIN_RANGE = (5, 123)
"""Of the chip's automatic gain at 3.3 V; beyond, it cannot follow a magnet that comes nearer or goes away."""

_REST_COUNTS = 20
_HELD_SHARE = 0.005
_BACK_SHARE = 0.01
_OTHER_PULLEY = 0.2


def calibrate_cable(
    driver: As5600, cable: Cable, host: Host, console: Console, length_m: float | None
) -> Measured[CableCalibration]:
    """Set the chip up and measure its pulley; `length_m` of the pull is asked for where it is None.

    Raise RefusedError when a check fails, BadInputError for a length that cannot be used.
    """
    if length_m is not None:
        require_length(length_m)
    host.set_up(driver)
    gain = driver.gain()
    require(magnet_checks(driver.magnet_fault(), gain), console, "cable")
    if length_m is None:
        length_m = _asked(console)
    console.ready("Let the cable go back to its stop, and mark it where it leaves the machine.")
    path = CablePath(driver, host)
    start, start_span = path.rest()
    require([_at_rest(start_span)], console, "cable")
    _move(path, console, f"Pull the cable out, slower than a kick, until the mark is {length_m:g} m away.")
    held, held_span = path.rest()
    _move(path, console, "Let the cable back to its stop, slowly.")
    back, _ = path.rest()
    pulled = held - start
    require(_path_checks(path, pulled), console, "cable")
    diameter_m = length_m / abs(pulled) * COUNTS_PER_TURN / pi
    require(
        _pull_checks(diameter_m, held_span / abs(pulled), abs(back - start) / abs(pulled)), console, "cable"
    )
    console.say(f"  The angle {'grows' if pulled > 0 else 'shrinks'} as the cable comes out.")
    said_m = cable.pulley_diameter_m
    if said_m is not None and abs(diameter_m / said_m - 1.0) > _OTHER_PULLEY:
        console.say(
            f"  The config says {1000 * said_m:.0f} mm; "
            "if the pulley is as large as that, measure the pull again."
        )
    return Measured(
        CableCalibration(m_per_count=length_m / pulled, zero_counts=round(start)),
        {
            "length_m": length_m,
            "pulled_counts": pulled,
            "diameter_m": diameter_m,
            "returned_within_m": abs(back - start) * length_m / abs(pulled),
            "gain": float(gain),
        },
    )


def magnet_checks(fault: str | None, gain: int) -> Iterator[Check]:
    """Tell whether the chip sees its magnet well."""
    yield Check("magnet", "seen" if fault is None else fault.partition(":")[0], fault is None, fault or "")
    if fault is None:
        low, high = GAIN_RANGE
        yield Check(
            "gain for the magnet",
            f"{gain}, {low} to {high}, best 64",
            low <= gain <= high,
            "move the magnet away from the chip" if gain < low else "bring the magnet closer to the chip",
        )


def require_length(length_m: float) -> None:
    """Raise BadInputError for a pull that is too short to measure by, or longer than any cable."""
    if not SHORTEST_M <= length_m <= LONGEST_M:
        raise BadInputError(
            f"a pull of {length_m:g} m cannot be used; "
            f"take {SHORTEST_M:g} to {LONGEST_M:g} m, better more than 1"
        )


def _asked(console: Console) -> float:
    while True:
        try:
            length_m = metres(console.ask("How far will you pull the cable out, in m (measured, 1 or more)?"))
            require_length(length_m)
        except BadInputError as error:
            console.say(f"  {error}")
        else:
            return length_m


def _move(path: CablePath, console: Console, instruction: str) -> None:
    console.begin(f"{instruction} Hold it there.")
    if not (path.follow(console.done) if console.attended else path.follow_until_still()):
        raise RefusedError("the cable was not moved and held within 120 s; nothing was saved")


def _at_rest(span: int) -> Check:
    return Check(
        "cable at its stop",
        f"moves by {span} counts, at most {_REST_COUNTS}",
        span <= _REST_COUNTS,
        "let the stack rest and keep hands off the cable, then begin again",
    )


def _path_checks(path: CablePath, pulled: float) -> Iterator[Check]:
    yield Check(
        "magnet on the way",
        "always seen" if path.magnet_fault is None else path.magnet_fault.partition(":")[0],
        path.magnet_fault is None,
        "the magnet wobbles: centre it on the axle, within 0.25 mm",
    )
    yield Check(
        "ambiguous steps",
        f"{path.ambiguous}, must be 0",
        path.ambiguous == 0,
        "turns may be missing: pull more slowly; on a busy computer end what else runs",
    )
    yield Check(
        "corrupt readings",
        f"{path.corrupt}, must be 0",
        path.corrupt == 0,
        "check the encoder's wires, their length and the bus speed",
    )
    turned = abs(pulled) >= _REST_COUNTS
    yield Check(
        "pulley turned",
        f"{abs(pulled) / COUNTS_PER_TURN:.2f} turns",
        turned,
        "the pulley stood still: does the cable run over it, and is the magnet on its axle?",
    )


def _pull_checks(diameter_m: float, held_share: float, back_share: float) -> Iterator[Check]:
    yield Check(
        "held at the mark",
        f"within {100 * held_share:.2f} % of the pull, at most {100 * _HELD_SHARE:g} %",
        held_share <= _HELD_SHARE,
        "hold the cable still at the mark, against something fixed, and begin again",
    )
    yield Check(
        "came back to its stop",
        f"within {100 * back_share:.2f} % of the pull, at most {100 * _BACK_SHARE:g} %",
        back_share <= _BACK_SHARE,
        "the cable slips on the pulley, or did not go back all the way",
    )
    smallest, largest = 1000 * SMALLEST_DIAMETER_M, 1000 * LARGEST_DIAMETER_M
    yield Check(
        "pulley diameter",
        f"{1000 * diameter_m:.1f} mm, {smallest:g} to {largest:g}",
        SMALLEST_DIAMETER_M <= diameter_m <= LARGEST_DIAMETER_M,
        "no pulley of a machine is like that: measure the pull again, in metres",
    )
