"""The page of a scored run."""

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import OutputError
from extractor.evaluation.alignment import align, align_all
from extractor.evaluation.page import history, render_page, write_page
from extractor.evaluation.page.breakdown import label_fields, length_rows
from extractor.evaluation.page.content import article_parts, task_parts
from extractor.evaluation.page.document import sha256
from extractor.evaluation.page.pairings import pairings, stretches
from extractor.evaluation.page.segments import Stretch, segments
from extractor.evaluation.runs import Manifest, Run
from extractor.evaluation.scores import Scored
from extractor.evaluation.suites import Suite, open_suite
from extractor.prompt_lock import Baseline, Entry, Lock
from extractor.records import Located, Span
from extractor.results import PromptUsed
from extractor.workspace import open_workspace
from tests.evaluation import cases
from tests.evaluation.cases import BOTH, DOINGS, SAYINGS, changed, doing, fixture, saying, span

EMPTY = Lock(prompts={})
HASH = "a" * 64
RUN = Path("runs/first")
ATTACK = "</script><script>alert(1)</script><img src=x onerror='alert(1)'> {{ 7 * 7 }} \"'&amp;"


def record(of, status="ok", **items):
    return {"error": None, "rejected": [], **cases.record(of, status, **items)}


def manifest(suite, schemas, repeats=1, **more):
    return Manifest(
        suite=suite.name,
        fixtures_sha256=suite.sha256,
        budget_tokens=1000,
        prompts={s.task: PromptUsed(id=f"{s.task}@v2", sha256=HASH) for s in schemas},
        schemas={s.task: s.sha256 for s in schemas},
        tool="tool 1",
        articles=suite.ids,
        repeats=repeats,
        started=dt.datetime(2026, 3, 11, tzinfo=dt.UTC),
        **{"model": "some/model"} | more,
    )


def scored_run(fixtures, repeats, folder=RUN, schemas=BOTH, **more):
    """Score records, a list a repeat, against their fixtures."""
    suite = Suite("suite", tuple(fixtures))
    run = Run(folder, manifest(suite, schemas, len(repeats), **more))
    aligned = {
        s.task: tuple(align_all(fixtures, records, s) for records in repeats) for s in schemas
    }
    return Scored(run, suite, aligned, {s.task: s for s in schemas})


def by_id(records):
    return {each["article"]["id"]: each for each in records}


def page(fixtures, records, lock=EMPTY, **more):
    return render_page(scored_run(fixtures, [records], **more), lock, by_id(records))


class Reader(HTMLParser):
    """Gathers elements with their attributes, and the text of every element of a class."""

    VOID = frozenset({"meta", "input", "br", "wbr", "img", "link"})

    def __init__(self, source):
        super().__init__()
        self.elements, self.texts, self._open = [], [], []
        self.feed(source)
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append((tag, dict(attrs).get("class"), []))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        for _, _, parts in self._open:
            parts.append(data)

    def handle_endtag(self, tag):
        opened, name, parts = self._open.pop()
        assert opened == tag
        self.texts.append((tag, name, "".join(parts)))

    def of_class(self, name):
        return [text for _, each, text in self.texts if each == name]

    def of_tag(self, name):
        return [text for tag, _, text in self.texts if tag == name]


TEXT = "We go, Ann said. We stay, Bob said! They left it all, the man told us."
GOLD = fixture(
    TEXT,
    sayings=[
        saying("We go", "said", "Ann"),
        saying("We stay", "said", "Bob", tone="loud"),
        saying("They left it all", "told", "the man"),
    ],
    doings=[doing("left", "TAKE", ["Ann", "Bob"])],
)


# Segments

stretch_lists = st.lists(
    st.tuples(
        st.integers(-3, 25),
        st.integers(-3, 25),
        st.integers(1, 4),
        st.sampled_from(["gold", "predicted", "field"]),
    ),
    max_size=8,
).map(
    lambda rows: [
        Stretch(Span(start=a, end=b), number, number % 2, side) for a, b, number, side in rows
    ]
)


@given(st.text(max_size=20), stretch_lists)
def test_joined_segments_are_the_text(text, given_stretches):
    assert "".join(piece.text for piece in segments(text, given_stretches)) == text


@given(st.text(min_size=1, max_size=20), stretch_lists)
def test_every_character_knows_the_pairings_that_lie_on_it(text, given_stretches):
    at = 0
    for piece in segments(text, given_stretches):
        assert piece.text
        for offset in range(at, at + len(piece.text)):
            here = [s for s in given_stretches if s.span.start <= offset < s.span.end]
            anchors = {s.pairing for s in here if s.side != "field"}
            assert {n for layer in piece.layers for n in layer.pairings} == anchors
            assert set(piece.fields) == {s.pairing for s in here if s.side == "field"}
        at += len(piece.text)


