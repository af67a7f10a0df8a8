"""`kickback export`: a recording made into a folder with CSV files."""

import argparse
from pathlib import Path

from firmware.commands.options import add_recording, command


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "export",
        run,
        "make a folder with CSV files of a recording",
        "One CSV file per sensor, in SI units, for a spreadsheet or your own programs.",
        "kickback export monday.mcap -o monday/",
    )
    add_recording(parser)
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True, help="the folder to make"
    )
    parser.add_argument("--force", action="store_true", help="overwrite the files when FOLDER exists")


def run(options: argparse.Namespace) -> int:
    """Write the folder."""
    from firmware.commands.progress import progress_of
    from firmware.recording import export_folder

    with progress_of(options.recording.name, 0.0, 1.0) as reached:
        export_folder(options.recording, options.output, overwrite=options.force, progress=reached)
    print(f"{options.output} written")
    return 0
