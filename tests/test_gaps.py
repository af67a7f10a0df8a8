"""A gap is noticed, remembered, and named in the results it falls into."""

from tracker.blocks import END_OF_RANGE, TURNS_AMBIGUOUS, Gap, Stream
from tracker.gaps import LONE_SAMPLE, GapWatch


def test_a_short_silence_is_bridged_and_a_long_one_marks_what_it_touches() -> None:
    gaps = GapWatch()
    for t_s in (0.0, 0.05, 0.16, 0.22, 0.72, 0.77):
        gaps.sample(Stream.CABLE, t_s)
    assert gaps.within(0.0, 0.2) == ()
    assert gaps.within(0.5, 0.6) == ("gap_cable",)
    assert gaps.within(0.0, 0.22) == (), "intervals are half open"
    assert gaps.within(0.72, 5.0) == ()
    assert gaps.last_s(Stream.CABLE) == 0.77
    assert gaps.last_s(Stream.LOAD) is None


def test_a_slow_ankle_is_no_gap_and_a_fast_one_that_falls_silent_is() -> None:
    slow, fast = GapWatch(), GapWatch()
    for i in range(200):
        slow.sample(Stream.ANKLE, 0.05 * i + 0.012 * (i % 2))
        fast.sample(Stream.ANKLE, 0.005 * i)
    assert slow.within(0.0, 20.0) == ()
    slow.sample(Stream.ANKLE, 10.2)
    assert slow.within(10.0, 10.1) == ("gap_ankle",), "five samples of it are missing"
    fast.sample(Stream.ANKLE, 1.045)
    assert fast.within(1.0, 1.01) == ("gap_ankle",), "ten samples of it are missing"


def test_streams_are_watched_apart_and_named_in_a_fixed_order() -> None:
    gaps = GapWatch()
    for stream in (Stream.ANKLE, Stream.LOAD, Stream.CABLE):
        gaps.sample(stream, 0.0)
        gaps.sample(stream, 1.0)
    assert gaps.within(0.4, 0.6) == ("gap_cable", "gap_load", "gap_ankle")


def test_a_short_gap_is_bridged_but_not_where_turns_may_be_missing() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.ANKLE, 3.0, 3.02, "FIFO overrun"))
    gaps.declare(Gap(Stream.CABLE, 3.0, 3.05, "bus errors"))
    assert gaps.within(2.0, 4.0) == ()
    gaps.declare(Gap(Stream.CABLE, 3.1, 3.11, TURNS_AMBIGUOUS))
    assert gaps.within(2.0, 4.0) == ("gap_cable",)


def test_a_gap_of_several_reasons_keeps_the_worst() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.ANKLE, 1.0, 1.1, END_OF_RANGE))
    gaps.declare(Gap(Stream.ANKLE, 1.11, 1.115, LONE_SAMPLE))
    assert gaps.within(6.0, 7.0) == ("gap_ankle",), "its pose may still be far off"


def test_a_gap_marks_a_rep_that_begins_or_ends_just_beside_it() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.CABLE, 10.0, 11.0, "no magnet"))
    assert gaps.marking(11.0, 14.0) == gaps.marking(7.0, 10.0) == ("gap_cable",)
    assert gaps.marking(11.04, 14.0) == gaps.marking(7.0, 9.96) == ("gap_cable",)
    assert gaps.marking(11.06, 14.0) == gaps.marking(7.0, 9.94) == ()


def test_the_end_of_a_rep_is_open_where_what_it_is_followed_by_lacks_samples() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.LOAD, 6.0, 12.0, "not answering"))
    gaps.declare(Gap(Stream.ANKLE, 7.0, 7.1, "reset"))
    gaps.declare(Gap(Stream.CABLE, 9.0, 9.2, "no magnet"))
    assert [gaps.known_end_s(end_s, end_s + 1.0, by_ankle=False) for end_s in (7.05, 9.1, 9.3)] == [
        7.05,
        None,
        9.3,
    ]
    assert [gaps.known_end_s(end_s, end_s + 0.04, by_ankle=True) for end_s in (6.9, 7.05, 9.1)] == [
        6.9,
        None,
        None,
    ]
    assert gaps.known_end_s(8.0, 10.0, by_ankle=False) is None, "another rep may be hidden"
    assert gaps.known_end_s(None, 8.0, by_ankle=True) is None


