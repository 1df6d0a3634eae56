import asyncio
import json
import random
import re

import pytest

from extractor import Article, Extractor
from extractor.errors import AuthenticationError, UsageError
from extractor.llm.request import ModelSettings
from tests.scripted import ScriptedServer, answer, error

RE_FLAGS = re.DOTALL | re.MULTILINE
COMPACT = {"quotes": "c0", "events": "c0"}
QUICK = ModelSettings(timeout_s=5, transport_retries=1, first_wait_s=0.001, max_wait_s=0.01)
TEXT = "Berlin fell silent. “We will go,” said Ana Costa on Monday. Rain began."
QUOTE = {"content": "We will go", "cue": "said", "source": "Ana Costa", "speaker": "Ana Costa"}
EVENT = {
    "trigger": "Rain began",
    "type": "OTHER",
    "actors": [],
    "targets": [],
    "place": "Berlin",
    "time": "Monday",
    "status": "occurred",
    "summary": None,
}


def task_of(body):
    asked = body["messages"][0]["content"] + body["messages"][-1]["content"]
    return "quotes" if '{"quotes"' in asked or asked.endswith("Task: quotes") else "events"


def text_of(body):
    asked = body["messages"][-1]["content"]
    return re.search(r"(?:<text>\n|^Text: )(.*)(?:\n</text>|\nTask: \w+$)", asked, RE_FLAGS)[1]


def say(task, *items):
    return answer(json.dumps({task: items}))


def good(body):
    task = task_of(body)
    return say(task, QUOTE if task == "quotes" else EVENT)


def open_extractor(server, **options):
    return Extractor(f"{server.url}#any", settings=QUICK, **options)


def spans_of(record):
    for task in ("quotes", "events"):
        for item in record.get(task, ()):
            for name, span in item["spans"].items():
                given = item[name] if isinstance(span, list) else [item[name]]
                places = span if isinstance(span, list) else [span]
                yield from zip(given, places, strict=True)


def assert_spans_hold(record):
    text = record["article"]["text"]
    for value, span in spans_of(record):
        if span is None:
            assert value is None
        else:
            assert text[span["start"] : span["end"]] == value


def test_an_article_gives_located_and_completed_items():
    with ScriptedServer(good) as server, open_extractor(server) as extractor:
        result = extractor.extract(Article(id="a", text=TEXT, published="2026-03-11"))
    assert result.status == "ok"
    assert result.quotes[0].kind == "direct"
    assert result.events[0].date.isoformat() == "2026-03-09"
    assert result.events[0].evidence == "Rain began."
    assert_spans_hold(result.to_dict())


def test_every_model_request_is_counted_in_the_usage():
    with ScriptedServer(good) as server, open_extractor(server) as extractor:
        usage = extractor.extract(TEXT).run.usage
    assert usage.requests == len(server.requests) == 2
    assert usage.prompt_tokens == 200


def test_what_is_not_in_the_article_is_asked_again_and_then_rejected():
    wrong = QUOTE | {"content": "We will not go"}
    script = [say("quotes", QUOTE, wrong)]
    with ScriptedServer(script) as server, open_extractor(server, tasks=["quotes"]) as extractor:
        result = extractor.extract(TEXT)
    assert len(server.requests) == 3
    assert [quote.content for quote in result.quotes] == ["We will go"]
    assert [(r.field, r.item["content"]) for r in result.rejected] == [
        ("content", "We will not go")
    ]
    assert result.run.usage.failed_requests == 2  # the last answer was used


def test_the_reask_names_what_was_not_found():
    wrong = QUOTE | {"content": "We will not go"}
    script = [say("quotes", wrong), say("quotes", QUOTE)]
    with ScriptedServer(script) as server, open_extractor(server, tasks=["quotes"]) as extractor:
        assert not extractor.extract(TEXT).rejected
    assert "We will not go" in server.requests[1]["messages"][-1]["content"]


def test_a_task_without_an_answer_makes_the_article_partial():
    def script(body):
        return error(500) if task_of(body) == "events" else good(body)

    with ScriptedServer(script) as server, open_extractor(server) as extractor:
        result = extractor.extract(TEXT)
    assert (result.status, len(result.quotes), len(result.events)) == ("partial", 1, 0)
    assert "1 of 2 requests got no answer" in result.error


def test_an_article_without_any_answer_is_failed_and_the_next_one_goes_on():
    def script(body):
        return error(500) if "bad" in text_of(body) else good(body)

    with ScriptedServer(script) as server, open_extractor(server) as extractor:
        results = list(extractor.extract_many(["bad news", TEXT]))
    assert sorted(result.status for result in results) == ["failed", "ok"]


