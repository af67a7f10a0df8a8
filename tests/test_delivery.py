"""Whatever order things happen in between a result and its subscriber: it is kept, numbered once, and heard.

Results come, the disk fails, messages and answers travel, are refused or lost, the connection breaks, the
process is killed and starts again. `KICKBACK_DELIVERIES=2000 pytest -n0 tests/test_delivery.py` tries so many
orders.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.delivery import Delivery

ORDERS = int(os.environ.get("KICKBACK_DELIVERIES", "10"))

HAPPENINGS = (
    *(f"results_come {number}" for number in (1, 1, 2, 70)),
    *(f"the_broker_takes {number}" for number in (1, 5, 30)),
    *(f"answers_arrive {number}" for number in (1, 5, 30)),
    *(f"time_passes {seconds}" for seconds in (0.5, 6.0, 31.0, 61.0)),
    *("the_device_runs", "all_goes_well", "the_connection_comes") * 3,
    *("it_is_killed", "the_broker_refuses", "the_connection_breaks") * 2,
    *("the_client_dies", "it_is_stopped", "the_disk_is_full", "the_disk_breaks", "the_disk_takes_again"),
    *("the_disk_works", "results_are_confirmed", "the_loop_turns"),
)

WITH_A_BROKER = ["the_connection_comes", "results_come 1", "all_goes_well"]
ON_THE_WAY = [*WITH_A_BROKER, *["results_come 2", "the_device_runs"] * 2]

A_MINUTE = ["the_device_runs", "time_passes 61.0", "the_device_runs"]


@settings(max_examples=ORDERS)
@given(st.lists(st.sampled_from(HAPPENINGS), min_size=40, max_size=80))
@example([*ON_THE_WAY, "it_is_killed"])
@example([*ON_THE_WAY, "the_client_dies", "time_passes 6.0", "all_goes_well"])
@example([*ON_THE_WAY, "the_connection_breaks", "results_come 70", "all_goes_well", "it_is_stopped"])
@example([*ON_THE_WAY, "the_broker_refuses", "answers_arrive 1", *A_MINUTE, "it_is_killed"])
@example([*ON_THE_WAY, "the_disk_breaks", "results_come 2", "the_device_runs", "the_disk_takes_again"])
@example(["results_come 70"] * 5 + ["the_device_runs", "it_is_killed", "results_come 1", "all_goes_well"])
def test_every_result_is_kept_numbered_once_and_heard_in_order(happenings: list[str]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        delivery = Delivery(Path(folder), patched)
        try:
            for happening in happenings:
                name, *number = happening.split()
                getattr(delivery, name)(*map(float, number))
                heard = delivery.heard_in_order()
                assert heard == sorted(heard), f"out of order after {happening}"
            delivery.all_is_well_again()
            delivery.everything_is_there_and_was_heard()
        finally:
            delivery.close()
