"""The queue between sampler and loop: in order, bounded, and what is not taken is lost openly."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from firmware.sampling.account import Account, Health, Reason, Sampled
from firmware.sampling.handover import Handover
from tracker.blocks import Announced, Announcement, Gap, RawBlock, RawSamples, Stream

CABLE, ANKLE = Stream.CABLE, Stream.ANKLE


def sampled(number: int, *, samples: int = 4, announced: bool = False, lost: int = 0) -> Sampled:
    start_s, end_s = number * 0.02, (number + 1) * 0.02
    times_s = np.array([start_s + 0.005 * i for i in range(samples)])
    said = (Announced(start_s, Announcement.NEW_SET),) if announced else ()
    account = Account(delivered=samples, lost=Counter({Reason.BUS: lost} if lost else {}))
    return Sampled(
        RawBlock(
            start_s,
            end_s,
            {CABLE: RawSamples(times_s, np.full((samples, 1), number))},
            said,
            (Gap(CABLE, start_s, start_s + 0.001, "corrupt"),) if lost else (),
        ),
        Health(
            {CABLE: account, ANKLE: Account()}, bus_errors=1, missed_ticks=2, faults={ANKLE: f"away {number}"}
        ),
    )


def test_blocks_come_out_as_they_went_in() -> None:
    handover = Handover(10)
    blocks = [sampled(number) for number in range(10)]
    for block in blocks:
        handover.put(block)
    handover.end()
    assert list(handover) == blocks


def test_what_is_not_taken_becomes_one_block_that_says_so() -> None:
    handover = Handover(2)
    for number in range(7):
        handover.put(sampled(number, announced=number in (3, 5), lost=number == 4))
    handover.end()
    first, second, lost = handover
    assert [s.block.start_s for s in (first, second, lost)] == [0.0, 0.02, 0.04]
    assert lost.block.end_s == pytest.approx(0.14)
    assert not lost.block.streams
    assert [said.t_s for said in lost.block.announced] == [pytest.approx(0.06), pytest.approx(0.1)]
    assert {(g.stream, g.start_s, g.end_s, g.reason) for g in lost.block.gaps} == {
        (stream, 0.04, lost.block.end_s, "not taken in time") for stream in (CABLE, ANKLE)
    }
    account = lost.health.accounts[CABLE]
    assert (account.delivered, account.gaps) == (0, 1)
    assert account.lost == {Reason.QUEUE: 20, Reason.BUS: 1}
    assert lost.health.accounts[ANKLE].lost == {}
    assert (lost.health.bus_errors, lost.health.missed_ticks) == (5, 10)
    assert lost.health.faults == {ANKLE: "away 6"}


def test_the_lost_block_follows_as_soon_as_there_is_room_and_stands_for_no_more_than_was_lost() -> None:
    handover = Handover(2)
    taken = iter(handover)
    for number in range(4):
        handover.put(sampled(number))
    assert next(taken).block.start_s == 0.0
    assert next(taken).block.start_s == 0.02
    for number in range(4, 6):
        handover.put(sampled(number))
    handover.end()
    rest = list(taken)
    assert [round(s.block.start_s / 0.02) for s in rest] == [2, 4, 5]
    assert [bool(s.block.streams) for s in rest] == [False, True, False]
    assert [s.health.accounts[CABLE].lost[Reason.QUEUE] for s in rest] == [8, 0, 4]


@pytest.mark.parametrize("takes", [0, 1, 3, 7])
def test_no_sample_is_unaccounted_for_however_slowly_blocks_are_taken(takes: int) -> None:
    handover = Handover(5)
    taken = iter(handover)
    out: list[Sampled] = []
    for number in range(200):
        handover.put(sampled(number))
        if takes and number % 9 < takes and number > 4:
            out.append(next(taken))
    handover.end()
    out += taken
    total = Account()
    for left, right in pairwise(out):
        assert left.block.end_s == right.block.start_s
    for block in out:
        total.add(block.health.accounts[CABLE])
    assert total.delivered == sum(len(s.block.streams[CABLE].t_s) for s in out if s.block.streams)
    assert total.delivered + total.lost[Reason.QUEUE] == 800
    assert out[-1].block.end_s == pytest.approx(4.0)


def test_a_failure_is_raised_after_the_last_block() -> None:
    handover = Handover()
    handover.put(sampled(0))
    handover.end(RuntimeError("out of order"))
    taken = iter(handover)
    assert next(taken).block.start_s == 0.0
    with pytest.raises(RuntimeError, match="out of order"):
        next(taken)
