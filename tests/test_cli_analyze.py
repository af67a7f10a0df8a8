"""`kickback analyze`: tables for people, JSON lines for programs."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from firmware.cli import main
from firmware.commands.tables import TEMPO_LEGEND, print_session
from tests.made_events import rejected, rep, set_summary
from tests.made_recordings import cable_session
from tests.processes import COMMAND, in_a_terminal
from tracker.messages import Rep, RepKind


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return cable_session(tmp_path / "session", reps=4, started_at="2026-05-01T17:30:00Z")


def test_a_table_per_set(capsys: pytest.CaptureFixture[str]) -> None:
    suspect = rep(
        2,
        kind=RepKind.PARTIAL,
        diagonal_deg=None,
        diagonal_sd_deg=None,
        diagonal_reason="no_midline",
        on_tempo=False,
        tempo_breaks=("eccentric_short", "concentric_long"),
        mean_force_n=None,
        quality="suspect",
        quality_reasons=("gap_ankle",),
        pause_stretched_s=1.1,
    )
    print_session("monday.mcap", [rejected(), rep(1), suspect, set_summary(), rep(1, set=2)])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "monday.mcap"
    assert "Set 1: cable-kickback, left leg, target: kick 2 s, hold 1 s, return 3 s, pause 1 s" in lines
    assert "Set 2: cable-kickback, left leg, target: kick 2 s, hold 1 s, return 3 s, pause 1 s" in lines
    assert " ".join(lines).count("kick (concentric)") == 2
    table = [line.split() for line in lines if line.lstrip().startswith(("1 ", "2 "))]
    first = ["1", "full", "1.9", "1.0", "2.9", "-", "36.4", "±1.2", "0.41", "/", "28", "0.22", "98", "good"]
    second = ["2", "partial", "1.9", "1.0", "2.9", "1.1", "-", "0.41", "/", "28", "0.22", "-", "suspect"]
    assert table == [first, second, first]
    assert "Rep 2: no direction, no midline" in lines
    assert "Rep 2: off tempo, return too short, kick too long" in lines
    assert "Rep 2: suspect, gap ankle" in lines
    assert any(line.startswith("Set 1: 8 full, 1 partial, 2 movements not counted;") for line in lines)
    assert "Return too short: rep 9" in lines
    assert "Fast return: rep 9" in lines
    assert any(
        line.startswith("From the first rep to the last: return −0.4 s, hold −0.2 s") for line in lines
    )
    assert any(line.startswith("Against last time (set 1): reps +1, on tempo +10 points") for line in lines)
    assert not any(line.startswith("Against the other leg") for line in lines)
    assert "Not counted: a twitch, too short for a rep at 4.0 s; range 0.050 m" in lines


def test_the_table_fits_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.commands.tables._Page", lambda **_: Console(width=80, highlight=False))
    widest = rep(10, kind=RepKind.UNFINISHED, diagonal_deg=136.4, quality="suspect", mean_force_n=1250.0)
    print_session("m", [widest])
    row = next(line for line in capsys.readouterr().out.splitlines() if "unfinished" in line)
    widths = "10 unfinished 1.9 1.0 2.9 - 136.4 ±1.2 0.41 / 28 0.22 1250 suspect"
    assert row.split() == widths.split()


def test_a_note_that_holds_for_several_reps_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    slipped = {"quality": "suspect", "quality_reasons": ("gap_ankle",)}
    reps = [rep(number, **(slipped if number in (1, 2, 3) else {})) for number in range(1, 6)]
    print_session("m", [*reps, rep(6, set=2, **slipped), rep(7, set=2), rep(8, set=2, **slipped)])
    notes = [line for line in capsys.readouterr().out.splitlines() if "gap ankle" in line]
    assert notes == ["Reps 1 to 3: suspect, gap ankle", "Reps 6, 8: suspect, gap ankle"]


def test_a_kick_outside_the_zone_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    print_session("m", [rep(1), rep(2, in_zone=False), rep(3, in_zone=None)])
    notes = [line for line in capsys.readouterr().out.splitlines() if "zone" in line]
    assert notes == ["Rep 2: outside the zone of 30° to 45°"]


def test_the_legend_names_the_columns_in_their_order_by_both_names() -> None:
    names = ["kick", "concentric", "hold", "pause contracted", "return", "eccentric", "pause stretched"]
    assert sorted(names, key=TEMPO_LEGEND.index) == names


def test_no_rep_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    still = cable_session(tmp_path / "still", reps=0)
    assert main(["analyze", str(still)]) == 0
    assert "No rep was found." in capsys.readouterr().out
    assert main(["analyze", "--json", str(still)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"kickback: no rep was found in {still}\n"


def test_the_reps_of_a_recording_end_to_end(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--json", str(session), "--target", "2.4-1-1.2-0.8"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    reps = [event for event in events if event["schema"] == Rep.SCHEMA]
    assert [event["rep"] for event in reps] == [1, 2, 3, 4]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["id"] == f"replay-{event['seq']}" and event["replay"] for event in events)
    assert reps[0]["ts"].startswith("2026-05-01T17:30:0")
    assert {event["target"] for event in reps} == {"2.4-1-1.2-0.8"}
    assert reps[1]["rom_m"] == pytest.approx(0.42, abs=0.005)


def test_in_a_terminal_the_progress_leaves_only_the_tables(session: Path) -> None:
    code, shown = in_a_terminal(*COMMAND, "analyze", session)
    assert code == 0
    assert "reading session" in shown
    last = shown.rstrip().splitlines()[-2:]
    assert last[0].startswith("Set 1: 4 full")
    assert last[1].startswith("From the first rep to the last: return 0.0 s")


def test_what_the_user_says_overrides_the_recording(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", "--json", str(session), "--leg", "right", "--exercise", "free"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events
    assert {(event["leg"], event["exercise"]) for event in events if "leg" in event} == {("right", "free")}


def test_several_recordings_are_numbered_through(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--json", str(session), str(session), "--device", "gym-2"]) == 0
    seqs = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    assert seqs == [f"gym-2-{number}" for number in range(1, len(seqs) + 1)]


def test_one_bad_recording_does_not_keep_the_others_from_it(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(tmp_path / "absent"), str(session)]) == 2
    captured = capsys.readouterr()
    assert "Set 1" in captured.out
    assert captured.err.count("\n") == 1
    assert "absent" in captured.err


def test_notes_of_a_recording_go_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = cable_session(tmp_path / "noted", notes=["recovered 41 s, the file was cut"])
    assert main(["analyze", "--json", str(noted)]) == 0
    captured = capsys.readouterr()
    assert captured.err == f"kickback: note: {noted}: recovered 41 s, the file was cut\n"
    assert "recovered" not in captured.out
