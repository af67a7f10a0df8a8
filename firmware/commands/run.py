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

    from firmware.app import Outcome
    from firmware.appliance import World, appliance
    from firmware.appliance.alone import require_alone
    from firmware.calibrating.in_use import still_holding
    from firmware.commands.face import summary_line
    from firmware.config import Config, load_config, places_of
    from firmware.interruption import Interruption
    from firmware.safe_mode import Service, Starts

    def load() -> Config:
        return load_config(options.config)

    def alone(config: Config) -> None:
        require_alone(config.sensors)

    def count(config: Config) -> Outcome:
        places = places_of(config, os.environ, Path.home())
        measured, notes = still_holding(places.calibration, config.sensors)
        # What was imported stays: looking through it for garbage would cost a tick each time, 60 to 90 ms.
        gc.collect()
        gc.freeze()
        return appliance(config, places, world, measured, notes)

    with Interruption() as interruption:
        world = World(asked=lambda: interruption.asked)
        if world.manager.listens:
            starts = Starts(places_of(Config(), os.environ, Path.home()).state)
            outcome = Service(load, alone, starts, world, interruption.wait).run(count)
        else:
            config = load()
            alone(config)
            outcome = count(config)
    if outcome is not None:
        print(summary_line(outcome))
    code = interruption.exit_code
    return 0 if code == 128 + signal.SIGTERM else code
