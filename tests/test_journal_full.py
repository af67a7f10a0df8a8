"""The journal at its limit: what goes first, what goes last, and what is said of it."""

import json
import logging
import random
from collections import Counter
from pathlib import Path

import pytest

from firmware.faults import ActiveFault, FaultChange
from firmware.journal.journal import Journal
from tests.broker import PATIENCE_S
from tests.made_events import cue, numbered, rejected, rep, set_summary
from tests.made_journals import TS, everything, journal_at, keep
from tests.test_journal import taken, until

LOOSE = FaultChange(ActiveFault(part="ankle", what="no answer")).event("monday", 5.0)
REP_BYTES = len(numbered(rep(1))[0].payload)


def keep_of_each_kind(journal: Journal, times: int) -> None:
    """Keep two reps and a set, so many times, and then of everything else as many; wait for the disk."""
    for number in range(1, times + 1):
        journal.keep(rep(number), TS, True)
        journal.keep(rep(number), TS, True)
        journal.keep(set_summary(set=number), TS, True)
    for number in range(1, times + 1):
        journal.keep(cue(number), TS, True)
        journal.keep(rejected(), TS, True)
        journal.note(LOOSE, TS, True)
    journal.kept(PATIENCE_S)
    tidied(journal)


def tidied(journal: Journal) -> None:
    """Wait until what was committed before was tidied up after: the thread answers later."""
    journal.recall(1, 1, 1).result(PATIENCE_S)


def nobody_takes(journal: Journal) -> None:
    """As a publisher without a broker: it asks, and gives back."""
    entry = journal.take()
    if entry is not None:
        journal.put_back(entry)


def kinds(path: Path) -> Counter[str]:
    return Counter(entry.kind for entry in everything(path)[0])


@pytest.mark.fault(27)
def test_what_the_broker_has_goes_before_anything_that_it_has_not(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=250 * REP_BYTES) as journal:
        keep(journal, 200)
        for seq in taken(journal, 200):
            journal.settle(seq, None)
        for number in range(1, 131):
            journal.note(LOOSE, TS)
            journal.keep(rep(number), TS)
            journal.kept(PATIENCE_S)
        tidied(journal)
        assert journal.status.first_seq is not None
        assert 20 < journal.status.first_seq <= 201
        assert (journal.status.backlog, journal.status.wrong) == (260, None)
        waiting = []
        while journal.status.backlog:
            waiting += taken(journal, 1)
            journal.settle(waiting[-1], None)
        assert waiting == list(range(201, 461))


@pytest.mark.fault(27)
def test_faults_cues_and_rejected_movements_make_room_for_reps_and_sets(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=600 * REP_BYTES) as journal:
        until(journal, "ready")
        nobody_takes(journal)
        for _ in range(10):
            keep_of_each_kind(journal, 12)
        left = kinds(path)
        dropped = {kind: 120 - left[kind] for kind in ("cue", "fault", "rejected")}
        assert (left["rep"], left["set"]) == (240, 120)
        assert min(dropped.values()) > 20
        assert journal.status.lost == dropped
        assert journal.status.wrong == (
            f"the journal is full, and {sum(dropped.values())} results that the broker had not taken were "
            f"dropped ({dropped['cue']} cue, {dropped['fault']} fault, {dropped['rejected']} rejected): "
            "bring the broker back"
        )
        assert journal.status.backlog == left.total()
    with journal_at(path) as journal:
        until(journal, "ready")
        assert journal.status.backlog == left.total(), "what was dropped does not wait after a restart either"
        seqs = taken(journal, left.total())
        assert seqs == [entry.seq for entry in everything(path)[0]]
        for seq in seqs:
            journal.settle(seq, None)
        assert (journal.status.backlog, journal.status.wrong) == (0, None)


def test_only_when_nothing_else_is_left_reps_go_and_sets_go_last(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=150 * REP_BYTES) as journal:
        until(journal, "ready")
        nobody_takes(journal)
        for _ in range(10):
            keep_of_each_kind(journal, 12)
        assert journal.status.size_bytes < 300 * REP_BYTES
        left, lost = kinds(path), journal.status.lost
        assert lost["rep"] > 100
        assert 0 < left["set"] <= 120 - lost.get("set", 0)
        # What came since it was last tidied up.
        assert left["cue"] + left["fault"] + left["rejected"] <= 96
        assert f"{lost['rep']} rep" in str(journal.status.wrong)
        assert journal.status.backlog == left.total()
        entries = [entry for entry in everything(path)[0] if entry.kind == "set"]
        assert json.loads(entries[-1].payload)["set"] == 12, "the newest of them stay"


def test_what_is_on_its_way_stays_until_it_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=100 * REP_BYTES) as journal:
        keep(journal, 20)
        under_way = taken(journal, 10)
        for _ in range(6):
            keep(journal, 64)
        tidied(journal)
        entries, opened = everything(path)
        assert [entry.seq for entry in entries][:10] == under_way
        assert (opened.next_seq, opened.notes) == (405, ())
        assert journal.status.lost == {"rep": 404 - len(entries)}


def test_a_journal_that_nobody_publishes_keeps_the_newest_and_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=150 * REP_BYTES) as journal:
        for _ in range(10):
            keep_of_each_kind(journal, 12)
        assert (journal.status.lost, journal.status.wrong) == ({}, None)
        entries, _ = everything(path)
        assert [entry.seq for entry in entries] == list(range(721 - len(entries), 721))
        assert journal.status.backlog == len(entries)


def test_numbers_go_on_though_all_that_is_kept_is_to_be_dropped(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=1) as journal:
        keep(journal, 64)
        tidied(journal)
    entries, opened = everything(path)
    assert [entry.seq for entry in entries] == [64]
    assert (opened.next_seq, opened.notes) == (65, ())


@pytest.mark.parametrize("seed", range(4))
def test_the_backlog_is_what_the_broker_can_still_get(tmp_path: Path, seed: int) -> None:
    """Whatever is kept, taken, answered, refused and dropped, over restarts."""
    path, chance = tmp_path / "gym.sqlite3", random.Random(seed)
    kept, lost = 0, 0
    got: set[int] = set()
    for _ in range(3):
        with journal_at(path, limit_bytes=120 * REP_BYTES) as journal:
            until(journal, "ready")
            nobody_takes(journal)
            for _ in range(25):
                keep_of_each_kind(journal, chance.randrange(4))
                for _ in range(chance.randrange(6)):
                    if (entry := journal.take()) is not None:
                        refusal = "Quota exceeded" if chance.random() < 0.2 else None
                        journal.settle(entry.seq, refusal)
                        got |= set() if refusal else {entry.seq}
                if chance.random() < 0.3:
                    journal.offer_refused()
                    tidied(journal)
            tidied(journal)
            lost += sum(journal.status.lost.values())
            kept = journal.status.last_seq
            assert journal.status.backlog + journal.status.refused + len(got) + lost == kept
    assert lost > 100
    with journal_at(path) as journal:
        until(journal, "ready")
        while journal.status.backlog or journal.status.refused:
            journal.offer_refused()
            tidied(journal)
            if (entry := journal.take()) is not None:
                journal.settle(entry.seq, None)
                got.add(entry.seq)
    assert len(got) + lost == kept
