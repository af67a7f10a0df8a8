"""`kickback replay`: a recording played through the same parts as a live session."""

import argparse
from pathlib import Path

from firmware.commands.options import add_recording, add_setup, command, seconds, speed


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "replay",
        run,
        "play a recording as if it happened now",
        "Shows the panel (or a line per rep, where there is no terminal) and publishes every result to a "
        "broker; without a broker it plays all the same.",
        "kickback replay monday.mcap --speed 4 --broker 192.168.1.20",
    )
    add_recording(parser)
    parser.add_argument(
        "--speed",
        metavar="X",
        type=speed,
        default=1.0,
        help="times real time, or max for as fast as it goes (default 1)",
    )
    add_setup(parser)
    group = parser.add_argument_group("publishing")
    group.add_argument(
        "--broker",
        metavar="HOST[:PORT]",
        default="127.0.0.1:1883",
        help="the MQTT broker (default 127.0.0.1:1883)",
    )
    group.add_argument("--no-mqtt", action="store_true", help="publish nothing")
    group.add_argument(
        "--device", metavar="ID", default="replay", help="device id in topics and events (default replay)"
    )
    group.add_argument("--username", metavar="NAME", help="user name at the broker")
    group.add_argument(
        "--password-file",
        metavar="FILE",
        type=Path,
        help="file that holds nothing but the broker's password",
    )
    group.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=10.0,
        help="wait at the end at most so long until the broker has acknowledged everything (default 10)",
    )


def run(options: argparse.Namespace) -> int:
    """Play the recording."""
    from firmware.commands.play import Playing, play
    from firmware.commands.source import opened
    from firmware.mqtt.broker import broker_at
    from firmware.mqtt.topics import device_id

    device = device_id(options.device)
    broker = None
    if not options.no_mqtt:
        broker = broker_at(options.broker, options.username, options.password_file)
    recording = opened(options.recording, options)
    labels = ("REPLAY", "SIMULATED") if recording.simulated else ("REPLAY",)
    return play(recording, Playing(device, options.speed, broker, labels, options.wait))
