"""The app's own style sheet, in the page from its first byte.

Streamlit's st.html brings one with code that comes seconds after the first heading on a slow
machine: room that is to be kept free until controls are drawn would come after them.
"""

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHEET = Path(__file__).with_suffix(".css")
_HEAD = b"</head>"


class Styled:
    """ASGI middleware that writes the style sheet into the head of each page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.style = b"<style>\n" + SHEET.read_bytes() + b"</style>\n" + _HEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _asks_for_page(scope):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_styled(message: Message) -> None:
            nonlocal start, body
            if _begins_page(message):
                start = message
            elif start is None:  # a file that is saved, such as a report
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    body = body.replace(_HEAD, self.style, 1)
                    await send(_resized(start, len(body)))
                    await send({"type": "http.response.body", "body": body})

        await self.app(_plain(scope), receive, send_styled)


def _asks_for_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _plain(scope: Scope) -> Scope:
    """The request, for an answer that is whole and not compressed."""
    cut = (b"accept-encoding", b"if-none-match", b"if-modified-since")
    return scope | {"headers": [pair for pair in scope["headers"] if pair[0] not in cut]}


def _begins_page(message: Message) -> bool:
    if message["type"] != "http.response.start":
        return False
    headers = Headers(raw=message["headers"])
    is_saved = "content-disposition" in headers
    return headers.get("content-type", "").startswith("text/html") and not is_saved


def _resized(start: Message, length: int) -> Message:
    """The start of the answer with its new length, and without what told the old one's version."""
    headers = MutableHeaders(raw=list(start["headers"]))
    for name in ("etag", "last-modified", "accept-ranges"):
        del headers[name]
    headers["content-length"] = str(length)
    return start | {"headers": headers.raw}
