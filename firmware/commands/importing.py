"""`kickback import`: a folder with CSV files made into one recording."""

import argparse
from pathlib import Path

from firmware.commands.options import command


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "import",
        run,
        "make a recording of a folder with CSV files",
        "The folder holds any of ankle.csv, cable.csv, load.csv, pelvis.csv, events.csv and "
        "a recording.json.",
        "kickback import monday/ -o monday.mcap",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the folder with the CSV files")
    parser.add_argument(
        "-o", "--output", metavar="FILE.mcap", type=Path, required=True, help="the recording to write"
    )
    parser.add_argument("--force", action="store_true", help="overwrite FILE.mcap when it exists")


def run(options: argparse.Namespace) -> int:
    """Write the recording."""
    from firmware.commands.progress import progress_of
    from firmware.recording import import_folder

    with progress_of(options.folder.name, 0.0, 1.0) as reached:
        import_folder(options.folder, options.output, overwrite=options.force, progress=reached)
    print(f"{options.output} written")
    return 0
