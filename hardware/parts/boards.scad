// Sizes of what is bought, in mm, with clearances and walls of what is printed. Measure your own boards
// before printing: those marked "by memory" in hardware/README.md were not held against a drawing.

// Sizes: long edge, short edge, height over everything with its connectors.
imu_size = [25.6, 17.8, 4.6];        // U6, inertial sensor
encoder_size = [25.6, 17.8, 4.6];    // U3, AS5600
endpoint_size = [38.1, 25.4, 16.0];  // U4 and U5, PCA9615 with its RJ45 jack
converter_size = [25.6, 23.0, 5.0];  // U2, NAU7802
hub_size = [25.6, 17.8, 4.6];        // H1
zero_size = [65.0, 30.0, 6.0];       // U1, Raspberry Pi Zero 2 W
four_size = [85.0, 56.0, 17.0];      // U1, Raspberry Pi 4 or 5
display_size = [72.0, 43.0, 8.0];    // DS1, 2.42 inch
display_seen = [56.0, 28.5];         // its picture, with a margin
magnet_size = [6.0, 2.5];            // M1, diameter and height

pcb = 1.6;         // thickness of every board
jack = [16.0, 13.5]; // RJ45: width and height above its board
pi_holes = [58.0, 23.0, 49.0]; // apart along the board; across it for a Zero; across it for a 4 or 5
pi_hole_in = 3.5;  // from the board's edges

wall = 2.4;        // six lines of a 0.4 mm nozzle
floor_ = 2.4;      // twelve layers of 0.2 mm
clear = 0.4;       // between a board's edge and what is printed, on each side
slide = 0.3;       // between two printed parts that go into each other
boss = 7.0;        // diameter of what a screw goes into
pilot = 2.5;       // hole that an M3 screw cuts its thread into
pilot_small = 2.1; // the same for M2.5

$fn = 48;

module rounded(size, radius = 3) {
    linear_extrude(size[2]) translate([radius, radius]) offset(radius)
        square([size[0] - 2 * radius, size[1] - 2 * radius]);
}

module label(words, size) {
    text(words, size = size, font = "DejaVu Sans:style=Bold", halign = "center", valign = "center");
}
