"""In a real browser: nothing of an address acts, nothing leaves the machine, nobody frames it."""

import http.server
import threading
import urllib.parse
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
HOSTILE = (
    "mtest/![zq](http://zq.example/p.png) [zq](http://zq.example) www.zq.example zq@zq.example"
)
PATIENCE = 60_000  # milliseconds


def test_every_answer_refuses_foreign_frames_and_foreign_sources(address):
    for path in ("/", "/benchmark", "/_stcore/health", "/nowhere"):
        with urllib.request.urlopen(f"{address}{path}") as answer:
            assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_page_of_another_server_opens_no_socket(address):
    stream = address.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(InvalidStatus, match="403"):
        connect(stream, subprotocols=["streamlit"], origin="http://zq.example")
    with connect(stream, subprotocols=["streamlit"], origin=address) as socket:
        assert socket.subprotocol == "streamlit"


def test_a_link_with_markdown_in_it_shows_letters_and_asks_nobody(address, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/?dataset={urllib.parse.quote(HOSTILE)}")
    page.get_by_text("No benchmark has a dataset").wait_for(timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    assert page.locator("a[href*='zq']").count() == 0
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_a_foreign_page_cannot_frame_the_app(address, page):
    class Foreign(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<h1>Foreign</h1><iframe src="{address}/home"></iframe>'.encode())

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Foreign) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_load_state("networkidle")
        (frame,) = page.frames[1:]
        assert "mutual information" not in frame.content()
        server.shutdown()
