"""What foreign pages may do with the server: neither frame the app nor talk to it."""

import re
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    # A link out would tell the address, and the address of a run is what opens it.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Streamlit's and Vega's scripts compile expressions; nothing is loaded from anywhere else.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self' data: blob:",
    "frame-src": "'self' data: blob:",
    "frame-ancestors": "'self'",
    "form-action": "'self'",
    "base-uri": "'self'",
    "object-src": "'none'",
}
_HOST = re.compile(rb"[A-Za-z0-9.:\[\]-]{1,255}")


class SafeHeaders:
    """ASGI middleware that adds `HEADERS` and `POLICY` to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = _policy(scope)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class OwnPagesOnly:
    """ASGI middleware that lets no page of another server open a WebSocket.

    Streamlit would refuse most of them, too, but compares each with this machine's address on the
    internet first, for which it asks another server while everybody waits.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _is_own(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.app(scope, receive, send)


def _is_own(scope: Scope) -> bool:
    """Whether a request comes from a page of this server, or from no page at all."""
    headers = dict(scope["headers"])
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    try:
        return b"origin" not in headers or urlsplit(origin).netloc == host
    except ValueError:  # of half an IPv6 address
        return False


def _policy(scope: Scope) -> str:
    """The policy; not every browser counts a WebSocket to the same host as 'self'."""
    host = dict(scope["headers"]).get(b"host", b"")
    policy = dict(POLICY)
    if _HOST.fullmatch(host):
        policy["connect-src"] += f" ws://{host.decode()} wss://{host.decode()}"
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())
