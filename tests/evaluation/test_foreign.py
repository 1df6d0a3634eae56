"""Gold annotated elsewhere becomes fixtures; what cannot be carried over is told."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import InputError, WorkspaceError
from extractor.evaluation.brat import read_brat
from extractor.evaluation.documents import read_document
from extractor.evaluation.fixtures import load_fixture, load_suite
from extractor.evaluation.foreign import (
    Foreign,
    ForeignItem,
    Rules,
    import_articles,
    read_rules,
    stretch,
)
from extractor.evaluation.tabular import read_jsonl
from extractor.evaluation.writing import Labelled, dump_fixture, fixture_id, interval
from extractor.records import Article, Span
from tests.evaluation.cases import DOINGS, SAYINGS

TEXT = "They said that we go, said Ann. We stay."
ANN = """\
T1\tSpeech 10 20\tthat we go
T2\tVerb 22 26\tsaid
T3\tPerson 27 30\tAnn
T4\tSpeech 32 34;35 39\tWe stay
E1\tSay:T2 Speech:T1 Verb:T2 Person:T3
E2\tSay:T2 Speech2:T4
E3\tOther:T2 Speech:T1
A1\tnote T1
"""
BRAT = Rules(
    format="brat",
    task="sayings",
    events=("Say",),
    fields={"words": "Speech", "verb": "Verb", "who": "Person"},
)
ROWS = Rules(
    format="jsonl",
    task="doings",
    fields={"head": "what", "sort": "kind", "givers": "who.names"},
)


@pytest.fixture
def brat(tmp_path):
    for name in ("ann", "text"):
        (tmp_path / "in" / name).mkdir(parents=True)
    (tmp_path / "in" / "text" / "A b-.txt").write_text(TEXT)
    (tmp_path / "in" / "ann" / "A b-.ann").write_text(ANN)
    return tmp_path / "in"


def rows(folder, *found):
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in found))
    return path


def imported(folder, articles, schema, rules):
    done = import_articles(articles, schema, rules, folder / "out")
    return done, [load_fixture(path, [schema]) for path in done.paths]


def test_brat_events_become_items_at_their_places(brat, tmp_path):
    done, (fixture,) = imported(tmp_path, read_brat(brat, BRAT, SAYINGS), SAYINGS, BRAT)
    first, second = fixture.gold["sayings"]
    assert (done.items, done.notes, fixture.article.id) == (2, [], "A-b")
    assert first.values["words"] == "that we go"
    assert first.spans["verb"] == Span(start=22, end=26)
    assert first.values["who"] == "Ann"
    assert second.values["words"] == "We stay"
    assert second.spans["words"] == Span(start=32, end=39)
    assert (second.values["verb"], second.values["who"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“We go,” said Ann, “and stay.” All of us.", ["“We go,”", "“and stay.”"]),
        ("The dam, said Ann, would hold it. All.", ["The dam, said Ann, would hold it."]),
    ],
)
def test_a_quotation_its_cue_interrupts_is_two_items(brat, tmp_path, text, said):
    at = text.index("said")
    first, second = (0, at - 1), (at + 10, text.index(" All"))
    ends = ";".join(f"{start} {end}" for start, end in (second, first))
    words = " ".join(text[start:end] for start, end in (second, first))
    ann = f"""\
