"""The neutral folder: what it may look like, and the one line for everything that is wrong with it."""

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.errors import BadInputError
from firmware.recording import open_recording
from firmware.recording.table import read_numbers
from tests.recording_samples import FLOATS
from tracker.blocks import COLUMNS, Announced, Announcement, Gap, Stream
from tracker.profiles import PROFILES

HEADER = '{"exercise": "cable-kickback", "leg": null, "leg_length_m": 0.8, "pulley_distance_m": null}'
CABLE = "t_s,position_m\n0.00,0.1\n0.02,0.2\n"


def folder_of(tmp_path: Path, **files: str | bytes) -> Path:
    """A folder with a good header and cable stream; `files` (dots as underscores) replace or add."""
    folder = tmp_path / "monday"
    folder.mkdir()
    for name, content in ({"recording_json": HEADER, "cable_csv": CABLE} | files).items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder


def complaint(path: Path) -> str:
    with pytest.raises(BadInputError) as caught:
        open_recording(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text


def test_columns_may_come_in_any_order_with_others_between(tmp_path: Path) -> None:
    text = "note,force_n,t_s,raw\nhello,98.5,0.25,7\nwell,99.5,0.5,8\n"
    recording = open_recording(folder_of(tmp_path, load_csv=text))
    assert recording.streams[Stream.LOAD].tolist() == [[0.25, 98.5], [0.5, 99.5]]


@pytest.mark.parametrize(
    "text",
    [
        "\ufefft_s,position_m\n0.0,0.1\n0.02,0.2\n",
        "t_s,position_m\r\n0.0,0.1\r\n0.02,0.2\r\n",
        "t_s,position_m\r0.0,0.1\r0.02,0.2\r",
        " t_s , position_m\n 0.0 , 0.1\n0.02,0.2",
        't_s,position_m\n"0.0","0.1"\n0.02,2e-1\n\n',
        '"t_s","position_m","who"\n0.0,0.1,"a, b"\n0.02,0.2,c\n',
        "\n\nt_s,position_m\n\n0.0,0.1\n\n0.02,0.2\n\n",
    ],
    ids=["bom", "crlf", "cr", "blanks", "quotes", "quoted comma", "blank lines"],
)
def test_spreadsheets_write_csv_in_many_ways(tmp_path: Path, text: str) -> None:
    recording = open_recording(folder_of(tmp_path, cable_csv=text))
    assert recording.streams[Stream.CABLE].tolist() == [[0.0, 0.1], [0.02, 0.2]]


def test_equal_stamps_are_accepted(tmp_path: Path) -> None:
    text = "t_s,position_m\n0.5,0.1\n0.5,0.2\n0.5,0.3\n"
    assert len(open_recording(folder_of(tmp_path, cable_csv=text)).streams[Stream.CABLE]) == 3


def test_what_the_folder_says_about_the_session(tmp_path: Path) -> None:
    header = json.loads(HEADER) | {
        "leg": "right",
        "target": "3-1-2-1",
        "target_reps": 10,
        "started_at": "2026-05-01T19:30:00+02:00",
        "simulated": True,
        "gym": "corner",
    }
    recording = open_recording(
        folder_of(
            tmp_path,
            recording_json=json.dumps(header),
            events_csv="t_s,event\n0.01,calibrate\n0.015,end-set\n",
            gaps_csv="stream,start_s,end_s,reason\nload,0.0,0.5,bus\n",
            truth_json="not read",
        )
    )
    assert recording.setup.session == "monday"
    assert (recording.setup.leg, recording.setup.leg_length_m, recording.setup.target) == (
        "right",
        0.8,
        "3-1-2-1",
    )
    assert recording.started_at == "2026-05-01T17:30:00Z"
    assert recording.simulated
    assert recording.announced == (
        Announced(0.01, Announcement.CALIBRATE),
        Announced(0.015, Announcement.END_SET),
    )
    assert recording.gaps == (Gap(Stream.LOAD, 0.0, 0.5, "bus"),)
    assert recording.notes == (f"{tmp_path / 'monday' / 'recording.json'}: unknown key 'gym' was ignored",)


def test_the_file_may_name_the_session(tmp_path: Path) -> None:
    header = json.dumps({"exercise": "free", "session": "leg day"})
    assert open_recording(folder_of(tmp_path, recording_json=header)).setup.session == "leg day"


def test_a_folder_given_as_a_dot_has_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder_of(tmp_path))
    assert open_recording(Path()).setup.session == "monday"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t_s,position_m\n0.0,0.1\n0.02,abc\n", ["line 3, column position_m", "'abc' is not a number"]),
        ("t_s,position_m\n0.0,\n", ["line 2, column position_m", "'' is not a number"]),
        ("t_s,position_m\n0.0,0.1\n0.02\n", ["line 3", "has 1 fields, the header has 2"]),
        ("t_s,position_m\n0.0,0.1,5\n", ["line 2", "has 3 fields, the header has 2"]),
        ("t_s,x,position_m\n0.0,1,0.1\n0.1,0.1,1,1\n", ["line 3", "has 4 fields, the header has 3"]),
        ("t_s,position_m\n1.0,0.1\n\n0.5,0.2\n", ["line 4, column t_s", "backwards, 0.5 after 1.0", "sort"]),
        ("t_s,position_m\n0.0,nan\n", ["line 2, column position_m", "nan is not a finite number"]),
        ("t_s,position_m\n0.0,0.1\n1.0,-inf\n", ["line 3, column position_m", "-inf is not a finite number"]),
        ("t_s,position_m\n0.0,1e999\n", ["line 2, column position_m", "1e999 is not a finite number"]),
        ("t_s,position_m\nnan,0.1\n", ["line 2, column t_s", "not a finite number"]),
        ("t_s,position_m\n1e12,0.1\n", ["line 2, column t_s", "no time in seconds"]),
        ("t_s,position_m\n0.0,0.1\n100000,0.1\n", ["spans 28 hours", "t_s is in seconds"]),
        ("", ["is empty", "write the header t_s,position_m"]),
        ("\n \n", ["is empty"]),
        ("t_s,position_m\n", ["has a header and no samples"]),
        ("t_s,position\n0.0,0.1\n", ["line 1: column position_m is missing", "needed are t_s,position_m"]),
        ("0.0,0.1\n0.02,0.2\n", ["line 1: column t_s, position_m is missing"]),
        ("t_s;position_m\n0,0;0,1\n", ["column t_s, position_m is missing", "separate columns with commas"]),
        ("t_s,t_s,position_m\n0,0,0\n", ["line 1: column t_s is there twice"]),
        (b"t_s,position_m\n0.0,\xff\xfe\n", ["byte 19 is not UTF-8 text", "save it as UTF-8"]),
        (b"t_s,position_m\n0.0,\x000.1\n", ["holds binary data"]),
        (b"t_s," + b"x" * 200_000, ["line 1: field larger than field limit"]),
        ('t_s,position_m\n"0.0,0.1\n0.2,0.1\n', ["line 3", "has 1 fields"]),
    ],
)
def test_a_bad_stream_is_named_in_one_line(tmp_path: Path, text: str | bytes, expected: list[str]) -> None:
    folder = folder_of(tmp_path, cable_csv=text)
    said = complaint(folder)
    for part in expected:
        assert part in said
    assert "cable.csv" in said or "spans" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["line 1, column 1: not valid JSON", '{"exercise": "cable-kickback"']),
        ('{"exercise": "free",\n "leg": nope}', ["line 2, column 9: not valid JSON"]),
        ("[" * 100_000, ["not valid JSON"]),
        ('["free"]', ["must be one JSON object"]),
        ("{}", ['"exercise" is missing', *PROFILES]),
        ('{"exercise": "bench-press"}', ["unknown exercise 'bench-press'", *PROFILES]),
        ('{"exercise": 5}', ["exercise is not as it should be", *PROFILES]),
        (
            '{"exercise": "free", "leg": "rechts"}',
            ["leg is not as it should be", 'write "left", "right" or null'],
        ),
        (
            '{"exercise": "free", "leg_length_m": 81.2}',
            ["leg_length_m is 81.2", "0.3 to 1.3 m", "write metres"],
        ),
        ('{"exercise": "free", "leg_length_m": 0}', ["leg_length_m is 0, possible are 0.3 to 1.3 m"]),
        ('{"exercise": "free", "leg_length_m": NaN}', ["leg_length_m is nan"]),
        (
            '{"exercise": "free", "leg_length_m": "long"}',
            ["leg_length_m is not as it should be", "write metres"],
        ),
        ('{"exercise": "free", "pulley_distance_m": -1}', ["pulley_distance_m is -1", "0 to 10 m"]),
        ('{"exercise": "free", "target_reps": 0}', ["target_reps is 0, possible are 1 to 200"]),
        ('{"exercise": "free", "target_reps": 2.5}', ["target_reps is not as it should be"]),
        ('{"exercise": "free", "target": "3-1"}', ["tempo '3-1' needs four numbers"]),
        ('{"exercise": "free", "target": "3\\n1"}', ["tempo '3 1' needs four numbers"]),
        ('{"exercise": "free", "leg": "\\n"}', ['write "left", "right" or null']),
        ('{"exercise": "free", "session": ""}', ["session must be a printable name"]),
        ('{"exercise": "free", "session": "a\\nb"}', ["session must be a printable name"]),
        ('{"exercise": "free", "started_at": "yesterday"}', ["started_at 'yesterday' is no UTC time"]),
        ('{"exercise": "free", "started_at": "2026-05-01T10:00:00"}', ["is no UTC time"]),
        (
            '{"exercise": "free", "simulated": "yes"}',
            ["simulated is not as it should be", "write true or false"],
        ),
        ('{"exercise": "free", "format": 2}', ["written in format 2, this program knows 1; update Kickback"]),
    ],
)
def test_a_bad_header_is_named_in_one_line(tmp_path: Path, text: str, expected: list[str]) -> None:
    folder = folder_of(tmp_path, recording_json=text)
    said = complaint(folder)
    assert said.startswith(str(folder / "recording.json"))
    for part in expected:
        assert part in said


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "events_csv",
            "t_s,event\n0.1,jump\n",
            ["line 2, column event: unknown event 'jump'", "calibrate, new-set, end-set"],
        ),
        ("events_csv", "t_s,event\n0.2,new-set\n0.1,end-set\n", ["line 3, column t_s: time runs backwards"]),
        ("events_csv", "t_s,event\nsoon,new-set\n", ["line 2, column t_s: 'soon' is not a number"]),
        ("events_csv", "t_s\n0.1\n", ["column event is missing"]),
        ("gaps_csv", "stream,start_s,end_s,reason\nfoot,0,1,x\n", ["unknown stream 'foot'", "cable, load"]),
        ("gaps_csv", "stream,start_s,end_s,reason\nload,1,0,x\n", ["line 2", "time runs backwards"]),
    ],
)
def test_bad_announcements_and_gaps_are_named(
    tmp_path: Path, name: str, text: str, expected: list[str]
) -> None:
    said = complaint(folder_of(tmp_path, **{name: text}))
    for part in expected:
        assert part in said


