"""A weak supply or a hot processor is said while it counts, however short it lasted."""

from pathlib import Path

import pytest

from firmware.power import PowerWatch, told_by_kernel


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    ("bits", "words"),
    [(0x1, "too little voltage"), (0x2, "slowed down"), (0x8, "slowed down"), (0x5, "too little voltage")],
)
def test_what_is_so_now_is_said(bits: int, words: str) -> None:
    assert words in str(PowerWatch(lambda: bits).wrong(0.0))


@pytest.mark.fault(24)
def test_what_came_and_went_between_two_looks_is_said_for_a_minute() -> None:
    bits = [0x10000, 0x10000, 0x50000, 0x50000]
    watch = PowerWatch(lambda: bits.pop(0) if len(bits) > 1 else bits[0])
    assert watch.wrong(0.0) is None, "that was before the start"
    assert watch.wrong(10.0) is None
    assert "slowed down" in str(watch.wrong(20.0))
    assert "slowed down" in str(watch.wrong(79.0))
    assert watch.wrong(80.5) is None


def test_it_looks_every_ten_seconds_only() -> None:
    looks = []

    def bits() -> int:
        looks.append(1)
        return 0

    watch = PowerWatch(bits)
    for tick in range(1000):
        assert watch.wrong(0.02 * tick) is None
    assert len(looks) == 2


@pytest.mark.parametrize(("text", "bits"), [("50005\n", 0x50005), ("0\n", 0), ("nonsense\n", None)])
def test_the_kernel_tells(tmp_path: Path, text: str, bits: int | None) -> None:
    file = tmp_path / "devices" / "platform" / "soc" / "soc:firmware" / "get_throttled"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert told_by_kernel(tmp_path) == bits


@pytest.mark.fault(24)
def test_another_computer_says_nothing(tmp_path: Path) -> None:
    assert told_by_kernel(tmp_path) is None
    assert PowerWatch(lambda: None).wrong(0.0) is None
