"""The command kickback-update: brings a new version, with a way back; and what systemd runs for it."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.setup import signature
from deploy.setup.changes import Changes
from deploy.setup.command import Parser, alone, carried_out
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.host import Host
from deploy.setup.install import PIN_PACKAGE
from deploy.setup.machine import look_at, require_room
from deploy.setup.packages import installed
from deploy.setup.releases import build, in_use, is_whole, name_of
from deploy.setup.safe_start import settle_alone, start_again
from deploy.setup.update import change_to, go_back, settle
from deploy.setup.version import is_older


def parser() -> argparse.ArgumentParser:
    """Build the command's parser."""
    command = Parser(
        prog="kickback-update",
        description="Brings a new version of Kickback. It is tried before it is used and watched when it is; "
        "where it does not work the one before is used again.",
        allow_abbrev=False,
    )
    add = command.add_argument
    add(
        "source",
        metavar="SOURCE",
        nargs="?",
        type=Path,
        help="a folder of Kickback, or one packed as .tar.gz",
    )
    add("--rollback", action="store_true", help="use the version before this one again")
    add("--dry-run", action="store_true", help="say what would be changed, and change nothing")
    add("--wheels", metavar="FOLDER", type=Path, help="install from a folder of wheels, without a network")
    add("--settle", action="store_true", help=argparse.SUPPRESS)
    add("--start-again", action="store_true", help=argparse.SUPPRESS)
    return command


def run(arguments: list[str], host: Host) -> None:
    """Do what the arguments say."""
    options = parser().parse_args(arguments)
    if sum((options.source is not None, options.rollback, options.settle, options.start_again)) != 1:
        raise UsageError("give the folder or the .tar.gz of a new version, or --rollback")
    if options.start_again or options.settle:
        (start_again if options.start_again else settle_alone)(host)
        return
    if options.source is not None:
        # The way back needs nothing, not even a system that is still supported.
        look_at(host)
    elif host.user_id() != 0:
        raise SetupError("going back needs root; run it with sudo")
    changes = Changes(host, dry=options.dry_run)
    if options.dry_run:
        _carry_out(changes, options)
        return
    with alone(host):
        settle(host)
        _carry_out(changes, options)


def _carry_out(changes: Changes, options: argparse.Namespace) -> None:
    if options.rollback:
        go_back(changes)
    elif options.source is not None:
        with tempfile.TemporaryDirectory(dir=changes.host.at("/var/tmp")) as scratch:
            _update(changes, unpacked(changes.host, options.source, Path(scratch)), options.wheels)


def _update(changes: Changes, source: Path, wheels: Path | None) -> None:
    host, name = changes.host, name_of(source)
    if (old := in_use(host)) is None:
        raise SetupError(f"nothing is installed; run: sudo bash {source}/deploy/install.sh")
    if is_older(name, old):
        # Signed once, it may have been given up since for a hole that everybody knows by now.
        raise SetupError(
            f"{name} is older than {old}, which is in use; for the version before: kickback-update --rollback"
        )
    if not is_whole(host, name):
        require_room(host)
    name = build(changes, source, wheels=wheels, with_system=PIN_PACKAGE in installed(host))
    change_to(changes, name)
    host.say(f"{name} is in use" if not changes.dry else "nothing was changed")


def unpacked(host: Host, source: Path, scratch: Path) -> Path:
    """The folder of a new version: the one given, or what an archive holds, from whom it may come."""
    if source.is_dir():
        if signature.wanted(host):
            raise SetupError(f"{source}: a folder is not signed; give the archive, with its .sig beside it")
        return source.resolve()
    if not source.is_file():
        raise UsageError(f"{source}: there is no such folder or file")
    # What is looked at is what is unpacked, whoever can write where it came from.
    archive = scratch / "given" / source.name
    archive.parent.mkdir()
    shutil.copyfile(source, archive)
    if signature.wanted(host):
        signature.require_signed(host, archive, source.with_name(f"{source.name}.sig"))
    host.need(f"unpacking {source}", "tar", "-xf", str(archive), "--no-same-owner", "-C", str(scratch))
    found = [each.parent for each in (*scratch.glob("pyproject.toml"), *scratch.glob("*/pyproject.toml"))]
    if len(found) != 1:
        raise UsageError(f"{source}: holds no folder of Kickback")
    return found[0]


def main() -> int:
    """Run the command; return its exit code."""
    return carried_out("kickback-update", lambda: run(sys.argv[1:], Host()))


if __name__ == "__main__":
    sys.exit(main())
