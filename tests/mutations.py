"""Requests that are nearly right: a valid one with one to three things changed, the same ones for the same seed."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

JSON = "application/json"
Json = Any

DOCUMENT = {
    "schema_version": 1, "id": "small", "version": "1", "title": {"zh": "例", "en": "Example"},
    "scale": {"min": 0, "max": 1},
    "tiers": [{"code": "low", "title": {"zh": "低", "en": "Low"}, "score": 0},
              {"code": "high", "title": {"zh": "高", "en": "High"}, "score": 0.5}],
    "indicators": [
        {"code": "labs", "title": {"zh": "实验室", "en": "Laboratories"}, "unit": "laboratories",
         "direction": "higher_is_better", "normalise": {"method": "minmax"}},
    ],
    "index": {"code": "index", "children": [{"indicator": "labs", "weight": 1}]},
    "sort": {"method": "score_bands"},
}  # fmt: skip
EDIT = {"op": "add", "region": "CN-SC", "indicator": "unicorns", "value": 2}
ROW = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70, "status": "A", "note": "甲"}
CSV = b"region,indicator,period,value\nCN-SC,gdp,2021,1\n"

HOSTILE: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, 10**30, 2**63, "", " ", "0", "CN-SC", "cn-sc", "四川", "\x00",
    "\u202e", "a" * 5000, "../../etc/passwd", "' OR 1=1 --", "{{7*7}}", "%s%n", "=1+1", "NaN", "null", [], [[]], {},
    {"": 0}, {"__proto__": 1}, [None] * 50, "2021-13-45", "1e999", "9" * 400, "-", "*", "1/0", "∞",
)  # fmt: skip
RAW: tuple[bytes, ...] = (
    b"", b"{", b"[" * 40, b"NaN", b'{"a":1,"a":2}', b"\xff\xfe", b'{"a":"\\ud800"}', b"null", b"[]", b'"', b"1e999",
    b"\x00", b"{}", b"9" * 5000,
)  # fmt: skip
HEADERS = {
    "Content-Type": ("text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-16", ""),
    "Content-Encoding": ("gzip", "br", "identity, gzip", ""),
    "Accept-Language": ("zh;q=x", "*;q=0", "x" * 3000, "zh-Hans-CN, en;q=9", ""),
    "If-None-Match": ("*", '"', 'W/"x"', "x" * 3000, '"a", "b"'),
    "If-Match": ("*", '"', 'W/"x"', ""),
    "X-Request-ID": ("x" * 300, "a b", "\x7f"),
    "Range": ("bytes=0-1", "bytes=-9999999999999999999", "x"),
    "Accept": ("text/html", "x", "*/*;q=0"),
    "Expect": ("x",),
    "Authorization": ("Bearer", "Bearer x", "Bearer " + "x" * 3000, "Basic eDp4", "Digest x", "x", ""),
    "Origin": ("null", "https://evil.example"),
    "X-HTTP-Method-Override": ("DELETE",),
}  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "x")


@dataclass(frozen=True)
class Request:
    """One request; a body is values to be written as JSON, or bytes as they are, or a file of a form."""

    method: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None
    raw: bytes | None = None
    file: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, client: FlaskClient) -> TestResponse:
        """The answer of an application."""
        path = "/" + "/".join(quote(part, safe="") for part in self.path)
        url = f"{path}?{urlencode(self.query)}" if self.query else path
        if self.file is not None and self.raw is None:
            form = {"file": (io.BytesIO(self.file), "metrics.csv"), "dry_run": "true"}
            return client.open(url, method=self.method, data=form, headers=self.headers)
        body = self.raw if self.raw is not None else None if self.body is None else written(self.body)
        given = {} if body is None else {"Content-Type": JSON}
        return client.open(url, method=self.method, data=body, headers={**given, **self.headers})


def written(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=True).encode()


def api(*path: str) -> tuple[str, ...]:
    return ("api", "v1", *path)


VALID = (
    Request("GET", ("healthz",)), Request("GET", ("readyz",)), Request("GET", ("metrics",)),
    Request("GET", ("openapi.json",)), Request("GET", ("docs",), (("lang", "zh"),)),
    Request("GET", api("regions"), (("page", "1"), ("page_size", "5"))), Request("GET", api("regions", "CN-SC")),
    Request("GET", api("groups")), Request("GET", api("indicators")), Request("GET", api("frameworks")),
    Request("GET", api("frameworks", "cn-innovation-centre", "2021.1")), Request("GET", api("levers")),
    Request("GET", api("frameworks", "cn-innovation-centre", "2021.1", "audit"), (("period", "2021"),)),
    Request("GET", api("observations"), (("region", "CN-SC"), ("period", "2021"), ("as_of", "2"), ("history", "true"))),
    Request("GET", api("observations", "template"), (("period", "2021"), ("region", "CN-SC"))),
    Request("GET", api("assessments"), (("period", "2021"), ("as_of", "2022-06-30"), ("region", "CN-SC"))),
    Request("GET", api("assessments", "CN-CY"), (("integration", "0.5"), ("target", "regional"))),
    Request("GET", api("assessments", "CN-SC", "trace"), (("period", "2021"),)),
    Request("GET", api("panel"), (("period", "2021"), ("period", "2022"), ("bounds", "common"))),
    Request("GET", api("comparisons"), (("region", "CN-SC"), ("region", "CN-CY"), ("since", "2020"))),
    Request("GET", api("reports", "comparison"), (("region", "CN-SC"), ("format", "csv"), ("lang", "zh"))),
    Request("GET", api("reports", "scenarios", "x"), (("format", "json"),)),
    Request("GET", api("audit"), (("since", "1"),)),
    Request("GET", api("revisions")), Request("GET", api("coverage")), Request("GET", api("scenarios")),
    Request("GET", api("scenarios", "compare"), (("id", "x"),)), Request("GET", api("uncertainty", "x")),
    Request("POST", api("what-if"), body={"edits": [EDIT], "regions": ["CN-SC"], "period": 2021}),
    Request("POST", api("what-if"), body={"edits": [], "groups": [{"code": "CN-CY", "integration": 0.5}],
                                          "framework_edits": [{"op": "set_cut", "value": 0.2}]}),
    Request("POST", api("paths"), body={"region": "CN-SC", "costs": {"unicorns": 2}, "time_limit": 0.05,
                                        "alternatives": 0, "tolerance": 0.5}),
    Request("POST", api("uncertainty"), body={"regions": ["CN-SC"], "samples": 16, "seed": 1, "factors": ["weights"]}),
    Request("POST", api("assessments", "evaluate"),
            body={"framework": DOCUMENT, "units": [{"code": "A", "values": {"labs": 2}},
                                                   {"code": "B", "values": {"labs": 5}}]}),
    Request("POST", api("observations"), body={"observations": [ROW], "mode": "partial", "dry_run": True}),
    Request("POST", api("observations", "import"), file=CSV),
    Request("POST", api("scenarios"), body={"title": "甲", "author": "a", "edits": [EDIT]}),
    Request("PUT", api("scenarios", "x"), body={"title": "甲", "edits": []}, headers={"If-Match": '"x"'}),
    Request("DELETE", api("scenarios", "x"), headers={"If-Match": '"x"'}),
    Request("POST", api("groups"),
            body={"code": "G-1", "name": {"zh": "甲", "en": "A"}, "members": ["CN-SC", "CN-CQ"]}),
    Request("DELETE", api("groups", "CN-CY")),
    Request("GET", api("events"), (("since", "3"), ("page_size", "5"))), Request("GET", ("problems", "stale")),
    Request("POST", api("frameworks"), body=DOCUMENT),
)  # fmt: skip


def mutated(seed: int, number: int) -> Iterator[Request]:
    """So many requests."""
    random = Random(seed)
    for _ in range(number):
        request = random.choice(VALID)
        for _ in range(random.randint(1, 3)):
            request = random.choice(CHANGES)(random, request)
        yield request


def _other_method(random: Random, request: Request) -> Request:
    return replace(request, method=random.choice(METHODS))


def _other_path(random: Random, request: Request) -> Request:
    parts = list(request.path)
    parts[random.randrange(len(parts))] = as_text(random.choice(HOSTILE))[:600] or "-"
    return replace(request, path=tuple(parts))


def _other_query(random: Random, request: Request) -> Request:
    pairs = list(request.query)
    names = [name for name, _ in pairs] + ["page", "as_of", "period", "framework", "version", "region", "x", ""]
    pair = (random.choice(names), as_text(random.choice(HOSTILE)))
    place = random.randint(0, len(pairs))
    return replace(request, query=(*pairs[:place], pair, *pairs[place + random.randint(0, 1) :]))


def _other_header(random: Random, request: Request) -> Request:
    name = random.choice(list(HEADERS))
    return replace(request, headers={**request.headers, name: random.choice(HEADERS[name])})


def _other_value(random: Random, request: Request) -> Request:
    """Something else at some place of the body; or a key more, or one less."""
    if not isinstance(request.body, dict):
        return replace(request, body={"x": random.choice(HOSTILE)})
    body = copy.deepcopy(request.body)
    holder, key = random.choice(list(places(body)))
    how = random.random()
    if how < 0.7:
        holder[key] = random.choice(HOSTILE)
    elif how < 0.85:
        del holder[key]
    elif isinstance(holder, dict):
        holder[as_text(random.choice(HOSTILE))] = random.choice(HOSTILE)
    else:
        holder.append(holder[key])
    return replace(request, body=body if body else None)


def _other_bytes(random: Random, request: Request) -> Request:
    """The body as bytes, some of them lost, doubled or changed; or other bytes altogether."""
    content = request.file or (request.raw if request.body is None else written(request.body)) or b""
    if not content or random.random() < 0.3:
        return replace(request, raw=random.choice(RAW))
    start, end = sorted(random.choices(range(len(content) + 1), k=2))
    changed = random.choice((b"", content[start:end] * 2, random.randbytes(4), b'"', b"]", b","))
    if request.file is not None:
        return replace(request, file=content[:start] + changed + content[end:])
    return replace(request, raw=content[:start] + changed + content[end:])


CHANGES: tuple[Callable[[Random, Request], Request], ...] = (
    _other_method, _other_path, _other_query, _other_query, _other_header, _other_value, _other_value, _other_value,
    _other_bytes,
)  # fmt: skip


def places(value: Json) -> Iterator[tuple[Any, Any]]:
    """Every place of a body: what holds it, and its key or number there."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
