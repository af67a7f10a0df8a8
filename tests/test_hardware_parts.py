"""The printed parts: closed, printable, and of a size that the boards fit."""

import math
import re

import pytest
import trimesh
from manifold3d import Error, JoinType, Manifold

from tests.hardware_parts import HARDWARE, NAMES, PARTS, box, numbers, solid, turned_over

BOARDS = numbers("boards")
CUFF, ENCODER, STACK = numbers("cuff"), numbers("encoder"), numbers("stack")
CUFF_SIZE, STACK_SIZE = CUFF["outside"], STACK["outside"]
THINNEST_MM = 1.1
LONGEST_BRIDGE_MM = 62.5
WIDEST_ROOF_MM = 22.0
LAYER_MM = 0.4
SMALLEST_MM2 = 0.05
CORNER_MM2 = 0.3  # what opening takes off a square corner is 0.125, off an acute one more
ENGRAVED_MM = 0.6  # deep, in the outer side of lids; between strokes of letters is less

TOUCHING_MM3 = 0.01


def overlap(one: Manifold, other: Manifold) -> float:
    return float((one ^ other).volume())


@pytest.mark.parametrize("name", NAMES)
def test_a_part_is_one_closed_body_on_the_bed_of_the_size_its_page_says(name: str) -> None:
    mesh = trimesh.load_mesh(PARTS / f"{name}.stl")
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    part = solid(name)
    assert part.status() == Error.NoError
    assert len(part.decompose()) == 1
    assert mesh.bounds[0][2] == pytest.approx(0.0, abs=1e-6)
    page = (HARDWARE / "printing.md").read_text(encoding="utf-8")
    said = re.search(rf"\({re.escape(f'parts/{name}.stl')}\).*\| ([\d. x]+) \| ([\d.]+) cm³ \|", page)
    assert said, f"printing.md does not say the size of {name}.stl"
    assert [float(each) for each in said[1].split(" x ")] == pytest.approx(list(mesh.extents), abs=0.06)
    assert float(said[2]) == pytest.approx(mesh.volume / 1000.0, abs=0.06)
    assert sorted(mesh.extents)[-1] < 180.0


@pytest.mark.parametrize("name", NAMES)
def test_a_part_prints_without_support(name: str) -> None:
    """Each layer is wide enough for the nozzle, and what it hangs over is a bridge between two ends."""
    part = solid(name)
    top = part.bounding_box()[5]
    below = None
    for number in range(math.floor((top - 0.05) / LAYER_MM)):
        layer = part.slice(number * LAYER_MM + 0.05)
        opened = layer.offset(-THINNEST_MM / 2, JoinType.Round).offset(THINNEST_MM / 2 + 0.05, JoinType.Round)
        thin = max((piece.area() for piece in (layer - opened).decompose()), default=0.0)
        engraved = name.endswith("-lid") and number * LAYER_MM < ENGRAVED_MM
        assert engraved or thin <= CORNER_MM2, f"thin at {number * LAYER_MM:.1f} mm"
        if below is not None:
            held = below.offset(LAYER_MM + 0.1, JoinType.Round)
            for hanging in (layer - held).decompose():
                if hanging.area() < SMALLEST_MM2:
                    continue
                left, front, right, back = hanging.bounds()
                short, long = sorted((right - left, back - front))
                assert short <= WIDEST_ROOF_MM, f"a roof of {short:.1f} mm at {number * LAYER_MM:.1f} mm"
                assert long <= LONGEST_BRIDGE_MM, f"a bridge of {long:.1f} mm at {number * LAYER_MM:.1f} mm"
                near = hanging.offset(1.0, JoinType.Round)
                assert (near ^ held).area() > 0.0, f"begins in the air at {number * LAYER_MM:.1f} mm"
        below = layer


