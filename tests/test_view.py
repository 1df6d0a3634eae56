from rich.console import Console

from extractor.records import Article, Rejection
from extractor.results import Result, RunInfo
from extractor.view import notes, show
from tests.test_export import located


def result(**changes):
    quote = located("quotes", "content", content="Yes", cue="said", source="Kim", speaker="Kim")
    fields = {
        "status": "ok",
        "error": None,
        "article": Article(id="a", text="", title="Dockers [bold] strike"),
        "items": {"quotes": (quote,), "events": ()},
        "rejected": (),
        "warnings": (),
        "run": RunInfo(model="m", prompts={}, schemas={}),
    }
    return Result(**fields | changes)


def seen(*results):
    console = Console(width=60, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    show(results, console)
    console.file.close()
    return console.export_text()


def test_the_view_shows_title_counts_and_one_line_per_item():
    text = seen(result())
    assert "Dockers [bold] strike  date unknown" in text
    assert "quotes (1)" in text
    assert "Kim: “Yes”" in text


def test_the_view_says_what_went_wrong():
    rejection = Rejection(task="quotes", item={}, field="content", reason="not in the article")
    changed = result(error="no answer", warnings=("no date",), rejected=(rejection,))
    assert notes(changed) == ["no answer", "no date", "1 not located in the article and left out"]
    assert "no answer" in seen(changed)
