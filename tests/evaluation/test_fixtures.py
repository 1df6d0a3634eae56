"""Fixture files."""

import pytest

from extractor.errors import WorkspaceError
from extractor.evaluation.checks import label_values
from extractor.evaluation.fixtures import check_fixture, load_fixture, load_suite, suite_sha256
from extractor.records import Span
from tests.evaluation.cases import BOTH, DOINGS, SAYINGS

GOOD = """\
id: a
title: Gifts
published: 2026-03-11
text: |-
  "Go!" said Dr. Ann Lee on Monday.

  Ann Lee and Bob Ray gave in March.
sayings:
- words: Go
  verb: said
  who: Ann Lee
  tone: loud
doings:
- head: gave
  sort: GIVE
  givers: [Ann Lee, Bob Ray]
  time: March
  date: 2026-03-01/2026-03-31
"""


def write(folder, text=GOOD, name="a"):
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def errors(folder, text):
    found = check_fixture(write(folder, text), BOTH)
    return [(fault.line, fault.message) for fault in found if fault.severity == "error"]


def warnings(folder, text):
    found = check_fixture(write(folder, text), BOTH)
    return [(fault.line, fault.message) for fault in found if fault.severity == "warning"]


def test_a_good_file_has_no_error(tmp_path):
    assert errors(tmp_path, GOOD) == []


def test_a_good_file_becomes_an_article_and_located_gold(tmp_path):
    fixture = load_fixture(write(tmp_path), BOTH)
    assert fixture.article.id == "a"
    assert fixture.article.text.startswith('"Go!" said')
    (item,) = fixture.gold["sayings"]
    assert item.spans["words"] == Span(start=1, end=3)
    assert item.values == {"words": "Go", "verb": "said", "who": "Ann Lee", "tone": "loud"}


def test_an_interval_becomes_two_days(tmp_path):
    (item,) = load_fixture(write(tmp_path), BOTH).gold["doings"]
    assert (item.values["date"], item.values["end_date"]) == ("2026-03-01", "2026-03-31")


def test_one_day_is_its_own_end(tmp_path):
    text = GOOD.replace("2026-03-01/2026-03-31", "2026-03-04")
    (item,) = load_fixture(write(tmp_path, text), BOTH).gold["doings"]
    assert (item.values["date"], item.values["end_date"]) == ("2026-03-04", "2026-03-04")


def test_a_task_that_is_not_there_is_not_labelled(tmp_path):
    text = GOOD[: GOOD.index("doings:")]
    assert set(load_fixture(write(tmp_path, text), BOTH).gold) == {"sayings"}


def test_an_empty_list_says_there_is_nothing(tmp_path):
    text = GOOD[: GOOD.index("doings:")] + "doings: []\n"
    assert load_fixture(write(tmp_path, text), BOTH).gold["doings"] == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("words: Go", "words: Gone", 9, "words 'Gone' is not in the text"),
        ("words: Go", "words: ' Go'", 9, "white space"),
        ("verb: said", "verb: sang", 10, "verb 'sang' is not in the text"),
        ("who: Ann Lee", "who: Ann Li", 11, "who 'Ann Li' is not in the text"),
        ("tone: loud", "tone: shrill", 12, "tone: Input should be 'loud' or 'soft'"),
        ("sort: GIVE", "sort: BUY", 15, "sort: Input should be 'GIVE', 'TAKE' or 'MOVE'"),
        ("Bob Ray]", "Bob Roy]", 16, "givers 'Bob Roy' is not in the text"),
        ("[Ann Lee, Bob Ray]", "Ann Lee", 16, "givers: Input should be a valid list"),
        ("time: March", "time: in May", 17, "time 'in May' is not in the text"),
        ("2026-03-31", "2026-02-28", 18, "2026-03-01/2026-02-28 ends before it starts"),
        ("2026-03-01/2026-03-31", "March", 18, "date: Input should be a valid date"),
        ("2026-03-01/2026-03-31", "2026-02-30", 18, "date: Input should be a valid date"),
        ("2026-03-31", "2026-03-32", 18, "end_date: Input should be a valid date"),
        ("published: 2026-03-11", "published: 11 March", 3, "published: Input should be"),
        ("published: 2026-03-11\n", "", 1, "published: Field required"),
        ("id: a", "id: b", 1, "the id 'b' is not the file's name"),
        ("id: a", "id: a b", 1, "id: String should match"),
        ("title: Gifts", "titel: Gifts", 2, "titel: Extra inputs are not permitted"),
        ("  tone: loud", "  tune: loud", 12, "tune: Extra inputs are not permitted"),
        ("  verb: said\n", "", 9, "misses verb (null says there is none)"),
        ("- words: Go\n  verb", "- verb", 9, "misses words"),
        ("words: Go", "words: null", 9, "words: Input should be a valid string"),
        ("doings:\n- head: gave", "doings:\n- gave\n- head: gave", 14, "valid dictionary"),
        ("title: Gifts", "title: a\nlabelled: {sayings: [song]}", 3, "no task 'sayings' with"),
        ("title: Gifts", "title: a\nlabelled: {songs: []}", 3, "no task 'songs' with"),
    ],
)
def test_every_fault_is_named_with_its_line(tmp_path, old, new, line, says):
    found = errors(tmp_path, GOOD.replace(old, new))
    assert [at for at, message in found if says in message] == [line], found