@given(st.text(min_size=1, max_size=20), stretch_lists)
def test_every_placed_pairing_starts_once(text, given_stretches):
    starts = Counter(n for piece in segments(text, given_stretches) for n in piece.starts)
    placed = {
        s.pairing
        for s in given_stretches
        if s.side != "field" and max(0, s.span.start) < min(len(text), s.span.end)
    }
    assert starts == Counter(placed)


def test_crossing_spans_are_cut_at_all_borders():
    cut = segments(
        "abcdef",
        [
            Stretch(Span(start=0, end=4), 1, 0, "gold"),
            Stretch(Span(start=2, end=6), 1, 0, "predicted"),
            Stretch(Span(start=3, end=5), 2, 0, "gold"),
        ],
    )
    assert [(piece.text, piece.layers[0].seen) for piece in cut] == [
        ("ab", "gold"),
        ("c", "both"),
        ("d", "both"),
        ("e", "crossed"),
        ("f", "predicted"),
    ]


# Pairings


def paired(*items):
    alignment = align(GOLD, record(GOLD, sayings=items), SAYINGS)
    return pairings({0: (alignment, SAYINGS)})


def test_pairings_are_numbered_in_text_order_and_say_what_was_found():
    first, second, third = GOLD.gold["sayings"]
    spurious = Located(saying("the man told us"), {"words": span(TEXT, "the man told us")})
    found = paired(spurious, third, first)
    assert [(one.number, one.found) for one in found] == [
        (1, "matched"),
        (2, "missed"),
        (3, "matched"),
        (4, "spurious"),
    ]
    assert found[1].gold == second


def test_fields_are_marked_as_they_are_scored():
    item = changed(GOLD.gold["sayings"][0], who="ANN", verb=None, tone="loud")
    marks = {row.name: row.mark for row in paired(item)[0].rows}
    assert marks == {"words": "same", "tone": "differs", "verb": "differs", "who": "same"}


def test_an_anchor_that_only_overlaps_differs():
    item = Located(saying("We go, Ann"), {"words": span(TEXT, "We go, Ann")})
    (row, *_), overlap = paired(item)[0].rows, paired(item)[0].overlap
    assert (row.mark, overlap) == ("differs", pytest.approx(2 / 3))


def test_names_of_a_list_that_the_other_side_lacks_are_marked():
    item = changed(GOLD.gold["doings"][0], givers=["Bob", "Eve"])
    alignment = align(GOLD, record(GOLD, doings=[item]), DOINGS)
    rows = {row.name: row for row in pairings({0: (alignment, DOINGS)})[0].rows}
    assert [(piece.text, piece.differs) for piece in rows["givers"].gold] == [
        ("Ann", True),
        ("Bob", False),
    ]
    assert [(piece.text, piece.differs) for piece in rows["givers"].predicted] == [
        ("Bob", False),
        ("Eve", True),
    ]


def test_an_item_without_place_comes_last_and_has_no_stretch():
    found = paired(Located(saying("nowhere"), {"words": None}))
    assert (found[-1].start, found[-1].number) == (None, 4)
    assert 4 not in {stretch.pairing for stretch in stretches(found, [SAYINGS])}


# Breakdown


def test_the_confusion_has_every_gold_and_predicted_item_once():
    first, second, third = GOLD.gold["sayings"]
    records = [record(GOLD, sayings=[changed(first, tone="loud"), second])]
    scored = scored_run([GOLD], [records])
    (field,) = label_fields(scored.alignments["sayings"], SAYINGS, scored.reports["sayings"])
    assert field.columns == (None, "soft", "loud")
    assert {row.label: row.cells for row in field.matrix} == {"soft": (1, 0, 1), "loud": (0, 0, 1)}
    assert third.values["tone"] == "soft"


def test_label_scores_count_place_and_label_together():
    first, second, _ = GOLD.gold["sayings"]
    records = [record(GOLD, sayings=[changed(first, tone="loud"), second])]
    scored = scored_run([GOLD], [records])
    (field,) = label_fields(scored.alignments["sayings"], SAYINGS, scored.reports["sayings"])
    loud = {row.label: row for row in field.rows}["loud"]
    assert (loud.gold, loud.predicted, loud.precision, loud.recall) == (1, 2, 0.5, 1.0)
    assert loud.located.score == 1.0


