"""`kickback dashboard`: serves the live page for phone and tablet."""

import argparse

from firmware.commands.options import command, port
from firmware.commands.run import add_config


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "dashboard",
        run,
        "serve the live page for phone and tablet",
        "Hands out the page until it is stopped; the page gets everything else from the broker, over a "
        "WebSocket, and changes nothing. Section [dashboard] of the config says where a browser finds the "
        'broker, and as which of its users it comes; live = "always" in [mqtt] brings the trace. Only this '
        "computer can open the page unless the config or --bind says otherwise.",
        "kickback dashboard --port 8080",
    )
    add_config(parser)
    parser.add_argument("--port", metavar="PORT", type=port, help="its port (default 8080, or the config's)")
    parser.add_argument(
        "--bind",
        metavar="ADDRESS",
        help="the address of this computer to serve at; 0.0.0.0 for all (default 127.0.0.1, or the config's)",
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="serve unencrypted beyond this computer: whoever is in the network can read and change the page "
        "on its way",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; a stop that was asked for is no failure."""
    import signal
    import sys

    from firmware.config import load_config
    from firmware.config.dashboard import require_bindable
    from firmware.dashboard.serving import open_page
    from firmware.dashboard.settings import serving
    from firmware.errors import BadInputError
    from firmware.interruption import Interruption

    if options.bind is not None:
        try:
            require_bindable(options.bind)
        except ValueError as error:
            raise BadInputError(f"--{error}") from error
    wanted = serving(load_config(options.config), port=options.port, bind=options.bind, plain=options.plain)
    with Interruption() as interruption, open_page(wanted) as address:
        print(f"The page is at {address}  (broker: {wanted.settings.websocket})")
        sys.stdout.flush()
        while not interruption.asked:
            interruption.wait(3600.0)
    code = interruption.exit_code
    return 0 if code == 128 + signal.SIGTERM else code
