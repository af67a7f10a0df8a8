// Encoder on a pulley: a bracket for the machine's frame, a carriage for the board, and a carrier that turns
// the magnet with the pulley. part: "bracket", "carriage" or "carrier", each as it is printed.
include <boards.scad>

part = "bracket";

base = [60, 46, 5];
upright = [46, 6, 82];
reach = 66;                          // from the frame to the middle of the carriage's way
m5 = 5.5;
m3 = 3.4;
slot = 20;                           // how far the carriage goes up and down
plate = [48, 30, 5];
encoder_box = [encoder_size[0], encoder_size[1], pcb];
encoder_at = [plate[0] / 2 - encoder_box[0] / 2, plate[1] / 2 - encoder_box[1] / 2, 3]; // chip side up
carrier_d = 50;
head = [27, 12];                     // room over the axle's bolt: diameter and height
nose = [13, 9];                      // keeps the magnet away from the steel

module long_hole(d, length, height) {
    hull() for (y = [-length / 2, length / 2]) translate([0, y, 0]) cylinder(d = d, h = height);
}

// Base on the machine's frame; its slots run along the axle and set the gap.
module encoder_bracket() {
    difference() {
        rounded(base);
        for (x = [12, base[0] - 12]) translate([x, base[1] / 2 + 4, -1]) long_hole(m5, 24, base[2] + 2);
        // a strap or cable tie where nothing can be screwed
        for (x = [3.5, base[0] - 6.5]) translate([x, 16, -1]) cube([3, 22, base[2] + 2]);
    }
    difference() {
        translate([(base[0] - upright[0]) / 2, 0, 0]) cube([upright[0], upright[1], upright[2]]);
        for (x = [base[0] / 2 - 19.5, base[0] / 2 + 19.5]) translate([x, -1, reach])
            rotate([-90, 0, 0]) long_hole(m3, slot, upright[1] + 2);
        translate([base[0] / 2 - 12, -1, reach - 24]) cube([24, upright[1] + 2, 34]);
    }
    for (x = [(base[0] - upright[0]) / 2, (base[0] + upright[0]) / 2 - 5])
        translate([x, upright[1] - 0.01, base[2] - 0.01]) rotate([90, 0, 90])
            linear_extrude(5) polygon([[0, 0], [22, 0], [0, 36]]);
}

// Goes up and down in the bracket's slots, and sideways in its own.
module encoder_carriage() {
    difference() {
        union() {
            rounded([plate[0], plate[1], 3]);
            translate([encoder_at[0] - clear - 1.6, encoder_at[1] - clear - 1.6, 0])
                cube([encoder_box[0] + 2 * clear + 3.2, encoder_box[1] + 2 * clear + 3.2, plate[2]]);
        }
        translate([encoder_at[0] - clear, encoder_at[1] - clear, encoder_at[2]])
            cube([encoder_box[0] + 2 * clear, encoder_box[1] + 2 * clear, 9]);
        // leads leave over the short edges
        translate([encoder_at[0] - 5, plate[1] / 2 - 4, encoder_at[2]]) cube([36, 8, 9]);
        for (x = [-10.15, 10.15], y = [-6.35, 6.35])
            translate([plate[0] / 2 + x, plate[1] / 2 + y, -1]) cylinder(d = pilot_small, h = 9);
        for (x = [plate[0] / 2 - 19.5, plate[0] / 2 + 19.5]) translate([x, plate[1] / 2, -1])
            rotate(90) long_hole(m3, 3, 9);
        // through this hole the magnet's middle is found before the board goes in
        translate([plate[0] / 2, plate[1] / 2, -1]) cylinder(d = 3, h = 9);
    }
}

// Glued to the side of the pulley; its inside clears the head of the axle's bolt, which stands still.
module encoder_carrier() {
    difference() {
        union() {
            cylinder(d = carrier_d, h = 3);
            cylinder(d = head[0] + 2 * wall, h = head[1] + 3);
            translate([0, 0, head[1] + 2.99]) cylinder(d = nose[0], h = nose[1]);
        }
        translate([0, 0, -1]) cylinder(d = head[0], h = head[1] + 1 - 3);
        translate([0, 0, head[1] - 3.01]) cylinder(d1 = head[0], d2 = head[0] - 6, h = 3);
        translate([0, 0, head[1] + 3 + nose[1] - magnet_size[1] - 0.2])
            cylinder(d = magnet_size[0] + 0.15, h = 10);
        // glue and a look at the pulley's middle
        for (a = [0:60:359]) rotate(a) translate([carrier_d / 2 - 5, 0, -1]) cylinder(d = 4, h = 5);
    }
}

if (part == "bracket") encoder_bracket();
else if (part == "carriage") encoder_carriage();
else encoder_carrier();
