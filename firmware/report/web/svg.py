"""SVG: elements as text, for drawings as wide as a phone that grow with the page."""

from html import escape

WIDTH = 360
"""Width of a drawing in its own units, about the pixels of a phone: letters of 12 are legible there."""

LETTERS = 12
SMALL_LETTERS = 10.5


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return one element; `_` in a name stands for `-`, and numbers are written to a hundredth."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(v)}"' for key, v in attributes.items())
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def drawing(parts: list[str], height: float, said: str, *, width: float = WIDTH, fixed: bool = False) -> str:
    """Return a drawing that says in words what it shows. `fixed`: as wide as it is, wherever it stands."""
    size = {"width": f"{width:g}", "height": f"{height:g}"} if fixed else {"width": "100%"}
    return element(
        "svg",
        element("title", escape(said)) + "".join(parts),
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=said,
        font_size=LETTERS,
        **size,
    )


def text(x: float, y: float, content: str, /, **attributes: object) -> str:
    """Return a text whose baseline begins at the place, unless `text_anchor` says otherwise."""
    return element("text", escape(content), x=x, y=y, **attributes)


def rectangle(x: float, y: float, width: float, height: float, /, **attributes: object) -> str:
    """Return a rectangle."""
    return element("rect", x=x, y=y, width=max(0.0, width), height=height, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, /, **attributes: object) -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def path(points: list[tuple[float, float]], *, closed: bool = False, **attributes: object) -> str:
    """Return a line through points."""
    steps = " ".join(f"{'L' if i else 'M'}{_value(x)} {_value(y)}" for i, (x, y) in enumerate(points))
    return element("path", d=steps + ("Z" if closed else ""), **attributes)


def _value(value: object) -> str:
    if isinstance(value, float):
        written = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if written == "-0" else written
    return escape(str(value))
