// Ankle clip: inertial sensor and cable end, on the cuff's strap at the back of the leg.
// Worn: x across the leg, y up the leg, z away from it. part: "body" or "lid", each as it is printed.
include <boards.scad>

part = "body";

strap = 50;                        // webbing of the cuff
wing = 14;
wing_height = 4;
lip = 1.2;
behind = 19.4;                     // where the cable's board begins

inside = [
    max(imu_size[0], endpoint_size[1]) + 2.4,
    behind + endpoint_size[0] + 0.9 - wall,
    max(imu_size[1] + 1.4, jack[1] + pcb + 4.1)
];
outside = [inside[0] + 2 * wall, inside[1] + 2 * wall, inside[2] + floor_];

// Boards as they lie: lower corner and size. The sensor's is on its edge, its short edge to the leg, its chip
// to the top; the cable's is flat, its jack to the top.
imu_at = [(outside[0] - imu_size[0]) / 2, 5.2, floor_ + 0.4];
imu_box = [imu_size[0], pcb, imu_size[1]];
endpoint_at = [(outside[0] - endpoint_size[1]) / 2, behind, floor_ + 3];
endpoint_box = [endpoint_size[1], endpoint_size[0], pcb];

column = 6.4;
screws = [for (x = [-2.6, outside[0] + 2.6], y = [10, outside[1] - 10]) [x, y]];

// Two pairs of cheeks that hold the sensor's board by its corners, and leave its sockets free.
module cheeks(height) {
    width = imu_at[0] + 2.8 - wall;
    for (x = [wall, outside[0] - wall - width]) {
        translate([x, imu_at[1] - slide / 2 - 2, 0]) cube([width, 2, height]);
        translate([x, imu_at[1] + pcb + slide / 2, 0]) cube([width, 2, height]);
    }
}

module columns(height, hole) {
    for (at = screws) difference() {
        hull() {
            translate([at[0], at[1], 0]) cylinder(d = column, h = height);
            translate([at[0] < 0 ? 0 : outside[0] - 1, at[1] - column / 2, 0]) cube([1, column, height]);
        }
        translate([at[0], at[1], -1]) cylinder(d = hole, h = height + 2);
    }
}

module cuff_body() {
    rest = endpoint_at[0] + 2.7 - wall;
    difference() {
        union() {
            rounded(outside);
            translate([-wing, 0, 0]) rounded([outside[0] + 2 * wing, outside[1], wing_height]);
        }
        translate([wall, wall, floor_]) cube([inside[0], inside[1], inside[2] + 1]);
        // the strap comes in on one side, runs between clip and leg, and goes out on the other
        for (x = [-wing + 3.5, outside[0] + wing - 7.5])
            translate([x, (outside[1] - strap - 2) / 2, -1]) cube([4, strap + 2, wing_height + 2]);
        // cable exit: open to the lid and wider to the outside, so that the plug leaves sideways as well
        translate([outside[0] / 2, outside[1] - wall, endpoint_at[2] + pcb]) hull() {
            translate([-jack[0] / 2 - clear, -0.01, -0.8]) cube([jack[0] + 2 * clear, 0.01, 30]);
            translate([-jack[0] / 2 - clear - 1.6, wall + 0.01, -0.8])
                cube([jack[0] + 2 * clear + 3.2, 0.01, 30]);
        }
    }
    translate([0, 0, floor_]) cheeks(5.5);
    for (x = [wall, outside[0] - wall - rest], y = [endpoint_at[1], endpoint_at[1] + endpoint_box[1] - 6])
        translate([x, y, floor_ - 0.01]) cube([rest, 6, endpoint_at[2] - floor_ + 0.01]);
    // a stop behind it, since the plug is pushed in against it
    for (x = [wall, outside[0] - wall - rest]) translate([x, endpoint_at[1] - clear - 2, floor_ - 0.01])
        cube([rest, 2, endpoint_at[2] + pcb + 2 - floor_]);
    columns(outside[2], pilot_small);
}

// Printed with its inner side up, so x is mirrored; it is the same on both sides.
module cuff_lid() {
    tip = endpoint_at[0] + 2.5 - wall - slide;
    difference() {
        union() {
            rounded([outside[0], outside[1], floor_]);
            columns(floor_, 2.8);
        }
        // engraved on the outer side: which way is up, and which side this is
        translate([outside[0] / 2, 0, -0.01]) linear_extrude(0.61) mirror([1, 0]) {
            for (side = [-1, 1]) hull() {
                translate([0, 55]) circle(d = 2.4);
                translate([side * 8, 46]) circle(d = 2.4);
            }
            translate([-1.2, 40]) square([2.4, 15]);
            translate([0, 33]) label("UP", 8);
            translate([0, 20]) label("REAR", 6);
            translate([0, 11]) label("OF LEG", 4.4);
        }
    }
    // strips that centre the lid, away from the sensor's board
    for (x = [wall + slide, outside[0] - wall - slide - lip])
        translate([x, 11, floor_ - 0.01]) cube([lip, 40, 2]);
    translate([8, wall + slide, floor_ - 0.01]) cube([outside[0] - 16, lip, 2]);
    translate([0, 0, floor_ - 0.01]) intersection() {
        cheeks(5.2);
        translate([wall + slide, 0, 0]) cube([inside[0] - 2 * slide, outside[1], 20]);
    }
    // posts that hold the cable's board down by its corners
    for (x = [wall + slide, outside[0] - wall - slide - tip],
         y = [endpoint_at[1] + 0.5, endpoint_at[1] + endpoint_box[1] - 5.1])
        translate([x, y, floor_ - 0.01])
            cube([tip, 4, outside[2] - endpoint_at[2] - pcb - slide]);
}

if (part == "body") cuff_body();
else cuff_lid();
