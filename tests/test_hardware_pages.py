"""The pages of hardware/: links lead somewhere, limits and messages are those of the code, sums are right."""

import ast
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from firmware.calibrating import cable, cuff, load, load_checks
from firmware.calibrating.amounts import percent
from firmware.config import Config
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050

ROOT = Path(__file__).parent.parent
HARDWARE = ROOT / "hardware"
PAGES = sorted(HARDWARE.glob("*.md"))
OHM_PER_MODULE = {"kΩ": 1000.0, "Ω": 1.0}


def text_of(name: str) -> str:
    return (HARDWARE / name).read_text(encoding="utf-8")


def table(name: str, heading: str, first: str = "") -> dict[str, list[str]]:
    """The rows of the first table under a heading whose first column has this name, by their first cell."""
    section = text_of(name).split(f"\n{heading}\n")[1]
    found: dict[str, list[str]] = {}
    for line in section[section.index(f"\n| {first}") :].splitlines()[1:]:
        if not line.startswith("|"):
            break
        key, *others = (cell.strip() for cell in line.strip("|").split("|"))
        found[key] = others
    return found


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"!?\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert links
    for link in links:
        if link.startswith("http"):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_and_picture_is_reached_from_the_overview() -> None:
    reached, left = set(), [HARDWARE / "README.md"]
    while left:
        page = left.pop()
        if page in reached:
            continue
        reached.add(page)
        if page.suffix == ".md" and page.parent == HARDWARE:
            links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
            left += [(page.parent / link).resolve() for link in links if not link.startswith("http")]
    pictures = [
        *HARDWARE.glob("pictures/*.*g"),
        *HARDWARE.glob("wiring/*.png"),
        *HARDWARE.glob("parts/*.stl"),
    ]
    for file in [*PAGES, *pictures, HARDWARE / "bom.csv", HARDWARE / "LICENSE"]:
        assert file.resolve() in {each.resolve() for each in reached}, file.name


def test_a_picture_says_in_words_what_it_shows() -> None:
    for page in PAGES:
        for words in re.findall(r"!\[([^\]]*)\]", page.read_text(encoding="utf-8")):
            assert len(words) > 15, page.name


def between(low: float, high: float) -> str:
    return f"{low:.0f} to {high:.0f}"


def test_the_limits_of_the_load_cell_are_those_of_the_code() -> None:
    page = table("calibration.md", "## 1. Load cell: `kickback calibrate load`", "figure")
    cell = Config().sensors.load
    rate, within = cell.rate_sps, load_checks._RATE_WITHIN
    spread = load_checks._CAPACITY_WITHIN
    expected = {
        "measured rate": f"within {percent(within)} of its name: "
        f"{between(rate * (1 - within), rate * (1 + within))} per second for {rate}",
        "saturated samples": "0",
        "different values": "more than 1",
        "noise": f"at most {percent(load_checks._NOISE_SHARE)} of the capacity: "
        f"{load_checks._NOISE_SHARE * cell.capacity_kg:g} kg of {cell.capacity_kg:g} kg",
        "range, nothing moving": f"at most {percent(load_checks.STEADY_SHARE)} of the capacity",
        "offset, nothing on it": f"at most {percent(load_checks._OFFSET_SHARE)} of the capacity",
        "load at rest": f"range at most {percent(load_checks.STEADY_SHARE)} of the capacity",
        "noise of the slope": f"at most {percent(load_checks._SLOPE_WITHIN)} of what the known load changed",
        "implied capacity": f"within {percent(spread)} of the rating: "
        f"{between(cell.capacity_kg * (1 - spread), cell.capacity_kg * (1 + spread))} kg "
        f"of {cell.capacity_kg:g} kg",
    }
    assert {name: cells[0] for name, cells in page.items() if name in expected} == expected
    assert len(page) == len(expected) + 2
    assert f"under {percent(load.LEAST_SHARE)} it is refused" in text_of("calibration.md")


def test_the_limits_of_the_cable_are_those_of_the_code() -> None:
    page = table("calibration.md", "## 2. Cable: `kickback calibrate cable`", "figure")
    low, high = cable.GAIN_RANGE
    expected = {
        "magnet": "seen",
        "gain for the magnet": f"{low} to {high}, best 64",
        "cable at its stop": f"moves by at most {cable._REST_COUNTS} counts",
        "magnet on the way": "always seen",
        "ambiguous steps": "0",
        "corrupt readings": "0",
        "pulley turned": "it did",
        "held at the mark": f"within {percent(cable._HELD_SHARE)} of the pull: "
        f"{1000 * cable._HELD_SHARE:g} mm of 1 m",
        "came back to its stop": f"within {percent(cable._BACK_SHARE)} of the pull",
    }
    assert {name: cells[0] for name, cells in page.items() if name in expected} == expected
    smallest, largest = 1000 * cable.SMALLEST_DIAMETER_M, 1000 * cable.LARGEST_DIAMETER_M
    assert page["pulley diameter"][0].startswith(f"{between(smallest, largest)} mm")
    assert len(page) == len(expected) + 3
    assert f"({cable.SHORTEST_M:g} to {cable.LONGEST_M:g} m are taken)" in text_of("calibration.md")


