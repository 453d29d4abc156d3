"""One worker with four threads, a hundred clients that send slowly: whoever sends at once is answered at once."""

from __future__ import annotations

import json
import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.api.serving import running
from tierscore.api.receiving import TOO_SLOW

SECONDS = 4
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /api/v1/what-if HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BODY = b'{"edits": []}'
SLOW = {
    "half a head": GET,
    "half a body": POST + b"Content-Length: 100\r\n\r\n{",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{",
    "nothing": b"",
    "does not close": GET + b"Connection: close\r\n\r\n",
}
TOLD = ("half a head", "half a body", "half a chunk")


@pytest.fixture(scope="module")
def address(migrated_file: Path) -> Iterator[str]:
    """One worker; nothing that is asked here needs data."""
    settings = {"DATABASE_URL": f"sqlite:///{migrated_file}", "TIERSCORE_REQUEST_SECONDS": str(SECONDS)}
    with running({**os.environ, **settings}, 1) as (url, _):
        yield url


def connected(address: str, sent: bytes) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=30)
    client.sendall(sent)
    return client


def answered(client: socket.socket) -> bytes:
    """What one answer says, its head and its body."""
    stream = client.makefile("rb")
    head = b"".join(iter(stream.readline, b"\r\n"))
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return head + b"\r\n" + stream.read(length)


def test_a_hundred_slow_clients_keep_nobody_waiting(address: str) -> None:
    slow = {name: [connected(address, sent) for _ in range(20)] for name, sent in SLOW.items()}
    statuses = [requests.get(f"{address}/healthz", timeout=30).status_code for _ in range(20)]
    waiting = [client for name in TOLD for client in slow[name]]
    told, _, _ = select.select(waiting, [], [], 0)
    assert (statuses, told) == ([200] * 20, [])
    for client in waiting:
        assert answered(client) == TOO_SLOW
    assert [client.recv(1) for client in slow["nothing"]] == [b""] * 20
    for client in (client for clients in slow.values() for client in clients):
        client.close()


def test_what_they_are_told() -> None:
    head, _, body = TOO_SLOW.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json\r\n")
    assert (problem["type"], problem["status"], problem["errors"]) == ("/problems/too-slow", 408, [])


def test_a_request_in_single_bytes(address: str) -> None:
    with connected(address, b"") as client:
        for byte in GET + b"\r\n":
            client.send(bytes([byte]))
        assert answered(client).startswith(b"HTTP/1.1 200 OK")


def test_requests_that_come_together_are_answered_in_their_order(address: str) -> None:
    counted = POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
    with connected(address, GET + b"\r\n" + counted + GET + b"\r\n" + GET) as client:
        stream = client.makefile("rb")
        client.sendall(b"\r\n")
        lines = []
        while len(lines) < 4:
            line = stream.readline()
            lines += [line.split()[1]] if line.startswith(b"HTTP/1.1") else []
    assert lines == [b"200", b"422", b"200", b"200"]  # the database has no framework


def test_a_client_that_waits_for_the_word(address: str) -> None:
    expecting = POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    with connected(address, expecting) as client:
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BODY)
        assert answered(client).startswith(b"HTTP/1.1 422")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 70_000, b"431"),
        (POST + b"Content-Length: 99999999\r\n\r\n", b"413"),
        (GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", b"400"),
    ],
    ids=["endless head", "too large a body", "two lengths", "wrong chunks"],
)
def test_what_is_refused_without_waiting_for_the_rest(address: str, sent: bytes, status: bytes) -> None:
    with connected(address, sent) as client:
        told = answered(client)
        assert told.split()[1] == status
        assert client.recv(1) == b""


def test_a_large_body_comes_through_whole(address: str) -> None:
    """Over a file, since it is kept there while it comes."""
    edits = [{"op": "set", "region": "CN-SC", "indicator": "gdp", "value": number} for number in range(9000)]
    answer = requests.post(f"{address}/api/v1/what-if", json={"edits": [*edits, "last"]}, timeout=30)
    assert answer.status_code == 422
    assert {"/edits/9000", "/edits"} & {error["pointer"] for error in answer.json()["errors"]}
