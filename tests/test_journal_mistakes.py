"""The journal and mistakes in the program itself: each is noticed, told, and got over; nothing is lost."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from firmware.journal.entry import Entry
from firmware.journal.file import JournalFile
from firmware.journal.writer import Writer
from tests.broker import PATIENCE_S
from tests.made_events import numbered, rep
from tests.made_journals import TS, everything, journal_at, keep
from tests.test_journal import until


def failing(times: int, error: Exception, instead_of: Callable[..., Any]) -> Callable[..., Any]:
    """What fails so many times, and then does what it should."""
    left = [times]

    def call(*arguments: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise error
        return instead_of(*arguments)

    return call


@pytest.mark.parametrize("method", ["commit", "open"])
def test_a_mistake_in_the_thread_is_told_and_got_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    monkeypatch.setattr("firmware.journal.journal._RETRY_S", (0.01, 0.02))
    monkeypatch.setattr(Writer, method, failing(3, KeyError("seq"), getattr(Writer, method)))
    path = tmp_path / "gym.sqlite3"
    caplog.set_level(logging.INFO, "firmware.journal.journal")
    with journal_at(path) as journal:
        journal.keep(rep(1), TS, True)
        assert [one.envelope.seq for one in journal.kept(PATIENCE_S)] == [1]
        assert journal.alive
        kept = keep(journal, 1)
        assert (kept[0].envelope.seq, journal.status.wrong) == (2, None)
    assert len([record for record in caplog.records if record.exc_info]) == 1, "with where it arose, once"
    entries, opened = everything(path)
    assert ([entry.seq for entry in entries], opened.notes) == ([1, 2], ())


def test_while_it_lasts_the_status_says_that_it_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Writer, "commit", failing(10**6, KeyError("seq"), Writer.commit))
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        journal.keep(rep(1), TS, True)
        until(journal, "failing")
        assert journal.status.wrong == (
            "results cannot be saved (1 wait): a mistake in the program, please report it: KeyError: 'seq'"
        )
        assert journal.alive


def test_what_was_asked_for_while_the_disk_failed_is_answered_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.journal.journal._RETRY_S", (0.01, 0.02))
    with journal_at(tmp_path / "gym.sqlite3") as journal:
        keep(journal, 5)
        full = sqlite3.OperationalError("database or disk is full")
        monkeypatch.setattr(Writer, "commit", failing(2, full, Writer.commit))
        with journal._changed:  # both before the thread looks again
            journal.keep(rep(6), TS, True)
            answer = journal.recall(1, 3, 10)
        assert [entry.seq for entry in answer.result(PATIENCE_S)] == [1, 2, 3]


def test_results_are_not_numbered_twice_where_tidying_up_after_them_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.journal.journal._RETRY_S", (0.01, 0.02))
    size = len(numbered(rep(1))[0].payload)
    full = sqlite3.OperationalError("database or disk is full")
    monkeypatch.setattr(JournalFile, "drop", failing(1, full, JournalFile.drop))
    path = tmp_path / "gym.sqlite3"
    with journal_at(path, limit_bytes=40 * size) as journal:
        kept = keep(journal, 64) + keep(journal, 64)
        assert [one.envelope.seq for one in kept] == list(range(1, 129))
    entries: Sequence[Entry] = everything(path)[0]
    assert [entry.seq for entry in entries] == list(range(129 - len(entries), 129))
    assert len(entries) < 128
