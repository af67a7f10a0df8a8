"""Makes the Debian, runs `inside.sh` in it, and says what came of it."""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.userland.furnishing import ENVIRONMENT, furnish

PACKAGES = "systemd,systemd-sysv,dbus,udev,ca-certificates,python3"
"""Of what Raspberry Pi OS has, all that matters here."""
UNIT = """\
[Unit]
After=multi-user.target
[Service]
Type=oneshot
Environment={environment}
ExecStart=/bin/bash -c 'bash /root/inside.sh >/root/result 2>&1; echo $? >/root/code; systemctl poweroff'
"""
LONGEST_S = 3600


def main() -> int:
    options = _parser().parse_args()
    if os.geteuid() != 0:
        return _cannot("needs root, for the Debian that it makes")
    if shutil.which("debootstrap") is None:
        return _cannot("debootstrap is not installed; sudo apt-get install debootstrap")
    with tempfile.TemporaryDirectory(prefix="kickback-userland-") as scratch:
        root = Path(scratch) / "root"
        if options.base is not None and options.base.exists():
            with tarfile.open(options.base) as packed:
                packed.extractall(root, filter="fully_trusted")
        else:
            command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", options.suite, str(root)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if options.base is not None:
                with tarfile.open(options.base, "w") as packed:
                    packed.add(root, ".")
        furnish(root)
        for name in ("inside.sh", "hear.py"):
            shutil.copy(Path(__file__).with_name(name), root / "root" / name)
        boots = not options.no_boot and shutil.which("systemd-nspawn") is not None
        print(
            f"# {options.suite}, {'booted' if boots else 'in a chroot: nothing can be started'}", flush=True
        )
        code = _booted(root) if boots else _chrooted(root)
        print((root / "root" / "result").read_text(errors="replace"), end="")
        return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.userland", description=__doc__)
    parser.add_argument("suite", choices=("bookworm", "trixie"))
    parser.add_argument("--no-boot", action="store_true", help="in a chroot, without systemd")
    parser.add_argument("--base", type=Path, help="keep the fresh Debian in this .tar, or take it from there")
    return parser


def _cannot(why: str) -> int:
    print(f"userland: {why}", file=sys.stderr)
    return 1


def _chrooted(root: Path) -> int:
    script = f"mount -t proc proc {root}/proc && exec chroot {root} bash /root/inside.sh"
    with (root / "root" / "result").open("wb") as result:
        ran = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--propagation", "private", "bash", "-c", script],
            stdout=result,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=ENVIRONMENT,
            check=False,
            timeout=LONGEST_S,
        )
    return ran.returncode


def _booted(root: Path) -> int:
    environment = " ".join(f'"{name}={value}"' for name, value in ENVIRONMENT.items())
    unit = root / "etc" / "systemd" / "system" / "inside.service"
    unit.write_text(UNIT.format(environment=environment))
    wanted = unit.with_name("multi-user.target.wants") / unit.name
    wanted.parent.mkdir(exist_ok=True)
    wanted.symlink_to(unit.name)
    unified = "1" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "0"
    command = ["systemd-nspawn", "--register=no", "--keep-unit", "--machine=kickback-userland"]
    command += ["--console=pipe", "--resolv-conf=off", "--quiet", "--directory", str(root), "--boot"]
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=(root / "root" / "console").open("wb"),
        stderr=subprocess.STDOUT,
        env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": unified},
        check=False,
        timeout=LONGEST_S,
    )
    code = root / "root" / "code"
    if not code.exists():
        print((root / "root" / "console").read_text(errors="replace")[-3000:])
        return 1
    return int(code.read_text())


if __name__ == "__main__":
    sys.exit(main())
