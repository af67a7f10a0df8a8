"""Replay is exact: golden sessions give the same events to the last digit, whatever machine and Python."""

import json
import re
from pathlib import Path

import pytest

from tests.golden_sessions import compare, differences, found, found_in, recordings
from tests.userland import foreign

ONCE = b'{"schema":"kickback.rep/1","rep":1,"rom_m":0.4125}\n{"schema":"kickback.set/1","reps":1}\n'


@pytest.mark.parametrize("path", recordings(), ids=lambda path: found_in(path).stem)
def test_every_event_is_as_it_was(path: Path) -> None:
    assert differences(found_in(path).read_bytes(), found(path)) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (b"0.4125", b"0.41250000000000003", "event 1: rom_m is 0.41250000000000003, was 0.4125"),
        (b'"reps":1', b'"reps":1.0', "event 2: reps is 1.0, was 1"),
        (b',"rep":1', b"", "event 1: rep is None, was 1"),
        (b'{"schema":"kickback.set/1","reps":1}\n', b"", "event 2: is missing"),
        (b"0.4125}", b"0.4125 }", "event 1: other bytes"),
    ],
)
def test_the_smallest_difference_is_named(was: bytes, becomes: bytes, said: str) -> None:
    assert differences(ONCE, ONCE) == []
    assert differences(ONCE, ONCE.replace(was, becomes)) == [said]


def test_a_comparison_of_nothing_is_not_equal(capsys: pytest.CaptureFixture[str]) -> None:
    assert not compare([])
    assert "0 events of 0 recordings" in capsys.readouterr().out


def test_there_is_one_of_each_way_to_train() -> None:
    events = [json.loads(line) for path in recordings() for line in found_in(path).read_bytes().splitlines()]
    reps = [event for event in events if event["schema"] == "kickback.rep/1"]
    assert {rep["exercise"] for rep in reps} >= {"cable-kickback", "band-kickback", "quadruped-kickback"}
    assert {rep["leg"] for rep in reps} >= {"left", "right"}
    assert {rep["quality"] for rep in reps} == {"good", "suspect"}


@pytest.mark.parametrize(
    ("user", "programs", "said"),
    [
        (1000, {"debootstrap", "qemu-aarch64-static"}, "needs root"),
        (0, {"qemu-aarch64-static"}, "debootstrap is not installed; sudo apt-get install debootstrap"),
        (0, {"debootstrap"}, "qemu-aarch64-static is not installed; sudo apt-get install qemu-user-static"),
    ],
)
def test_a_foreign_debian_that_cannot_be_made_is_one_line(
    user: int,
    programs: set[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    assert foreign.main(["bookworm"]) == 1
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


def test_the_lock_for_one_python_names_each_package_once() -> None:
    older, newer = (foreign.locked_for(python) for python in ("3.11", "3.13"))
    assert " ; " not in older + newer
    names = [re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE) for lock in (older, newer)]
    assert names[0] == names[1] == sorted(set(names[0]))
    assert older.count("\nnumpy==2") == newer.count("\nnumpy==2") == 1
    assert older != newer
