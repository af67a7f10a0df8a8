"""`kickback demo`: a simulated session through the same parts, without any hardware."""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from firmware.commands.options import command, port, speed


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "demo",
        run,
        "play a simulated session, without any hardware",
        "Shows the panel in the terminal; one of 127 columns, or of 66 and 38 lines, also shows what the "
        "display at the machine would. Where mosquitto is installed, a private broker on this machine "
        "lets you watch what is published, and the live page for phone and tablet shows it.",
        "kickback demo --speed 2",
    )
    parser.add_argument(
        "--speed",
        metavar="X",
        type=speed,
        default=1.0,
        help="times real time, or max for as fast as it goes (default 1)",
    )
    parser.add_argument("--no-broker", action="store_true", help="start no broker and publish nothing")
    parser.add_argument(
        "--port", metavar="PORT", type=port, help="port of the private broker (default: any free one)"
    )
    parser.set_defaults(exercise=None, leg=None, target=None)


@contextmanager
def packaged_session() -> Iterator[Path]:
    """The recording that comes with the program, as a file while inside."""
    from importlib.resources import as_file, files

    from firmware.errors import FaultError

    with as_file(files("firmware") / "demo" / "session.mcap") as path:
        if not path.is_file():
            raise FaultError("the demo session is missing from this installation; install Kickback again")
        yield path


def run(options: argparse.Namespace) -> int:
    """Play the packaged session."""
    import sys

    from firmware.commands.play import Playing, play
    from firmware.commands.source import opened
    from firmware.dashboard.serving import open_page
    from firmware.dashboard.settings import PageSettings, Serving
    from firmware.mqtt.broker import Broker
    from firmware.mqtt.private import PrivateBroker, find_mosquitto

    with ExitStack() as open_parts:
        recording = opened(open_parts.enter_context(packaged_session()), options)
        print("This is a simulated session: a body and a cable machine in software, no sensor is read.")
        program = None if options.no_broker else find_mosquitto()
        broker = None
        if program is not None:
            private = open_parts.enter_context(PrivateBroker(program, options.port))
            broker = Broker(port=private.port)
            print(f"Watch what is published:  mosquitto_sub -p {private.port} -t 'kickback/+/+/event/#' -v")
            websocket = f"ws://127.0.0.1:{private.websocket_port}"
            seen = PageSettings(
                websocket=websocket,
                user=private.page_user,
                password=private.page_password,
                device="demo",
            )
            page = Serving(seen, "127.0.0.1", port=0)
            print(f"The live page:            {open_parts.enter_context(open_page(page))}")
        elif not options.no_broker:
            print("mosquitto is not installed, so nothing is published (sudo apt install mosquitto).")
        sys.stdout.flush()
        return play(recording, Playing("demo", options.speed, broker, ("SIMULATED",), screen=True, live=True))