def test_an_events_file_without_lines_says_nothing(tmp_path: Path) -> None:
    assert open_recording(folder_of(tmp_path, events_csv="t_s,event\n")).announced == ()


def test_a_folder_without_streams_or_header_says_what_is_needed(tmp_path: Path) -> None:
    assert "holds no stream; it needs at least one of cable.csv, load.csv" in complaint(tmp_path)
    (tmp_path / "cable.csv").write_text(CABLE)
    assert f"has no recording.json; write one such as {HEADER}" in complaint(tmp_path)


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "ankle.csv").mkdir()
    assert "ankle.csv: is not a file" in complaint(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "cable.csv").chmod(0)
    assert "cable.csv: cannot be read (Permission denied)" in complaint(folder)


def test_a_file_the_disk_cannot_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path)

    def fail(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    assert "cannot be read (Permission denied); check its permissions" in complaint(folder)


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    with (folder / "cable.csv").open("r+b") as file:
        file.truncate(300 * 2**20)
    assert "cable.csv: has 300 MB, at most 256 can be; split the session" in complaint(folder)


@given(st.lists(st.lists(FLOATS, min_size=7, max_size=7), min_size=1, max_size=20))
@settings(deadline=None)
def test_reading_fast_and_line_by_line_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]]
) -> None:
    """A quote anywhere makes the reader take the careful way."""
    path = tmp_path_factory.mktemp("table") / "ankle.csv"
    columns = COLUMNS[Stream.ANKLE]
    rows = [[float(i), *row[1:]] for i, row in enumerate(rows)]
    lines = [",".join(map(repr, row)) for row in rows]
    tables = []
    for mark in ("", '"x"'):
        path.write_text("\n".join([f"{','.join(columns)},note", *(f"{line},{mark}" for line in lines)]))
        tables.append(read_numbers(path, columns))
    assert tables[0].tobytes() == tables[1].tobytes() == np.array(rows).tobytes()


def test_a_megabyte_is_read_well_under_a_third_of_a_second(tmp_path: Path) -> None:
    path = tmp_path / "ankle.csv"
    line = ",-0.919127,-7.623190,6.012550,0.004559,0.028443,0.004079\n"
    rows = 2**20 // (len(line) + 8) + 1
    path.write_text(
        ",".join(COLUMNS[Stream.ANKLE]) + "\n" + "".join(f"{i / 200:08.3f}{line}" for i in range(rows))
    )
    assert path.stat().st_size > 2**20
    took_s = []
    for _ in range(3):
        began_s = time.process_time()
        assert len(read_numbers(path, COLUMNS[Stream.ANKLE])) == rows
        took_s.append(time.process_time() - began_s)
    assert min(took_s) < 0.3
