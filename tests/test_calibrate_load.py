"""`kickback calibrate load` on a modelled cell: what it finds, what it refuses, what it keeps."""

from collections.abc import Callable
from dataclasses import replace
from math import sin
from pathlib import Path

import pytest

from firmware.calibrating.amounts import newtons
from firmware.calibrating.checks import RefusedError
from firmware.calibrating.keeping import calibrate_imu_of, calibrate_load_of
from firmware.calibrating.load import require_usable
from firmware.calibrating.load_checks import Hung
from firmware.calibration_store import CalibrationFileError, read_stored
from firmware.config import Load, Sensors
from firmware.errors import BadInputError, FaultError
from firmware.i2c.bus import TransferError
from firmware.i2c.registers import ChipError
from tests.calibration_bench import NOW, G, Machine, Nobody, Person, bench
from tests.chips.bus import Fault
from tracker.blocks import Stream

COUNTS_PER_KG = 21474.8  # 2 mV/V of 0.5 V/V over gain 128, 24 bits signed, 200 kg


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calibration.json"


def hang(machine: Machine, kg: float) -> Callable[[], None]:
    def do() -> None:
        machine.force_n = kg * G

    return do


def nothing() -> None:
    """Already as it should be."""


def guided(machine: Machine, path: Path, kg: float = 20.0, said: str = "20", **more: object) -> Person:
    person = Person(machine, [hang(machine, 0.0), hang(machine, kg)], [said])
    calibrate_load_of(bench(machine, path, person, Sensors(load=Load(**more))), None)  # type: ignore[arg-type]
    return person


@pytest.mark.parametrize("rate_error", [-0.03, 0.0, 0.03])
@pytest.mark.parametrize("rate_sps", [80, 320])
def test_a_known_load_gives_the_cells_scale_and_tare(rate_sps: int, rate_error: float, path: Path) -> None:
    machine = Machine(rate_error=rate_error)
    person = guided(machine, path, rate_sps=rate_sps)
    entry = read_stored(path).load
    assert entry is not None
    # The mean of some hundred conversions of 0.3 N noise stands within 0.05 N: 0.025 % of 20 kg.
    assert G / entry.calibration.n_per_count == pytest.approx(COUNTS_PER_KG, rel=1e-3)
    assert abs(entry.calibration.tare_counts) < 0.01 * COUNTS_PER_KG
    assert entry.figures["rate_hz"] == pytest.approx(rate_sps * (1 + rate_error), rel=2e-3)
    assert entry.figures["implied_capacity_kg"] == pytest.approx(200.0, rel=1e-3)
    assert entry.figures["known_n"] == pytest.approx(20 * G)
    assert (entry.made, entry.clock_set) == (NOW, True)
    assert "FAIL" not in person.text
    assert person.text.count("  pass  ") == 11
    assert person.asked_to_accept == 1


def test_a_cell_wired_the_other_way_round_counts_down_and_is_taken(path: Path) -> None:
    machine = Machine()
    machine.load.output_v_per_v = -2e-3
    person = guided(machine, path)
    entry = read_stored(path).load
    assert entry is not None
    assert G / entry.calibration.n_per_count == pytest.approx(-COUNTS_PER_KG, rel=1e-3)
    assert "other way round" in person.text


def test_a_load_at_the_cables_end_is_told_apart_by_the_pulley_ratio(path: Path) -> None:
    # With a pulley on the cell both strands pull at it: 20 kg at the ankle are 40 kg at the cell.
    machine = Machine()
    person = Person(machine, [nothing, hang(machine, 40.0)])
    sensors = Sensors(load=Load(pulley_ratio=0.5))
    assert calibrate_load_of(bench(machine, path, person, sensors), 20 * G, "cable")
    entry = read_stored(path).load
    assert entry is not None
    assert G / entry.calibration.n_per_count == pytest.approx(COUNTS_PER_KG, rel=1e-3)
    assert entry.calibration.pulley_ratio == 0.5


def test_a_script_waits_until_the_load_hangs_still(path: Path) -> None:
    machine = Machine()
    console = Nobody(machine)
    began_s = machine.clock.now()
    machine.load.force = lambda t: machine._force(t) + (25.0 * G if t > began_s + 40.0 else 0.0)
    assert calibrate_load_of(bench(machine, path, console), 25 * G)
    entry = read_stored(path).load
    assert entry is not None
    assert G / entry.calibration.n_per_count == pytest.approx(COUNTS_PER_KG, rel=1e-3)
    assert machine.clock.now() > began_s + 45.0


