"""`kickback forget`: gone from every file, no number given out twice, and nothing else touched."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.errors import FaultError
from firmware.forgotten import Wish
from firmware.journal.file import JournalFile
from firmware.journal.forgetting import forget_results
from firmware.journal.journal import Journal
from firmware.journal.opening import open_journal
from tests.made_events import rep

SESSION = "a-session-to-be-forgotten"
DAYS = ("2026-04-28T10:00:00.000Z", "2026-05-01T09:00:00.000Z", None)
MAY = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A machine's state: two results of each day, and a recording of April and of May."""
    journal = Journal(tmp_path / "journal.sqlite", "gym")
    journal.start()
    for day in DAYS:
        for number in range(2):
            journal.keep(rep(number, session=SESSION), day)
    assert len(journal.kept(10.0)) == 6
    journal.close()
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    for name in ("kickback-20260428-100000.mcap", "kickback-20260501-090000.mcap.part", "mine.mcap"):
        (recordings / name).write_bytes(b"samples")
        os.utime(recordings / name, (MAY.timestamp() - 1e5, MAY.timestamp() - 1e5))
    return tmp_path


def left(state: Path) -> list[int]:
    opened = open_journal(state / "journal.sqlite")
    entries, wrong = opened.file.read(0, 10**9, 10**9)
    opened.file.close()
    assert (wrong, opened.next_seq, opened.notes) == ([], 7, ())
    return [entry.seq for entry in entries]


def test_what_happened_before_a_day_goes(state: Path) -> None:
    assert len(forget_results(state / "journal.sqlite", Wish(before=MAY)).numbers) == 2
    assert left(state) == [3, 4, 5, 6], "what nobody knows the time of stays"


def test_everything_goes_from_every_byte(state: Path) -> None:
    (state / "journal.sqlite.damaged-1").write_bytes(SESSION.encode())
    assert any(SESSION.encode() in file.read_bytes() for file in state.glob("journal*"))
    assert len(forget_results(state / "journal.sqlite", Wish()).numbers) == 6
    assert not any(SESSION.encode() in file.read_bytes() for file in state.glob("journal*"))
    assert left(state) == []


@pytest.mark.parametrize("wish", [Wish(), Wish(before=MAY)], ids=str)
def test_what_is_damaged_goes_since_nobody_can_look_into_it(state: Path, wish: Wish) -> None:
    path = state / "journal.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(4096) + whole[8192:])
    (state / "journal.sqlite.new").write_bytes(SESSION.encode())
    forget_results(path, wish)
    assert {each.suffix for each in state.glob("journal*")} == {".sqlite", ".lock", ".mark"}
    again = JournalFile(path)
    assert again.skipped_to_seq > 6
    again.close()


@pytest.mark.parametrize("wish", [Wish(before=MAY), Wish(session="another")], ids=str)
def test_a_result_with_a_wrong_check_sum_goes_whoever_is_forgotten(state: Path, wish: Wish) -> None:
    with closing(sqlite3.connect(state / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE event SET crc = crc + 1 WHERE seq = 4")
    assert 4 in forget_results(state / "journal.sqlite", wish).numbers
    assert 4 not in left(state)


def test_a_journal_in_use_or_none_at_all(state: Path) -> None:
    journal = Journal(state / "journal.sqlite", "gym")
    journal.start()
    with pytest.raises(FaultError, match="in use by another kickback"):
        forget_results(state / "journal.sqlite", Wish())
    journal.close()
    assert forget_results(state / "nothing.sqlite", Wish()).numbers == []


@pytest.mark.parametrize(
    ("options", "said", "recordings"),
    [
        (("--all",), "6 results and 2 recordings deleted\n", ["mine.mcap"]),
        (
            ("--before", "2026-05-01"),
            "2 results and 1 recording deleted\n",
            ["kickback-20260501-090000.mcap.part", "mine.mcap"],
        ),
    ],
)
def test_the_command(
    state: Path,
    options: tuple[str, ...],
    said: str,
    recordings: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    assert main(["forget", *options]) == 2, "nobody is there to ask"
    assert "say --yes if that is meant" in capsys.readouterr().err
    assert main(["forget", *options, "--yes"]) == 0
    assert capsys.readouterr() == (said, "")
    assert sorted(path.name for path in (state / "recordings").iterdir()) == recordings


@pytest.mark.parametrize("options", [(), ("--before", "yesterday"), ("--all", "--before", "2026-05-01")])
def test_what_to_forget_must_be_clear(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1
