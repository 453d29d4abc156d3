"""Texts as places in a list of names say what the texts say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tierscore.engine.labels import Labels

WORDS = st.lists(st.sampled_from(["", "A", "E", "yearbook"]), max_size=12)


@given(WORDS, WORDS)
def test_every_operation_is_that_of_the_texts(words: list[str], more: list[str]) -> None:
    texts, labels = np.array(words, dtype=object), Labels.of(np.array(words, dtype=object))
    assert labels.texts.tolist() == words
    assert [labels[place] for place in range(len(words))] == words
    assert labels.are("A").tolist() == (texts == "A").tolist()
    assert labels.among(["A", "E"]).tolist() == [word in ("A", "E") for word in words]
    assert labels.numbers({"E": 0.5}).tolist() == [0.5 if word == "E" else 0.0 for word in words]
    assert labels.among_places(["E", "A"]).tolist() == [{"E": 0, "A": 1}.get(word, -1) for word in words]
    assert Labels.joined([labels, Labels.of(more)]).texts.tolist() == [*words, *more]
    assert labels.within(("", "yearbook", "E", "A")).texts.tolist() == words


def test_many_names_have_larger_places() -> None:
    names = [f"source {number}" for number in range(300)]
    assert Labels.of(names).places.dtype == np.uint16
    assert Labels.of(names)[299] == "source 299"


def test_a_copy_may_be_written_to() -> None:
    labels = Labels.of(["A", "E"])
    copied = labels.copy()
    copied.places[0] = 0
    assert (labels.texts.tolist(), copied.texts.tolist()) == (["A", "E"], ["", "E"])
