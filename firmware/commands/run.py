"""`kickback run`: the appliance."""

import argparse
from pathlib import Path

from firmware.commands.options import command


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the config."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="the config (default /etc/kickback.toml, else ~/.config/kickback.toml, else all defaults)",
    )


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "run",
        run,
        "count reps with the sensors of this machine",
        "Samples every sensor, records, tracks, publishes and shows the panel until it is stopped. A sensor, "
        "a broker or a disk that is not there is said and waited for; counting goes on with what is there.",
        "kickback run --config my.toml",
    )
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; a stop that was asked for is no failure."""
    import gc
    import os
    import signal

    from firmware.appliance import World, appliance
    from firmware.appliance.alone import require_alone
    from firmware.calibrating.in_use import still_holding
    from firmware.commands.face import summary_line
    from firmware.config import load_config, places_of
    from firmware.interruption import Interruption

    config = load_config(options.config)
    require_alone(config.sensors)
    places = places_of(config, os.environ, Path.home())
    measured, notes = still_holding(places.calibration, config.sensors)
    # What was imported stays: looking through it for garbage would cost a tick each time, 60 to 90 ms.
    gc.collect()
    gc.freeze()
    with Interruption() as interruption:
        outcome = appliance(config, places, World(asked=lambda: interruption.asked), measured, notes)
    print(summary_line(outcome))
    code = interruption.exit_code
    return 0 if code == 128 + signal.SIGTERM else code
