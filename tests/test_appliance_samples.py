"""What is said of the samples at the end."""

from collections import Counter

from firmware.appliance.samples import SampleCount
from firmware.sampling.account import Account, Health, Reason
from tracker.blocks import Stream


def said(*healths: Health) -> list[str]:
    count = SampleCount()
    for health in healths:
        count.add(health)
    return list(count.lines())


def account(delivered: int, restarts: int = 0, **lost: int) -> Account:
    reasons = Counter({Reason[name.upper()]: number for name, number in lost.items()})
    return Account(delivered=delivered, restarts=restarts, lost=reasons)


def test_nothing_is_said_where_only_the_start_took_time() -> None:
    assert said(Health({Stream.ANKLE: account(990, starting=10)})) == []


def test_what_was_lost_is_added_up_with_its_reasons_and_corrections() -> None:
    health = Health({Stream.ANKLE: account(45, overrun=4, bus=1), Stream.CABLE: account(50)}, bus_errors=1)
    later = Health({Stream.ANKLE: account(45, overrun=6, bus=-1), Stream.CABLE: account(50)}, missed_ticks=2)
    assert said(health, later) == [
        "ankle: 10 of 100 samples lost (10.0 %: overrun 10)",
        "the sensors were looked at too late 2 times",
        "the bus failed once, repeats included; where it keeps failing `kickback doctor` looks for the cause",
    ]


def test_a_chip_that_started_anew_is_said_even_where_nothing_was_lost() -> None:
    told = said(Health({Stream.LOAD: account(100, restarts=1)}))
    assert told == ["load: 0 of 100 samples lost (0.0 %), started anew once"]


def test_a_sensor_that_never_was_there_is_not_said_again() -> None:
    assert said(Health({Stream.LOAD: account(0, away=5000)}, bus_errors=30)) == []