def test_short_gaps_close_to_each_other_are_one_that_marks() -> None:
    near, apart = GapWatch(), GapWatch()
    for i in range(3):
        near.declare(Gap(Stream.LOAD, 1.0 + 0.07 * i, 1.03 + 0.07 * i, "bus errors"))
        apart.declare(Gap(Stream.LOAD, 1.0 + 0.5 * i, 1.03 + 0.5 * i, "bus errors"))
    assert near.within(0.0, 3.0) == ("gap_load",)
    assert apart.within(0.0, 3.0) == ()


def test_old_gaps_are_forgotten() -> None:
    gaps = GapWatch()
    for i in range(10_000):
        gaps.declare(Gap(Stream.ANKLE, float(i), i + 0.5, "FIFO overrun"))
    assert gaps.within(0.0, 9_000.0) == ()
    assert len(gaps._gaps) < 200


def test_pieces_of_a_gap_are_one_gap() -> None:
    gaps = GapWatch()
    for i in range(100):
        gaps.declare(Gap(Stream.ANKLE, 0.02 * i, 0.02 * (i + 1), "not answering"))
        gaps.declare(Gap(Stream.CABLE, 0.02 * i, 0.02 * (i + 1), "not answering"))
    assert gaps.within(1.0, 1.1) == ("gap_cable", "gap_ankle")
    assert len(gaps._gaps) == 2


def test_after_a_gap_the_ankles_pose_is_doubtful_for_a_while() -> None:
    """Inclination is known again after its filter's 3 s; travel and force are right at once."""
    gaps = GapWatch()
    for stream in (Stream.CABLE, Stream.LOAD, Stream.ANKLE):
        for i in range(15):
            gaps.declare(Gap(stream, 10.0 + 0.02 * i, 10.0 + 0.02 * (i + 1), "not answering"))
    assert gaps.within(10.0, 10.3) == ("gap_cable", "gap_load", "gap_ankle")
    assert gaps.within(11.5, 15.0) == ("gap_ankle",)
    assert gaps.within(13.4, 15.0) == ()


def test_a_few_lost_samples_leave_the_pose_as_good_as_it_was() -> None:
    gaps = GapWatch()
    gaps.declare(Gap(Stream.ANKLE, 10.0, 10.05, "corrupt"))
    assert gaps.within(10.0, 10.3) == ("gap_ankle",)
    assert gaps.within(10.1, 15.0) == ()


def test_a_stream_that_has_fallen_silent_lacks_samples_before_anyone_can_say_how_many() -> None:
    gaps = GapWatch()
    for i in range(100):
        gaps.sample(Stream.ANKLE, 0.01 * i)
        gaps.sample(Stream.CABLE, 0.01 * i)
    for i in range(100, 120):
        gaps.sample(Stream.CABLE, 0.01 * i)
    assert gaps.within(0.5, 1.1, 1.19) == ("gap_ankle",)
    assert gaps.within(0.5, 0.98, 1.19) == (), "it was there all the time"
    assert gaps.within(0.5, 1.1, 1.1) == (), "it may still come"


def test_the_sample_with_which_a_gap_at_the_end_of_range_ends_is_the_most_that_can_be_shown() -> None:
    gaps = GapWatch()
    assert not gaps.ended_range(Stream.ANKLE, 1.0)
    gaps.declare(Gap(Stream.ANKLE, 0.9, 1.0, END_OF_RANGE))
    assert gaps.ended_range(Stream.ANKLE, 1.0)
    assert not gaps.ended_range(Stream.ANKLE, 1.01)
    assert not gaps.ended_range(Stream.PELVIS, 1.0)
    gaps.declare(Gap(Stream.ANKLE, 1.0, 1.01, END_OF_RANGE))
    assert gaps.ended_range(Stream.ANKLE, 1.01)
    gaps.declare(Gap(Stream.ANKLE, 2.0, 2.1, "bus errors"))
    assert not gaps.ended_range(Stream.ANKLE, 2.1)
