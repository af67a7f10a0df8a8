"""`kickback doctor`: look at every sensor, bus, broker, disk and clock."""

import argparse

from firmware.commands.options import command
from firmware.commands.run import add_config


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "doctor",
        run,
        "look at sensors, buses, broker, disk and clock",
        "Each line says fine, or what to do. Nothing is changed; a sensor that kickback run reads is left "
        "alone. Ends with 0 when nothing is wrong, else with 1.",
        "kickback doctor --config my.toml",
    )
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="all findings as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Look at everything; return 1 when something is wrong."""
    import os
    from pathlib import Path

    import msgspec

    from firmware.checkup.examine import examine
    from firmware.checkup.finding import State
    from firmware.checkup.sensors import Bench
    from firmware.commands.progress import progress_of
    from firmware.panel.words import counted

    bench = Bench(progress=lambda name, seconds: progress_of(name, 0.0, seconds))
    findings = []
    for finding in examine(options.config, os.environ, Path.home(), bench):
        findings.append(finding)
        if not options.json:
            print(f"{finding.state:5}  {finding.part:18}  {finding.what}", flush=True)
            if finding.todo:
                print(f"{'':25}  -> {finding.todo}", flush=True)
    wrong = sum(1 for finding in findings if finding.state is State.WRONG)
    if options.json:
        print(msgspec.json.encode({"fine": not wrong, "findings": findings}).decode())
    else:
        print(f"\n{counted(wrong, 'thing')} to put right." if wrong else "\nNothing is wrong.")
    return 1 if wrong else 0
