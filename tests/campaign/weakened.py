"""A copy of the project in which one protection is taken out, and the tests that should notice."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from tests.campaign.marked import ROOT
from tests.campaign.row import TakenOut

_PASSED = 0
_FAILED = 1
_LONGEST_S = 600.0


class Outcome(Enum):
    """What became of some tests. Of tests that were skipped, or never end, nothing is known."""

    PASSED = "pass"
    FAILED = "fail"
    SKIPPED = "were skipped"
    ENDLESS = "never end"


class UnfitError(Exception):
    """The campaign is wrong: a protection is not where it is said to be, or tests cannot run."""


class Copy:
    """The files of this checkout, committed or not, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout
        for name in filter(None, listed.decode().split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    def outcome(self, tests: Sequence[str]) -> Outcome:
        """Run tests in the copy, as `outcome_in`."""
        return outcome_in(self._folder, tests)

    @contextmanager
    def without(self, protection: TakenOut) -> Iterator[None]:
        """Take a protection out of the copy while inside."""
        path = self._folder / protection.path
        whole = path.read_text(encoding="utf-8")
        if not occurs_once(protection, whole):
            raise UnfitError(f"{protection.path} has not exactly one: {protection.before}")
        path.write_text(whole.replace(protection.before, protection.after), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(whole, encoding="utf-8")


def occurs_once(protection: TakenOut, source: str) -> bool:
    """Whether it is clear what is to be taken out."""
    return source.count(protection.before) == 1 and protection.before != protection.after


def outcome_in(folder: Path, tests: Sequence[str], longest_s: float = _LONGEST_S) -> Outcome:
    """Run the tests of a folder until one fails; raise UnfitError when they could not be run at all.

    They pass when all of them do: of a test that was skipped nobody knows whether it would have failed.
    """
    command = [sys.executable, "-m", "pytest", "-n0", "-x", "-rs", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as ran:
        try:
            said, complained = ran.communicate(timeout=longest_s)
        except subprocess.TimeoutExpired:
            # With all that the tests have started: brokers, and trackers to be killed.
            os.killpg(ran.pid, signal.SIGKILL)
            return Outcome.ENDLESS
    if ran.returncode == _FAILED:
        return Outcome.FAILED
    if ran.returncode != _PASSED:
        raise UnfitError(f"{' '.join(tests)}: exit code {ran.returncode}\n{said[-2000:]}{complained}")
    skipped = re.findall(r"^SKIPPED .*", said, re.MULTILINE)
    if skipped:
        print("\n".join(skipped), flush=True)
        return Outcome.SKIPPED
    return Outcome.PASSED
