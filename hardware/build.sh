#!/usr/bin/env bash
# Makes everything in hardware/ that is made from a source: wiring, STL files, pictures; then notes by which
# sources, in generated.sha256. Takes half a minute. Needs what `deploy/prepare.sh test` installs, and of Debian
# xvfb, xauth and fonts-dejavu-core.
#   bash hardware/build.sh
set -euo pipefail
cd "$(dirname "$0")"
PATH="$PWD/../.venv/bin:$PATH"

stl() {  # NAME SOURCE SETTING...
    local name=$1 source=$2 settings=()
    shift 2
    for each in "$@"; do settings+=(-D "$each"); done
    echo "parts/$name.stl"
    openscad -q --export-format binstl -o "parts/$name.stl" "${settings[@]}" "parts/$source.scad"
}

picture() {  # NAME SOURCE CAMERA SETTING...
    local name=$1 source=$2 camera=$3 settings=()
    shift 3
    for each in "$@"; do settings+=(-D "$each"); done
    echo "pictures/$name.png"
    xvfb-run -a openscad -q -o "pictures/$name.png" --imgsize 1600,1200 --viewall --autocenter \
        --colorscheme Tomorrow --camera "0,0,0,$camera,0" "${settings[@]}" "parts/$source.scad"
    python3 - "pictures/$name.png" <<'CROP'
import sys
from PIL import Image, ImageChops
picture = Image.open(sys.argv[1]).convert("RGB")
ground = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
left, top, right, bottom = ImageChops.difference(picture, ground).getbbox()
picture.crop((left - 20, top - 20, right + 20, bottom + 20)).save(sys.argv[1])
CROP
}

for each in stack-unit load-cell ankle panel; do
    echo "wiring/$each"
    wireviz -f sp -o wiring "wiring/$each.yml" >/dev/null
done

stl cuff-body cuff 'part="body"'
stl cuff-lid cuff 'part="lid"'
stl encoder-bracket encoder 'part="bracket"'
stl encoder-carriage encoder 'part="carriage"'
stl encoder-carrier encoder 'part="carrier"'
stl stack-body-four stack 'part="body"' 'board="four"'
stl stack-body-zero stack 'part="body"' 'board="zero"'
stl stack-lid stack 'part="lid"'

picture cuff-1-sensor assembly 50,0,150 step=1
picture cuff-2-cable-end assembly 50,0,25 step=2
picture cuff-3-lid assembly 55,0,25 step=3
picture cuff-4-worn assembly 75,0,20 step=4
picture encoder-1-magnet assembly 75,0,25 step=5
picture encoder-2-bracket assembly 60,0,145 step=6
picture load-1-chain assembly 65,0,20 step=10
picture stack-1-boards assembly 40,0,15 step=7
picture stack-2-lid assembly 60,0,15 step=8
picture stack-3-closed assembly 40,0,10 step=9

echo pictures/header.svg
python3 pictures/header.py > pictures/header.svg

sha256sum wiring/*.{yml,svg,png} parts/*.{scad,stl} pictures/*.{png,svg,py} build.sh > generated.sha256
