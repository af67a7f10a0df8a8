"""Whether Kickback installs without a compiler, and from its wheel alone.

python -m tests.wheels             every runtime dependency has a wheel for a Pi: aarch64, Python 3.11, 3.13
python -m tests.wheels --clean     also: build our wheel, look into it, install it into a clean environment,
                                   and run there the tests that need no service (some minutes)
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from deploy import wheel

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.13")
"""Of Bookworm and Trixie."""

PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")
"""Of which glibc 2.36 and 2.41 run all."""

CARRIED = ("firmware/demo/", "firmware/panel/fonts/", "firmware/dashboard/page/")
"""Folders whose files, whatever they are, must be in the wheel."""

SERVICES = (
    "mqtt",
    "broker",
    "journal_published",
    "campaign",
    "demo_session",
    "dashboard",
    "deploy",
    "hardware",
)
"""In the names of tests that need a broker, a browser, or programs of the system."""


class NoNetworkError(Exception):
    """The package index cannot be reached."""


def dependencies() -> list[str]:
    """What Kickback needs to run, as pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [each.replace(" ", "") for each in project["dependencies"]]


def resolved(python: str, needed: list[str]) -> list[str]:
    """The wheels that pip would install on a Pi with this Python; nothing is downloaded whole.

    Raise AssertionError with pip's words where one has none, NoNetworkError where the index is out of reach.
    """
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--no-cache-dir", "--target", scratch, "--report", str(report), "--only-binary=:all:"]
        command += [f"--platform={each}" for each in PLATFORMS]
        command += [f"--python-version={python}", "--implementation=cp", "--retries=1", *needed]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            said = ran.stderr.strip().splitlines()
            unreachable = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError")
            if any(word in ran.stderr for word in unreachable):
                raise NoNetworkError(said[-1])
            raise AssertionError("\n".join(line for line in said if line.startswith("ERROR")))
        installs = json.loads(report.read_text())["install"]
    names = [each["download_info"]["url"].rpartition("/")[2] for each in installs]
    assert all(name.endswith(("aarch64.whl", "-none-any.whl")) for name in names), names
    return names


def built(scratch: Path) -> Path:
    """Our wheel, as it is handed out."""
    source = wheel.copied(ROOT, scratch / "source")
    return wheel.built(source, scratch, wheel.builder(scratch / "builder", None), wheel.commit_time() or "0")


def lacking(packed: Path) -> set[str]:
    """The files that the product has and its wheel has not."""
    inside = set(zipfile.ZipFile(packed).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for name in ("firmware", "tracker")
        for path in (ROOT / name).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and (
            path.suffix == ".py" or path.name == "py.typed" or str(path.relative_to(ROOT)).startswith(CARRIED)
        )
    }
    return wanted - inside


def clean_run(scratch: Path, packed: Path) -> int:
    """Install the wheel into a clean environment, away from the source, and run tests there."""
    place = scratch / "place"
    for name in ("tests", "docs", "deploy"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, place / name)
    subprocess.run([sys.executable, "-m", "venv", str(scratch / "venv")], check=True)
    python = str(scratch / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{packed}[test]"]
    subprocess.run(install, check=True)
    where = "import firmware, tracker; print(firmware.__file__, tracker.__file__)"
    found = subprocess.run(
        [python, "-c", where], cwd=place, check=True, capture_output=True, text=True
    ).stdout
    assert found.count("site-packages") == 2, found
    for name, module in zip(("firmware", "tracker"), found.split(), strict=True):
        # Tests that look at the product's files find what the wheel brought.
        (place / name).symlink_to(Path(module).parent)
    files = [str(path.relative_to(place)) for path in sorted((place / "tests").glob("test_*.py"))]
    chosen = [each for each in files if not any(word in each for word in SERVICES)]
    environ = {**os.environ, "PATH": f"{scratch / 'venv' / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run([python, "-m", "pytest", *chosen], cwd=place, env=environ, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.wheels",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--clean", action="store_true", help="also the clean environment")
    options = parser.parse_args()
    for python in PYTHONS:
        names = resolved(python, dependencies())
        print(f"Python {python}, aarch64: {len(names)} wheels")
        print("".join(f"  {name}\n" for name in names), end="")
    if not options.clean:
        return 0
    with tempfile.TemporaryDirectory(prefix="kickback-wheel-") as folder:
        ours = built(Path(folder))
        print(f"{ours.name}: {ours.stat().st_size / 1e6:.1f} MB; lacks {sorted(lacking(ours)) or 'nothing'}")
        return clean_run(Path(folder), ours) or bool(lacking(ours))


if __name__ == "__main__":
    sys.exit(main())
