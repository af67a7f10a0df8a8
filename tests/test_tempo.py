"""Tempo is written eccentric - pause stretched - concentric - pause contracted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.tempo import TEMPO_BREAKS, Tempo, breaks, parse_tempo, written


@pytest.mark.parametrize(
    ("text", "phases_s"),
    [
        ("3-1-2-1", (3.0, 1.0, 2.0, 1.0)),
        ("3121", (3.0, 1.0, 2.0, 1.0)),
        ("3-0-X-1", (3.0, 0.0, None, 1.0)),
        ("30x1", (3.0, 0.0, None, 1.0)),
        ("10-0-2-0", (10.0, 0.0, 2.0, 0.0)),
        (" 2.5 - 0 - 1 - 0 ", (2.5, 0.0, 1.0, 0.0)),
    ],
)
def test_forms_people_write(text: str, phases_s: tuple[float | None, ...]) -> None:
    assert parse_tempo(text).phases_s == phases_s


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "four numbers"),
        ("3-1-2", "four numbers"),
        ("3-1-2-1-0", "four numbers"),
        ("3-1-zwei-1", "concentric is 'zwei'"),
        ("3-1-2-99", "pause contracted must be 0 to 20 s"),
        ("3-nan-2-1", "pause stretched must be"),
        ("inf-1-2-1", "eccentric must be"),
    ],
)
def test_nonsense_is_refused_with_the_phase_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_tempo(text)


@given(st.text(max_size=12))
def test_any_text_gives_a_tempo_or_a_value_error(text: str) -> None:
    try:
        tempo = parse_tempo(text)
    except ValueError:
        return
    assert all(s is None or 0.0 <= s <= 20.0 for s in tempo.phases_s)


def test_measured_to_a_tenth_and_unknown_said() -> None:
    assert written((2.94, None, 1.26, 0.04)) == "2.9-?-1.3-0.0"


def test_tolerance_is_a_fifth_or_three_tenths_of_a_second() -> None:
    target = Tempo((3.0, 1.0, None, 1.0))
    assert breaks(target, (3.6, 1.3, 1.0, 0.7)) == ()
    assert breaks(target, (3.61, 1.0, 0.8, 1.0)) == ("eccentric_long",)
    assert breaks(target, (3.0, 1.31, 0.8, 1.0)) == ("pause_stretched_long",)
    assert breaks(target, (3.0, 1.0, 1.01, 1.0)) == ("concentric_long",)
    assert breaks(target, (3.0, None, 0.5, 1.0)) == ()


def test_the_phase_that_broke_the_tempo_is_named_with_its_side() -> None:
    target = Tempo((3.0, 1.0, None, 1.0))
    assert breaks(target, (3.6, 1.3, 0.2, 0.7)) == ()
    assert breaks(target, (2.3, 1.4, 1.1, 0.6)) == (
        "eccentric_short", "pause_stretched_long", "concentric_long", "pause_contracted_short",
    )  # fmt: skip
    assert breaks(target, (3.7, None, None, None)) == ("eccentric_long",)
    assert breaks(target, (None, None, None, None)) is None


@given(
    st.tuples(*[st.none() | st.floats(0.0, 20.0)] * 4),
    st.tuples(*[st.none() | st.floats(0.0, 30.0)] * 4),
)
def test_no_phase_is_both_short_and_long(
    aims: tuple[float | None, float | None, float | None, float | None], phases_s: tuple[float | None, ...]
) -> None:
    found = breaks(Tempo(aims), phases_s)
    if found is not None:
        assert len({name.rsplit("_", 1)[0] for name in found}) == len(found)
        assert list(found) == sorted(found, key=TEMPO_BREAKS.index)
