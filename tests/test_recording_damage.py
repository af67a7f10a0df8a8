"""Damaged recordings: what can be read is read, what cannot is said, no claim of a file is believed."""

import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC, Writer

from firmware.errors import BadInputError
from firmware.recording import Recording, RecordingWriter, open_recording
from firmware.recording.mcap_damage import LARGEST_CHUNK_BYTES
from tests.memory import traced
from tests.recording_samples import session
from tracker.blocks import Stream


@pytest.fixture(scope="module")
def original() -> Recording:
    return session(12.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, original: Recording) -> bytes:
    """A finished file with a chunk for every 1.5 s."""
    return written(tmp_path_factory.mktemp("whole") / "x.mcap", original)


def written(path: Path, recording: Recording) -> bytes:
    with RecordingWriter(path, recording.setup, started_at=recording.started_at, simulated=True) as writer:
        for block in recording.blocks(0.1):
            writer.write(block)
    return path.read_bytes()


def opened(tmp_path: Path, data: bytes) -> Recording | str:
    """The recording, or the one line that refuses it."""
    path = tmp_path / "x.mcap"
    path.write_bytes(data)
    try:
        return open_recording(path)
    except BadInputError as error:
        text = str(error)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text


def is_part_of(some: Recording, whole: Recording) -> bool:
    """Whether every sample is one of the original's, in order and unchanged."""
    for stream, samples in some.streams.items():
        original = whole.streams[stream]
        places = np.searchsorted(original[:, 0], samples[:, 0])
        if not (np.diff(places) > 0).all() or original[places].tobytes() != samples.tobytes():
            return False
    return True


def count(recording: Recording) -> int:
    return sum(len(samples) for samples in recording.streams.values())


def records_of(data: bytes) -> list[tuple[int, int, int]]:
    """(offset, opcode, length with its frame) of every record outside of chunks."""
    records, at = [], len(MCAP0_MAGIC)
    while at < len(data) - len(MCAP0_MAGIC):
        opcode, length = struct.unpack_from("<BQ", data, at)
        records.append((at, opcode, length + 9))
        at += length + 9
    return records


