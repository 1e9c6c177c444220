"""The style sheet is in each page, and nothing else is touched."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response

from ui.sheet import SHEET, Styled

PAGE = "<html><head></head><body>…</body></html>"


def answered(media_type: str, accept: str = "text/html,*/*", method: str = "GET", **headers: str):
    """The headers and the text that come of a response with a page in it."""
    said = []

    async def send(message):
        said.append(message)

    asked = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": method, "headers": asked}
    response = Response(PAGE, media_type=media_type, headers={"etag": "of the old"} | headers)
    # A thread of its own: the browser tests of this worker leave a running loop in theirs.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, Styled(response)(scope, None, send)).result()
    return Headers(raw=said[0]["headers"]), b"".join(m["body"] for m in said[1:]).decode()


def test_a_page_bears_the_sheet_in_its_head_and_its_new_length():
    headers, text = answered("text/html")
    assert SHEET.read_text() in text.partition("</head>")[0]
    assert int(headers["content-length"]) == len(text.encode())
    assert "etag" not in headers


@pytest.mark.parametrize(
    "asked", [("text/csv",), ("text/html", "*/*"), ("text/html", "text/html", "HEAD")]
)
def test_a_file_a_script_and_a_look_at_the_headers_get_what_there_is(asked):
    headers, text = answered(*asked)
    assert text == PAGE and headers["etag"] == "of the old"


def test_a_report_is_saved_as_it_was_written():
    name = "attachment; filename=report.html"
    assert answered("text/html", **{"content-disposition": name})[1] == PAGE
