"""Amounts: loads and lengths as a person writes and reads them."""

from firmware.errors import BadInputError

STANDARD_GRAVITY = 9.80665


def newtons(text: str) -> float:
    """Read a load, `20`, `20 kg` or `196 N`, with a point or a comma; raise BadInputError."""
    number = text.strip().replace(",", ".")
    factor = STANDARD_GRAVITY
    if number[-1:] in "nN" and number:
        number, factor = number[:-1], 1.0
    elif number[-2:].lower() == "kg":
        number = number[:-2]
    try:
        value = float(number) * factor
    except ValueError:
        value = float("nan")
    if not 0.0 < value < 1e6:
        raise BadInputError(f"{text!r} is no load; write kilograms, 20 or 20 kg, or newtons, 196 N")
    return value


def metres(text: str) -> float:
    """Read a length, `1.2`, `1.2 m` or `120 cm`, with a point or a comma; raise BadInputError."""
    number, factor = text.strip().lower().replace(",", "."), 1.0
    for unit, size in (("cm", 0.01), ("mm", 0.001), ("m", 1.0)):
        if number.endswith(unit):
            number, factor = number.removesuffix(unit), size
            break
    try:
        return float(number) * factor
    except ValueError:
        raise BadInputError(f"{text!r} is no length; write metres, 1.2 or 1.2 m, or 120 cm") from None


def in_both_units(force_n: float) -> str:
    """A force (N) in kilograms and newtons."""
    return f"{force_n / STANDARD_GRAVITY:.4g} kg ({force_n:.4g} N)"


def percent(share: float) -> str:
    """A share in percent."""
    value = 100.0 * share
    return f"{value:.0f} %" if abs(value) >= 10.0 else f"{value:.3g} %"
