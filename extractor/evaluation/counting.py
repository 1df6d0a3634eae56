"""Aligned articles → counts: integers, article by article, from which every score follows.

The metrics of a schema, `A` being its anchor field and `F` a field of its `compare`:

`A.overlap`            items matched by overlap, against all predicted and all gold
`A.exact`              items whose trimmed anchors are equal, on their own best pairs
`spans.verbatim`       predicted fields that are in the text where their spans say; must be 1
`F.given_match`        matched items that agree in F; of a list of names, the names
`F.null_given_match`   those of them where gold says there is none
`F.end_to_end`         matched items that agree in F, against all predicted and all gold
`A.recall[F=label]`    gold items with that label that were matched
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from extractor.evaluation.agreement import agrees, normal_names
from extractor.evaluation.alignment import Alignment, Outcome, anchor_span
from extractor.evaluation.checks import label_values
from extractor.evaluation.gold import LOCATED
from extractor.evaluation.matching import count_exact
from extractor.evaluation.scoring import Counts, Metric
from extractor.records import Frozen, Located, Span
from extractor.schema import FieldSpec, Schema

Counted = Iterator[tuple[str, Counts]]


class ArticleCounts(Frozen):
    """The counts of one article by metric; one that is not there is all zero."""

    id: str
    outcome: Outcome
    gold_sha256: str
    counts: dict[str, Counts]


class Tally(Frozen):
    """The counts of one pass over a suite, for one task; what is stored of a scored run."""

    task: str
    metrics: tuple[Metric, ...]
    articles: tuple[ArticleCounts, ...]
    """Sorted by id."""

    def ids(self, outcome: Outcome) -> tuple[str, ...]:
        """Name the articles that ended so."""
        return tuple(article.id for article in self.articles if article.outcome == outcome)


def scored_fields(alignments: Iterable[Alignment], schema: Schema) -> tuple[str, ...]:
    """List the fields of `compare` that some gold item labels; all when there is no gold."""
    gold = [item.values for alignment in alignments for item in alignment.gold]
    return tuple(
        field
        for field in schema.item.compare
        if not gold or any(field in values for values in gold)
    )


def _nullable(spec: FieldSpec) -> bool:
    return type(None) in get_args(spec.annotation)


def metrics(schema: Schema, fields: Iterable[str]) -> tuple[Metric, ...]:
    """List the metrics of a schema for these fields of `compare`, in the order of reports."""
    anchor, fields = schema.anchor, tuple(fields)
    found = [
        Metric(name=f"{anchor}.overlap", measure="f1"),
        Metric(name=f"{anchor}.exact", measure="f1"),
        Metric(name="spans.verbatim", measure="share"),
    ]
    for field in fields:
        listed = schema.item.compare[field] == "names"
        found.append(Metric(name=f"{field}.given_match", measure="f1" if listed else "share"))
        if not listed and _nullable(schema.spec(field)):
            name = f"{field}.null_given_match"
            found.append(Metric(name=name, measure="share", headline=False))
        found.append(Metric(name=f"{field}.end_to_end", measure="f1"))
    found += [
        Metric(name=f"{anchor}.recall[{field}={label}]", measure="share", headline=False)
        for field in fields
        if schema.item.compare[field] == "label"
        for label in label_values(schema.spec(field))
    ]
    return tuple(found)


def _share(hits: int, support: int) -> Counts:
    return Counts(hits, support, support)


def _count_anchors(alignment: Alignment, schema: Schema) -> Counted:
    gold = [anchor_span(item, schema) for item in alignment.gold]
    predicted = [anchor_span(item, schema) for item in alignment.predicted]
    exact = count_exact(alignment.text, gold, predicted)
    sizes = len(predicted), len(gold)
    yield f"{schema.anchor}.overlap", Counts(len(alignment.pairs), *sizes)
    yield f"{schema.anchor}.exact", Counts(exact, *sizes)


def _holds(item: Located, field: str, text: str) -> Iterator[bool]:
    """Tell for every text of a field whether its span holds it."""
    value, spans = item.values.get(field), item.spans.get(field)
    texts = [value] if isinstance(value, str) else value or []
    places = [spans] if isinstance(spans, Span) else spans or ()
    for position, words in enumerate(texts):
        span = places[position] if position < len(places) else None
        yield span is not None and text[span.start : span.end] == words


def _count_verbatim(alignment: Alignment, schema: Schema) -> Counted:
    standing = {spec.name for spec in schema.fields if spec.role in LOCATED}
    held = [
        holds
        for item in alignment.predicted
        for field in standing | item.spans.keys()
        for holds in _holds(item, field, alignment.text)
    ]
    yield "spans.verbatim", _share(sum(held), len(held))


def _count_field(alignment: Alignment, field: str, schema: Schema) -> Counted:
    """Count a field of one value; gold items that do not label it are left out."""
    gold, predicted = alignment.gold, alignment.predicted
    labelled = [(gold[i], predicted[j]) for i, j in alignment.pairs if field in gold[i].values]
    agreed = [agrees(one, other, field, schema, alignment.text) for one, other in labelled]
    nulls = [
        agree for agree, (one, _) in zip(agreed, labelled, strict=True) if one.values[field] is None
    ]
    unscored = len(alignment.pairs) - len(labelled)
    total = sum(field in item.values for item in gold)
    yield f"{field}.given_match", _share(sum(agreed), len(labelled))
    if _nullable(schema.spec(field)):
        yield f"{field}.null_given_match", _share(sum(nulls), len(nulls))
    yield f"{field}.end_to_end", Counts(sum(agreed), len(predicted) - unscored, total)


def _count_names(alignment: Alignment, field: str) -> Counted:
    """Count the names of a list field, as sets; gold items that do not label it are left out."""
    gold = [normal_names(item.values.get(field)) for item in alignment.gold]
    predicted = [normal_names(item.values.get(field)) for item in alignment.predicted]
    scored = [field in item.values for item in alignment.gold]
    unscored = {j for i, j in alignment.pairs if not scored[i]}
    pairs = [(gold[i], predicted[j]) for i, j in alignment.pairs if scored[i]]
    hits = sum(len(one & other) for one, other in pairs)
    given = sum(len(other) for _, other in pairs), sum(len(one) for one, _ in pairs)
    every = (
        sum(len(names) for j, names in enumerate(predicted) if j not in unscored),
        sum(len(names) for names in gold),
    )
    yield f"{field}.given_match", Counts(hits, *given)
    yield f"{field}.end_to_end", Counts(hits, *every)


def _count_labels(alignment: Alignment, field: str, schema: Schema) -> Counted:
    labels = [item.values.get(field) for item in alignment.gold]
    support, hits = Counter(labels), Counter(labels[i] for i, _ in alignment.pairs)
    for label in label_values(schema.spec(field)):
        if support[label]:
            yield f"{schema.anchor}.recall[{field}={label}]", _share(hits[label], support[label])


def count(alignment: Alignment, schema: Schema, fields: Iterable[str]) -> dict[str, Counts]:
    """Count one article for these fields of `compare`; metrics without a count are left out."""
    counted = dict(_count_anchors(alignment, schema))
    counted.update(_count_verbatim(alignment, schema))
    for field in fields:
        if schema.item.compare[field] == "names":
            counted.update(_count_names(alignment, field))
        else:
            counted.update(_count_field(alignment, field, schema))
        if schema.item.compare[field] == "label":
            counted.update(_count_labels(alignment, field, schema))
    return {name: counts for name, counts in counted.items() if any(counts)}


def tally(alignments: Sequence[Alignment], schema: Schema) -> Tally:
    """Count the articles of one pass over a suite."""
    fields = scored_fields(alignments, schema)
    articles = [
        ArticleCounts(
            id=alignment.article_id,
            outcome=alignment.outcome,
            gold_sha256=alignment.gold_sha256,
            counts=count(alignment, schema, fields),
        )
        for alignment in alignments
    ]
    ordered = tuple(sorted(articles, key=lambda article: article.id))
    return Tally(task=schema.task, metrics=metrics(schema, fields), articles=ordered)