def test_faults_of_several_items_are_named_together(tmp_path):
    text = GOOD.replace("verb: said", "verb: sang").replace("sort: GIVE", "sort: BUY")
    assert [line for line, _ in errors(tmp_path, text)] == [10, 15]


def test_an_anchor_labelled_more_often_than_it_stands_is_an_error(tmp_path):
    again = "sayings:\n- {words: Go, verb: said, who: null}\n"
    found = errors(tmp_path, GOOD.replace("sayings:\n", again))
    assert found == [(10, "'Go' is labelled 2 times, but stands 1 times in the text")]


def test_a_span_that_does_not_hold_its_text_is_an_error(tmp_path):
    text = GOOD.replace("tone: loud", "tone: loud\n  spans: {words: {start: 2, end: 4}}")
    assert errors(tmp_path, text) == [(13, "the span of words does not hold its text")]


def test_a_span_that_is_given_is_kept(tmp_path):
    text = GOOD.replace("tone: loud", "tone: loud\n  spans: {words: {start: 1, end: 3}}")
    (item,) = load_fixture(write(tmp_path, text), BOTH).gold["sayings"]
    assert item.spans["words"] == Span(start=1, end=3)


def test_an_anchor_with_a_span_is_labelled_as_often_as_one_likes(tmp_path):
    spanned = "sayings:\n- {words: Go, verb: said, who: null, spans: {words: {start: 1, end: 3}}}\n"
    assert errors(tmp_path, GOOD.replace("sayings:\n", spanned)) == []


def test_a_file_with_a_fault_of_yaml_has_that_fault_only(tmp_path):
    assert errors(tmp_path, GOOD + "id: b\n") == [(19, "'id' stands twice")]


def test_only_the_labelled_fields_are_wanted_where_they_are_listed(tmp_path):
    text = GOOD.replace("  who: Ann Lee\n", "").replace(
        "id: a", "id: a\nlabelled: {sayings: [verb]}"
    )
    assert errors(tmp_path, text) == []
    (item,) = load_fixture(write(tmp_path, text), BOTH).gold["sayings"]
    assert "who" not in item.values


def test_an_anchor_that_stands_more_often_is_a_warning(tmp_path):
    text = GOOD.replace("gave in March", "gave and gave in March")
    assert (14, "'gave' stands 2 times in the text; the first is meant") in warnings(tmp_path, text)


def test_a_long_name_of_a_thing_is_a_warning(tmp_path):
    text = GOOD.replace("head: gave", "head: Ann Lee and Bob Ray gave in March")
    assert (14, "head is long: 8 words") in warnings(tmp_path, text)


def test_a_label_that_is_computed_otherwise_is_a_warning(tmp_path):
    found = warnings(tmp_path, GOOD.replace("tone: loud", "tone: soft"))
    assert (12, "tone is 'soft', but computed as 'loud'") in found


def test_an_article_of_unusual_length_is_a_warning(tmp_path):
    assert (4, "15 words; 120 to 900 words are usual") in warnings(tmp_path, GOOD)


def test_a_file_without_keys_is_a_fault(tmp_path):
    assert errors(tmp_path, "- 1\n") == [(1, "holds no keys: see the labelling guide")]


def test_a_task_that_is_no_list_is_a_fault(tmp_path):
    text = GOOD[: GOOD.index("doings:")] + "doings: none\n"
    assert errors(tmp_path, text) == [(13, "doings is no list")]


def test_loading_a_faulty_file_says_file_and_line(tmp_path):
    with pytest.raises(WorkspaceError, match=r"a\.yaml:10: verb 'sang'"):
        load_fixture(write(tmp_path, GOOD.replace("verb: said", "verb: sang")), BOTH)


def test_a_suite_is_read_in_the_order_of_its_files(tmp_path):
    for name in "cab":
        write(tmp_path, GOOD.replace("id: a", f"id: {name}"), name)
    assert [fixture.article.id for fixture in load_suite(tmp_path, BOTH)] == ["a", "b", "c"]


def test_the_faults_of_all_files_of_a_suite_are_named(tmp_path):
    for name in "ab":
        write(tmp_path, GOOD.replace("verb: said", "verb: sang"), name)
    with pytest.raises(WorkspaceError, match=r"(?s)a\.yaml:10: .*b\.yaml:10: "):
        load_suite(tmp_path, BOTH)


def test_a_suite_without_fixtures_is_an_error(tmp_path):
    with pytest.raises(WorkspaceError, match="holds no fixture"):
        load_suite(tmp_path, BOTH)


def test_the_hash_of_a_suite_changes_with_a_label_only(tmp_path):
    first = suite_sha256([load_fixture(write(tmp_path), BOTH)])
    assert suite_sha256([load_fixture(write(tmp_path, GOOD + "# note\n"), BOTH)]) == first
    edited = GOOD.replace("who: Ann Lee", "who: null")
    assert suite_sha256([load_fixture(write(tmp_path, edited), BOTH)]) != first


def test_labels_are_read_off_the_annotation():
    assert label_values(DOINGS.spec("sort")) == ("GIVE", "TAKE", "MOVE")
    assert label_values(SAYINGS.spec("tone")) == ("loud", "soft")
    assert label_values(SAYINGS.spec("who")) == ()
