"""The wiring: every part of it can be bought, and its pins, buses and addresses are the code's."""

import re
import tomllib
from collections import Counter

import pytest

from firmware.checkup.addresses import USUAL
from firmware.config import Config
from firmware.config.panel import Display
from firmware.i2c import as5600, lsm6dsox, mpu6050, nau7802
from tests.hardware_wiring import (
    DRAWINGS,
    HARDWARE,
    HEADER,
    ROOT,
    at_header,
    bill,
    gpio,
    harness,
    label,
    wires,
)
from tracker.blocks import Stream


def test_every_part_of_the_wiring_can_be_bought_and_every_such_part_is_wired() -> None:
    drawn = set()
    for path in DRAWINGS:
        drawing = harness(path)
        drawn |= drawing["connectors"].keys() | drawing["cables"].keys()
    bought = {name for row in bill() if row["where"] == "wiring" for name in row["reference"].split()}
    assert drawn == bought


def test_the_bill_says_how_many_of_what_and_how_sure_it_is() -> None:
    references = Counter(name for row in bill() for name in row["reference"].split())
    assert set(references.values()) == {1}
    for row in bill():
        assert None not in row, row["reference"]
        assert None not in row.values(), row["reference"]
        if row["where"] == "wiring":
            assert int(row["quantity"]) == len(row["reference"].split()), row["reference"]
        assert row["cost_class"] in ("A", "B", "C"), row["reference"]
        assert row["where"] in ("wiring", "printed", "mechanical", "load path", "optional"), row["reference"]
        assert row["evidence"] in ("reference", "memory", "own"), row["reference"]
        assert (row["where"] == "printed") == row["part_number"].endswith(".stl"), row["reference"]
        for path in re.findall(r"parts/[\w-]+\.stl", row["part_number"] + row["alternatives"]):
            assert (HARDWARE / path).is_file(), path


def test_every_part_that_the_pages_name_is_in_the_bill() -> None:
    known = {name for row in bill() for name in row["reference"].split()}
    for page in HARDWARE.glob("*.md"):
        named = set(
            re.findall(r"\b(?:(?:U|W|S|P|N|C|H|DS|BR|BZ|PS|D|R)\d{1,2}|M1)\b", page.read_text("utf-8"))
        )
        assert named <= known, page.name


def test_each_wire_joins_power_to_power_and_data_to_data() -> None:
    for one, pin, other, end in wires():
        ends = {label(one, pin).rpartition(" ")[2], label(other, end).rpartition(" ")[2]}
        for name in ("GND", "3V3", "SDA", "SCL", "+", "-"):
            if name == "GND" and ends & {"leg", "GND"} == {"leg", "GND"}:
                continue
            assert (name not in ends) or ends == {name}, f"{one} {pin} to {other} {end}"


def test_the_header_has_what_the_drawing_says() -> None:
    drawn: dict[int, str] = {}
    for path in DRAWINGS:
        pi = harness(path)["connectors"].get("U1")
        if pi is not None:
            pins = zip(pi["pins"], pi["pinlabels"], strict=True)
            drawn |= {pin: name for pin, name in pins if isinstance(pin, int)}
    for pin, name in drawn.items():
        on = HEADER[pin]
        assert name.removeprefix("GPIO ").split()[0] == on, pin


