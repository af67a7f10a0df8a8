// Stack unit: case of the Raspberry Pi, the load cell's converter and the near end of the ankle cable.
// Seen from the front: x to the right, y up, z to the lifter. part: "body" or "lid", each as it is printed.
// board: "four" for a Raspberry Pi 4 or 5, "zero" for a Zero 2 W, which needs no opening for USB sockets.
include <boards.scad>

part = "body";
board = "four";

inside = [136.0, 84.0, 46.0];
outside = [inside[0] + 2 * wall, inside[1] + 2 * wall, inside[2] + floor_];
corner = 9;
screws = [for (x = [6.2, outside[0] - 6.2], y = [6.2, outside[1] - 6.2]) [x, y]];

// Boards as they lie: lower corner and size. The Pi's power socket is at the lower wall, the cable's jack at
// the left one.
four_at = [inside[0] + wall - 0.4 - four_size[0], 3.4, 7.4];
four_box = [four_size[0], four_size[1], pcb];
zero_at = four_at;
zero_box = [zero_size[0], zero_size[1], pcb];
endpoint_at = [2.8, 15, 5.4];
endpoint_box = [endpoint_size[0], endpoint_size[1], pcb];
converter_at = [14, 48, 5.4];
converter_box = [converter_size[0], converter_size[1], pcb];
hub_at = [70, 64.4, 5.4];
hub_box = [hub_size[0], hub_size[1], pcb];
display_at = [(outside[0] - display_size[0]) / 2, 34, outside[2]]; // behind the lid's window
display_box = [display_size[0], display_size[1], pcb];

window_at = [outside[0] / 2, display_at[1] + display_size[1] / 2];
buttons = [[25, "SET"], [55, "LEG"], [85, "TARE"], [115, "CAL"]];
button_y = 19;
button_d = 12.2;
button_depth = 20;                 // behind the lid
glands = [50, 69];                 // PG7: the load cell's lead, the encoder's lead

assert(outside[2] - button_depth > four_at[2] + four_size[2], "buttons touch the USB sockets");
assert(outside[2] - display_size[2] > four_at[2] + four_size[2], "the display touches the board below");

module post(x, y, height, hole) {
    translate([x, y, floor_ - 0.01]) difference() {
        cylinder(d = boss, h = height - floor_ + 0.01);
        cylinder(d = hole, h = height);
    }
}

// A frame that holds a board by its edges; glue or foam tape keeps it down.
module frame(at, box) {
    translate([at[0] - clear - 1.6, at[1] - clear - 1.6, floor_ - 0.01]) difference() {
        cube([box[0] + 2 * clear + 3.2, box[1] + 2 * clear + 3.2, at[2] + 1 - floor_]);
        translate([1.6, 1.6, at[2] - floor_]) cube([box[0] + 2 * clear, box[1] + 2 * clear, 9]);
        translate([3.4, 3.4, -1]) cube([box[0] + 2 * clear - 3.6, box[1] + 2 * clear - 3.6, 30]);
        // leads and sockets at the middle of each edge
        translate([(box[0] + 3.2) / 2 - 5, -1, 1]) cube([10, box[1] + 9, 30]);
        translate([-1, (box[1] + 3.2) / 2 - 5, 1]) cube([box[0] + 9, 10, 30]);
    }
}

