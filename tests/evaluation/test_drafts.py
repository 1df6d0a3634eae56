"""Drafts: what a model found, as a fixture that is valid as it stands."""

import datetime as dt
from dataclasses import replace

from extractor import Article, Extractor
from extractor.evaluation.drafts import draft
from extractor.evaluation.fixtures import check_fixture, load_fixture
from extractor.llm.request import Attempt, Reply
from extractor.records import Usage
from extractor.workspace import open_workspace

TEXT = (
    "LIMA, March 11 - “No comment,” said Ana Costa. Bo Lind also said: “No comment.” "
    "The port closed last week. It had closed on Monday."
)
SAID = {"content": "No comment", "cue": "said", "source": "Ana Costa", "speaker": "Ana Costa"}
CLOSED = {
    "trigger": "closed last week",
    "type": "CLOSE",
    "actors": [],
    "targets": ["The port"],
    "place": None,
    "time": "last week",
    "status": "occurred",
    "summary": None,
}


class Fixed:
    name, budget_tokens, concurrency = "local/fixed", 1000, 1

    def __init__(self, **items):
        self.items = items

    async def ask(self, request):
        return Reply(self.items[request.task], (Attempt("ok", Usage(), 0.1),), "")

    async def aclose(self):
        pass


def drafted(tmp_path, name="a-draft", **items):
    article = Article(id="x", text=TEXT, title="T: “t”", published=dt.date(2026, 3, 11))
    found = {"quotes": [SAID], "events": [CLOSED]} | items
    with Extractor(Fixed(**found), workspace=None) as extractor:
        result = extractor.extract(article)
        text = draft(result, extractor.schemas, name)
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path, result


def errors(path):
    found = check_fixture(path, open_workspace().schemas())
    return [str(fault) for fault in found if fault.severity == "error"]


def test_a_draft_needs_no_correction_to_be_valid(tmp_path):
    path, _ = drafted(tmp_path)
    assert errors(path) == []


def test_a_draft_holds_the_labelled_fields_only_and_days_as_in_the_guide(tmp_path):
    path, _ = drafted(tmp_path)
    text = path.read_text("utf-8")
    assert "date: 2026-03-02/2026-03-08" in text
    assert "kind: direct" in text
    for name in ("evidence", "quad", "end_date", "summary", "spans"):
        assert f"{name}:" not in text


def test_a_draft_is_located_where_the_model_found_it(tmp_path):
    path, result = drafted(tmp_path)
    fixture = load_fixture(path, open_workspace().schemas())
    assert fixture.article.text == TEXT
    assert [item.spans["content"] for item in fixture.gold["quotes"]] == [
        item.spans["content"] for item in result.quotes
    ]


def test_an_item_at_a_later_place_of_its_words_says_where(tmp_path):
    later = SAID | {"source": "Bo Lind", "speaker": "Bo Lind"}
    _, result = drafted(tmp_path, quotes=[SAID, later])
    only = replace(result, items={"quotes": result.quotes[1:]})
    path = tmp_path / "later.yaml"
    path.write_text(draft(only, {"quotes": open_workspace().schema("quotes")}, "later"), "utf-8")
    assert errors(path) == []
    fixture = load_fixture(path, open_workspace().schemas())
    assert fixture.gold["quotes"][0].spans["content"].start == TEXT.index("No comment.”")


def test_a_draft_of_nothing_is_valid(tmp_path):
    path, _ = drafted(tmp_path, quotes=[], events=[])
    assert errors(path) == []
    fixture = load_fixture(path, open_workspace().schemas())
    assert fixture.gold == {"quotes": (), "events": ()}
