"""Counts, hand-counted."""

import pytest

from extractor.evaluation.alignment import align, align_all
from extractor.evaluation.counting import count, metrics, scored_fields, tally
from extractor.evaluation.scoring import Counts
from extractor.records import Located
from extractor.schema import Schema, describe
from tests.evaluation.cases import (
    BOTH,
    DOINGS,
    SAYINGS,
    Doing,
    changed,
    doing,
    fixture,
    record,
    saying,
    span,
)

TEXT = "We go, Ann said. We stay, Bob said! They left it all, the man told us. Nobody came."
GOLD = fixture(
    TEXT,
    sayings=[
        saying("We go", "said", "Ann"),
        saying("We stay", "said", "Bob", tone="loud"),
        saying("They left it all", "told", None),
        saying("Nobody came"),
    ],
)
FIRST, SECOND, THIRD, FOURTH = GOLD.gold["sayings"]
GIVING = fixture(
    "Ann and Bob gave. Eve gave too.",
    doings=[doing("gave", givers=["Ann", "Bob"]), doing("gave", givers=["Eve"])],
)
GAVE, GAVE_TOO = GIVING.gold["doings"]


def counted(*items, gold=GOLD, schema=SAYINGS, status="ok"):
    found = record(gold, status, **{schema.task: items})
    return count(align(gold, found, schema), schema, schema.item.compare)


def test_hand_counted_article():
    left, spurious = (
        fixture(TEXT, sayings=[saying(words)]).gold["sayings"][0] for words in ("left it", "us")
    )
    found = counted(
        changed(FIRST, who="Mr. Ann"), changed(SECOND, verb="shouted", tone="soft"), left, spurious
    )
    assert found == {
        "words.overlap": Counts(3, 4, 4),  # "left it" holds half the words of the third
        "words.exact": Counts(2, 4, 4),
        # four anchors, two verbs, two names; "Mr. Ann" and "shouted" are not in the text
        "spans.verbatim": Counts(6, 8, 8),
        "tone.given_match": Counts(2, 3, 3),  # the second was labelled loud and predicted loud
        "tone.end_to_end": Counts(2, 4, 4),
        "verb.given_match": Counts(1, 3, 3),
        "verb.end_to_end": Counts(1, 4, 4),
        "who.given_match": Counts(3, 3, 3),
        "who.null_given_match": Counts(1, 1, 1),
        "who.end_to_end": Counts(3, 4, 4),
        "words.recall[tone=loud]": Counts(1, 1, 1),
        "words.recall[tone=soft]": Counts(2, 3, 3),
    }


def test_gold_against_gold_hits_everything():
    for counts in counted(FIRST, SECOND, THIRD, FOURTH).values():
        assert counts.hits == counts.predicted == counts.gold > 0


def test_precision_and_recall_are_not_transposed():
    assert counted(FIRST)["words.overlap"] == Counts(hits=1, predicted=1, gold=4)


def test_a_duplicate_is_one_more_prediction():
    found = counted(FIRST, FIRST, SECOND, THIRD, FOURTH)
    assert found["words.overlap"] == found["words.exact"] == Counts(4, 5, 4)


def test_a_failed_article_is_all_missed():
    found = counted(FIRST, SECOND, status="failed")
    assert found["words.overlap"] == found["who.end_to_end"] == Counts(0, 0, 4)
    assert "spans.verbatim" not in found


def test_a_changed_word_is_not_verbatim():
    false = Located({**FIRST.values, "words": "We went"}, FIRST.spans)
    assert counted(false)["spans.verbatim"] == Counts(2, 3, 3)


def test_a_verbatim_field_without_a_span_is_not_verbatim():
    bare = Located(FIRST.values, {"words": FIRST.spans["words"]})
    assert counted(bare)["spans.verbatim"] == Counts(1, 3, 3)


def test_a_computed_text_with_a_span_is_held_to_it():
    false = Located({**FOURTH.values, "tone": "loud"}, {**FOURTH.spans, "tone": span(TEXT, "We")})
    assert counted(false)["spans.verbatim"] == Counts(1, 2, 2)