def test_thirds_by_length_hold_every_article_once():
    fixtures = [fixture("We go. " * n, f"a{n}", sayings=[saying("We go")]) for n in range(1, 8)]
    scored = scored_run(fixtures, [[record(f) for f in fixtures]], schemas=[SAYINGS])
    thirds = length_rows(scored.alignments["sayings"][0], scored.tallies["sayings"])
    assert [(t.shortest_words, t.longest_words, t.report.articles) for t in thirds] == [
        (2, 6, 3),
        (8, 10, 2),
        (12, 14, 2),
    ]


def test_one_article_gives_one_length():
    scored = scored_run([GOLD], [[record(GOLD)]])
    assert len(length_rows(scored.alignments["sayings"][0], scored.tallies["sayings"])) == 1


# History


def baseline(score, day=1, model="some/model", suite="suite", fixtures=HASH):
    return Baseline(
        suite=suite,
        model=model,
        fixtures_sha256=fixtures,
        recorded=dt.date(2026, 1, day),
        scores={"words.overlap": score},
    )


def lock_of(**versions):
    hashes = {f"{part}_sha256": HASH for part in ("prompt", "schema", "messages")}
    return Lock(
        prompts={
            f"sayings@{name}": Entry(**hashes, baselines=tuple(made))
            for name, made in versions.items()
        }
    )


def test_baselines_of_the_suite_are_listed_oldest_first():
    lock = lock_of(
        v1=[baseline(0.5, day=9), baseline(0.1, suite="other")],
        v2=[baseline(0.4, day=2, fixtures="b" * 64)],
    )
    found = history.baselines(lock, "sayings", "suite", HASH)
    assert [(one.version, one.current) for one in found] == [("v2", False), ("v1", True)]
    assert history.baselines(lock, "doings", "suite", HASH) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=15))
def test_points_are_inside_the_axes(scores):
    lock = lock_of(**{f"v{at}": [baseline(score)] for at, score in enumerate(scores)})
    recorded = history.baselines(lock, "sayings", "suite", HASH)
    (chart,) = history.charts(recorded, ["words.overlap", "words.exact"])
    points = [point for series in chart.series for point in series.points]
    assert len(points) == len(scores)
    assert all(history.LEFT <= point.x <= history.RIGHT for point in points)
    assert all(history.TOP <= point.y <= history.BOTTOM for point in points)
    assert all(0 <= tick.score <= 1 for tick in chart.ticks)
    assert sum(bool(point.label) for point in points) <= 6


def test_the_run_itself_is_the_last_point_and_a_model_keeps_its_marker():
    lock = lock_of(v1=[baseline(0.5, model="other/model")])
    part = task_parts(scored_run([GOLD], [[record(GOLD)]]), lock)[0]
    assert part.models == ("other/model", "some/model")
    last = part.charts[0].series[-1]
    assert (last.model, last.shape, last.points[-1].score) == ("some/model", 1, 1.0)
    assert last.points[-1].of.this_run


# The page


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=60), st.data())
def test_a_reader_gets_back_the_text_of_the_article(text, drawn):
    start = drawn.draw(st.integers(0, len(text) - 1))
    end = drawn.draw(st.integers(start + 1, len(text)))
    here = Span(start=start, end=end)
    item = Located({"words": text[start:end], "verb": None, "who": None}, {"words": here})
    bare = fixture(text, sayings=[])
    labelled = replace(bare, gold={"sayings": (item,)})
    source = page([labelled], [record(labelled, sayings=[item, item])], schemas=[SAYINGS])
    assert Reader(source).of_class("text") == [text]


def attacked():
    text = f"{ATTACK} We go, Ann said."
    hostile = fixture(text, sayings=[saying(ATTACK, "We go", "Ann")], doings=[doing("said")])
    article = hostile.article.model_copy(update={"title": ATTACK})
    made = record(hostile, status="failed")
    made["error"] = ATTACK
    made["rejected"] = [{"task": "sayings", "field": "x", "reason": ATTACK, "item": {"x": ATTACK}}]
    wrong = changed(hostile.gold["sayings"][0], who=ATTACK)
    return replace(hostile, article=article), made | record(hostile, sayings=[wrong])


def test_nothing_of_an_article_or_model_is_read_as_markup():
    hostile, made = attacked()
    read = Reader(page([hostile], [made], model=ATTACK))
    counted = Counter(tag for tag, _ in read.elements)
    assert (counted["script"], counted["img"], counted["style"]) == (1, 0, 1)
    assert read.of_class("title") == [ATTACK]
    assert not [name for _, attrs in read.elements for name in attrs if name.startswith("on")]


