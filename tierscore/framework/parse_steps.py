"""The steps between a measure and a score in a raw document: transform, imputation, treatment, normalisation."""

from __future__ import annotations

from tierscore.framework.interval import Interval
from tierscore.framework.model import Imputation, Knots, Normalisation, Scaling, Treatment
from tierscore.framework.reader import Reader

TRANSFORMS = ("none", "log", "log10", "sqrt")
IMPUTATIONS = ("none", "mean", "median", "group_mean", "group_median", "knn")
TREATMENTS = ("none", "winsorise")
NORMALISATIONS = (
    "knots",
    "goalposts",
    "minmax",
    "zscore",
    "rank",
    "prank",
    "borda",
    "dist_to_max",
    "dist_to_reference",
    "dist_to_target",
    "relative_to_mean",
)
POSITIVE = Interval(0, open_below=True)
DISTANCE = Interval(0)


def imputation(reader: Reader) -> Imputation:
    """How missing measures are filled."""
    method = reader.variant("method", IMPUTATIONS)
    filling = Imputation(
        method=method,
        group=reader.text("group") if method.startswith("group_") else None,
        by=reader.word("by", ("indicator", "row"), "indicator") if method in {"mean", "median"} else "indicator",
        neighbours=reader.whole("neighbours", 5, 1) if method == "knn" else 5,
    )
    reader.finish()
    return filling


def treatment(reader: Reader) -> Treatment:
    """How outliers are treated."""
    method = reader.variant("method", TREATMENTS)
    treated = Treatment(method=method)
    if method == "winsorise":
        treated = Treatment(
            method=method,
            skew=reader.number("skew", 2.0, POSITIVE),
            kurtosis=reader.number("kurtosis", 3.5, POSITIVE),
            max_points=reader.whole("max_points", 5),
            then=reader.word("then", ("log", "none"), "log"),
            exempt=reader.texts("exempt"),
        )
    reader.finish()
    return treated


def normalisation(reader: Reader) -> Normalisation | None:
    """How a measure becomes a score; None where the indicator does not say."""
    if not reader.has("normalise"):
        reader.mapping("normalise", {})
        return None
    inner = reader.mapping("normalise")
    method = inner.variant("method", NORMALISATIONS)
    rule = Knots(inner.numbers("at")) if method == "knots" else _scaling(inner, method)
    inner.finish()
    return rule if method else Knots(())


def _scaling(reader: Reader, method: str) -> Scaling:
    """The keys that a method has, and no others."""
    between = method == "goalposts"
    return Scaling(
        method=method,
        low=reader.number("low") if between else None,
        high=reader.number("high") if between else None,
        clip=reader.flag("clip", True) if between else True,
        range=_range(reader) if method in {"goalposts", "minmax"} else None,
        mean=reader.number("mean", 0.0) if method == "zscore" else 0.0,
        sd=reader.number("sd", 1.0, POSITIVE) if method == "zscore" else 1.0,
        target=reader.number("target") if method == "dist_to_target" else None,
        unit=reader.text("unit") if method == "dist_to_reference" else None,
        cap=reader.flag("cap", False) if method in {"dist_to_reference", "dist_to_target"} else False,
    )


def _range(reader: Reader) -> tuple[float, ...] | None:
    if reader.has("range"):
        return reader.numbers("range")
    reader.number("range", None)
    return None