def test_a_script_waits_until_the_load_stops_swinging(path: Path) -> None:
    machine = Machine()

    def force(t_s: float) -> float:
        swing = 4.0 * sin(4.0 * t_s) if t_s < 60.0 else 0.0
        return machine._force(t_s) + ((25.0 + swing) * G if t_s > 30.0 else 0.0)

    machine.load.force = force
    assert calibrate_load_of(bench(machine, path, Nobody(machine)), 25 * G)
    entry = read_stored(path).load
    assert entry is not None
    assert G / entry.calibration.n_per_count == pytest.approx(COUNTS_PER_KG, rel=1e-3)


def test_a_script_gives_up_when_no_load_comes(path: Path) -> None:
    machine = Machine()
    with pytest.raises(RefusedError, match="no load came to rest within 120 s"):
        calibrate_load_of(bench(machine, path, Nobody(machine)), 25 * G)
    assert not path.exists()


def test_a_cell_within_its_limits_by_little_is_taken(path: Path) -> None:
    # Of 1961 N: noise 0.036 % (limit 0.05), range some six times that, 0.22 % (0.5), offset 20 % (30).
    machine = Machine()
    machine.load.force = lambda t: 0.2 * 200.0 * G + machine.force_n + machine.random.gauss(0.0, 0.7)
    person = Person(machine, [nothing, hang(machine, 18.0)], ["18"])
    assert calibrate_load_of(bench(machine, path, person), None)
    entry = read_stored(path).load
    assert entry is not None
    assert entry.calibration.tare_counts == pytest.approx(0.2 * 200.0 * COUNTS_PER_KG, rel=1e-3)
    assert G / entry.calibration.n_per_count == pytest.approx(COUNTS_PER_KG, rel=2e-3)


def test_a_cell_a_tenth_off_its_rating_is_taken(path: Path) -> None:
    machine = Machine()
    machine.load.output_v_per_v = 2.2e-3
    guided(machine, path)
    entry = read_stored(path).load
    assert entry is not None
    assert entry.figures["implied_capacity_kg"] == pytest.approx(200 / 1.1, rel=1e-3)


def test_a_small_load_on_a_noisy_cell_is_refused(path: Path) -> None:
    machine = Machine()
    machine.force_noise_n = 0.9  # 0.046 % of the capacity (limit 0.05), and 1.1 % of 78 N (0.5)
    person = Person(machine, [nothing, hang(machine, 8.0)], ["8"])
    with pytest.raises(RefusedError, match="noise of the slope"):
        calibrate_load_of(bench(machine, path, person), None)
    assert "take a larger known load" in person.text


def broken(machine: Machine) -> None:
    machine.load.broken_wire = True


def unconnected(machine: Machine) -> None:
    machine.force_noise_n = 0.0


def noisy(machine: Machine) -> None:
    machine.force_noise_n = 1.5


def preloaded(machine: Machine) -> None:
    machine.load.force = lambda t: 80 * G + machine.random.gauss(0.0, 0.3)


def touched(machine: Machine) -> None:
    machine.load.force = lambda t: machine.random.gauss(0.0, 0.3) + (30.0 if 20.0 < t < 20.4 else 0.0)


def slow_clock(machine: Machine) -> None:
    machine.load.rate_error = -0.2


UNLOADED = {
    "broken wire": (broken, "saturated samples, different values, measured", "a wire is broken"),
    "not connected": (unconnected, "different values", "one alone is none"),
    "noise": (noisy, "noise", "shield the cell's lead"),
    "preloaded": (preloaded, "offset", "take off what still pulls"),
    "touched": (touched, "range", "something moved or touched"),
    "rate": (slow_clock, "measured rate", "conversions are missed"),
}


@pytest.mark.parametrize(("fault", "names", "advice"), UNLOADED.values(), ids=UNLOADED)
def test_a_cell_that_does_not_work_is_refused_before_any_load_is_asked_for(
    fault: Callable[[Machine], None], names: str, advice: str, path: Path
) -> None:
    machine = Machine()
    fault(machine)
    person = Person(machine, [nothing])
    with pytest.raises(RefusedError, match=names.partition(",")[0]) as caught:
        calibrate_load_of(bench(machine, path, person), None)
    assert "nothing was saved" in str(caught.value)
    assert advice in person.text
    assert not path.exists()
    assert person.asked_to_accept == 0