SEATS = {
    "ankle sensor": ("cuff-body", CUFF["imu_at"], CUFF["imu_box"], (1.3, 0.3, None)),
    "cable end in the clip": ("cuff-body", CUFF["endpoint_at"], CUFF["endpoint_box"], (1.5, 1.0, 0.2)),
    "encoder": ("encoder-carriage", ENCODER["encoder_at"], ENCODER["encoder_box"], (0.6, 0.6, 0.2)),
    "cable end in the case": (
        "stack-body-four",
        STACK["endpoint_at"],
        STACK["endpoint_box"],
        (0.6, 0.6, 0.2),
    ),
    "converter": ("stack-body-four", STACK["converter_at"], STACK["converter_box"], (0.6, 0.6, 0.2)),
    "hub": ("stack-body-four", STACK["hub_at"], STACK["hub_box"], (0.6, 0.6, 0.2)),
    "Pi 4 or 5": ("stack-body-four", STACK["four_at"], STACK["four_box"], (None, None, 0.2)),
    "Zero 2 W": ("stack-body-zero", STACK["zero_at"], STACK["zero_box"], (None, None, 0.2)),
}
"""Part, board, and by how far it can be moved at most along each axis: sideways either way, and down."""


@pytest.mark.parametrize("seat", SEATS)
def test_a_board_lies_in_its_seat_without_touching_and_cannot_leave_it(seat: str) -> None:
    name, at, size, room = SEATS[seat]
    part = solid(name)
    lifted = [at[0], at[1], at[2] + 0.01]
    assert overlap(part, box(lifted, size)) < TOUCHING_MM3
    for axis, most in enumerate(room):
        for way in (-1.0, 1.0) if axis < 2 else (-1.0,):
            if most is not None:
                moved = [each + way * most * (number == axis) for number, each in enumerate(at)]
                assert overlap(part, box(moved, size)) > TOUCHING_MM3, f"free along {'xyz'[axis]}, {way:+.0f}"


def test_seats_are_made_for_the_boards_of_the_page() -> None:
    page = (HARDWARE / "printing.md").read_text(encoding="utf-8")
    rows = {
        "imu_size": "U6 inertial sensor",
        "encoder_size": "U3 encoder",
        "endpoint_size": "U4, U5 PCA9615 with its jack",
        "converter_size": "U2 converter",
        "hub_size": "H1 hub",
        "zero_size": "U1 Raspberry Pi Zero 2 W",
        "four_size": "U1 Raspberry Pi 4 or 5",
        "display_size": "DS1 display 2.42 inch",
        "magnet_size": "M1 magnet",
    }
    for name, row in rows.items():
        said = re.search(rf"\| {re.escape(row)} \| ([\d. x]+) \|", page)
        assert said, row
        assert [float(each) for each in said[1].split(" x ")] == BOARDS[name], row


def test_the_clip_closes_over_its_boards_and_lets_the_plug_out() -> None:
    body = solid("cuff-body")
    height = CUFF_SIZE[2] + BOARDS["floor_"][0]
    lid = turned_over(solid("cuff-lid"), CUFF_SIZE[0], height)
    assert overlap(body, lid) < TOUCHING_MM3
    assert overlap(lid, box(CUFF["imu_at"], CUFF["imu_box"])) < TOUCHING_MM3
    assert overlap(lid, box(CUFF["endpoint_at"], CUFF["endpoint_box"])) < TOUCHING_MM3
    width, tall = BOARDS["jack"]
    board_top = CUFF["endpoint_at"][2] + BOARDS["pcb"][0]
    way_out = box([(CUFF_SIZE[0] - width) / 2, 36.0, board_top], [width, 30.0, tall])
    assert overlap(body, way_out) < TOUCHING_MM3
    assert overlap(lid, way_out) < TOUCHING_MM3
    # the boards cannot lift either: the lid is less than a millimetre above them
    for at, size, lift in (
        (CUFF["imu_at"], CUFF["imu_box"], 1.1),
        (CUFF["endpoint_at"], CUFF["endpoint_box"], 0.5),
    ):
        assert overlap(lid, box([at[0], at[1], at[2] + lift], size)) > TOUCHING_MM3


def test_the_webbing_goes_through_the_clip() -> None:
    body = solid("cuff-body")
    for x in (-10.0, CUFF_SIZE[0] + 7.0):
        webbing = box([x, (CUFF_SIZE[1] - CUFF["strap"][0]) / 2, -5.0], [3.0, CUFF["strap"][0], 15.0])
        assert overlap(body, webbing) < TOUCHING_MM3
        assert overlap(body, webbing.scale((1.0, 1.2, 1.0))) > TOUCHING_MM3


