"""Blocks on their way from the sampler to the loop: bounded, and what is not taken is lost openly."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping

from firmware.sampling.account import Account, Health, Reason, Sampled
from tracker.blocks import Gap, RawBlock, Stream


class Handover:
    """A bounded queue of blocks.

    `capacity`: blocks it holds. While it is full, new blocks lose their samples: together they become
    one block without samples that says so, with a gap in every stream, and follows as soon as there is
    room. Announcements are kept.
    """

    def __init__(self, capacity: int = 100) -> None:
        self._capacity = capacity
        self._blocks: deque[Sampled] = deque()
        self._lost: Sampled | None = None
        self._ended = False
        self._failure: BaseException | None = None
        self._changed = threading.Condition()

    def put(self, sampled: Sampled) -> None:
        """Add a block, or lose its samples when the queue is full; never waits."""
        with self._changed:
            if len(self._blocks) < self._capacity:
                self._release_lost()
            if len(self._blocks) < self._capacity:
                self._blocks.append(sampled)
            else:
                self._lost = _emptied(sampled) if self._lost is None else _joined(self._lost, sampled)
            self._changed.notify()

    def end(self, failure: BaseException | None = None) -> None:
        """No block follows. `failure` is raised to the taker after the last block."""
        with self._changed:
            self._release_lost()
            self._ended = True
            self._failure = failure
            self._changed.notify()

    def __iter__(self) -> Iterator[Sampled]:
        """Yield the blocks in order, waiting for each, until the end."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._blocks or self._ended)
                if not self._blocks:
                    break
                sampled = self._blocks.popleft()
            yield sampled
        if self._failure is not None:
            raise self._failure

    def _release_lost(self) -> None:
        if self._lost is not None:
            self._blocks.append(self._lost)
            self._lost = None


def _emptied(sampled: Sampled) -> Sampled:
    block, health = sampled.block, sampled.health
    accounts = {stream: _unaccounted(account) for stream, account in health.accounts.items()}
    return Sampled(
        RawBlock(
            block.start_s, block.end_s, {}, block.announced, _gaps(block.start_s, block.end_s, accounts)
        ),
        Health(accounts, health.bus_errors, health.missed_ticks, health.faults),
    )


def _joined(earlier: Sampled, sampled: Sampled) -> Sampled:
    later = _emptied(sampled)
    for stream, account in earlier.health.accounts.items():
        later.health.accounts[stream].add(account)
        later.health.accounts[stream].gaps = 1
    start_s, end_s = earlier.block.start_s, later.block.end_s
    announced = earlier.block.announced + later.block.announced
    return Sampled(
        RawBlock(start_s, end_s, {}, announced, _gaps(start_s, end_s, later.health.accounts)),
        Health(
            later.health.accounts,
            earlier.health.bus_errors + later.health.bus_errors,
            earlier.health.missed_ticks + later.health.missed_ticks,
            later.health.faults,
        ),
    )


def _unaccounted(account: Account) -> Account:
    """The account of a block whose samples are lost after all, in one gap."""
    lost = Account()
    lost.add(account)
    if lost.delivered:
        lost.lost[Reason.QUEUE] += lost.delivered
        lost.delivered = 0
    lost.gaps = 1
    return lost


def _gaps(start_s: float, end_s: float, accounts: Mapping[Stream, Account]) -> tuple[Gap, ...]:
    return tuple(Gap(stream, start_s, end_s, Reason.QUEUE.value) for stream in accounts)
