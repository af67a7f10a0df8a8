"""Builds Kickback's wheel, the same bytes from the same sources: `python3 deploy/wheel.py FOLDER`.

What differs between two checkouts or computers is left out: rights and times of files are set, and the
setuptools that builds is the one in requirements.lock, by its hash. Times are those of the commit, or
`SOURCE_DATE_EPOCH`. Other than that only zlib, which packs, may differ from computer to computer.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "deploy" / "requirements.lock"

PARTS = ("firmware", "tracker", "pyproject.toml", "README.md", "LICENSE")
_UMASK = 0o022
_FILE = 0o644


def copied(source: Path, there: Path) -> Path:
    """Copy what the wheel is made of, with the rights that every file is to have; return the copy."""
    for path in _files(source):
        copy = there / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(_FILE)
    return there


def _files(source: Path) -> Iterator[Path]:
    for part in PARTS:
        found = sorted((source / part).rglob("*")) if (source / part).is_dir() else [source / part]
        yield from (each for each in found if each.is_file() and "__pycache__" not in each.parts)


def built(source: Path, folder: Path, python: str, epoch: str) -> Path:
    """Build the wheel of a copy into a folder, by the setuptools of a Python, and return it.

    `epoch`: the time of every file in it, in seconds since 1970. Raise subprocess.CalledProcessError.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": epoch,
    }
    with tempfile.TemporaryDirectory() as scratch:
        pip = [python, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
        pip += ["--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", scratch, str(source)]
        subprocess.run(pip, check=True, env=environment, umask=_UMASK)
        (wheel,) = Path(scratch).glob("*.whl")
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(wheel, folder / wheel.name))


def locked_setuptools(lock: str) -> str:
    """The lines of the lock that name setuptools, with its hashes."""
    found = re.search(r"^setuptools==[^ \n]+(?: \\\n    --hash=\S+)+\n", lock, re.MULTILINE)
    if found is None:
        raise ValueError(f"{LOCK}: names no setuptools; bash deploy/lock.sh")
    return found[0]


def builder(scratch: Path, wheels: Path | None) -> str:
    """Make an environment with the locked setuptools alone; return its Python."""
    scratch.mkdir(parents=True, exist_ok=True)
    python = str(scratch / "venv" / "bin" / "python")
    needed = scratch / "setuptools.lock"
    needed.write_text(locked_setuptools(LOCK.read_text(encoding="ascii")), encoding="ascii")
    subprocess.run([sys.executable, "-m", "venv", str(scratch / "venv")], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--only-binary", ":all:", "--require-hashes", "--requirement", str(needed)]
    pip += [] if wheels is None else ["--no-index", "--find-links", str(wheels)]
    subprocess.run(pip, check=True)
    return python


def commit_time() -> str:
    """The seconds since 1970 at which what is checked out was committed; empty where that is unknown."""
    git = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    """Build it and say its hash; return the exit code."""
    command = argparse.ArgumentParser(
        prog="deploy/wheel.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("folder", metavar="FOLDER", type=Path, help="where the wheel goes")
    command.add_argument("--wheels", metavar="FOLDER", type=Path, help="take setuptools from there")
    options = command.parse_args()
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or commit_time()
    if not epoch:
        print("wheel: this is no checkout; say the time of its files in SOURCE_DATE_EPOCH", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        try:
            python = builder(Path(scratch), options.wheels)
            wheel = built(copied(ROOT, Path(scratch) / "source"), options.folder, python, epoch)
        except subprocess.CalledProcessError as error:
            print(f"wheel: {error.cmd[0]} failed, as it says above", file=sys.stderr)
            return 1
    print(f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
