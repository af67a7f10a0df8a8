"""`kickback forget`: what this machine keeps of its lifters, taken out for good."""

import argparse
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

from firmware.commands.options import command
from firmware.commands.run import add_config


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "forget",
        run,
        "delete results and recordings of this machine for good",
        "Whose they are the machine does not know: it keeps no names, and a session stands for whoever did "
        "it. Results leave the journal, also those that no broker has taken yet, and recordings are deleted; "
        "what stays is no longer compared with them, and numbers are never given out again. Damaged results "
        "and journals that were put aside as damaged go whoever is forgotten, since nobody can tell whose "
        "they are. The machine must be stopped for it: `sudo systemctl stop kickback`. The broker's retained "
        "history is renewed at the next start; what a broker or a dashboard has stored is not "
        "touched.",
        "kickback forget --session 20260501-173000",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="everything")
    which.add_argument(
        "--before", metavar="DATE", type=_day, help="what happened before this day (UTC), as 2026-05-01"
    )
    which.add_argument(
        "--session",
        metavar="NAME",
        help="one session, by the name that its results and recordings have, as 20260501-173000",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Delete, and say how much, and what still mentions a forgotten session."""
    import os

    from firmware.appliance.alone import require_alone
    from firmware.commands.say import say
    from firmware.config import load_config, places_of
    from firmware.errors import BadInputError, FaultError
    from firmware.forgotten import Wish
    from firmware.journal.forgetting import forget_results
    from firmware.panel.words import counted
    from firmware.recording.forgetting import forget_recordings

    config = load_config(options.config)
    places = places_of(config, os.environ, Path.home())
    wish = Wish(options.before, options.session)
    what = "everything" if wish.session is None else f"the session {wish.session}"
    if wish.before is not None:
        what = f"everything before {wish.before:%Y-%m-%d}"
    if not options.yes:
        if not sys.stdin.isatty():
            raise BadInputError(f"{what} would be deleted from {places.state}; say --yes if that is meant")
        if input(f"Delete {what} from {places.state} for good? [y/N] ").strip().lower() not in ("y", "yes"):
            print("nothing was deleted")
            return 1
    require_alone(config.sensors)
    results = forget_results(places.journal, wish)
    forgotten = wish.unmentioned(results.gone, results.kept)
    recordings = forget_recordings(places.recordings, wish, forgotten)
    gone = len(results.numbers), len(recordings.deleted)
    if wish.session is not None and not any((*gone, results.freed, recordings.freed, recordings.left)):
        raise BadInputError(
            f"no session {wish.session} is kept in {places.state}; results and recordings have its name"
        )
    for path in recordings.empty:
        say(f"note: {path}: mentioned what was forgotten and held nothing else to read; deleted, too")
    print(f"{counted(gone[0], 'result')} and {counted(gone[1], 'recording')} deleted")
    if recordings.left:
        raise FaultError("; ".join(recordings.left))
    return 0


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day; write it as 2026-05-01") from None
