"""The units and scripts, by the judgement of systemd's and the shell's own tools."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.setup import layout
from firmware.safe_mode.service import AGAIN_S
from firmware.safe_mode.starts import TOO_MANY

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
WORST = 2.0


def analyze(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    """Its exit code is 0 even for keys that it does not know; what it complains of is on standard error."""
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE))
    ran = analyze("verify", "--man=no", str(copy))
    complaints = [line for line in ran.stderr.splitlines() if "kickback" in line]
    assert complaints == []
    copy.write_text(copy.read_text().replace("[Service]", "[Service]\nWatchdogSecs=1"))
    assert "WatchdogSecs" in analyze("verify", "--man=no", str(copy)).stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_is_open_to_little(unit: Path) -> None:
    ran = analyze("security", "--offline=true", "--no-pager", str(unit))
    if "Unknown command" in ran.stderr or "--offline" in ran.stderr:
        pytest.skip("this systemd-analyze cannot look at a file")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", ran.stdout)
    assert found is not None, ran.stderr
    assert float(found[1]) <= WORST


def tracker() -> dict[str, str]:
    """What the tracker's unit says; of keys that come more than once the last."""
    text = (DEPLOY / "systemd" / "kickback.service").read_text()
    return dict(re.findall(r"^([A-Za-z]+)=(.*)$", text, re.MULTILINE))


@pytest.mark.fault(46, 47, 48, 50)
def test_what_dies_hangs_or_takes_too_much_is_ended_and_started_anew() -> None:
    """By a kill, by the watchdog, by the time for a start, by the limit of memory."""
    values = tracker()
    assert values["Type"] == "notify"
    assert (values["Restart"], values["RestartSec"]) == ("on-failure", "2")
    assert (values["WatchdogSec"], values["WatchdogSignal"]) == ("10", "SIGABRT")
    assert values["TimeoutStartSec"] == "60"
    assert 256 <= int(values["MemoryMax"].removesuffix("M")) <= 320, "a Pi Zero has 512 MB"
    assert int(values["TasksMax"]) <= 64
    # Another status than that of a config that cannot be used: that one nobody but its owner can mend.
    assert values["RestartPreventExitStatus"] == "2"


@pytest.mark.fault(49)
def test_one_that_fails_at_every_start_is_never_left_for_good() -> None:
    """Three starts, safe mode for ten minutes, one more: that alone never meets systemd's limit."""
    values = tracker()
    assert values["OnFailure"] == "kickback-safe.service"
    assert int(values["StartLimitBurst"]) > TOO_MANY + 1
    assert int(values["StartLimitIntervalSec"]) <= AGAIN_S
    safe = (DEPLOY / "systemd" / "kickback-safe.service").read_text()
    assert "ExecStart=/usr/local/sbin/kickback-update --start-again\n" in safe


def test_the_tracker_s_unit_fits_the_program() -> None:
    text = (DEPLOY / "systemd" / "kickback.service").read_text()
    values = tracker()
    assert values["User"] == layout.USER
    assert values["SupplementaryGroups"].split() == list(layout.GROUPS)
    assert values["LoadCredential"].endswith(f":{layout.PASSWORD}")
    assert values["LoadCredential"].split(":")[0] == Path(layout.PASSWORD).name
    assert f"/var/lib/{values['StateDirectory']}" == layout.STATE
    assert values["ExecStart"].startswith(f"{layout.CURRENT}/venv/bin/kickback run --config {layout.CONFIG}")
    assert not re.search(r"network-online|time-sync|time-set", text), "counting waits for neither"


@pytest.mark.parametrize("script", ["install.sh", "prepare.sh", "../tests/userland/inside.sh"])
def test_shell_scripts_are_clean(script: str) -> None:
    program = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        pytest.skip("shellcheck is not installed; bash deploy/prepare.sh test")
    ran = subprocess.run([program, str(DEPLOY / script)], capture_output=True, text=True, check=False)
    assert ran.stdout == ""
