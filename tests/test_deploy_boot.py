"""The boot settings: one block, shown before it is made, and taken out without a trace."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.setup import layout
from deploy.setup.boot import display_bus, set_boot, with_settings, without_settings
from deploy.setup.changes import Changes
from tests.fresh_computer import ROOT, Computer

SHIPPED = "# For more options see config.txt(5)\n#dtparam=i2c_arm=on\ndtparam=audio=on\n\n[cm4]\notg_mode=1\n"
LINES = st.lists(st.sampled_from(["[all]", "[pi5]", "dtparam=i2c_arm=on", "dtoverlay=i2c3", "#", "", "x=1"]))


@given(LINES.map("\n".join), st.booleans(), st.sampled_from(["Raspberry Pi 4 Model B", "Raspberry Pi 5", ""]))
def test_once_is_as_good_as_twice_and_back_is_back(text: str, ends: bool, model: str) -> None:
    before = text + "\n" if ends or not text else text
    bus = display_bus(model)
    after = with_settings(before, bus)
    assert with_settings(after, bus) == after
    assert without_settings(after) in (before, before + "\n")
    assert after.splitlines()[: len(before.splitlines())] == before.splitlines()


@pytest.mark.parametrize(
    ("model", "overlay", "number"),
    [
        ("Raspberry Pi Zero 2 W Rev 1.0", "i2c-gpio,bus=3,i2c_gpio_sda=22,i2c_gpio_scl=23", 3),
        ("Raspberry Pi 3 Model B Plus", "i2c-gpio,bus=3", 3),
        ("Raspberry Pi 4 Model B Rev 1.4", "i2c6,pins_22_23", 6),
        ("Raspberry Pi 400 Rev 1.0", "i2c6,pins_22_23", 6),
        ("Raspberry Pi 5 Model B Rev 1.0", "i2c3-pi5,pins_22_23", 3),
        ("Raspberry Pi 500 Rev 1.0", "i2c3-pi5,pins_22_23", 3),
    ],
)
def test_the_display_s_bus_of_each_model(model: str, overlay: str, number: int) -> None:
    bus = display_bus(model)
    assert bus.overlay.startswith(overlay)
    assert bus.number == number


def test_settings_hold_for_every_model_whatever_section_was_last() -> None:
    lines = with_settings(SHIPPED, display_bus("Raspberry Pi 5")).splitlines()
    assert lines.index("[all]") < lines.index("dtparam=i2c_arm=on,i2c_arm_baudrate=400000")
    assert lines.index("[cm4]") < lines.index("[all]")


def test_a_display_bus_of_the_owner_s_stays() -> None:
    own = "dtoverlay=i2c-gpio,i2c_gpio_sda=5,i2c_gpio_scl=6,bus=3\n"
    assert with_settings(own, display_bus("")).count("bus=3") == 1
    assert with_settings("#" + own, display_bus("")).count("dtoverlay=") == 2


@pytest.mark.parametrize("answer", ["y", "", "n"])
def test_shown_before_it_is_made(tmp_path: Path, answer: str) -> None:
    computer = Computer(tmp_path)
    computer.write(layout.BOOT, SHIPPED)
    asked: list[list[str]] = []

    def reply(question: str) -> str:
        asked.append([*computer.said])
        return answer

    host = computer.host
    host.ask = reply
    made = set_boot(Changes(host), display_bus(""))
    assert any(line.strip() == "+dtparam=i2c_arm=on,i2c_arm_baudrate=400000" for line in asked[0])
    assert made == (answer != "n")
    text = (tmp_path / layout.BOOT[1:]).read_text()
    assert text == (SHIPPED if answer == "n" else with_settings(SHIPPED, display_bus("")))
    if made:
        assert not set_boot(Changes(host), display_bus(""))
        host.ask = None
        assert set_boot(Changes(host), None)
        assert (tmp_path / layout.BOOT[1:]).read_text() == SHIPPED


@pytest.mark.parametrize(
    "model", ["Raspberry Pi Zero 2 W Rev 1.0", "Raspberry Pi 4 Model B", "Raspberry Pi 5"]
)
def test_the_example_config_names_the_display_s_bus_as_it_is_made(model: str) -> None:
    example = (ROOT / "deploy" / "kickback.toml").read_text(encoding="utf-8")
    assert re.search(rf"dtoverlay={re.escape(display_bus(model).overlay)}[\s.,]", example)
