"""`kickback bench`: what bus and core cost on this machine."""

import argparse
from typing import TYPE_CHECKING

from firmware.commands.options import command
from firmware.commands.run import add_config

if TYPE_CHECKING:
    from firmware.config import Sensors


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "bench",
        run,
        "measure what bus and core cost on this machine",
        "Of the core: microseconds per sample of the ankle sensor and times real time, on the simulated "
        "session that comes with the program. Of the bus: time of a transfer, and the share of the bus "
        "that each sensor takes, sampled as kickback run does it.",
        "kickback bench bus --config my.toml",
    )
    parser.add_argument(
        "what", metavar="bus|core", nargs="?", choices=("bus", "core"), help="only one of them (default both)"
    )
    parser.add_argument(
        "--seconds", metavar="S", type=_seconds, default=5.0, help="how long the bus is measured (default 5)"
    )
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Measure and print; without a word a machine without sensors is no failure."""
    from firmware.commands.say import say
    from firmware.config import load_config
    from firmware.errors import FaultError

    config = load_config(options.config)
    if options.what != "bus":
        _print_core()
    if options.what != "core":
        try:
            _print_bus(config.sensors, options.seconds)
        except FaultError as error:
            if options.what == "bus":
                raise
            say(f"the bus was not measured: {error}")
    return 0


def _print_core() -> None:
    from firmware.benching.core_cost import core_cost
    from firmware.commands.demo import packaged_session
    from firmware.recording import open_recording

    with packaged_session() as path:
        cost = core_cost(open_recording(path))
    print(
        f"core: {cost.us_per_sample:.1f} us per sample of the ankle sensor, "
        f"{cost.times_real_time:.0f} times real time "
        f"({cost.samples} samples of {cost.session_s:.0f} s in blocks of 20 ms)",
        flush=True,
    )


def _print_bus(sensors: "Sensors", seconds: float) -> None:
    from firmware.benching.bus_cost import SETTLING_S, bus_cost, shares
    from firmware.calibrating.appliance_at_work import running_appliance
    from firmware.commands.progress import progress_of
    from firmware.errors import BadInputError, FaultError
    from firmware.i2c.bus import open_adapter

    if not sensors.enabled:
        raise BadInputError("every sensor is switched off in the config; enable one")
    if (process := running_appliance()) is not None:
        raise FaultError(f"kickback run (process {process}) reads the sensors; stop it first")
    with progress_of("sampling", 0.0, SETTLING_S + seconds):
        costs = bus_cost(sensors, open_adapter, seconds)
    print("sensor  bus  address  transfers/s  bytes/s  mean us  longest us  share of the bus")
    for cost in costs:
        name = f"{cost.stream:6}  {cost.bus:3}  {cost.address:#7x}"
        if cost.fault is not None:
            print(f"{name}  {cost.fault}")
            continue
        print(
            f"{name}  {cost.per_s:11.1f}  {cost.octets_per_s:7.0f}  {cost.mean_us:7.0f}  "
            f"{cost.longest_us:10.0f}  {cost.share:16.1%}"
        )
    for bus, share in shares(costs).items():
        print(f"bus i2c-{bus}: {share:.1%} of its time in use")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.5 <= value <= 3600.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time to measure; give seconds from 0.5 to 3600")
    return value