def test_the_encoder_is_over_the_middle_of_its_carriage_and_the_magnet_sits_in_its_carrier() -> None:
    at, size, plate = ENCODER["encoder_at"], ENCODER["encoder_box"], ENCODER["plate"]
    assert [at[axis] + size[axis] / 2 for axis in (0, 1)] == pytest.approx([plate[0] / 2, plate[1] / 2])
    carrier = solid("encoder-carrier")
    top = carrier.bounding_box()[5]
    diameter, height = BOARDS["magnet_size"]

    def magnet(grown: float, down: float) -> Manifold:
        return Manifold.cylinder(height, diameter / 2 + grown, circular_segments=96).translate(
            (0.0, 0.0, top - height - down)
        )

    assert overlap(carrier, magnet(0.0, 0.15)) < TOUCHING_MM3
    assert overlap(carrier, magnet(0.15, 0.15)) > TOUCHING_MM3
    assert overlap(carrier, magnet(0.0, 0.6)) > TOUCHING_MM3
    # steel, the head of the axle's bolt, stays 8 mm away from the magnet
    head_diameter, head_height = ENCODER["head"]
    bolt = Manifold.cylinder(head_height - 3.0, head_diameter / 2 - 0.1, circular_segments=96)
    assert overlap(carrier, bolt) < TOUCHING_MM3
    assert top - height - head_height >= 8.0


@pytest.mark.parametrize(("model", "across"), [("four", 2), ("zero", 1)])
def test_the_posts_of_the_case_are_under_the_holes_of_the_raspberry_pi(model: str, across: int) -> None:
    body = solid(f"stack-body-{model}")
    at, inward = STACK[f"{model}_at"], BOARDS["pi_hole_in"][0]
    size = STACK[f"{model}_box"]
    assert size[1] - 2 * inward == pytest.approx(BOARDS["pi_holes"][across])
    for x in (inward, inward + BOARDS["pi_holes"][0]):
        for y in (inward, size[1] - inward):
            place = (at[0] + x, at[1] + y, at[2] - 4.0)
            core = Manifold.cylinder(3.9, 1.0, circular_segments=32).translate(place)
            post = Manifold.cylinder(3.9, 2.5, circular_segments=32).translate(place)
            assert overlap(body, core) < TOUCHING_MM3
            assert overlap(body, post) == pytest.approx((post - core).volume(), rel=0.05)


def test_the_case_closes_and_shows_the_whole_display() -> None:
    body, printed = solid("stack-body-four"), solid("stack-lid")
    floor = BOARDS["floor_"][0]
    lid = turned_over(printed, STACK_SIZE[0], STACK_SIZE[2] + floor)
    assert overlap(body, lid) < TOUCHING_MM3
    at, size = STACK["display_at"], STACK["display_box"]
    behind = box([at[0], at[1], STACK_SIZE[2] - size[2] - 0.01], size)
    assert overlap(lid, behind) < TOUCHING_MM3
    assert overlap(lid, behind.translate((0.6, 0.0, 0.0))) > TOUCHING_MM3
    width, tall = BOARDS["display_seen"]
    middle = (at[0] + size[0] / 2, at[1] + size[1] / 2)
    seen = box([middle[0] - width / 2, middle[1] - tall / 2, 40.0], [width, tall, 20.0])
    assert overlap(lid, seen) < TOUCHING_MM3
    assert overlap(lid, seen.scale((1.05, 1.05, 1.0))) > TOUCHING_MM3
    place, board = STACK["four_at"], BOARDS["four_size"]
    on_posts = [place[0], place[1], place[2] + 0.01]
    assert overlap(body, box(on_posts, board)) < TOUCHING_MM3, "the board with all that stands on it"
    sockets = box([130.0, place[1] + 1.5, place[2] + 1.6], [20.0, board[1] - 3.0, board[2] - 1.6])
    assert overlap(body, sockets) < TOUCHING_MM3, "USB and network sockets reach through the wall"