def test_names_are_counted_in_pairs_and_over_all():
    extra = Located({**GAVE.values, "givers": ["Eve"]}, {**GAVE.spans, "head": span("x" * 9, "x")})
    found = counted(changed(GAVE, givers=["the Ann", "Eve"]), extra, gold=GIVING, schema=DOINGS)
    assert found["givers.given_match"] == Counts(1, 2, 2)
    assert found["givers.end_to_end"] == Counts(1, 3, 3)


def test_a_missing_name_span_is_not_verbatim():
    short = Located(GAVE.values, {**GAVE.spans, "givers": (GAVE.spans["givers"][0],)})
    assert counted(short, gold=GIVING, schema=DOINGS)["spans.verbatim"] == Counts(2, 3, 3)


def test_a_field_the_gold_item_does_not_label_is_not_scored():
    partly = fixture(TEXT, sayings=[{"words": "We go", "who": "Ann"}, {"words": "We stay"}])
    found = counted(FIRST, SECOND, THIRD, gold=partly)
    assert found["who.given_match"] == Counts(1, 1, 1)
    assert found["who.end_to_end"] == Counts(1, 2, 1)
    assert "verb.given_match" not in found


def test_names_the_gold_item_does_not_label_are_not_scored():
    text = GIVING.article.text
    partly = fixture(text, doings=[{"head": "gave"}, {"head": "gave", "givers": ["Eve"]}])
    found = counted(GAVE, GAVE_TOO, gold=partly, schema=DOINGS)
    assert found["givers.given_match"] == found["givers.end_to_end"] == Counts(1, 1, 1)


def test_fields_no_gold_item_labels_have_no_metric():
    partly = fixture(TEXT, sayings=[{"words": "We go", "who": "Ann"}])
    alignments = [align(partly, record(GOLD), SAYINGS)]
    assert scored_fields(alignments, SAYINGS) == ("tone", "who")
    assert "verb.given_match" not in {m.name for m in tally(alignments, SAYINGS).metrics}


def test_without_gold_all_fields_are_scored():
    empty = fixture(TEXT, sayings=[])
    assert scored_fields([align(empty, None, SAYINGS)], SAYINGS) == ("tone", "verb", "who")


def test_the_metrics_of_a_schema_come_in_the_order_of_reports():
    assert [(m.name, m.measure, m.headline) for m in metrics(DOINGS, ("sort", "givers"))] == [
        ("head.overlap", "f1", True),
        ("head.exact", "f1", True),
        ("spans.verbatim", "share", True),
        ("sort.given_match", "share", True),
        ("sort.end_to_end", "f1", True),
        ("givers.given_match", "f1", True),
        ("givers.end_to_end", "f1", True),
        ("head.recall[sort=GIVE]", "share", False),
        ("head.recall[sort=TAKE]", "share", False),
        ("head.recall[sort=MOVE]", "share", False),
    ]


def test_a_nullable_field_has_a_row_for_null():
    names = {m.name for m in metrics(SAYINGS, ("verb",))}
    assert "verb.null_given_match" in names


class Named(Doing):
    compare = {"date": "label"}  # noqa: RUF012


def test_days_are_no_labels_to_recall():
    named = Schema("named", Named, describe(Named))
    assert not [m for m in metrics(named, ("date",)) if "recall" in m.name]


def test_a_tally_names_failed_and_missing_articles():
    fixtures = [fixture(TEXT, name, sayings=[saying("We go")]) for name in "abc"]
    records = [record(fixtures[0]), record(fixtures[1], "failed")]
    found = tally(align_all(fixtures, records, SAYINGS), SAYINGS)
    assert found.ids("failed") == ("b",)
    assert found.ids("missing") == ("c",)
    assert [article.counts["words.overlap"] for article in found.articles] == [
        (1, 1, 1),
        (0, 0, 1),
        (0, 0, 1),
    ]


@pytest.mark.parametrize("schema", BOTH)
def test_a_tally_survives_being_stored(schema):
    fixtures = [GOLD] if schema is SAYINGS else [GIVING]
    found = tally(align_all(fixtures, [record(f) for f in fixtures], schema), schema)
    assert type(found).model_validate_json(found.model_dump_json()) == found


def test_scoring_again_is_byte_identical():
    first, again = (
        tally(align_all([GOLD], [record(GOLD)], SAYINGS), SAYINGS).model_dump_json()
        for _ in range(2)
    )
    assert first == again
