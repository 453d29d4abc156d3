"""Where a request ends, however it is cut on its way, and how long it may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tierscore.api import arrival
from tierscore.api.arrival import Arrival, HeadTooLarge

Arriving = Callable[..., Arrival]

START = b"POST /x HTTP/1.1\r\nHost: x\r\n"
WHOLE = {
    "no body": b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n",
    "counted": START + b"Content-Length: 5\r\n\r\nhello",
    "counted, in other letters": START + b"content-LENGTH:5 \r\n\r\nhello",
    "counted twice alike": START + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "empty": START + b"Content-Length: 0\r\n\r\n",
    "chunked": START + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0\r\n\r\n56789\r\n0\r\n\r\n",
    "chunked with trailers": START + b"Transfer-Encoding: gzip, Chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\nY: 2\r\n\r\n",
}
DOUBTFUL = {
    "two lengths": START + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "no length": START + b"Content-Length: many\r\n\r\n",
    "a chunk of no size": START + b"Transfer-Encoding: chunked\r\n\r\nhello\r\n",
    "an endless chunk line": START + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 9000,
}


@pytest.fixture
def arriving() -> Iterator[Arriving]:
    """Makes arrivals, whose files are closed after the test."""
    made: list[Arrival] = []

    def make(data: bytes = b"") -> Arrival:
        made.append(Arrival(data))
        return made[-1]

    yield make
    for found in made:
        found.close()


def read(found: Arrival) -> bytes:
    found.begin_reading()
    return found.read()


@pytest.mark.parametrize("request_bytes", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_it_is_whole_with_its_last_byte_and_not_before(arriving: Arriving, request_bytes: bytes, size: int) -> None:
    found = arriving()
    for start in range(0, len(request_bytes), size):
        assert not found.is_ready
        found.add(request_bytes[start : start + size])
    assert found.is_whole
    assert read(found) == request_bytes


@pytest.mark.parametrize("request_bytes", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_has_no_end_that_can_be_found_is_left_to_the_parser(arriving: Arriving, request_bytes: bytes) -> None:
    found = arriving(request_bytes)
    assert found.is_ready
    assert read(found) == request_bytes


def test_what_comes_beyond_it_is_the_next_one(arriving: Arriving) -> None:
    first, second = WHOLE["counted"], WHOLE["no body"]
    found = arriving(first + second[:9])
    found.begin_reading()
    assert found.is_whole
    assert found.read(len(first)) == first
    assert found.read() == second[:9]


def test_a_body_that_is_too_large_is_not_waited_for(arriving: Arriving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "LARGEST_BODY", 100)
    announced = arriving(START + b"Expect: 100-continue\r\nContent-Length: 101\r\n\r\n")
    assert (announced.is_ready, announced.is_whole, announced.wants_word) == (True, False, False)
    chunks = arriving(START + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n")
    assert not chunks.is_ready
    chunks.add(b"x" * (arrival.LARGEST_HEAD + 101))
    assert (chunks.is_ready, chunks.is_whole) == (True, False)


def test_headers_without_an_end(arriving: Arriving) -> None:
    found = arriving(START)
    with pytest.raises(HeadTooLarge):
        found.add(b"x" * arrival.LARGEST_HEAD)


def test_the_word_that_a_client_waits_for_is_asked_for_once(arriving: Arriving) -> None:
    found = arriving(START + b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n")
    assert (found.wants_word, found.is_ready) == (True, False)
    found.add(b"hello")
    assert read(found) == WHOLE["counted"]
    told = arriving(START + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello")
    assert (told.wants_word, told.is_ready) == (False, True)


def test_a_body_that_comes_steadily_has_longer(arriving: Arriving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "monotonic", lambda: 1000.0)
    silent = arriving()
    assert silent.due(30, 5) == 1005
    monkeypatch.setattr(arrival, "monotonic", lambda: 1004.0)
    silent.add(START + b"Content-Length: 9999999\r\n\r\n")
    silent.add(b"x" * (640 * 1024 - silent.size))
    assert silent.due(30, 5) == 1004 + 30 + 10


def test_what_is_large_is_kept_in_a_file(arriving: Arriving) -> None:
    body = bytes(range(256)) * 1024
    found = arriving(START + b"Content-Length: %d\r\n\r\n" % len(body))
    for start in range(0, len(body), 10_000):
        found.add(body[start : start + 10_000])
    assert found.is_whole
    assert read(found).endswith(b"\r\n\r\n" + body)
