"""Replay on another processor: golden sessions compared in a Debian for aarch64, under emulation, as root.

    python -m tests.userland.foreign bookworm
    python -m tests.userland.foreign trixie --sessions 40

unpacks a Debian with debootstrap, without setting it up, lays the packages beside it that
`deploy/requirements.lock` names for its Python and processor, and runs its Python by qemu: that compares the
golden sessions field by field; then simulated sessions, made and tracked here just before. It takes some
minutes. On a computer of that processor no emulation is needed; on a Raspberry Pi
`python -m tests.golden_sessions --compare` does it alone.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from packaging.markers import Marker

from firmware.recording import import_folder
from tests.golden_sessions import found, found_in
from tests.gym.folder import write_folder
from tests.gym.simulate import simulate
from tests.gym.suite import mixed_sessions
from tests.userland.furnishing import ENVIRONMENT, PARTS, ROOT, furnish
from tests.wheels import PLATFORMS

EMULATORS = {"arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"}
MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}
"""By Debian's name for an architecture: the program that emulates it, and what it calls itself."""

PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}

COMPARE = ("-m", "tests.golden_sessions", "--compare")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    native = platform.machine() == MACHINES[options.architecture]
    emulator = None if native else EMULATORS[options.architecture]
    if os.geteuid() != 0:
        return _cannot("needs root, for the Debian that it unpacks")
    if shutil.which("debootstrap") is None:
        return _cannot("debootstrap is not installed; sudo apt-get install debootstrap")
    if emulator is not None and shutil.which(emulator) is None:
        return _cannot(f"{emulator} is not installed; sudo apt-get install qemu-user-static")
    with tempfile.TemporaryDirectory(prefix="kickback-foreign-") as scratch:
        root = Path(scratch) / "root"
        print(f"# {options.suite} for {options.architecture}", flush=True)
        _unpack(root, options.suite, options.architecture)
        furnish(root, [*PARTS, "tests"])
        _simulate(root / "sessions", options.sessions)
        if emulator is not None:
            shutil.copy(str(shutil.which(emulator)), root / "emulator")
        python = [] if emulator is None else ["/emulator"]
        python.append("/usr/bin/python3")
        if not _install(root, PYTHONS[options.suite], MACHINES[options.architecture]):
            return _cannot("the locked packages could not be had")
        golden = _inside(root, [*python, *COMPARE])
        simulated = _inside(root, [*python, *COMPARE, "/sessions"]) if options.sessions else 0
        return golden or simulated


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.userland.foreign",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("suite", choices=sorted(PYTHONS))
    parser.add_argument("--architecture", choices=sorted(EMULATORS), default="arm64")
    parser.add_argument(
        "--sessions", metavar="N", type=int, choices=range(41), default=8, help="simulated, at most 40 (8)"
    )
    return parser


def _cannot(why: str) -> int:
    print(f"foreign: {why}", file=sys.stderr)
    return 1


def _unpack(root: Path, suite: str, architecture: str) -> None:
    """Every package's files, none set up: for Python that is enough, and nothing foreign has to run."""
    what = ["--foreign", "--variant=minbase", f"--arch={architecture}", "--include=python3"]
    subprocess.run(["debootstrap", *what, suite, str(root)], check=True, stdout=subprocess.DEVNULL)
    for package in sorted((root / "var/cache/apt/archives").glob("*.deb")):
        packed = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, stdout=subprocess.PIPE)
        unpack = ["tar", "--extract", "--keep-directory-symlink", f"--directory={root}"]
        subprocess.run(unpack, input=packed.stdout, check=True)


def locked_for(python: str) -> str:
    """The lock for one Python: pip, asked for another than its own, judges by its own what is needed."""
    kept, needed = [], True
    for line in (ROOT / "deploy" / "requirements.lock").read_text(encoding="ascii").splitlines():
        package, _, marker = line.removesuffix(" \\").partition(" ; ")
        if "==" in package:
            needed = not marker or Marker(marker).evaluate({"python_full_version": f"{python}.0"})
        if needed:
            kept.append(f"{package} \\" if marker else line)
    return "\n".join(kept) + "\n"


def _install(root: Path, python: str, machine: str) -> bool:
    """Unpack the locked wheels to `/site`, by the pip of this computer; return whether all could be had."""
    locked = root / "locked"
    locked.write_text(locked_for(python), encoding="ascii")
    command = [sys.executable, "-m", "pip", "install", "--quiet", f"--target={root / 'site'}"]
    command += ["--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command.append("--ignore-requires-python")  # which it would compare with its own
    command += [f"--platform={each.replace('aarch64', machine)}" for each in PLATFORMS]
    command += [f"--python-version={python}", "--implementation=cp", f"--requirement={locked}"]
    return subprocess.run(command, check=False).returncode == 0


def _simulate(folder: Path, count: int) -> None:
    """Recordings of simulated sessions, each beside what is found in it here."""
    plans = mixed_sessions()
    folder.mkdir()
    for plan in plans[:: max(1, len(plans) // count)][:count] if count else []:
        recording = folder / f"{plan.exercise}-{plan.seed}.mcap"
        neutral = folder / recording.stem
        write_folder(simulate(plan), neutral)
        import_folder(neutral, recording)
        shutil.rmtree(neutral)
        found_in(recording).write_bytes(found(recording))


def _inside(root: Path, command: Sequence[str]) -> int:
    """Run a program of the foreign Debian; return its exit code."""
    environment = {**ENVIRONMENT, "PYTHONPATH": "/src:/site", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(["chroot", str(root), *command], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