def test_buttons_buzzer_and_lamp_are_on_the_pins_of_the_example_config() -> None:
    text = (ROOT / "deploy" / "kickback.toml").read_text(encoding="utf-8")
    example = tomllib.loads(re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.MULTILINE))["panel"]
    buttons = {"set": gpio("S1"), "leg": gpio("S2"), "tare": gpio("S3"), "calibrate": gpio("S4")}
    assert buttons == example["buttons"]
    assert gpio("BZ1") == example["buzzer"]["pin"]
    assert gpio("R1", "either end") == example["lamp"]["pin"]
    page = (HARDWARE / "electronics.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block
    shown = tomllib.loads(block[1])["panel"]
    assert shown["buttons"] == buttons
    assert shown["buzzer"]["pin"] == gpio("BZ1")
    assert shown["lamp"]["pin"] == gpio("R1", "either end")
    assert shown["display"]["bus"] == Config().panel.display.bus


def test_the_buses_are_on_the_pins_that_the_installation_sets() -> None:
    assert (gpio("H1", "SDA"), gpio("H1", "SCL")) == (2, 3)
    sda, scl = gpio("DS1", "SDA"), gpio("DS1", "SCL")
    page = (HARDWARE / "electronics.md").read_text(encoding="utf-8")
    config = (ROOT / "deploy" / "kickback.toml").read_text(encoding="utf-8")
    software = f"i2c-gpio,bus={Config().panel.display.bus},i2c_gpio_sda={sda},i2c_gpio_scl={scl}"
    for overlay in (software, f"i2c6,pins_{sda}_{scl}", f"i2c3-pi5,pins_{sda}_{scl}"):
        assert f"dtoverlay={overlay}" in page
        assert f"dtoverlay={overlay}" in config
    boot = pytest.importorskip("deploy.setup.boot", reason="deploy/ is not beside the tests")
    for model in ("Raspberry Pi Zero 2 W Rev 1.0", "Raspberry Pi 4 Model B", "Raspberry Pi 5 Model B"):
        assert f"dtoverlay={boot.display_bus(model).overlay}\n" in page, model
    assert boot.SENSORS in page


def test_the_page_has_the_table_of_pins_of_the_drawings() -> None:
    page = (HARDWARE / "electronics.md").read_text(encoding="utf-8")
    table = {
        int(pin): (name, goes)
        for pin, name, goes in re.findall(r"^\| (\d+) \| ([\w ]+) \| (\w+ [\w ]+) \|$", page, re.MULTILINE)
    }
    drawn = {pin: f"{part} {name}" for pin, (part, name) in at_header().items()}
    assert {pin: goes for pin, (_, goes) in table.items()} == drawn
    for pin, (name, _) in table.items():
        on = HEADER[pin]
        assert name.removeprefix("GPIO ").split()[0] == on, pin


def test_the_addresses_are_those_of_the_drivers() -> None:
    page = (HARDWARE / "electronics.md").read_text(encoding="utf-8")
    table = {
        int(address, 16): part
        for address, part in re.findall(r"^\| `(0x\w\w)` \| ([^|]+) \|", page, re.MULTILINE)
    }
    chips = {
        "NAU7802": (nau7802.ADDRESS,),
        "AS5600": (as5600.ADDRESS,),
        "LSM6DSOX": lsm6dsox.ADDRESSES,
        "MPU-6050": mpu6050.ADDRESSES,
        "display": (Display().address, 0x3D),
    }
    assert {address: name for name, found in chips.items() for address in found} == {
        address: next(name for name in chips if name in part) for address, part in table.items()
    }
    assert table.keys() <= USUAL.keys()
    sensors = Config().sensors
    assert "ankle" in table[sensors.ankle.address_of(Stream.ANKLE)]
    assert "pelvis" in table[sensors.ankle.address_of(Stream.PELVIS)]
    assert {sensors.ankle.bus, sensors.load.bus, sensors.cable.bus} == {1}
    drawn = {
        name: re.findall(r"0x\w\w", f"{each.get('subtype')} {each.get('notes')} {each.get('pinlabels')}")
        for path in DRAWINGS
        for name, each in harness(path)["connectors"].items()
    }
    expected = {
        "U2": nau7802.ADDRESS,
        "U3": as5600.ADDRESS,
        "U6": sensors.ankle.address_of(Stream.ANKLE),
        "DS1": Display().address,
    }
    for name, address in expected.items():
        assert {int(each, 16) for each in drawn[name]} == {address}, name