def swinging(machine: Machine) -> Callable[[], None]:
    def do() -> None:
        machine.load.force = lambda t: (20.0 + 2.0 * (int(t * 3) % 2)) * G + machine.random.gauss(0.0, 0.3)

    return do


def overloaded(machine: Machine) -> Callable[[], None]:
    def do() -> None:
        machine.load.broken_wire = True

    return do


LOADED = {
    "nothing hung on": (lambda m: nothing, "change by the load", "is the load on"),
    "swings": (swinging, "load at rest", "wait until it hangs still"),
    "wire broke": (overloaded, "saturated samples", "take it off at once"),
    "twice the load": (lambda m: hang(m, 40.0), "implied capacity", "factor of two"),
    "quarter more": (lambda m: hang(m, 26.0), "implied capacity", "weigh the known load"),
}


@pytest.mark.parametrize(("does", "name", "advice"), LOADED.values(), ids=LOADED)
def test_a_known_load_that_does_not_fit_is_refused(
    does: Callable[[Machine], Callable[[], None]], name: str, advice: str, path: Path
) -> None:
    machine = Machine()
    person = Person(machine, [nothing, does(machine)], ["20 kg"])
    with pytest.raises(RefusedError, match=name):
        calibrate_load_of(bench(machine, path, person), None)
    assert advice in person.text
    assert not path.exists()
    assert person.asked_to_accept == 0


@pytest.mark.parametrize(("hung", "kg", "other"), [("cell", 40.0, "cable"), ("cable", 20.0, "cell")])
def test_a_load_hung_elsewhere_than_said_is_explained(hung: str, kg: float, other: str, path: Path) -> None:
    machine = Machine()
    person = Person(machine, [nothing, hang(machine, kg)])
    sensors = Sensors(load=Load(pulley_ratio=0.5))
    with pytest.raises(RefusedError, match="implied capacity"):
        calibrate_load_of(bench(machine, path, person, sensors), 20 * G, hung)  # type: ignore[arg-type]
    assert f"give --hung-on {other}" in person.text


def test_what_was_said_wrongly_is_asked_again(path: Path) -> None:
    machine = Machine()
    person = Person(machine, [nothing, hang(machine, 20.0)], ["", "heavy", "3", "-20", "900", "196,133 N"])
    assert calibrate_load_of(bench(machine, path, person), None)
    assert (
        "a known load of 3 kg (29.42 N) is too small for a cell of 200 kg; take at least 4 kg" in person.text
    )
    assert "overloads a cell of 200 kg" in person.text
    assert person.answers == []


@pytest.mark.parametrize("kg", [3.9, 201.0])
def test_a_load_given_as_an_option_is_refused_at_once(kg: float, path: Path) -> None:
    machine = Machine()
    with pytest.raises(BadInputError, match=r"too small|overloads"):
        calibrate_load_of(bench(machine, path, Person(machine)), kg * G)
    assert machine.bus.load.transactions == 0


@pytest.mark.parametrize(
    ("kg", "hung", "usable"),
    [(3.0, "cable", True), (3.0, "cell", False), (150.0, "cell", True), (150.0, "cable", False)],
)
def test_what_a_cell_takes_is_counted_where_the_load_hangs(kg: float, hung: Hung, usable: bool) -> None:
    # Two strands pull at the cell: at the cable's end half of 200 kg are the most, half of 4 kg the least.
    cell = Load(pulley_ratio=0.5)
    if usable:
        require_usable(kg * G, cell, hung)
    else:
        with pytest.raises(BadInputError):
            require_usable(kg * G, cell, hung)


def test_a_tare_a_little_off_is_not_worth_a_word(path: Path) -> None:
    guided(Machine(), path)
    machine = Machine()
    machine.load.force = lambda t: machine._force(t) + 4 * G
    person = Person(machine, [nothing, hang(machine, 20.0)], ["20"])
    assert calibrate_load_of(bench(machine, path, person), None)
    assert "off what it read last time" not in person.text


@pytest.mark.parametrize(
    ("text", "n"),
    [("20", 196.133), (" 20 kg", 196.133), ("20,5KG", 201.036325), ("196.1N", 196.1), ("5 n", 5.0)],
)
def test_loads_as_people_write_them(text: str, n: float) -> None:
    assert newtons(text) == pytest.approx(n)