def test_the_policy_allows_the_own_style_and_script_and_nothing_else():
    hostile, made = attacked()
    read = Reader(page([hostile], [made]))
    (policy,) = [a["content"] for _, a in read.elements if "http-equiv" in a]
    (script,), (style,) = read.of_tag("script"), read.of_tag("style")
    assert policy == (
        f"default-src 'none'; script-src '{sha256(script)}'; style-src '{sha256(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not [a for _, a in read.elements if "style" in a or "src" in a]
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_leads_somewhere_on_the_page_and_ids_are_unique():
    first, *_ = GOLD.gold["sayings"]
    nowhere = Located(saying("nowhere"), {"words": None})
    read = Reader(page([GOLD], [record(GOLD, sayings=[first, nowhere])], lock_of(v1=[baseline(1)])))
    ids = [attrs["id"] for _, attrs in read.elements if "id" in attrs]
    links = [attrs["href"] for _, attrs in read.elements if "href" in attrs]
    assert len(ids) == len(set(ids))
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(ids)


def test_every_item_leads_to_its_place_and_back():
    read = Reader(page([GOLD], [record(GOLD)]))
    classes = {attrs["id"]: attrs for _, attrs in read.elements if "data-n" in attrs}
    places = {name for name in classes if re.fullmatch(r"a1-t\d", name)}
    items = {name for name in classes if re.fullmatch(r"a1-i\d", name)}
    assert len(places) == len(items) == 4
    assert {classes[name]["href"][1:] for name in places} == items


def test_the_worst_article_comes_first():
    fixtures = [fixture(TEXT, name, sayings=[saying("We go"), saying("We stay")]) for name in "abc"]
    (one, two), records = fixtures[0].gold["sayings"], []
    for labelled, items in zip(fixtures, [[one, two], [one], []], strict=True):
        records.append(record(labelled, sayings=items))
    parts = article_parts(scored_run(fixtures, [records], schemas=[SAYINGS]), by_id(records))
    assert [part.article.id for part in parts] == ["c", "b", "a"]
    assert [part.number for part in parts] == [1, 2, 3]


def test_an_article_labelled_for_one_task_is_shown_with_that_one():
    other = fixture("We go, Ann said.", "b", doings=[doing("go")])
    records = [record(GOLD), record(other)]
    parts = article_parts(scored_run([GOLD, other], [records]), by_id(records))
    assert [tuple(part.scores) for part in parts] == [(0, 1), (1,)]


def test_failed_and_missing_articles_say_so():
    other = fixture(TEXT, "b", sayings=[saying("We go")], doings=[])
    failed = record(GOLD, status="failed") | {"error": "the service did not answer"}
    read = Reader(page([GOLD, other], [failed]))
    assert read.of_class("badge") == ["failed", "missing"]
    assert "the service did not answer" in read.of_class("note")


def test_of_repeats_the_first_is_shown_and_all_are_scored():
    full, none = record(GOLD), record(GOLD, sayings=[], doings=[])
    scored = scored_run([GOLD], [[full], [none]])
    (part,) = article_parts(scored, by_id([full]))
    assert part.count(0, "matched") == 3
    assert part.scores[0].recall == 0.5


def test_the_same_run_gives_the_same_page():
    assert page([GOLD], [record(GOLD)]) == page([GOLD], [record(GOLD)])


def test_a_page_is_written_from_the_records_of_the_run(tmp_path):
    odd = replace(GOLD, article=GOLD.article.model_copy(update={"title": "\ud800 title"}))
    failed = record(GOLD, status="failed") | {"error": "no answer"}
    scored = scored_run([odd], [[failed]], folder=tmp_path)
    scored.run.add(1, failed)
    write_page(scored, EMPTY, tmp_path / "page.html")
    read = Reader((tmp_path / "page.html").read_text("utf-8"))
    assert read.of_class("title") == ["\ufffd title failed"]
    assert "no answer" in read.of_class("note")


def test_a_page_that_cannot_be_written_is_an_output_error(tmp_path):
    scored = scored_run([GOLD], [[record(GOLD)]], folder=tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"page\.html"):
        write_page(scored, EMPTY, tmp_path / "file" / "page.html")


def test_sixty_articles_stay_under_three_megabytes():
    workspace = open_workspace(None)
    suite = open_suite(workspace, "dev")
    several = (
        replace(labelled, article=labelled.article.model_copy(update={"id": f"{n}-{name}"}))
        for n in range(2)
        for labelled, name in zip(suite.fixtures, suite.ids, strict=True)
    )
    fixtures = [labelled for labelled, _ in zip(several, range(60), strict=False)]
    records = [record(labelled) for labelled in fixtures]
    for made in records[::2]:
        made["quotes"] = [item | {"source": "another"} for item in made["quotes"]]
    scored = scored_run(fixtures, [records], schemas=workspace.schemas())
    size = len(render_page(scored, EMPTY, by_id(records)).encode())
    assert len(fixtures) == 60
    assert size < 3_000_000
