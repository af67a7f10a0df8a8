"""Releases: versions side by side, each whole with its own virtual environment, and the one in use."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from deploy.setup import layout
from deploy.setup.changes import Changes, point_durably, synchronise, write_durably
from deploy.setup.errors import SetupError
from deploy.setup.host import Host
from deploy.setup.version import version_of

_PARTS = ("firmware", "tracker", "deploy", "pyproject.toml", "README.md", "LICENSE")
"""What a release is made of."""

_COMPLETE = "complete"
_MODE = 0o644


def name_of(source: Path) -> str:
    """The name of the release in a folder: its version, and eight digits that tell its content.

    Raise SetupError where it is no folder of Kickback.
    """
    version = version_of(source)
    content = hashlib.sha256()
    for path in _files(source):
        name = os.fsencode(path.relative_to(source))
        data = path.read_bytes()
        content.update(b"%d %s %d " % (len(name), name, len(data)))
        content.update(data)
    return f"{version}-{content.hexdigest()[:8]}"


def _files(source: Path) -> Iterable[Path]:
    """Files alone: a link could bring what only root may read, and a pipe never ends."""
    for part in _PARTS:
        there = source / part
        found = sorted(there.rglob("*")) if there.is_dir() else [there]
        yield from (each for each in found if _is_part(each))


def _is_part(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts


def in_use(host: Host, link: str = layout.CURRENT) -> str | None:
    """The name of the release in use, or of the one before with `layout.PREVIOUS`; None for none."""
    there = host.at(link)
    return Path(os.readlink(there)).name if there.is_symlink() else None


def is_whole(host: Host, name: str) -> bool:
    """Whether a release was built to its end, and its Python still runs: a new Debian brings another."""
    folder = f"{layout.RELEASES}/{name}"
    if not host.at(f"{folder}/{_COMPLETE}").is_file():
        return False
    return host.run(f"{folder}/venv/bin/kickback", "--version").code == 0


def build(changes: Changes, source: Path, *, wheels: Path | None, with_system: bool) -> str:
    """Let the release of a folder be there, whole; return its name.

    `wheels`: a folder to install from instead of the network. `with_system`: whether it sees the
    system's packages, where lgpio comes from. What a power cut left of one is built again.
    """
    host, name = changes.host, name_of(source)
    folder = f"{layout.RELEASES}/{name}"
    if is_whole(host, name) or not changes.said(f"build {folder}"):
        return name
    there = host.at(folder)
    shutil.rmtree(there, ignore_errors=True)
    try:
        there.mkdir(parents=True)
        for path in _files(source):
            copy = there / "source" / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            # Whatever rights it came with: root runs it, and the service's user reads it.
            shutil.copyfile(path, copy)
            copy.chmod(_MODE)
        (there / "source" / "deploy").rename(there / "deploy")
        visible = ["--system-site-packages"] if with_system else []
        host.need("making the virtual environment", "python3", "-m", "venv", *visible, f"{folder}/venv")
        _install(host, folder, wheels)
        shutil.rmtree(there / "source")
        # All of it is on the disk before anything says that it is whole.
        os.sync()
        write_durably(there / _COMPLETE, json.dumps({"release": name}) + "\n")
    except OSError as error:
        raise SetupError(
            f"{folder}: cannot be built ({error.strerror}); nothing in use was changed"
        ) from None
    except SetupError:
        shutil.rmtree(there, ignore_errors=True)
        raise
    return name


def _install(host: Host, folder: str, wheels: Path | None) -> None:
    # --ignore-installed: an old numpy of the system's must not stand in for the one that is needed.
    network = [] if wheels is None else ["--no-index", "--find-links", str(wheels)]
    pip = [f"{folder}/venv/bin/python", "-m", "pip", "install", "--quiet", "--no-input", "--no-cache-dir"]
    pip += ["--disable-pip-version-check", "--ignore-installed", "--only-binary", ":all:", *network]
    locked = f"{folder}/deploy/requirements.lock"
    host.need(
        "installing Kickback's packages (is there a network?)",
        *pip,
        "--require-hashes",
        "--requirement",
        locked,
    )
    # Built by the setuptools that came with its hash; an isolated build would fetch the newest, without one.
    host.need("installing Kickback itself", *pip, "--no-deps", "--no-build-isolation", f"{folder}/source")


def switch(host: Host, name: str) -> None:
    """Let a release be the one in use, in one step; the one that was stays as the one before."""
    old = in_use(host)
    if old is not None and old != name:
        point_durably(host.at(layout.PREVIOUS), f"releases/{old}")
    point_durably(host.at(layout.CURRENT), f"releases/{name}")


def prune(host: Host) -> None:
    """Keep the release in use and the one before; the disk of a Pi is small."""
    kept = {in_use(host), in_use(host, layout.PREVIOUS)}
    folder = host.at(layout.RELEASES)
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        if each.name not in kept:
            shutil.rmtree(each, ignore_errors=True)
    synchronise(folder)
