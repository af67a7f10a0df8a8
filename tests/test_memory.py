"""Memory that a process holds is told from memory that it has freed."""

import pytest

from tests.memory import GIVE_BACK, held_mb

FREED, LEAKED, SIZE = 60_000, 30_000, 1_000


@pytest.mark.skipif(GIVE_BACK is None, reason="this C library keeps what is freed")
def test_a_leak_into_what_was_freed_before_is_seen() -> None:
    freed = [bytes(SIZE) for _ in range(FREED)]
    behind = bytes(SIZE)
    del freed
    before_mb = held_mb()
    leaked = [bytes(SIZE) for _ in range(LEAKED)]
    assert held_mb() - before_mb > 0.9e-6 * SIZE * LEAKED
    del leaked, behind
    assert held_mb() - before_mb < 0.3e-6 * SIZE * LEAKED
