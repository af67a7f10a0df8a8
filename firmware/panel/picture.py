"""The picture: the view at a moment of session time as 128 by 64 pixels, lit or dark."""

from PIL import Image

from firmware.panel.screens import HEIGHT, WIDTH, screen
from firmware.panel.view import PanelView


def picture(view: PanelView, session_s: float) -> Image.Image:
    """Return the image for the display, in Pillow's mode "1"; a function of its arguments alone."""
    image = Image.new("1", (WIDTH, HEIGHT))
    for item in screen(view, session_s):
        item.draw(image)
    return image
