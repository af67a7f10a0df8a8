// Pictures of the assembly, step by step. What is printed comes from the STL files beside this one; boards
// and bought parts are plain blocks of their true size.

step = 1;
$fn = 48;

print = [0.93, 0.55, 0.25];
print_light = [0.97, 0.72, 0.48];
green = [0.15, 0.45, 0.30];
metal = [0.75, 0.75, 0.78];
black = [0.2, 0.2, 0.22];
webbing = [0.30, 0.36, 0.50];

cuff = [32.8, 60.8, 21.6];
stack = [140.8, 88.8, 48.4];

module board(size) { color(green) cube(size); }
module socket(size) { color(metal) cube(size); }

// On its edge: chip and sockets on the side towards the top of the leg.
module imu() {
    board([25.6, 1.6, 17.8]);
    color(black) translate([11.3, 1.6, 7.4]) cube([3, 0.9, 3]);
    for (x = [0, 20.6]) translate([x, 1.6, 5.9]) socket([5, 3, 6]);
}

module endpoint() {
    board([25.4, 38.1, 1.6]);
    translate([4.7, 17, 1.6]) socket([16, 21, 13.5]);
    for (x = [0, 20.4]) translate([x, 5, 1.6]) socket([5, 6, 3]);
}

module plug() {
    color(black) translate([6.8, 30, 3.5]) cube([11.7, 22, 8]);
    color([0.35, 0.5, 0.75]) translate([12.7, 51, 7.5]) rotate([-90, 0, 0]) cylinder(d = 5.5, h = 40);
}

module pi_four() {
    board([85, 56, 1.6]);
    for (y = [2, 20, 38]) translate([67, y, 1.6]) socket([20.5, 15, y == 2 ? 13.5 : 15.5]);
    translate([6, -1.2, 1.6]) socket([9, 7.5, 3.2]);
    for (x = [22, 36]) translate([x, -1.2, 1.6]) socket([7, 8, 3.2]);
    color(black) translate([7, 50, 1.6]) cube([51, 5, 8.5]);
    color(black) translate([22, 22, 1.6]) cube([15, 15, 2.4]);
}

module small_board(size) {
    board([size[0], size[1], 1.6]);
    for (x = [0, size[0] - 5]) translate([x, size[1] / 2 - 3, 1.6]) socket([5, 6, 3]);
}

module screw(d, length) {
    color(metal) { cylinder(d = 2 * d, h = 0.6 * d); translate([0, 0, -length]) cylinder(d = d, h = length); }
}

module clip_screws(z) {
    for (x = [-2.6, cuff[0] + 2.6], y = [10, cuff[1] - 10]) translate([x, y, z]) screw(2.5, 10);
}

// The lid turned over, as it closes the clip.
module closed_lid(z) {
    translate([cuff[0], 0, z]) rotate([0, 180, 0]) import("cuff-lid.stl");
}

module clip(lift) {
    color(print) import("cuff-body.stl");
    translate([3.6, 5.2, 2.8]) imu();
    translate([3.7, 19.4, 5.4]) endpoint();
    color(print_light) closed_lid(cuff[2] + 2.4 + lift);
    clip_screws(cuff[2] + 2.4 + 2 * lift);
}

module strap() {
    color(webbing) difference() {
        translate([16.4, 5.4, -36]) rotate([-90, 0, 0]) difference() {
            cylinder(d = 76, h = 50, $fn = 96);
            translate([0, 0, -1]) cylinder(d = 71, h = 52, $fn = 96);
        }
        translate([-14, 0, -0.4]) cube([60, 60, 40]);
    }
}

module leg() {
    color([0.88, 0.75, 0.66]) translate([16.4, -30, -36]) rotate([-90, 0, 0])
        cylinder(d1 = 66, d2 = 78, h = 130, $fn = 96);
}

module pulley() {
    color([0.45, 0.45, 0.48]) rotate_extrude($fn = 96)
        polygon([[8, 0], [45, 0], [45, 3], [38, 8], [38, 10], [45, 15], [45, 18], [8, 18]]);
    color(metal) translate([0, 0, 18]) cylinder(d = 19, h = 8, $fn = 6);
    color(metal) translate([0, 0, -14]) cylinder(d = 12, h = 33);
}

// The chip's face is 1.5 mm from the magnet's; `lift` takes everything apart.
module encoder_head(lift) {
    magnet_top = 18 + 24 - 0.2;
    board_face = magnet_top + 1.5 + 0.9;
    translate([0, 0, 18 + lift / 2]) color(print) import("encoder-carrier.stl");
    translate([0, 0, magnet_top - 2.5 + lift]) color(metal) cylinder(d = 6, h = 2.5);
    translate([0, 0, board_face + 1.6 * lift]) rotate([180, 0, 0]) translate([-12.8, -8.9, -1.6]) {
        small_board([25.6, 17.8]);
        color(black) translate([10.3, 6.4, 1.6]) cube([5, 5, 0.9]);
    }
    translate([0, 0, board_face + 4.6 + 2.2 * lift]) rotate([180, 0, 0]) translate([-24, -15, 0])
        color(print_light) import("encoder-carriage.stl");
}

