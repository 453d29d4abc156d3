"""What is kept: bounded by number or by size, and counted."""

from __future__ import annotations

from tierscore.services.kept import Kept


def test_the_least_recently_used_leaves_first() -> None:
    kept = Kept[str](2)
    for key in "aba":
        kept.get(key, lambda: "first")
    kept.get("c", lambda: "first")
    assert [kept.get(key, lambda: "second") for key in "ab"] == ["first", "second"]


def test_hits_misses_and_seconds_are_counted() -> None:
    kept = Kept[int](2)
    for _ in range(3):
        kept.get("a", lambda: 1)
    assert kept.find("b") is None
    kept.put("b", 2, 0.5)
    assert kept.find("b") == 2
    assert (kept.usage.hits, kept.usage.misses) == (3, 2)
    assert 0.5 <= kept.usage.seconds < 1


def test_a_measure_bounds_the_sum() -> None:
    kept = Kept[bytes](10, len)
    for key, size in (("a", 6), ("b", 6), ("c", 11)):
        kept.put(key, b"x" * size, 0)
    assert [kept.find(key) is not None for key in "abc"] == [False, True, False]


def test_small_values_are_bounded_in_number_too() -> None:
    kept = Kept[bytes](10, len, 3)
    for key, size in (("a", 0), ("b", 1), ("c", 2), ("d", 1)):
        kept.put(key, b"x" * size, 0)
    assert [kept.find(key) is not None for key in "abcd"] == [False, False, True, True]  # of 4 at least
    kept.put("e", b"x" * 9, 0)
    assert [kept.find(key) is not None for key in "cde"] == [False, False, True]