T1\tSpeech {ends}\t{words}
T2\tVerb {at} {at + 4}\tsaid
T3\tPerson {at + 5} {at + 8}\tAnn
E1\tSay:T2 Speech:T1 Verb:T2 Person:T3
"""
    (brat / "text" / "A b-.txt").write_text(text)
    (brat / "ann" / "A b-.ann").write_text(ann)
    _, (fixture,) = imported(tmp_path, read_brat(brat, BRAT, SAYINGS), SAYINGS, BRAT)
    gold = fixture.gold["sayings"]
    assert [item.values["words"] for item in gold] == said
    assert {item.spans["verb"] for item in gold} == {Span(start=at, end=at + 4)}


def test_a_second_anchor_is_a_second_item(brat, tmp_path):
    (brat / "ann" / "A b-.ann").write_text(ANN.replace("E1\tSay:T2", "E1\tSay:T2 Speech2:T4"))
    _, (fixture,) = imported(tmp_path, read_brat(brat, BRAT, SAYINGS), SAYINGS, BRAT)
    words = [item.values["words"] for item in fixture.gold["sayings"]]
    assert sorted(words) == ["We stay", "We stay", "that we go"]


def test_a_mapping_without_a_role_for_the_anchor_is_told(brat):
    with pytest.raises(WorkspaceError, match="no role for words"):
        list(read_brat(brat, BRAT.model_copy(update={"fields": {"verb": "Verb"}}), SAYINGS))


def test_a_computed_field_is_computed_and_unmapped_ones_are_not_labelled(brat, tmp_path):
    rules = BRAT.model_copy(update={"fields": {"words": "Speech"}})
    _, (fixture,) = imported(tmp_path, read_brat(brat, rules, SAYINGS), SAYINGS, rules)
    assert set(fixture.gold["sayings"][0].values) == {"words", "tone"}


def test_an_offset_that_does_not_fit_its_text_is_told_by_line(brat):
    path = brat / "ann" / "A b-.ann"
    path.write_text(ANN.replace("27 30", "26 29"))
    with pytest.raises(InputError, match=r"A b-\.ann, line 3: the text holds ' An'"):
        list(read_brat(brat, BRAT, SAYINGS))


def test_a_folder_without_annotations_is_told(tmp_path):
    with pytest.raises(InputError, match=r"no \.ann file"):
        list(read_brat(tmp_path, BRAT, SAYINGS))


def test_rows_of_one_text_are_one_article(tmp_path):
    path = rows(
        tmp_path,
        {
            "id": "r1",
            "text": "Eve gave it.",
            "what": "gave",
            "kind": "GIVE",
            "who": {"names": ["Eve"]},
        },
        {"id": "r2", "text": "Eve gave it.", "what": "it", "kind": "TAKE", "who": {"names": []}},
        {"id": "r3", "text": "Bob took it.", "what": "took", "kind": "TAKE", "who": None},
    )
    _, (one, other) = imported(tmp_path, read_jsonl(path, ROWS, DOINGS), DOINGS, ROWS)
    assert [item.values["head"] for item in one.gold["doings"]] == ["gave", "it"]
    assert one.gold["doings"][0].values["givers"] == ["Eve"]
    assert other.article.id == "r3"


def test_items_under_the_name_of_the_task_need_no_mapping(tmp_path):
    item = {"head": "gave", "sort": "GIVE", "givers": ["Eve"], "time": None}
    row = {"id": "x", "text": "Eve gave it.", "title": "T", "published": "2026-03-11"}
    path = rows(tmp_path, row | {"doings": [item]})
    rules = Rules(format="jsonl", task="doings")
    _, (fixture,) = imported(tmp_path, read_jsonl(path, rules, DOINGS), DOINGS, rules)
    assert fixture.article.title == "T"
    assert fixture.article.published.isoformat() == "2026-03-11"
    assert fixture.gold["doings"][0].values == item


def test_an_article_with_a_hole_in_its_gold_is_left_out_and_told(tmp_path):
    items = (ForeignItem({"head": "gave"}, {}), ForeignItem({"head": "lost"}, {}))
    done, fixtures = imported(tmp_path, [Foreign("x", "Eve gave it.", items)], DOINGS, ROWS)
    assert fixtures == []
    assert done.notes == ["x: left out: head 'lost' is not in the text"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"sort": "LOSE"}, "sort 'LOSE' is none of its labels"),
        ({"givers": ["Eva"]}, "givers 'Eva' is not in the text"),
        ({"givers": "Eve"}, "givers 'Eve' is of another shape"),
        ({"time": "May"}, "time 'May' is not in the text"),
    ],
)
def test_a_field_that_does_not_fit_is_not_labelled_and_told(tmp_path, values, says):
    item = ForeignItem({"head": "gave", **values}, {})
    done, (fixture,) = imported(tmp_path, [Foreign("x", "Eve gave it.", (item,))], DOINGS, ROWS)
    assert done.notes == [f"x: {says}; that field is not labelled there"]
    assert set(fixture.gold["doings"][0].values) == {"head"}


def test_articles_of_one_name_do_not_overwrite_each_other(tmp_path):
    articles = [Foreign("x", f"Eve gave {n}.", ()) for n in "ab"]
    done, fixtures = imported(tmp_path, articles, DOINGS, ROWS)
    assert [path.name for path in done.paths] == ["x.yaml", "x-2.yaml"]
    assert len({fixture.article.text for fixture in fixtures}) == 2
    assert len(load_suite(tmp_path / "out", [DOINGS])) == 2


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("agreed cooperate", "agreed to cooperate"),
        ("agreed ... aid", "agreed"),
        ("Agreed TO", "agreed to"),
        ("cooperate agreed", None),
        ("...", None),
        ("agreed never", None),
    ],
)
def test_words_with_gaps_are_the_shortest_stretch_or_its_head(words, found):
    text = "They agreed, then agreed to cooperate with all of the others and to give aid."
    span = stretch(text, words)
    assert (span and text[span.start : span.end]) == found


def test_a_row_without_text_and_a_bad_date_are_told(tmp_path):
    with pytest.raises(InputError, match="row 1 has no text"):
        list(read_jsonl(rows(tmp_path, {"id": 1}), ROWS, DOINGS))
    with pytest.raises(InputError, match="is no ISO date"):
        list(read_jsonl(rows(tmp_path, {"text": "x", "published": "May"}), ROWS, DOINGS))
    with pytest.raises(InputError, match=r"no \.jsonl file"):
        list(read_jsonl(tmp_path / "none", ROWS, DOINGS))


def test_a_faulty_mapping_is_told(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('format = "xml"\ntask = "a"\n')
    with pytest.raises(WorkspaceError, match="format"):
        read_rules(path)


AWKWARD = st.text(
    st.sampled_from("ab \n\t'\":-#|>\u00a0\u2028\x85\r\U0001f600“ü\u0301ا\u200b"), min_size=1
) | st.sampled_from(["null", "~", "2026-03-11", "yes", "12:30", "- a", "a: b", " x", "x ", "%"])


@given(AWKWARD, AWKWARD)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_read_back(tmp_path_factory, text, title):
    article = Article(id="a", text=text, title=title)
    item = {"words": text, "verb": None, "spans": {"words": Span(start=0, end=1)}}
    path = tmp_path_factory.mktemp("w") / "a.yaml"
    path.write_text(dump_fixture(Labelled(article, {"sayings": [item]})), "utf-8", newline="")
    read = read_document(path).value
    assert (read["text"], read["title"]) == (text, title)
    assert read["sayings"] == [
        {"words": text, "verb": None, "spans": {"words": {"start": "0", "end": "1"}}}
    ]


def test_ids_are_file_names():
    assert fixture_id("A b--c/d.") == "A-b-c-d"


def test_days_are_written_as_in_the_guide():
    day, later = yaml.safe_load("[2026-03-01, 2026-03-31]")
    assert interval(day, None) == interval(day, day) == day
    assert interval(day, later) == "2026-03-01/2026-03-31"
