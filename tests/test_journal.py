"""The journal: numbers, confirmation, delivery, a full or failing disk, and its bounds."""

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from firmware.errors import FaultError
from firmware.faults import ActiveFault, FaultChange
from firmware.journal.journal import PATIENCE_S as SHOWN_AFTER_S
from firmware.journal.journal import Journal
from tests.broker import PATIENCE_S
from tests.made_events import numbered, rejected, rep, set_summary
from tests.made_journals import TS, FailingDisk, everything, filled, journal_at, keep

LOOSE = FaultChange(ActiveFault(part="ankle", what="no answer")).event("monday", 5.0)


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def until(journal: Journal, condition: str) -> None:
    """Wait until an attribute of the status is true; the journal's own thread makes it so."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.005)):
        if getattr(journal.status, condition):
            return
        pause.wait(0.005)
    pytest.fail(f"never {condition}: {journal.status}")


def taken(journal: Journal, count: int) -> list[int]:
    """Take so many results as the publisher would, waiting for those still on the disk."""
    seqs: list[int] = []
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.005)):
        entry = journal.take()
        if entry is None:
            pause.wait(0.005)
            continue
        seqs.append(entry.seq)
        if len(seqs) == count:
            return seqs
    pytest.fail(f"only {seqs} could be taken")


def test_a_result_comes_back_with_its_number_when_it_is_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    results = (rejected(), rep(1), set_summary())
    with journal_at(path) as journal:
        for result in results:
            journal.keep(result, TS, True)
        kept = journal.kept(PATIENCE_S)
        assert [one.result for one in kept] == list(results)
        assert [one.envelope.id for one in kept] == ["gym-1", "gym-2", "gym-3"]
        assert [one.envelope.time_sync for one in kept] == [True] * 3
        # A second connection sees what is committed, and nothing else.
        entries, _ = everything(path)
        assert [entry.payload for entry in entries] == [one.payload for one in kept]
        assert [entry.kind for entry in entries] == ["rejected", "rep", "set"]
        assert journal.kept() == []


def test_numbers_go_on_without_a_gap_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    for times in range(5):
        with journal_at(path) as journal:
            assert [one.envelope.seq for one in keep(journal, 3)] == [3 * times + i for i in (1, 2, 3)]


@pytest.mark.fault(44)
def test_a_second_program_is_refused(tmp_path: Path) -> None:
    with journal_at(tmp_path / "gym.sqlite3"), pytest.raises(FaultError, match="in use by another kickback"):
        Journal(tmp_path / "gym.sqlite3", "gym").start()


def test_what_the_broker_took_is_not_offered_again_and_the_rest_is(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        keep(journal, 5)
        assert taken(journal, 4) == [1, 2, 3, 4]
        # The third answer is missing: the broker may not have got it.
        for seq in (1, 2, 4):
            journal.settle(seq, None)
        assert journal.status.delivered_seq == 2
    with journal_at(path) as journal:
        assert taken(journal, 3) == [3, 4, 5]
        assert journal.take() is None


def test_a_refused_result_is_not_acknowledged_and_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        keep(journal, 3)
        taken(journal, 3)
        journal.settle(1, None)
        journal.settle(2, "Not authorized")
        journal.settle(3, None)
        assert (journal.status.delivered_seq, journal.status.refused) == (3, 1)
        journal.offer_refused()
        assert taken(journal, 1) == [2]
        journal.settle(2, "Not authorized")
    with journal_at(path) as journal:
        until(journal, "ready")
        assert journal.status.refused == 1
        assert journal.take() is None
        journal.offer_refused()
        assert taken(journal, 1) == [2]
        journal.settle(2, None)
        assert journal.status.refused == 0
    with journal_at(path) as journal:
        until(journal, "ready")
        assert journal.status.refused == 0


def test_a_refused_result_that_is_no_longer_kept_holds_up_no_other_refused_one(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        keep(journal, 2)
        for seq in taken(journal, 2):
            journal.settle(seq, "Not authorized")
    with closing(sqlite3.connect(path)) as pruned:
        pruned.execute("DELETE FROM event WHERE seq = 1")
        pruned.commit()
    with journal_at(path) as journal:
        until(journal, "ready")
        assert journal.status.refused == 2
        journal.offer_refused()
        journal.recall(1, 1, 1).result(PATIENCE_S)
        journal.offer_refused()
        assert taken(journal, 1) == [2]


@pytest.mark.fault(27)
def test_a_long_backlog_stays_on_the_disk_and_comes_in_order(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    filled(path, 1000)
    with journal_at(path) as journal:
        seqs: list[int] = []
        while len(seqs) < 1000:
            seqs += taken(journal, 1)
            assert len(journal._outbox._ready) <= 200
            journal.settle(seqs[-1], None)
        assert seqs == list(range(1, 1001))
        assert [one.envelope.seq for one in keep(journal, 1)] == [1001]
        assert taken(journal, 1) == [1001]


def test_a_range_is_read_back_as_it_was_published(tmp_path: Path) -> None:
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        kept = keep(journal, 20)
        found = journal.recall(5, 12, 4).result(PATIENCE_S)
        assert [(entry.seq, entry.payload) for entry in found] == [
            (one.envelope.seq, one.payload) for one in kept[4:8]
        ]
        assert journal.recall(21, 30, 4).result(PATIENCE_S) == []


def test_the_newest_of_one_kind(tmp_path: Path) -> None:
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        for number in range(1, 5):
            journal.keep(rep(number), TS)
            journal.keep(set_summary(set=number), TS)
        journal.kept(PATIENCE_S)
        found = journal.latest("set", 3).result(PATIENCE_S)
    assert [(entry.seq, json.loads(entry.payload)["set"]) for entry in found] == [(4, 2), (6, 3), (8, 4)]


def test_the_newest_sets_are_found_behind_any_number_of_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.journal.file._LOOK_BACK", 5)
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        for number in range(1, 5):
            journal.keep(set_summary(set=number), TS)
            journal.keep(rep(number), TS)
        for _ in range(40):
            journal.note(LOOSE, TS)
        journal.kept(PATIENCE_S)
        sets = journal.latest("set", 3).result(PATIENCE_S)
        faults = journal.latest("fault", 2).result(PATIENCE_S)
    assert [entry.seq for entry in sets] == [5, 7], "among the last five that are no faults"
    assert [entry.seq for entry in faults] == [47, 48]


@pytest.mark.fault(35)
@pytest.mark.parametrize("trouble", ["full", "broken"])
def test_a_disk_that_takes_nothing_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    path, clock = tmp_path / "gym.sqlite3", Clock()
    disk = FailingDisk(monkeypatch)
    with journal_at(path, clock=clock) as journal:
        kept = keep(journal, 10)
        setattr(disk, trouble, True)
        for number in range(11, 41):
            journal.keep(rep(number), TS, True)
        until(journal, "failing")
        assert journal.kept() == [], "nothing is confirmed that is not safe"
        clock.now_s += SHOWN_AFTER_S
        shown = journal.kept()
        assert [one.result for one in shown] == [rep(number) for number in range(11, 41)]
        assert not any(one.saved for one in shown)
        assert journal.status.unsaved == 30
        assert taken(journal, 10) == list(range(1, 11))
        assert journal.take() is None, "nothing is published that is not on the disk"
        assert "results cannot be saved (30 wait)" in str(journal.status.wrong)
        setattr(disk, trouble, False)
        assert journal.kept(PATIENCE_S) == [], "each is given back once"
        assert journal.recall(1, 1, 1).result(PATIENCE_S)
        assert (journal.status.unsaved, journal.status.wrong) == (0, None)
        kept += keep(journal, 1)
    entries, opened = everything(path)
    assert [entry.seq for entry in entries] == list(range(1, 42))
    assert opened.notes == ()
    assert [json.loads(entry.payload)["rep"] for entry in entries] == [*range(1, 41), 1]


def test_memory_is_bounded_while_the_disk_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("firmware.journal.journal._UNSAVED_AT_MOST", 20)
    disk = FailingDisk(monkeypatch)
    with journal_at(tmp_path / "gym.sqlite3", clock=clock) as journal:
        keep(journal, 1)
        disk.full = True
        for number in range(1, 31):
            journal.keep(rep(number), TS)
        until(journal, "failing")
        clock.now_s += SHOWN_AFTER_S
        assert len(journal.kept()) == 30, "the count goes on"
        assert (journal.status.unsaved, journal.status.dropped) == (20, 10)
        disk.full = False
        journal.kept(PATIENCE_S)
        assert journal.status.unsaved == 0


@pytest.mark.fault(35)
def test_faults_leave_room_for_reps_while_the_disk_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.journal.journal._UNSAVED_AT_MOST", 20)
    disk = FailingDisk(monkeypatch)
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        keep(journal, 1)
        disk.full = True
        for _ in range(100):
            journal.note(LOOSE, TS)
        for number in range(1, 11):
            journal.keep(rep(number), TS)
        assert (journal.status.unsaved, journal.status.dropped) == (20, 0)
        disk.full = False
        journal.kept(PATIENCE_S)
        assert journal.status.unsaved == 0


@pytest.mark.fault(36)
def test_a_folder_in_which_nobody_may_write_holds_up_nobody(tmp_path: Path) -> None:
    """Among the processes of the kernel not even root may."""
    folder = tmp_path / "state"
    folder.symlink_to("/proc")
    with journal_at(folder / "gym.sqlite3") as journal:
        journal.keep(rep(1), TS)
        until(journal, "failing")
        folder.unlink()
        folder.mkdir()
        assert [one.envelope.seq for one in journal.kept(PATIENCE_S)] == [1]


def test_a_folder_that_is_not_there_yet_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "later" / "gym.sqlite3"
    with journal_at(path) as journal:
        journal.keep(rep(1), TS)
        until(journal, "failing")
        assert "unable to open" in str(journal.status.failing)
        path.parent.mkdir()
        assert [one.envelope.seq for one in journal.kept(PATIENCE_S)] == [1]


@pytest.mark.fault(36)
def test_a_failing_disk_is_told_by_the_status_and_not_again_at_every_try(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "later"
    with journal_at(folder / "gym.sqlite3") as journal:
        journal.keep(rep(1), TS, True)
        until(journal, "failing")
        folder.mkdir()
        assert len(journal.kept(PATIENCE_S)) == 1
    assert [record for record in caplog.records if record.name == "firmware.journal.journal"] == []


def test_the_oldest_go_when_the_file_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    size = len(numbered(rep(1))[0].payload)
    with journal_at(path, limit_bytes=400 * size) as journal:
        for _ in range(20):
            keep(journal, 64)
        assert keep(journal, 1)[0].envelope.seq == 1281
    entries, opened = everything(path)
    assert 150 <= len(entries) <= 400
    assert [entry.seq for entry in entries] == list(range(1282 - len(entries), 1282))
    assert opened.next_seq == 1282
    assert path.stat().st_size < 900 * size


def test_an_event_costs_a_bounded_number_of_bytes(tmp_path: Path) -> None:
    """`python -m tests.journal_cost` measures it on a disk; here the log's pages are counted."""
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        keep(journal, 1)
        before = path.with_name(path.name + "-wal").stat().st_size
        for _ in range(40):
            journal.settle(keep(journal, 1)[0].envelope.seq, None)
        written = path.with_name(path.name + "-wal").stat().st_size - before
    assert written / 40 < 11_000