def test_the_limits_of_the_cuff_are_those_of_the_code() -> None:
    page = table("calibration.md", "## 3. Cuff: `kickback calibrate cuff`")
    rate, within = Config().sensors.ankle.settings.rate_hz, cuff._RATE_WITHIN
    biases = cuff._LARGEST_BIAS_DPS
    expected = {
        "measured rate": f"within {percent(within)} of its name: "
        f"{between(rate * (1 - within), rate * (1 + within))} per second for {rate}",
        "lost samples, overruns": "0",
        "saturated samples": "0",
        "not turned": f"at most {cuff._TURNING_DPS:g} degrees/s of noise",
        "not shaken": f"at most {cuff._SHAKING_MPS2:g} m/s2 of noise",
        "steady": f"at most {cuff._DRIFT_DPS:g} degrees/s between begin and end",
        "gravity": "0.9 to 1.1 g",
        "gyroscope's bias": f"at most {biases[Lsm6dsox]:g} degrees/s (LSM6DSOX), "
        f"{biases[Mpu6050]:g} (MPU-6050)",
    }
    assert {name: cells[0] for name, cells in page.items() if name in expected} == expected
    assert len(page) == len(expected) + 2


def test_the_names_of_the_figures_are_those_that_are_shown() -> None:
    shown = {cell for path in ("load_checks", "cable", "cuff") for cell in _checks(path)}
    for heading in ("## 1. Load cell: `kickback calibrate load`", "## 2. Cable: `kickback calibrate cable`"):
        for name in table("calibration.md", heading, "figure"):
            assert name.partition(",")[0] in shown | {"figure", "---"}, name
    for name in table("calibration.md", "## 3. Cuff: `kickback calibrate cuff`"):
        assert name.partition(",")[0] in shown | {"figure", "---"}, name


def _checks(module: str) -> set[str]:
    """The names of a module's checks."""
    tree = ast.parse((ROOT / "firmware" / "calibrating" / f"{module}.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Check"]
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


def test_what_doctor_is_quoted_with_it_can_say() -> None:
    said = []
    for folder in ("checkup", "calibrating", "i2c", "panel"):
        for path in (ROOT / "firmware" / folder).glob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            said += [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    texts = [text for text in said if isinstance(text, str)]
    quoted = [
        cell.strip("`") for cell in table("troubleshooting.md", "## By what doctor says") if "`" in cell
    ]
    assert len(quoted) > 20
    for quote in quoted:
        parts = [part.strip() for part in quote.split("instead of 1:")]
        for part in filter(None, parts):
            assert any(part in text for text in texts), quote


def ohms(text: str) -> float:
    """The value of `1.8 kΩ (Pi), 10 kΩ (U2)`, all side by side; `10 kΩ three times` is three."""
    found = re.findall(r"([\d.]+) (kΩ|Ω)(?: (three times))?", text)
    return 1.0 / sum(
        (3.0 if times else 1.0) / (float(value) * OHM_PER_MODULE[unit]) for value, unit, times in found
    )


def test_the_rise_times_of_the_buses_are_computed_rightly_and_allowed() -> None:
    rows = table("electronics.md", "### Lengths and pull-ups")
    chips = {"stack unit and encoder": 4, "inside the clip": 2}
    for segment, (pull_ups, together, leads, farads, rise) in list(rows.items())[2:]:
        r = ohms(pull_ups)
        assert together == f"{r / 1000:.2f} kΩ", segment
        metres = re.search(r"([\d.]+) m\b", leads)
        assert metres
        number = chips.get(segment, 5)
        c = 100.0 * float(metres[1]) + 10.0 * number
        assert farads == f"{c:.0f} pF", segment
        t = 0.8473 * r * c * 1e-3
        assert rise.startswith(f"{t:.0f} ns"), segment
        assert (t <= 300.0) == (segment in chips), segment
        assert segment not in chips or 0.003 * r >= 3.3 - 0.4, f"{segment}: a chip sinks more than 3 mA"


def test_the_leads_of_the_stack_unit_are_as_long_as_the_bus_plan_says() -> None:
    lengths = re.findall(
        r"^  (W[1-4]):\n(?:    .*\n)*?    length: (\d+)",
        (HARDWARE / "wiring" / "stack-unit.yml").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert [name for name, _ in lengths] == ["W1", "W2", "W3", "W4"]
    assert f"W1 to W4, {sum(int(length) for _, length in lengths) / 1000:g} m" in text_of("electronics.md")


def test_the_power_budget_adds_up_and_each_supply_has_a_third_to_spare() -> None:
    rows = {
        name: cells for name, cells in table("electronics.md", "## Power").items() if cells[0][0].isdigit()
    }
    boards_ma = sum(float(cells[0]) for cells in rows.values())
    said = re.search(r"\*\*all\*\* \| \*\*([\d.]+)\*\*", text_of("electronics.md"))
    assert said
    assert float(said[1]) == pytest.approx(boards_ma)
    models = re.findall(
        r"^\| ([\w ]+) \| (\d+) mA \| (\d+) mA \| (\d+) mA \| (\d+) mA \|$",
        text_of("electronics.md"),
        re.MULTILINE,
    )
    assert len(models) == 3
    for model, *figures in models:
        alone, together, supply, spare = map(int, figures)
        assert together == pytest.approx(alone + boards_ma, abs=5), model
        assert spare == supply - together, model
        assert spare >= supply / 3, model


def test_the_licence_is_the_whole_text_unchanged() -> None:
    """As in SPDX's list of licences; it may be used in unmodified form only."""
    text = (HARDWARE / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("CERN Open Hardware Licence Version 2 - Permissive\n")
    words = " ".join(text.split())
    assert hashlib.sha256(words.encode()).hexdigest() == (
        "c1a64d226f82d2dc0769b74bccb20ab01053aaed19faacb3aa17a7bfab6cdd25"
    )