def test_a_truncated_answer_splits_the_chunk():
    def script(body):
        whole = "said Ana Costa" in text_of(body) and "Rain began" in text_of(body)
        if whole:
            return answer('{"quotes": [', finish="length")
        return say("quotes", QUOTE) if "We will go" in text_of(body) else say("quotes")

    with ScriptedServer(script) as server, open_extractor(server, tasks=["quotes"]) as extractor:
        result = extractor.extract(TEXT)
    assert result.status == "ok"
    assert [quote.content for quote in result.quotes] == ["We will go"]
    assert len(server.requests) > 1


def test_one_sentence_that_is_always_cut_off_fails_and_does_not_loop():
    script = [answer("{", finish="length")]
    with ScriptedServer(script) as server, open_extractor(server, tasks=["quotes"]) as extractor:
        result = extractor.extract("Only one sentence here.")
    assert (result.status, len(server.requests)) == ("failed", 1)


def test_a_wrong_key_stops_the_run_at_once():
    with ScriptedServer([error(401)]) as server, open_extractor(server) as extractor:
        with pytest.raises(AuthenticationError):
            list(extractor.extract_many([TEXT] * 50))
        assert len(server.requests) <= 2 * extractor.concurrency


def test_a_bug_costs_one_article_and_not_the_run(monkeypatch):
    from extractor import jobs

    def render(prompt, article, piece):
        if "bad" in piece.text:
            raise ZeroDivisionError
        return original(prompt, article, piece)

    original = jobs.render
    monkeypatch.setattr(jobs, "render", render)
    with ScriptedServer(good) as server, open_extractor(server) as extractor:
        results = list(extractor.extract_many(["bad news", TEXT]))
    assert sorted(result.status for result in results) == ["failed", "ok"]
    assert any("ZeroDivisionError" in (result.error or "") for result in results)


def test_articles_are_read_only_as_fast_as_they_are_processed():
    read = []

    def source():
        for number in range(30):
            read.append(number)
            yield TEXT

    with (
        ScriptedServer(good) as server,
        open_extractor(server, tasks=["quotes"], concurrency=2) as extractor,
    ):
        next(extractor.extract_many(source()))
    assert len(read) <= 4


def test_extraction_works_inside_a_running_event_loop():
    async def notebook():
        with ScriptedServer(good) as server, open_extractor(server) as extractor:
            waited = await extractor.aextract(TEXT)
            plain = extractor.extract(TEXT)
            many = list(extractor.extract_many([TEXT, TEXT]))
            return [waited, plain, *many]

    assert [len(result.quotes) for result in asyncio.run(notebook())] == [1, 1, 1, 1]


def test_a_result_names_its_tasks_when_asked_for_another():
    with ScriptedServer(good) as server, open_extractor(server, tasks=["quotes"]) as extractor:
        result = extractor.extract(TEXT)
    with pytest.raises(AttributeError, match="quotes"):
        _ = result.claims


def test_an_unknown_task_is_refused_with_the_ones_there_are():
    with pytest.raises(UsageError, match="events, quotes"):
        Extractor("http://127.0.0.1:9/v1#any", tasks=["claims"])


def test_a_record_says_what_asked_and_with_which_schema():
    with ScriptedServer(good) as server, open_extractor(server) as extractor:
        run = extractor.extract(TEXT).run
    assert run.prompts["quotes"].id == "quotes@v1"
    assert all(len(prompt.sha256) == 64 for prompt in run.prompts.values())
    assert set(run.schemas) == {"quotes", "events"}


def test_a_repeated_quote_is_found_at_both_places():
    text = "“Yes,” said Ana Costa. “Yes,” said Bo Lind."
    items = [
        QUOTE | {"content": "Yes", "source": s, "speaker": s} for s in ("Ana Costa", "Bo Lind")
    ]
    script = [say("quotes", *items)]
    with ScriptedServer(script) as server, open_extractor(server, tasks=["quotes"]) as extractor:
        quotes = extractor.extract(text).quotes
    assert [quote.spans["content"].start for quote in quotes] == [1, 24]
    assert [quote.spans["cue"].start for quote in quotes] == [7, 30]


AWKWARD = (
    *(
        "e\u0301te\u0301",
        "cafe\u0301",
        "👩‍👩‍👧",
        "🇫🇷",
        "👍🏽",
        "שלום",
        "مرحبا",
        "“نعم”",
        "東京",
        "「行く」",
    ),
    *(
        "a\u200bb",
        "\ufeffx",
        "soft\u00adhyphen",
        "\u202ertl\u202c",
        "Nguyễn",
        "Žižková",
        "ﬁne",
        "日本語。",
    ),
    *("Ωmega", "ไทย", "हिन्दी", "–", "—", "…", "«oui»", "it’s", "don't", "5.000,50", "٣٤"),
)
SEPARATORS = (" ", " ", " ", "  ", "\u00a0", "\u2028", "\n", "\n\n", "\r\n", "\u3000", "\t")


