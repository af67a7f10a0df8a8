"""Replay is exact: golden sessions give the same events to the last digit, whatever machine and Python."""

import json
from pathlib import Path

import pytest

from tests.golden_sessions import found, found_in, recordings


@pytest.mark.parametrize("path", recordings(), ids=lambda path: found_in(path).stem)
def test_every_event_is_as_it_was(path: Path) -> None:
    once = found_in(path).read_bytes().splitlines()
    now = found(path).splitlines()
    for number, (before, after) in enumerate(zip(once, now, strict=False), start=1):
        assert json.loads(after) == json.loads(before), f"event {number}"
    assert now == once


def test_there_is_one_of_each_way_to_train() -> None:
    events = [json.loads(line) for path in recordings() for line in found_in(path).read_bytes().splitlines()]
    reps = [event for event in events if event["schema"] == "kickback.rep/1"]
    assert {rep["exercise"] for rep in reps} >= {"cable-kickback", "band-kickback", "quadruped-kickback"}
    assert {rep["leg"] for rep in reps} >= {"left", "right"}
    assert {rep["quality"] for rep in reps} == {"good", "suspect"}
