"""Minutes of sampling under dense random faults; `python -m tests.accounting` does it for hours."""

import pytest

from tests.accounting import Watch, discrepancies, sampled_for
from tracker.blocks import Stream


@pytest.mark.parametrize(("ankle", "seed"), [("lsm6dsox", 1), ("mpu6050", 3)])
def test_every_sample_is_delivered_or_told_lost_whatever_fails(ankle: str, seed: int) -> None:
    watch = Watch()
    bench, faults = sampled_for(
        150.0, ankle=ankle, seed=seed, pelvis=False, between_s=(0.2, 3.0), watch=watch
    )
    assert discrepancies(bench) == []
    assert faults.done.total() > 30
    for stream in (Stream.CABLE, Stream.LOAD, Stream.ANKLE):
        account = bench.account(stream)
        assert account.delivered > 0.4 * (account.delivered + account.missing)
        assert account.missing > 100
    # A stream waits for a quarter of a second at the most, and then for the tick in which others hang.
    assert watch.most_waiting < 300