@pytest.mark.fault(41)
def test_a_file_cut_anywhere_gives_its_beginning_and_says_so(
    tmp_path: Path, whole: bytes, original: Recording
) -> None:
    before = 0
    refused = 0
    for share in range(100):
        got = opened(tmp_path, whole[: len(whole) * share // 100])
        if isinstance(got, str):
            refused += 1
            assert before == 0, "once something could be read, more of the file gives no less"
            continue
        for stream, samples in got.streams.items():
            assert samples.tobytes() == original.streams[stream][: len(samples)].tobytes()
        assert count(got) >= before
        before = count(got)
        assert got.setup == original.setup
        assert any("ends in the middle" in note or "was not closed" in note for note in got.notes)
        lost = count(got) < count(original)
        assert not lost or any("anything after is lost" in n or "not closed" in n for n in got.notes)
    assert refused <= 15, "less than a first chunk"
    assert before == count(original), "a file cut in its index still has all samples"


def test_a_file_cut_between_two_records_was_not_closed(tmp_path: Path, whole: bytes) -> None:
    chunks = [at for at, opcode, _ in records_of(whole) if opcode == Opcode.CHUNK]
    got = opened(tmp_path, whole[: chunks[4]])
    assert isinstance(got, Recording)
    assert got.notes == (f"the recording was not closed: it ends at {got.end_s:.2f} s",)
    assert got.gaps == session(12.0).gaps


def test_a_zero_filled_tail_costs_only_the_tail(tmp_path: Path, whole: bytes, original: Recording) -> None:
    chunks = [at for at, opcode, _ in records_of(whole) if opcode == Opcode.CHUNK]
    for end in (chunks[5], chunks[5] + 700):
        got = opened(tmp_path, whole[:end] + bytes(65536))
        assert isinstance(got, Recording)
        assert is_part_of(got, original)
        assert got.end_s == pytest.approx(original.start_s + 5 * 1.5, abs=0.11)
        assert "anything after is lost" in got.notes[-1]


@pytest.mark.fault(41)
def test_a_damaged_chunk_costs_only_itself(tmp_path: Path, whole: bytes, original: Recording) -> None:
    chunks = [(at, size) for at, opcode, size in records_of(whole) if opcode == Opcode.CHUNK]
    at, size = chunks[3]
    data = bytearray(whole)
    data[at + size // 2] ^= 0x10
    got = opened(tmp_path, bytes(data))
    assert isinstance(got, Recording)
    assert is_part_of(got, original)
    assert got.end_s == original.end_s
    assert any(note.startswith(f"at byte {at} of {len(whole)}") for note in got.notes)
    damaged = [gap for gap in got.gaps if gap.reason == "recording damaged"]
    assert {gap.stream for gap in damaged} == set(Stream)
    for gap in damaged:
        t_s = original.streams[gap.stream][:, 0]
        read_s = got.streams[gap.stream][:, 0]
        missing_s = t_s[(gap.start_s < t_s) & (t_s < gap.end_s)]
        assert len(missing_s) == len(t_s) - len(read_s)
        assert not np.isin(missing_s, read_s).any()
        assert {gap.start_s, gap.end_s} <= set(read_s.tolist())


def test_a_damaged_length_is_passed_by_the_index(tmp_path: Path, whole: bytes, original: Recording) -> None:
    chunks = [at for at, opcode, _ in records_of(whole) if opcode == Opcode.CHUNK]
    data = bytearray(whole)
    data[chunks[3] + 4] ^= 0x40
    got = opened(tmp_path, bytes(data))
    assert isinstance(got, Recording)
    assert is_part_of(got, original)
    assert got.end_s == original.end_s
    assert 0 < count(original) - count(got) < count(original) / 6
    assert any(gap.reason == "recording damaged" for gap in got.gaps)


def test_a_damaged_calibration_or_setup_is_never_used(tmp_path: Path, whole: bytes) -> None:
    data = whole.replace(b'"leg_length_m":0.812', b'"leg_length_m":0.912')
    assert data != whole
    got = opened(tmp_path, data)
    assert isinstance(got, Recording)
    assert got.setup.leg_length_m is None
    assert got.setup.exercise == "free"
    assert got.setup.session == "x"
    assert any("description of the session cannot be read" in note for note in got.notes)


@pytest.mark.fault(41)
def test_a_flipped_bit_is_harmless_or_said(tmp_path: Path) -> None:
    """In 500 places, frames and index included: never a wrong value, never a silent loss."""
    original = session(4.5)
    whole = written(tmp_path / "whole.mcap", original)
    frames = [at + k for at, _, _ in records_of(whole) for k in (0, 1, 3, 8, 9, 10, 17, 18, 25, 33, 37)]
    rest = range(0, len(whole), max(1, len(whole) // 300))
    refused = 0
    for number, place in enumerate(sorted({*frames[:: max(1, len(frames) // 200)], *rest})):
        data = bytearray(whole)
        data[place] ^= 1 << (number % 8)
        got = opened(tmp_path, bytes(data))
        if isinstance(got, str):
            refused += 1
            assert place < 1000, got
            continue
        assert is_part_of(got, original), place
        unharmed = (got.setup, got.started_at, got.announced, count(got)) == (
            original.setup,
            original.started_at,
            original.announced,
            count(original),
        )
        assert unharmed or got.notes, place
    assert refused < 30


@pytest.mark.parametrize("seed", range(5))
def test_several_damaged_places_are_all_survived(
    tmp_path: Path, whole: bytes, original: Recording, seed: int
) -> None:
    random = np.random.default_rng(seed)
    data = np.frombuffer(whole, dtype=np.uint8).copy()
    places = random.integers(len(data) // 8, len(data), 4)
    for place in places:
        data[place : place + 64] = random.integers(0, 256, len(data[place : place + 64]))
    got = opened(tmp_path, data.tobytes())
    assert isinstance(got, Recording)
    assert is_part_of(got, original)
    assert got.notes


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=300, deadline=None)
def test_junk_is_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, with_magic: bool
) -> None:
    got = opened(tmp_path_factory.mktemp("junk"), MCAP0_MAGIC + junk if with_magic else junk)
    assert isinstance(got, str)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_mangled_recordings_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, original: Recording, data: st.DataObject
) -> None:
    mangled = bytearray(whole[: 60_000 // data.draw(st.integers(1, 8))])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(8, len(mangled) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=12))
        mangled[at : at + data.draw(st.integers(0, 12))] = piece
    got = opened(tmp_path_factory.mktemp("mangled"), bytes(mangled))
    assert isinstance(got, str) or is_part_of(got, original)


def framed(opcode: int, payload: bytes, length: int | None = None) -> bytes:
    return struct.pack("<BQ", opcode, len(payload) if length is None else length) + payload


def chunk_bytes(data: bytes, claimed_size: int) -> bytes:
    head = struct.pack("<QQQII", 0, 0, claimed_size, 0, 4) + b"zstd"
    return framed(Opcode.CHUNK, head + struct.pack("<Q", len(data)) + data)


def hostile() -> dict[str, bytes]:
    bomb = zstandard.compress(bytes(64 * 2**20))
    return {
        "a record of 8 EiB": framed(Opcode.METADATA, b"", 2**63),
        "a record of 2 GiB": framed(Opcode.CHUNK, b"x" * 100, 2**31),
        "a string of 4 GiB": framed(Opcode.METADATA, struct.pack("<I", 2**32 - 1) + b"x" * 50),
        "a chunk's data of 16 EiB": framed(
            Opcode.CHUNK, struct.pack("<QQQII", 0, 0, 100, 0, 4) + b"zstd" + struct.pack("<Q", 2**64 - 1)
        ),
        "a chunk that claims 1 TiB": chunk_bytes(zstandard.compress(b"x"), 2**40),
        "a chunk that hides 64 MiB": chunk_bytes(bomb, 1000),
        "a chunk that admits 64 MiB": chunk_bytes(bomb, 64 * 2**20),
        "endless empty records": framed(0x7F, b"") * 2000,
    }


@pytest.mark.parametrize("kind", list(hostile()))
def test_hostile_sizes_cost_no_memory(tmp_path: Path, kind: str) -> None:
    data = MCAP0_MAGIC + hostile()[kind]
    with traced() as most:
        got = opened(tmp_path, data)
        assert most() < LARGEST_CHUNK_BYTES
    assert isinstance(got, str)


def foreign(path: Path, topic: str, *messages: bytes, encoding: str = "json") -> Path:
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start()
        channel = writer.register_channel(topic, encoding, 0)
        for data in messages:
            writer.add_message(channel, 0, data, 0)
        finish: Callable[[], None] = writer.finish
        finish()
    return path


@pytest.mark.parametrize(
    ("topic", "messages", "expected"),
    [
        (
            "/camera",
            [b"{}"],
            "holds only topics of another program ('/camera'); it needs one of /cable, /load",
        ),
        ("/cable", [], "holds no sample that can be used"),
        ("/cable", [b"{}"], "holds no sample that can be used"),
        ("/cable", [b'{"t_s": 1.0, "position_m": null}'], "holds no sample that can be used"),
        (
            "/cable",
            [b'{"t_s": 2.0, "position_m": 0.1}', b'{"t_s": 1.0, "position_m": 0.1}'],
            "topic /cable, message 2: time runs backwards; sort the messages by t_s",
        ),
        (
            "/cable",
            [b'{"t_s": 0.0, "position_m": 0.1}', b'{"t_s": 1e9, "position_m": 0.1}'],
            "spans 277778 hours, more than one session can last (24)",
        ),
    ],
)
def test_files_of_others_are_refused_in_one_line(
    tmp_path: Path, topic: str, messages: list[bytes], expected: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        open_recording(foreign(tmp_path / "x.mcap", topic, *messages))
    assert expected in str(caught.value)


def test_messages_that_make_no_sense_are_counted(tmp_path: Path) -> None:
    good = b'{"t_s": 1.0, "position_m": 0.1}'
    for bad in (b"", b"[1]", b"{", b'{"t_s": 1e300, "position_m": 0.1}', b'{"t_s": "x", "position_m": 0.1}'):
        got = open_recording(foreign(tmp_path / "x.mcap", "/cable", good, bad, good))
        assert got.streams[Stream.CABLE].tolist() == [[1.0, 0.1], [1.0, 0.1]]
        assert "1 messages make no sense and were left out" in got.notes
        assert got.setup.exercise == "free"


def test_what_is_no_mcap_file(tmp_path: Path) -> None:
    assert "is empty; nothing was recorded" in str(opened(tmp_path, b""))
    assert "is no MCAP file; give an .mcap recording or a folder" in str(
        opened(tmp_path, b"t_s,x\n0,1\n" * 50)
    )


def test_every_record_of_a_whole_file_is_seen(whole: bytes) -> None:
    """The tests above cut where records are: they must tile the file."""
    records = records_of(whole)
    assert all(a + size == b for (a, _, size), (b, _, _) in pairwise(records))
    assert sum(opcode == Opcode.CHUNK for _, opcode, _ in records) >= 7


def test_metadata_that_holds_nonsense_is_refused_or_passed_over(tmp_path: Path) -> None:
    def with_metadata(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.mcap"
        with path.open("wb") as file:
            writer = Writer(file)
            writer.start()
            writer.add_metadata(name, {"json": text, "crc32": f"{crc32(text.encode()):08x}"})
            channel = writer.register_channel("/cable_raw", "json", 0)
            writer.add_message(channel, 0, b'{"t_s": 1.0, "angle_counts": 5}', 0)
            finish: Callable[[], None] = writer.finish
            finish()
        return path

    with pytest.raises(BadInputError, match="its calibration cannot be used"):
        open_recording(with_metadata("calibration", "{"))
    zero_scale = '{"from_s": null, "calibration": {"cable": {"m_per_count": 0.0}}}'
    with pytest.raises(BadInputError, match=r"its calibration cannot be used .*m_per_count must be a number"):
        open_recording(with_metadata("calibration", zero_scale))
    with pytest.raises(BadInputError, match="holds no sample that can be used"):
        open_recording(with_metadata("recovery", "{"))
    with pytest.raises(BadInputError, match="line 1, column 2: not valid JSON"):
        open_recording(with_metadata("recording", "{"))