module stack_inside(with_boards) {
    color(print) import("stack-body-four.stl");
    if (with_boards) {
        translate([53, 3.4, 7.4]) pi_four();
        translate([2.8, 15, 5.4]) translate([0, 25.4, 0]) rotate(-90) mirror([0, 1, 0]) translate([0, -38.1, 0]) endpoint();
        translate([14, 48, 5.4]) small_board([25.6, 23]);
        translate([70, 64.4, 5.4]) small_board([25.6, 17.8]);
    }
}

module lid_parts() {
    translate([34.4, 34, -8]) { board([72, 43, 1.6]); color(black) translate([6, 6, 1.6]) cube([60, 31, 4.2]); }
    for (x = [25, 55, 85, 115]) translate([x, 19, 0]) {
        color(black) translate([0, 0, -18]) cylinder(d = 11.8, h = 20);
        color([0.75, 0.2, 0.2]) translate([0, 0, 2]) cylinder(d = 9, h = 3);
    }
    color([0.2, 0.8, 0.3]) translate([118, 55, -6]) cylinder(d = 5, h = 9);
    color(black) translate([20, 55, -9]) cylinder(d = 14, h = 7);
}

module stack_closed(lift) {
    color(print_light) translate([stack[0], 0, stack[2] + 2.4 + lift]) rotate([0, 180, 0]) import("stack-lid.stl");
    translate([0, 0, stack[2] + (lift > 0 ? lift - 30 : 0)]) lid_parts();
    for (x = [6.2, stack[0] - 6.2], y = [6.2, stack[1] - 6.2])
        translate([x, y, stack[2] + 2.4 + 1.5 * lift]) screw(3, 10);
}

// The leg upright, the lifter's front to the back of the picture.
module worn() {
    rotate([90, 0, 0]) { clip(0); strap(); leg(); translate([3.7, 37.4, 5.4]) plug(); }
}

module encoder_on_frame() {
    pulley();
    encoder_head(0);
    translate([30, -66, 48.8]) multmatrix([[-1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]])
        color(print) import("encoder-bracket.stl");
    color([0.35, 0.37, 0.42]) translate([-45, -91, -10]) cube([90, 25, 115]);
}

// Along x: shackle, eye bolt, cell, eye bolt, shackle; the tether runs from shackle to shackle.
module eye_bolt() {
    color(metal) {
        rotate([0, 90, 0]) cylinder(d = 12, h = 34);
        translate([46, 0, 0]) rotate_extrude() translate([15, 0]) circle(d = 11);
        translate([6, 0, 0]) rotate([0, 90, 0]) cylinder(d = 22, h = 9, $fn = 6);
    }
}

module shackle() {
    color([0.55, 0.57, 0.62]) {
        translate([0, -17, -26]) cylinder(d = 11, h = 26);
        translate([0, 17, -26]) cylinder(d = 11, h = 26);
        rotate([90, 0, 90]) rotate_extrude(angle = 180) translate([17, 0]) circle(d = 11);
        translate([0, 32, -26]) rotate([90, 0, 0]) cylinder(d = 12, h = 66);
        translate([0, 36, -26]) rotate([90, 0, 0]) cylinder(d = 20, h = 7);
    }
}

module tether() {
    color([0.75, 0.2, 0.2]) for (t = [0:4:176]) hull() for (u = [t, t + 4])
        translate([158 * cos(u), 0, 70 * sin(u)]) sphere(d = 6, $fn = 16);
    // the machine's cable, with the tether's ends clamped on it outside of both shackles
    for (side = [0, 180]) rotate(side) {
        color(black) translate([118, 0, 0]) rotate([0, 90, 0]) cylinder(d = 6, h = 80);
        color(metal) translate([151, -8, -9]) cube([14, 16, 18]);
    }
}

module load_cell_chain() {
    color([0.7, 0.72, 0.76]) difference() {
        translate([-32, -13, -26]) cube([64, 26, 52]);
        for (z = [-16, 11]) translate([z < 0 ? -33 : -20, -14, z]) cube([53, 28, 5]);
    }
    for (side = [0, 180]) rotate(side) translate([32, 0, 0]) {
        eye_bolt();
        translate([66, 0, 0]) rotate([0, 90, 0]) rotate(90) shackle();
    }
    color(black) translate([0, -14, -8]) rotate([90, 0, 0]) cylinder(d = 5, h = 40);
    tether();
}

if (step == 1) { color(print) import("cuff-body.stl"); translate([3.6, 5.2, 26]) imu(); }
else if (step == 2) {
    color(print) import("cuff-body.stl");
    translate([3.6, 5.2, 2.8]) imu();
    translate([3.7, 19.4, 30]) endpoint();
}
else if (step == 3) clip(22);
else if (step == 4) worn();
else if (step == 5) { pulley(); encoder_head(26); }
else if (step == 6) encoder_on_frame();
else if (step == 7) stack_inside(true);
else if (step == 10) load_cell_chain();
else if (step == 8) { stack_inside(true); stack_closed(45); }
else { stack_inside(true); stack_closed(0); }
