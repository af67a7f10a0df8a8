"""`kickback calibrate`: measure what the counts of a sensor mean, and keep it."""

import argparse

from firmware.commands.options import command
from firmware.commands.run import add_config


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand with a subcommand for each sensor."""
    parser = command(
        commands,
        "calibrate",
        run,
        "measure the load cell, the cable's pulley or the cuff's sensor",
        "Guides through the measurement, shows each figure with its limit, and keeps the result only when "
        "all of them pass. Stop `kickback run` before.",
        "kickback calibrate load",
    )
    parser.set_defaults(sensor_to_calibrate=None)
    sensors = parser.add_subparsers(title="sensors", metavar="{load,cable,cuff}")
    load = _sensor(sensors, "load", "the load cell: nothing on it, then a known load")
    known = load.add_mutually_exclusive_group()
    known.add_argument("--known-kg", metavar="KG", help="the known load in kilograms")
    known.add_argument("--known-n", metavar="N", help="the known load in newtons")
    load.add_argument(
        "--hung-on",
        choices=("cell", "cable"),
        default="cell",
        help="where the known load hangs: on the cell itself (default), or on the cable's end, where the "
        "config's pulley_ratio lies between them",
    )
    cable = _sensor(sensors, "cable", "the encoder: a pull of measured length, and back")
    cable.add_argument("--length", metavar="M", help="length of the pull in metres, for example 1.2 or 120cm")
    cuff = _sensor(sensors, "cuff", "the inertial sensor: lying still")
    cuff.add_argument(
        "--sensor", choices=("ankle", "pelvis"), default="ankle", help="which sensor (default: ankle)"
    )


def _sensor(
    sensors: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str
) -> argparse.ArgumentParser:
    parser = sensors.add_parser(name, help=summary, description=f"Calibrate {summary}.", allow_abbrev=False)
    add_config(parser)
    parser.add_argument(
        "--yes",
        action="store_true",
        help="ask nothing: go on by what is measured, and keep the result when it passes",
    )
    parser.add_argument("-v", "--verbose", action="store_true", default=argparse.SUPPRESS, help="say more")
    parser.set_defaults(sensor_to_calibrate=name)
    return parser


def run(options: argparse.Namespace) -> int:
    """Measure one sensor; return 1 when its result was not kept."""
    import os
    from pathlib import Path

    from firmware.calibrating.keeping import Bench, calibrate_cable_of, calibrate_imu_of, calibrate_load_of
    from firmware.commands.dialog import console_for
    from firmware.config import load_config, places_of
    from firmware.errors import BadInputError
    from tracker.blocks import Stream

    which = options.sensor_to_calibrate
    if which is None:
        raise BadInputError("say what to calibrate: kickback calibrate load, cable or cuff")
    known_n, length_m = _known_n(options), _length_m(options)
    needed = {"load": ("--known-kg", known_n), "cable": ("--length", length_m), "cuff": ("", 0.0)}
    option, value = needed[which]
    console = console_for(yes=options.yes, given=value is not None, option=option)
    config = load_config(options.config)
    path = places_of(config, os.environ, Path.home()).calibration
    bench = Bench(config.sensors, path, console)
    if which == "load":
        kept = calibrate_load_of(bench, known_n, options.hung_on)
    elif which == "cable":
        kept = calibrate_cable_of(bench, length_m)
    else:
        kept = calibrate_imu_of(bench, Stream(options.sensor))
    return 0 if kept else 1


def _known_n(options: argparse.Namespace) -> float | None:
    from firmware.calibrating.amounts import newtons

    for name, unit in (("known_kg", "kg"), ("known_n", "N")):
        text = getattr(options, name, None)
        if text is not None:
            return newtons(text if text.strip()[-1:].isalpha() else f"{text} {unit}")
    return None


def _length_m(options: argparse.Namespace) -> float | None:
    from firmware.calibrating.amounts import metres
    from firmware.calibrating.cable import require_length

    text = getattr(options, "length", None)
    if text is None:
        return None
    length_m = metres(text)
    require_length(length_m)
    return length_m
