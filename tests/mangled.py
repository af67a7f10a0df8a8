"""Valid bytes made invalid: bits flipped, pieces cut out, repeated or replaced by what confuses readers."""

from hypothesis import strategies as st

PIECES = (
    b"\0", b"\n", b"\r", b"\x1b[2J", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"\\n", b"\\",
    b'"', b"'", b"`", b",", b",,", b";", b"=", b".", b"{", b"}", b"[", b"]", b'"a\\nb": 1,', b'"a\\nb" = 1\n',
    b"nan", b"inf", b"-inf", b"1e999", b"-1e-999", b"-0.0", b"9" * 5000, b"1_0", b"0x10", b"true",
    b"null", b"{}", b"1979-05-27T07:32:00Z",
    b"[" * 1200, b'{"a":' * 1200, b"a." * 1200, b"\xe2\x80\xa8", b"\xc2\x85", b" - at `$.x`",
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn, *valid: bytes) -> bytes:
    """Return one of some valid files after one to four injuries, or bytes that never were one."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(valid))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.sampled_from((0, 1, 2, 7, 64, len(data)))), len(data))
        injury = draw(st.sampled_from(("flip", "cut", "repeat", "replace", "end")))
        if injury == "flip" and start < len(data):
            flipped = data[start] ^ 1 << draw(st.integers(0, 7))
            data = data[:start] + bytes([flipped]) + data[start + 1 :]
        elif injury == "cut":
            data = data[:start] + data[end:]
        elif injury == "repeat":
            data = data[:start] + data[start:end] * draw(st.integers(2, 4)) + data[end:]
        elif injury == "replace":
            data = data[:start] + draw(st.sampled_from(PIECES)) + data[end:]
        elif injury == "end":
            data = data[:start]
    return data