@pytest.mark.parametrize("text", ["", "N", "kg", "20 lb", "nan", "inf", "1e9", "0", "-3", "20kgN"])
def test_what_is_no_load(text: str) -> None:
    with pytest.raises(BadInputError, match="is no load"):
        newtons(text)


def test_an_answer_of_no_keeps_what_was_there(path: Path) -> None:
    guided(Machine(), path)
    before = path.read_bytes()
    machine = Machine()
    person = Person(machine, [nothing, hang(machine, 30.0)], ["30"], accepts=False)
    assert not calibrate_load_of(bench(machine, path, person), None)
    assert path.read_bytes() == before
    assert "Nothing was saved." in person.text


def test_a_tare_far_from_the_last_one_is_noted(path: Path) -> None:
    guided(Machine(), path)
    machine = Machine()
    machine.load.force = lambda t: machine._force(t) + 10 * G
    person = Person(machine, [nothing, hang(machine, 20.0)], ["20"])
    assert calibrate_load_of(bench(machine, path, person), None)
    assert "without load the cell reads 5 % of its capacity off" in person.text


def test_a_damaged_file_stops_it_before_anybody_lifts_anything(path: Path) -> None:
    path.write_text("{}")
    machine = Machine()
    person = Person(machine)
    with pytest.raises(CalibrationFileError, match="move it away"):
        calibrate_load_of(bench(machine, path, person), None)
    assert (person.lines, machine.bus.load.transactions) == ([], 0)
    assert path.read_text() == "{}"


def test_it_does_not_read_beside_a_running_appliance(path: Path) -> None:
    machine = Machine()
    with pytest.raises(FaultError, match=r"process 812.*systemctl stop kickback"):
        calibrate_load_of(replace(bench(machine, path, Person(machine)), appliance=lambda: 812), 20 * G)
    assert machine.bus.load.transactions == 0


def test_what_other_sensors_were_measured_stays(path: Path) -> None:
    machine = Machine()
    assert calibrate_imu_of(bench(machine, path, Person(machine)), Stream.ANKLE)
    ankle = read_stored(path).ankle
    guided(Machine(), path)
    assert ankle is not None
    assert read_stored(path).ankle == ankle
    assert read_stored(path).load is not None


def test_a_sensor_that_is_switched_off_is_said(path: Path) -> None:
    machine = Machine()
    sensors = Sensors(load=Load(enabled=False))
    with pytest.raises(BadInputError, match=r"sensors\.load\.enabled"):
        calibrate_load_of(bench(machine, path, Person(machine), sensors), None)


def silent(machine: Machine) -> None:
    machine.load.silent = True


def absent(machine: Machine) -> None:
    machine.load.present = False


def another_chip(machine: Machine) -> None:
    machine.load.registers = {**machine.load.registers}
    machine.load.power_up = lambda: None  # type: ignore[method-assign]
    machine.load.values[0x1F] = 0x03


def nacks(machine: Machine) -> None:
    machine.bus.inject(Fault.NACK, address=0x2A, times=3)


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (absent, TransferError, "0x2a: nothing answers"),
        (nacks, TransferError, "0x2a: nothing answers"),
        (silent, ChipError, "a conversion did not finish"),
        (another_chip, ChipError, "another chip is at this address"),
    ],
)
def test_a_chip_that_does_not_answer_as_it_should_is_named(
    fault: Callable[[Machine], None], error: type[Exception], words: str, path: Path
) -> None:
    machine = Machine()
    fault(machine)
    with pytest.raises(error, match=words):
        calibrate_load_of(bench(machine, path, Person(machine)), 20 * G)
    assert not path.exists()
    assert machine.bus.closed


def test_two_refused_transfers_are_no_reason_to_stop(path: Path) -> None:
    machine = Machine()
    machine.bus.inject(Fault.NACK, address=0x2A, times=2)
    guided(machine, path)
    assert read_stored(path).load is not None


def test_a_chip_that_falls_silent_is_not_waited_for(path: Path) -> None:
    machine = Machine()

    def falls_silent() -> None:
        machine.load.silent = True

    with pytest.raises(ChipError, match="converted nothing for 1 s"):
        calibrate_load_of(bench(machine, path, Person(machine, [falls_silent])), 20 * G)
