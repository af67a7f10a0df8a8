"""Runs the benchmark: `python -m tests.benchmark [--quick] [-o FILE]`; needs the extras test and bench."""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

import tests.benchmark as about
from tests.benchmark import accuracy, broad, cost, faults, recordings
from tests.benchmark.judged import judge_case
from tests.benchmark.profiles import count_profile, profiles
from tests.benchmark.suite import JUDGING_SEED, TUNING_SEED, benchmark_cases
from tracker.profiles import PROFILES

CaseT = TypeVar("CaseT")
JudgedT = TypeVar("JudgedT")

TABLES = (
    accuracy.counting,
    accuracy.boundaries,
    accuracy.quantities,
    accuracy.direction,
    accuracy.latency,
)
"""What is told of simulated sessions."""


def main() -> None:
    """Measure everything, print the tables, and write them where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=about.__doc__)
    parser.add_argument("--quick", action="store_true", help="every eighth session, fewer repeats")
    parser.add_argument(
        "--tuning", action="store_true", help="the sessions that parameters may be chosen on, and only those"
    )
    parser.add_argument("-o", "--output", type=Path, help="also write the tables to this Markdown file")
    parser.add_argument("--processes", type=int, default=2, help="for the simulated sessions (2)")
    arguments = parser.parse_args()
    first_seed = TUNING_SEED if arguments.tuning else JUDGING_SEED
    cases = benchmark_cases(quick=arguments.quick, first_seed=first_seed)
    sessions = each(judge_case, cases, "Simulated sessions", arguments.processes)
    first_seed = faults.TUNING_SEED if arguments.tuning else faults.JUDGING_SEED
    plans = faults.fault_plans(quick=arguments.quick, first_seed=first_seed)
    judged = each(faults.judge_form, plans, "Faults of form", arguments.processes)
    form = faults.faults([rep for reps in judged for rep in reps])
    if arguments.tuning:
        print("\n".join((*(show(sessions) for show in TABLES), form)))
        return
    ten_sets = each(count_profile, list(PROFILES), "Ten sets of each exercise", arguments.processes)
    text = "\n".join(
        (
            "# Benchmark",
            "",
            f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()} on {platform.machine()}"
            f"{', quick' if arguments.quick else ''}. Made by `python -m tests.benchmark`.",
            "",
            (about.__doc__ or "").partition("\n\n")[2],
            *(show(sessions) for show in TABLES),
            form,
            profiles(ten_sets),
            recordings.counts(),
            broad.inclinations(),
            cost.costs(2 if arguments.quick else 5),
        )
    )
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text, encoding="utf-8")


def each(
    judge: Callable[[CaseT], JudgedT], cases: Sequence[CaseT], title: str, processes: int
) -> list[JudgedT]:
    """Judge every case, in order, and show how far it is."""
    console = Console(file=sys.stderr)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(track(pool.map(judge, cases), title, total=len(cases), console=console))


if __name__ == "__main__":
    main()
