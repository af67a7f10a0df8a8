"""A program one of whose calls to the system fails, or is its last: `strace` injects it.

A test tries a sample of the calls in the suite, and every one with `KICKBACK_FAULTS=all`.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.crash_trace import strace_works

ROOT = Path(__file__).parent.parent
FULL_FROM, BROKEN, BROKEN_FROM = "error=ENOSPC:when={k}+", "error=EIO:when={k}", "error=EIO:when={k}+"
KILLED = "signal=SIGKILL:when={k}"
"""What strace's `inject` takes; `{k}` is the number of the call."""

EVERY_CALL = os.environ.get("KICKBACK_FAULTS") == "all"

needs_strace = pytest.mark.skipif(not strace_works(), reason="strace is not installed or not allowed here")


@dataclass(frozen=True, slots=True)
class Case:
    """A call and what it meets. `calls`: so many there are at least; `sample`: that one the suite tries."""

    call: str
    fault: str
    calls: int
    sample: int | None = None

    def tried(self) -> Iterator[int]:
        """Numbers of the calls to strike at, until there is none of that number."""
        if EVERY_CALL:
            yield from count(1)
        elif self.sample is not None:
            yield self.sample

    def require(self, struck: int) -> None:
        """Tell how often it was struck; fail where that was not often enough."""
        print(f"{self.call} {self.fault}: struck at {struck} calls")
        assert struck >= (self.calls if EVERY_CALL else 1)

    def __str__(self) -> str:
        return f"{self.call} {self.fault}"


def tried_now(cases: Sequence[Case]) -> list[Case]:
    """Those that the suite has a sample of, or all."""
    return [case for case in cases if EVERY_CALL or case.sample is not None]


def run_struck(
    command: Sequence[str], case: Case, k: int, paths: Sequence[Path], trace: Path
) -> tuple["subprocess.CompletedProcess[str]", bool]:
    """Run a program whose k-th such call on one of these paths meets the fault; say whether there was one."""
    injecting = ["strace", "-f", "-o", str(trace), "-e", f"trace={case.call}"]
    injecting += ["-e", f"inject={case.call}:{case.fault.format(k=k)}"]
    for path in paths:
        injecting += ["-P", str(path)]
    said = subprocess.run(
        [*injecting, *command], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    told = trace.read_text()
    return said, "INJECTED" in told or "SIGKILL" in told
