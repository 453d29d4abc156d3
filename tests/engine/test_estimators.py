"""scikit-learn's own checks of every estimator, and agreement with the pipeline's steps."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from tests.references import answer_of, document_of
from tierscore.engine.estimators import NORMALISATIONS, CompositeIndex, Imputer, Normaliser, Winsoriser

# Two methods need a number that random data do not have: a unit that lacks nothing, a target above the least value.
NEEDY = {
    "dist_to_reference": {"check_estimators_pickle": "the reference unit may not be missing"},
    "dist_to_target": {"check_estimators_dtypes": "the target must be above the least value"},
}
ESTIMATORS: list[tuple[Any, dict[str, str]]] = [
    (Imputer(), {}),
    (Imputer("median"), {}),
    (Imputer("knn"), {}),
    (Winsoriser(), {}),
    (Winsoriser(then="none"), {}),
    *((Normaliser(name), NEEDY.get(name, {})) for name in NORMALISATIONS if name != "goalposts"),
    (Normaliser("goalposts", goalposts=[[0], [1]]), {}),
    (CompositeIndex(), {}),
    (CompositeIndex("entropy", aggregate="topsis"), {}),
    (CompositeIndex("critic", aggregate="median"), {}),
    (CompositeIndex("pca", aggregate="power", power=2), {}),
    (CompositeIndex(aggregate="copeland"), {}),
]


@pytest.mark.parametrize(("estimator", "needy"), ESTIMATORS, ids=lambda value: str(value)[:50])
def test_scikit_learns_checks_pass(estimator: BaseEstimator, needy: dict[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, expected_failed_checks=needy, on_skip=None)
    assert len(results) > 40
    assert {result["check_name"] for result in results if result["status"] == "xfail"} == set(needy)


def asem(step: str) -> tuple[pd.DataFrame, list[float]]:
    """A step's matrix of the ASEM case, and the indicators' directions."""
    _, framework = document_of("asem")
    rows = {
        code: {name: cell[step] for name, cell in unit["indicators"].items()}
        for code, unit in answer_of("asem").items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").astype(float)
    directions = {indicator.code: float(indicator.direction) for indicator in framework.indicators}
    return table, [directions[name] for name in table.columns]


def test_treatment_and_normalisation_in_a_pipeline_are_the_asem_steps() -> None:
    imputed, directions = asem("imputed")
    found = make_pipeline(Winsoriser(), Normaliser("minmax", high=100, direction=directions)).fit_transform(imputed)
    expected, _ = asem("normalised")
    assert np.asarray(found) == pytest.approx(expected.to_numpy(), rel=1e-9, abs=1e-9)


def test_others_are_scored_by_what_was_learnt() -> None:
    """Fitted on 0 to 10: 20 is 2, and a rank among the fitted; winsorised ends hold."""
    fitted = np.arange(11.0)[:, np.newaxis]
    assert Normaliser().fit(fitted).transform([[20.0], [5.0]]).ravel().tolist() == [2.0, 0.5]
    assert Normaliser("rank").fit(fitted).transform([[20.0], [5.0]]).ravel().tolist() == [12.0, 6.0]
    outlier = np.append(fitted, [[100.0]], axis=0)
    assert Winsoriser().fit(outlier).transform([[500.0], [3.0]]).ravel().tolist() == [10.0, 3.0]
    assert Imputer().fit(fitted).transform([[np.nan]]).ravel().tolist() == [5.0]


def test_a_composite_index_by_hand() -> None:
    """Two columns from 0 to 1 with the weights 1 and 3; a unit without the second has a quarter of the weight."""
    table = np.array([[0.0, 0.0], [1.0, 1.0], [0.5, np.nan]])
    index = CompositeIndex([1, 3], thresholds=[0.4, 0.9]).fit(table)
    assert index.weights_.tolist() == [0.25, 0.75]
    assert index.transform(table).ravel().tolist() == [0.0, 1.0, 0.5]
    assert index.predict(table).tolist() == [0, 2, 1]
    covered = clone(index).set_params(min_coverage=0.5).fit(table)
    assert np.isnan(covered.transform(table)[2, 0])
    assert covered.predict(table).tolist() == [0, 2, -1]
    assert index.get_feature_names_out().tolist() == ["index"]


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic"])
def test_a_mean_that_is_not_defined_names_unit_and_column(aggregate: str) -> None:
    table = pd.DataFrame({"labs": [0.0, 1.0], "patents": [2.0, 3.0]})
    with pytest.raises(ValueError, match="Step aggregate: labs of 0 is 0, of which a"):
        CompositeIndex(aggregate=aggregate).fit(table).transform(table)


def test_wrong_use_says_what_is_allowed() -> None:
    table = pd.DataFrame({"labs": [1.0, 1.0], "patents": [2.0, 3.0]})
    with pytest.raises(ValueError, match="Step normalise: indicator labs is the same for every unit"):
        Normaliser().fit(table)
    with pytest.raises(ValueError, match="method must be one of minmax"):
        Normaliser("sigmoid").fit(table)
    with pytest.raises(ValueError, match="weights must be 2 numbers"):
        CompositeIndex([1]).fit(np.arange(6.0).reshape(3, 2))
    with pytest.raises(ValueError, match="Step impute: indicator 0 is missing for every unit"):
        Imputer().fit([[np.nan, 1.0], [np.nan, 2.0]])
