"""Policy: what a browser may do with the page, said in the headers of every answer."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def headers(websocket: str) -> Mapping[str, str]:
    """The headers for a page that talks to one broker, `ws://` or `wss://` with host and port.

    Nothing is loaded from anywhere but the page's own address, no script or style stands in the markup, no
    text becomes markup, and nothing is sent anywhere but to the broker.
    """
    parts = urlsplit(websocket)
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "manifest-src 'self'",
        f"connect-src 'self' {parts.scheme}://{parts.netloc}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
