"""Who may talk to the server: pages of its own, and what is no page."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.server import OwnPagesOnly

HOST = "127.0.0.1:8501"
FOREIGN = ["http://evil.example", "null", "", "http://[", f"http://{HOST}.evil.example", "file://"]
FOREIGN += [f"http://{HOST}@evil.example", "http://127.0.0.1:1", "\xff", HOST, "http://127.0.0.1"]


def answered(kind, **headers):
    """What becomes of a request: "let in", or the type of the only message sent."""
    said = []

    async def app(scope, receive, send):
        said.append("let in")

    async def send(message):
        said.append(message["type"])

    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    request = OwnPagesOnly(app)({"type": kind, "headers": pairs}, None, send)
    # A thread of its own: the browser tests of this worker leave a running loop in theirs.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, request).result()
    (only,) = said
    return only


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_server_opens_no_socket(origin):
    assert answered("websocket", host=HOST, origin=origin) == "websocket.close"


def test_pages_of_this_server_and_what_is_no_page_are_let_in():
    for host in (HOST, "localhost:8501", "mist.example.org", "[::1]:8501"):
        assert answered("websocket", host=host, origin=f"https://{host}") == "let in"
        assert answered("websocket", host=host) == "let in"
    assert answered("http", host=HOST, origin=FOREIGN[0]) == "let in"