def awkward_article(seed):
    rng = random.Random(seed)
    words = (*AWKWARD, "Anna", "Berg", "said", "the", "strike", "Monday,", "went.", "“We", "go”")
    return "".join(rng.choice(words) + rng.choice(SEPARATORS) for _ in range(rng.randint(5, 120)))


def some_items(body):
    """Answer with slices of the text, most of them found in it, some not."""
    text = text_of(body)
    rng = random.Random(text)
    pieces = text.split()

    def piece(most=6):
        at = rng.randrange(len(pieces))
        return " ".join(pieces[at : at + rng.randint(1, most)])

    def optional():
        return piece(2) if rng.random() < 0.8 else None

    compact = {name: value for name, value in EVENT.items() if name != "summary"}
    keys = ("content", "cue", "source", "speaker")
    quotes = [
        dict(zip(keys, (piece(), optional(), optional(), optional()), strict=True))
        for _ in range(3)
    ]
    events = [
        compact
        | {"trigger": piece(3), "actors": [piece(2), piece(2)], "place": optional()}
        | {"time": optional(), "targets": [piece(1)]}
        for _ in range(3)
    ]
    task = task_of(body)
    return say(task, *(quotes if task == "quotes" else events))


def test_every_span_of_200_awkward_articles_holds_its_field():
    articles = [Article(id=str(seed), text=awkward_article(seed)) for seed in range(200)]
    found = 0
    with ScriptedServer(some_items) as server, open_extractor(server, prompts=COMPACT) as extractor:
        for result in extractor.extract_many(articles):
            record = json.loads(json.dumps(result.to_dict()))
            assert result.status == "ok"
            assert_spans_hold(record)
            found += sum(1 for _, span in spans_of(record) if span)
    assert found > 500


TWICE = "Berlin fell silent. “We will go,” said Ana Costa. “Not before Monday,” her brother said."
ROW = ["We will go", "said", "Ana Costa", "Ana Costa"]
SECOND = ["Not before Monday", "said", "her brother", "her brother"]


def bounds_of(body):
    """Return the description of a bounded answer: the list, and the pattern of its anchor."""
    schema = body["response_format"]["json_schema"]["schema"]
    listed = schema["properties"]["quotes"]
    return listed, schema["$defs"]["Quote"]["prefixItems"][0]["pattern"]


def bounded(server):
    return open_extractor(server, tasks=["quotes"], prompts={"quotes": "c1"})


def test_a_sentence_in_marks_that_was_left_out_is_asked_about():
    script = [say("quotes", ROW), say("quotes", SECOND)]
    with ScriptedServer(script) as server, bounded(server) as extractor:
        result = extractor.extract(TWICE)
    assert [quote.content for quote in result.quotes] == ["We will go", "Not before Monday"]
    assert result.quotes[1].speaker == "her brother"
    first, second = (bounds_of(request) for request in server.requests)
    assert re.search(first[1], "Not before Monday")
    assert second[1] == "^Not before Monday$"
    assert (second[0]["minItems"], second[0]["maxItems"]) == (1, 1)
    assert result.run.usage.requests == 2


def test_nothing_is_asked_about_when_nothing_was_left_out():
    with ScriptedServer([say("quotes", ROW, SECOND)]) as server, bounded(server) as extractor:
        assert len(extractor.extract(TWICE).quotes) == 2
    assert len(server.requests) == 1


PART = "Ana Costa said they would go north in May."


def test_a_part_of_a_report_becomes_all_of_it_for_a_small_model():
    row = ["they would go north", "said", "Ana Costa", "Ana Costa"]
    with ScriptedServer([say("quotes", row)]) as server, bounded(server) as extractor:
        (quote,) = extractor.extract(PART).quotes
    assert quote.content == "they would go north in May"


def test_a_large_model_may_choose_a_part_of_a_report():
    row = {"content": "they would go north", "cue": "said", "source": "Ana Costa", "speaker": None}
    with (
        ScriptedServer([say("quotes", row)]) as server,
        open_extractor(server, tasks=["quotes"]) as extractor,
    ):
        (quote,) = extractor.extract(PART).quotes
    assert quote.content == "they would go north"


def test_an_answer_that_does_not_come_leaves_out_what_was_left_out():
    def script(body):
        return error(500) if bounds_of(body)[0].get("minItems") else say("quotes", ROW)

    with ScriptedServer(script) as server, bounded(server) as extractor:
        result = extractor.extract(TWICE)
    assert result.status == "ok"
    assert [quote.content for quote in result.quotes] == ["We will go"]
    assert result.run.usage.failed_requests >= 1


def test_prompts_without_bounds_are_asked_once():
    with (
        ScriptedServer([say("quotes", QUOTE)]) as server,
        open_extractor(server, tasks=["quotes"], prompts=COMPACT) as extractor,
    ):
        extractor.extract(TWICE)
    assert len(server.requests) == 1
