"""The command behind install.sh: install, or take it all back."""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from deploy.setup.command import Parser, alone, carried_out
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.host import Host
from deploy.setup.install import Wish, install
from deploy.setup.uninstall import uninstall

_SOURCE = Path(__file__).resolve().parents[2]
_EXAMPLES = """\
examples:
  sudo bash deploy/install.sh --dry-run
  sudo bash deploy/install.sh --name gym-1 --add-tracker gym-2
  sudo bash deploy/install.sh --name gym-2 --broker gym-1.local --ca ca.crt --password-file gym-2
  sudo bash deploy/install.sh --uninstall"""


def parser() -> argparse.ArgumentParser:
    """Build the command's parser."""
    command = Parser(
        prog="install.sh",
        description="Sets this computer up as a Kickback tracker, or brings it to this version. What is "
        "already so is left alone.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = command.add_argument
    add("--dry-run", action="store_true", help="say everything that would be changed, and change nothing")
    add("--yes", action="store_true", help="ask nothing")
    add("--name", help="the tracker's name in topics (default: the computer's)")
    add("--broker", metavar="HOST", help="publish to the broker of another computer, encrypted")
    add("--ca", metavar="FILE", type=Path, help="that broker's ca.crt")
    add("--password-file", metavar="FILE", type=Path, help="this tracker's password there")
    add("--no-broker", action="store_true", help="publish nothing")
    add(
        "--add-tracker",
        metavar="NAME",
        action="append",
        default=[],
        help="let this broker take in another one",
    )
    add("--dashboard", action="store_true", help="serve the page for phones in the network")
    add("--no-boot", action="store_true", help="leave the boot settings alone")
    add("--wheels", metavar="FOLDER", type=Path, help="install from a folder of wheels, without a network")
    add("--uninstall", action="store_true", help="take everything back; asks about the data")
    add("--keep-data", action="store_true", help="uninstall: keep config, calibration, results, recordings")
    add("--delete-data", action="store_true", help="uninstall: delete them")
    return command


def run(arguments: list[str], host: Host) -> None:
    """Do what the arguments say."""
    options = parser().parse_args(arguments)
    if not sys.stdin.isatty() or options.yes:
        host.ask = None
    if (options.keep_data or options.delete_data) and not options.uninstall:
        raise UsageError("--keep-data and --delete-data go with --uninstall")
    if options.keep_data and options.delete_data:
        raise UsageError("--keep-data and --delete-data do not go together")
    wish = _wish(options)
    wish.check()
    if host.user_id() != 0:
        raise SetupError("setting up needs root; run it with sudo")
    with nullcontext() if options.dry_run else alone(host):
        if options.uninstall:
            data = True if options.delete_data else False if options.keep_data else None
            uninstall(host, data=data, dry=options.dry_run)
        else:
            install(host, _SOURCE, wish)


def _wish(options: argparse.Namespace) -> Wish:
    return Wish(
        name=options.name,
        broker=options.broker,
        ca=options.ca,
        password=options.password_file,
        no_broker=options.no_broker,
        trackers=tuple(options.add_tracker),
        dashboard=options.dashboard,
        boot=not options.no_boot,
        wheels=options.wheels,
        dry=options.dry_run,
    )


def main() -> int:
    """Run the command; return its exit code."""
    return carried_out("install", lambda: run(sys.argv[1:], Host(ask=input)))


if __name__ == "__main__":
    sys.exit(main())