module stack_body() {
    difference() {
        union() {
            rounded(outside, 4);
            // straps around an upright of the machine
            translate([-16, 14, 0]) rounded([outside[0] + 32, outside[1] - 28, 5]);
        }
        translate([wall, wall, floor_]) cube([inside[0], inside[1], inside[2] + 1]);
        for (x = [-10, outside[0] + 6], y = [19, outside[1] - 40]) translate([x, y, -1]) cube([4, 21, 8]);
        // power and video sockets of any Pi
        translate([four_at[0] + 2, -1, four_at[2] - 1]) cube([62, wall + 2, 12]);
        // USB and network sockets
        if (board == "four") translate([outside[0] - wall - 1, four_at[1] + 1, four_at[2]])
            cube([wall + 2, 54, 18]);
        // ankle cable
        translate([-1, endpoint_at[1] + endpoint_box[1] / 2 - jack[0] / 2 - 0.5, endpoint_at[2] + pcb - 0.5])
            cube([wall + 2, jack[0] + 1, jack[1] + 1]);
        // glands: load cell's lead, encoder's lead
        for (y = glands) translate([-1, y, 30]) rotate([0, 90, 0]) cylinder(d = 12.3, h = wall + 2);
        // air, in from below and out above
        for (x = [60:8:130], y = [-1, outside[1] - wall - 1]) translate([x, y, 28]) cube([3, wall + 2, 14]);
    }
    for (at = screws) difference() {
        // hangs in the corner above the sockets, and grows out of it at 45 degrees
        hull() {
            translate([at[0], at[1], outside[2] - 12.4]) cylinder(d = corner, h = 12.4);
            translate([at[0] < 20 ? 1 : outside[0] - 2, at[1] < 20 ? 1 : outside[1] - 2, outside[2] - 26])
                cube([1, 1, 1]);
        }
        translate([at[0], at[1], outside[2] - 12]) cylinder(d = pilot, h = 13);
    }
    for (x = [pi_hole_in, pi_hole_in + pi_holes[0]], y = [pi_hole_in, pi_hole_in + (board == "four" ? pi_holes[2] : pi_holes[1])])
        post(four_at[0] + x, four_at[1] + y, four_at[2], pilot_small);
    frame(endpoint_at, endpoint_box);
    frame(converter_at, converter_box);
    frame(hub_at, hub_box);
}

// Printed with its outer side down, so x is mirrored here.
module stack_lid() {
    translate([outside[0], 0, 0]) mirror([1, 0, 0]) {
        difference() {
            rounded([outside[0], outside[1], floor_], 4);
            for (at = screws) translate([at[0], at[1], -1]) {
                cylinder(d = 3.4, h = 9);
                translate([0, 0, 0.99]) cylinder(d1 = 6.2, d2 = 3.4, h = 1.4);
            }
            // window, wider to the outside
            translate([window_at[0], window_at[1], -0.01]) hull() {
                translate([-display_seen[0] / 2 - 2, -display_seen[1] / 2 - 2, 0])
                    cube([display_seen[0] + 4, display_seen[1] + 4, 0.01]);
                translate([-display_seen[0] / 2, -display_seen[1] / 2, floor_])
                    cube([display_seen[0], display_seen[1], 0.1]);
            }
            for (b = buttons) {
                translate([b[0], button_y, -1]) cylinder(d = button_d, h = 9);
                translate([b[0], button_y - 11, -0.01]) linear_extrude(0.61) label(b[1], 4.5);
            }
            // lamp, and holes for the buzzer's sound
            translate([118, 55, -1]) cylinder(d = 5.2, h = 9);
            for (x = [-3:3:3], y = [-3:3:3]) translate([20 + x, 55 + y, -1]) cylinder(d = 1.6, h = 9);
        }
        // frame of the display; glue at its corners
        translate([display_at[0] - clear - 1.6, display_at[1] - clear - 1.6, floor_ - 0.01]) difference() {
            cube([display_box[0] + 2 * clear + 3.2, display_box[1] + 2 * clear + 3.2, 4]);
            translate([1.6, 1.6, -1]) cube([display_box[0] + 2 * clear, display_box[1] + 2 * clear, 9]);
            translate([12, -1, 1]) cube([display_box[0] - 20, display_box[1] + 9, 9]);
        }
        // lip that centres the lid, between the screws
        for (y = [wall + slide, outside[1] - wall - slide - 1.2])
            translate([16, y, floor_ - 0.01]) cube([outside[0] - 32, 1.2, 2]);
    }
}

if (part == "body") stack_body();
else stack_lid();
