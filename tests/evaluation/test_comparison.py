"""Two runs side by side, and the report of one."""

import pytest
from rich.text import Text

from extractor.errors import UsageError
from extractor.evaluation.alignment import align_all
from extractor.evaluation.comparison import compare
from extractor.evaluation.counting import tally
from extractor.evaluation.report import report
from extractor.evaluation.table import comparison_table, score_table
from tests.evaluation.cases import DOINGS, SAYINGS, changed, doing, fixture, record, saying

TEXT = "We go, Ann said. We stay, Bob said! Eve gave it."
FIXTURES = [
    fixture(
        TEXT,
        f"a{at:02}",
        sayings=[saying("We go", "said", "Ann"), saying("We stay", "said", "Bob")],
        doings=[doing("gave", givers=["Eve"])],
    )
    for at in range(12)
]
ALL = [record(one) for one in FIXTURES]
HALF = [record(one, sayings=one.gold["sayings"][:1]) for one in FIXTURES]


def scored(records, schema=SAYINGS, fixtures=FIXTURES):
    return tally(align_all(fixtures, records, schema), schema)


def row(rows, name):
    return next(one for one in rows if one.metric.name == name)


@pytest.mark.parametrize("schema", [SAYINGS, DOINGS])
def test_gold_against_gold_is_exactly_1_everywhere(schema):
    for one in report([scored(ALL, schema)]).rows:
        if one.support:
            assert one.score == one.low == one.high == 1.0
        else:
            assert one.score is None or one.score == 1.0


def test_a_report_says_what_its_scores_are_made_of():
    one = row(report([scored(HALF)]).rows, "words.overlap")
    assert (one.precision, one.recall, one.score) == (1, 0.5, pytest.approx(2 / 3))
    assert (one.hits, one.predicted, one.support) == (12, 12, 24)


def test_a_duplicate_lowers_precision():
    doubled = [record(one, sayings=[*one.gold["sayings"]] * 2) for one in FIXTURES]
    one = row(report([scored(doubled)]).rows, "words.overlap")
    assert (one.precision, one.recall) == (0.5, 1)


def test_failed_and_missing_articles_are_named_and_missed():
    failed = [record(FIXTURES[0], "failed"), *ALL[2:]]
    made = report([scored(failed)])
    assert (made.failed, made.missing) == (("a00",), ("a01",))
    assert row(made.rows, "words.overlap").recall == 20 / 24


def test_the_report_of_nothing_is_defined():
    made = report([scored([], fixtures=[])])
    one = row(made.rows, "words.overlap")
    assert (made.articles, one.score, one.low) == (0, 1, None)


def test_a_run_of_crashes_scores_0_and_its_shares_are_no_numbers():
    made = report([scored([record(one, "failed") for one in FIXTURES])])
    assert row(made.rows, "words.overlap").score == 0
    assert row(made.rows, "who.given_match").score is None


def test_repeats_are_averaged():
    one = row(report([scored(ALL), scored(HALF)]).rows, "words.overlap")
    assert (one.hits, one.recall) == (18, 0.75)


def test_a_against_a_is_no_difference():
    compared = compare([scored(HALF)], [scored(HALF)])
    for one in compared.rows:
        assert (one.difference, one.low, one.high) == (0, 0, 0)
        assert (one.p, one.verdict) == (1, "inconclusive")
    assert compared.articles == 12
    assert compared.worse == ()


def test_a_better_run_is_better_and_the_other_way_round_worse():
    better = row(compare([scored(HALF)], [scored(ALL)]).rows, "words.overlap")
    assert better.difference == pytest.approx(1 / 3)
    assert better.verdict == "better"
    back = compare([scored(ALL)], [scored(HALF)])
    assert row(back.worse, "words.overlap").difference == pytest.approx(-1 / 3)


def test_a_share_that_is_no_number_has_no_difference():
    crashed = scored([record(one, "failed") for one in FIXTURES])
    one = row(compare([scored(ALL)], [crashed]).rows, "who.given_match")
    assert (one.difference, one.p, one.verdict) == (None, 1, "inconclusive")


def test_one_lucky_article_is_inconclusive():
    changed_one = [record(FIXTURES[0], sayings=FIXTURES[0].gold["sayings"][:1]), *ALL[1:]]
    one = row(compare([scored(ALL)], [scored(changed_one)]).rows, "words.overlap")
    assert one.difference < 0
    assert one.verdict == "inconclusive"


def test_articles_that_one_run_lacks_are_named():
    fewer = scored(ALL[1:], fixtures=FIXTURES[1:])
    with pytest.raises(UsageError, match="A lacks the articles a00"):
        compare([fewer], [scored(ALL)])
    with pytest.raises(UsageError, match="B lacks the articles a00"):
        compare([scored(ALL)], [fewer])


def test_articles_whose_labels_changed_are_named():
    relabelled = fixture(TEXT, "a00", sayings=[saying("We go")])
    edited = scored([record(relabelled), *ALL[1:]], fixtures=[relabelled, *FIXTURES[1:]])
    with pytest.raises(UsageError, match="labels changed between A and B: a00"):
        compare([scored(ALL)], [edited])


def test_runs_of_two_tasks_are_refused():
    with pytest.raises(UsageError, match="A is of sayings, B of doings"):
        compare([scored(ALL)], [scored(ALL, DOINGS)])


def printed(table):
    return [[Text.from_markup(str(cell)).plain for cell in col.cells] for col in table.columns]


def test_the_table_of_a_report_rounds_and_prints_n():
    wrong = [record(one, sayings=[changed(one.gold["sayings"][0], who="x")]) for one in FIXTURES]
    table = score_table(report([scored(wrong)]))
    cells = dict(zip(printed(table)[0], zip(*printed(table)[1:], strict=True), strict=True))
    assert table.title == "sayings: 12 articles"
    assert cells["words.overlap"] == ("0.667", "0.667 … 0.667", "1.000", "0.500", "24")
    assert cells["words.recall[tone=soft]"] == ("0.500", "0.500 … 0.500", "–", "–", "24")


def test_the_table_of_a_comparison_prints_n_and_verdict():
    table = comparison_table(compare([scored(HALF)], [scored(ALL)]))
    assert table.title == "sayings: B against A on 12 articles"
    assert [column[0] for column in printed(table)] == [
        "words.overlap",
        "0.667",
        "1.000",
        "+0.333",
        "+0.333 … +0.333",
        "0.000",
        "better",
    ]
