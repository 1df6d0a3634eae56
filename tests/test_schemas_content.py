"""The two schemas that come with the package: kinds, evidence, days and quad classes."""

import datetime as dt
from pathlib import Path
from typing import get_args

import pytest

from extractor.records import Article, Located, Span
from extractor.schema_files import load_schema

ROOT = Path(__file__).parents[1]
QUOTES = load_schema(ROOT / "schemas" / "quotes.py")
EVENTS = load_schema(ROOT / "schemas" / "events.py")
GUIDE = (ROOT / "evals" / "LABELLING.md").read_text("utf-8")
THURSDAY = dt.date(2026, 2, 12)


def place(text, part):
    start = text.index(part)
    return Span(start=start, end=start + len(part))


def quote(text, content):
    values = {"content": content, "cue": None, "source": None, "speaker": None}
    spans = {"content": place(text, content), "cue": None, "source": None, "speaker": None}
    found = QUOTES.item.complete(Located(values, spans), Article(id="a", text=text))
    return QUOTES.build(found)


def event(text, trigger, published=THURSDAY, **more):
    values = {
        "trigger": trigger,
        "type": "CONSULT",
        "actors": [],
        "targets": [],
        "place": None,
        "time": None,
        "status": "occurred",
        **more,
    }
    article = Article(id="a", text=text, published=published)
    found = EVENTS.item.complete(Located(values, {"trigger": place(text, trigger)}), article)
    return EVENTS.build(found)


def test_the_fields_are_asked_for_in_the_order_models_follow():
    assert [spec.name for spec in QUOTES.asked] == ["content", "cue", "source", "speaker"]
    asked = ["trigger", "type", "actors", "targets", "place", "time", "status", "summary"]
    assert [spec.name for spec in EVENTS.asked] == asked
    assert [spec.name for spec in EVENTS.asked if spec.optional] == ["summary"]


def test_the_types_and_statuses_are_those_of_the_labelling_guide():
    types = get_args(EVENTS.spec("type").annotation)
    statuses = get_args(EVENTS.spec("status").annotation)
    assert len(types) == 31
    assert all(f"`{label}`" in GUIDE for label in (*types, *statuses))


@pytest.mark.parametrize(
    ("text", "content", "kind"),
    [
        ("“We will go,” she said.", "We will go", "direct"),
        ("“We will go,” she said.", "“We will go,”", "direct"),
        ("She condemned “the actions of a few”.", "the actions of a few", "direct"),
        ('"We will go," she said. "Now."', "Now", "direct"),
        ("He called the plan “reckless and late”.", "the plan “reckless and late”", "mixed"),
        ("He said the “smart” wall was late.", "the “smart” wall was late", "mixed"),
        ("He said the bridge would reopen.", "the bridge would reopen", "indirect"),
        ("“Go,” he said. The dam held, he said.", "The dam held", "indirect"),
        ("“We were promised.\n\n“What we got,” he said.", "We were promised", "direct"),
        ("„Wir gehen“, sagte sie.", "Wir gehen", "direct"),
        ("彼は「行く」と言った。", "行く", "direct"),
        ("‘Ring, not sing,’ said Mr Flowers.", "Ring, not sing", "direct"),
        ("The dogs' owner said it wasn't his.", "it wasn't his", "indirect"),
    ],
)
def test_the_kind_is_told_by_the_marks_around_and_inside(text, content, kind):
    assert quote(text, content).kind == kind


def test_a_quote_in_one_line_shows_marks_only_if_the_article_does():
    assert quote("“We go,” she said.", "We go").line() == "unattributed: “We go”"
    assert quote("They go, she said.", "They go").line() == "unattributed: They go"


def test_the_evidence_is_the_sentence_of_the_trigger_with_its_span():
    text = "Rain fell. Brunia and Ostreva resumed talks on Wednesday. Nobody came."
    found = event(text, "resumed talks")
    assert found.evidence == "Brunia and Ostreva resumed talks on Wednesday."
    assert found.spans["evidence"] == place(text, found.evidence)


@pytest.mark.parametrize(
    ("time", "status", "start", "end"),
    [
        ("Wednesday", "occurred", dt.date(2026, 2, 11), dt.date(2026, 2, 11)),
        ("Saturday", "planned", dt.date(2026, 2, 14), dt.date(2026, 2, 14)),
        ("2009", "occurred", dt.date(2009, 1, 1), dt.date(2009, 12, 31)),
        ("since Monday", "ongoing", dt.date(2026, 2, 9), THURSDAY),
        ("by March 1", "planned", THURSDAY, dt.date(2026, 3, 1)),
        (None, "occurred", None, None),
    ],
)
def test_days_are_resolved_against_the_day_of_publication(time, status, start, end):
    found = event("They met.", "met", time=time, status=status)
    assert (found.date, found.end_date) == (start, end)


@pytest.mark.parametrize(
    ("trigger", "refused"), [("have", True), ("was the", True), ("was met", False), ("Won", False)]
)
def test_a_trigger_of_words_that_name_nothing_is_refused(trigger, refused):
    text = f"They {trigger} it."
    found = Located({"trigger": trigger}, {"trigger": place(text, trigger)})
    kept = EVENTS.item.correct(found, Article(id="a", text=text))
    assert isinstance(kept, str) is refused


def test_a_relative_time_has_no_day_when_the_publication_is_unknown():
    found = event("They met.", "met", published=None, time="Wednesday")
    assert found.date is None
    assert found.end_date is None


@pytest.mark.parametrize(
    ("label", "quad"),
    [
        ("AGREE", "verbal cooperation"),
        ("AID", "material cooperation"),
        ("ACCUSE", "verbal conflict"),
        ("ASSAULT", "material conflict"),
        ("SPORT", None),
    ],
)
def test_the_political_types_have_a_quad_class_and_the_others_none(label, quad):
    assert event("They met.", "met", type=label).quad == quad


def test_sixteen_types_have_a_quad_class():
    types = get_args(EVENTS.spec("type").annotation)
    found = [event("They met.", "met", type=label).quad for label in types]
    assert sum(quad is not None for quad in found) == 16


def test_an_event_in_one_line_says_when_what_who_and_whom():
    found = event("They met.", "met", actors=["Brunia"], targets=["Ostreva"], time="Wednesday")
    assert found.line() == "2026-02-11  CONSULT   met · Brunia → Ostreva"
    assert event("A.", "A", status="alleged").line() == "no date     CONSULT   A (alleged) · –"


def quote_at(text, content, **spans):
    values = {"content": content, "cue": None, "source": None, "speaker": None, **spans}
    places = {name: value and place(text, value) for name, value in values.items()}
    return Located(values, places)


def corrected(text, content, **spans):
    return QUOTES.item.correct(quote_at(text, content, **spans), Article(id="a", text=text))


def adjusted(text, content, **spans):
    return QUOTES.item.adjust(quote_at(text, content, **spans), Article(id="a", text=text))


def test_a_direct_quote_is_widened_to_its_marks_without_the_last_comma():
    text = "“We will go. All of us,” said Ana Costa."
    found = corrected(text, "We will", cue="said", source="Ana Costa")
    assert found.values["content"] == "We will go. All of us"
    assert found.spans["content"] == place(text, "We will go. All of us")


def test_a_direct_quote_is_given_without_its_marks():
    text = "It will be late, she said, “with or without the cake.”"
    found = corrected(text, "“with or without the cake.”", cue="said", source="she")
    assert found.values["content"] == "with or without the cake"


def test_a_question_mark_belongs_to_a_direct_quote():
    assert corrected("“Why us?” said Ana.", "Why us", cue="said").values["content"] == "Why us?"


def test_a_paraphrase_ends_where_the_report_does_that_begins_with_it():
    text = "Ana Costa said they would “go north”, all of them, but declined to say when."
    found = adjusted(text, "they would “go", cue="said", source="Ana Costa")
    assert found.values["content"] == "they would “go north”, all of them"


@pytest.mark.parametrize("part", ["go north", "all of them", "would “go north”"])
def test_a_part_of_a_report_becomes_all_of_it(part):
    text = "Ana Costa said they would “go north”, all of them, but declined to say when."
    found = adjusted(text, part, cue="said", source="Ana Costa")
    assert found.values["content"] == "they would “go north”, all of them"


@pytest.mark.parametrize(
    ("text", "content", "cue"),
    [
        ("Ana said that Rui had told her that rain was near.", "rain was near", "told"),
        ("Ana said it was over, adding “We will go north.”", "We will go north", "adding"),
        ("They would “go north”, all of them, Ana hinted.", "They would “go north”", "hinted"),
    ],
)
def test_what_is_another_statement_or_in_no_report_stays_as_it_is(text, content, cue):
    assert adjusted(text, content, cue=cue).values["content"] == content


def test_a_source_that_is_a_full_name_names_the_speaker():
    text = "Bo Lind listened. “We will go,” said Ana Costa."
    found = corrected(text, "We will go", cue="said", source="Ana Costa", speaker="Bo Lind")
    assert found.values["speaker"] == "Ana Costa"
    assert found.spans["speaker"] == place(text, "Ana Costa")


def test_a_surname_as_source_names_the_one_full_name_that_ends_in_it():
    text = "Ana Costa arrived. “We will go,” Costa said."
    found = corrected(text, "We will go", cue="said", source="Costa", speaker="Costa")
    assert found.values["speaker"] == "Ana Costa"


def test_a_pronoun_as_source_leaves_the_speaker_to_the_model():
    text = "Ana Costa arrived. “We will go,” she said."
    found = corrected(text, "We will go", cue="said", source="she", speaker="Ana Costa")
    assert found.values["speaker"] == "Ana Costa"


def test_a_source_that_is_no_pronoun_is_the_speaker_where_the_model_names_none():
    text = "“We will go,” the medics said."
    found = corrected(text, "We will go", cue="said", source="the medics")
    assert found.values["speaker"] == "the medics"
    assert found.spans["speaker"] == place(text, "the medics")


@pytest.mark.parametrize(
    ("source", "speaker", "named"),
    [
        ("Costa", "Bo Lind", "Ana Costa"),  # the nearer of two who bear it
        ("Costa", "Rui Costa", "Rui Costa"),
        ("medics", "Bo Lind", "medics"),
        ("the medics", "Bo Lind", "Bo Lind"),  # may stand for him
        ("they", "Bo Lind", "Bo Lind"),
    ],
)
def test_a_source_that_refers_to_nothing_else_shares_a_word_with_the_speaker(
    source, speaker, named
):
    text = f"Rui Costa met Ana Costa and Bo Lind. “We will go,” {source} said."
    found = corrected(text, "We will go", cue="said", source=source, speaker=speaker)
    assert found.values["speaker"] == named
    assert found.spans["speaker"] == place(text, named)


@pytest.mark.parametrize(
    ("text", "cue", "source"),
    [
        ("“We will go,” Ana Costa told us.", "told", "Ana Costa"),
        ("“We will go,” said Ana Costa.", "said", "Ana Costa"),
        ("Ana Costa has also warned them: “We will go.”", "warned", "Ana Costa"),
        ("“We will go,” according to the Ostreva Times.", "according to", "Ostreva Times"),
        ("“We will go,” he told Ana Costa.", "told", None),
        ("“We will go,” said the brother of Ana Costa.", "said", None),
        ("“We will go,” according to Ana Costa's brother.", "according to", None),
        ("Ana Costa, who is ill, said: “We will go.”", "said", None),
    ],
)
def test_a_full_name_beside_the_cue_is_the_source_where_the_model_names_none(text, cue, source):
    found = corrected(text, "We will go", cue=cue)
    assert (found.values["source"], found.values["speaker"]) == (source, source)
    assert found.spans.get("source") == (source and place(text, source))


@pytest.mark.parametrize(
    ("content", "kept", "source"),
    [
        ("Prices rose, according to Ana Costa", "Prices rose", "Ana Costa"),
        ("Prices rose, according to", "Prices rose", "Ana Costa"),
        ("according to Ana Costa of the bank in Porto", "of the bank in Porto", "Ana Costa"),
        ("Prices rose", "Prices rose", "Ana Costa"),
    ],
)
def test_the_cue_and_a_source_beside_it_are_left_out_of_the_content(content, kept, source):
    text = "Prices rose, according to Ana Costa of the bank in Porto."
    found = corrected(text, content, cue="according to", source=source)
    assert found.values["content"] == kept
    assert found.spans["content"] == place(text, kept)


def test_a_direct_quote_that_holds_its_cue_stays_whole():
    text = "“He said nothing,” Ana Costa said."
    assert corrected(text, "He said nothing", cue="said").values["content"] == "He said nothing"


TALK = """Judge Ana Costa questioned Rui Prata.

Costa: “Where were you?”

Rui Prata, Porto: “At home.

“I saw it on television.”

“Nobody else did,” a neighbour said."""


@pytest.mark.parametrize(
    ("content", "source", "speaker"),
    [
        ("Where were you?", "Costa", "Ana Costa"),
        ("At home", "Rui Prata", "Rui Prata"),
        ("I saw it on television", None, "Rui Prata"),
        ("Nobody else did", "a neighbour", "a neighbour"),
    ],
)
def test_the_label_of_a_turn_names_its_speaker_over_all_its_paragraphs(content, source, speaker):
    given = {"source": "a neighbour"} if speaker == "a neighbour" else {"speaker": "Ana Costa"}
    found = corrected(TALK, content, **given)
    assert (found.values["source"], found.values["speaker"]) == (source, speaker)


SIGNED = """“We will all miss the ferry.” — Dr. Ana Costa, Porto

“Nobody asked us.”
― Rui Prata\u00a0

"It was late," a neighbour said.

- The promoter, Big Mesa Live: "We are sorry."
"""


@pytest.mark.parametrize(
    ("content", "source", "speaker"),
    [
        ("We will all miss the ferry", "Ana Costa", "Ana Costa"),
        ("Nobody asked us", "Rui Prata", "Rui Prata"),
    ],
)
def test_a_name_behind_a_dash_signs_a_quote(content, source, speaker):
    found = corrected(SIGNED, content, source="a neighbour", cue="said", speaker="Big Mesa Live")
    assert (found.values["source"], found.values["speaker"]) == (source, speaker)
    assert found.values["cue"] is None


def test_a_cue_beside_a_passage_knows_better_than_a_signature():
    text = "“We go,” said Ana Costa. “It rains.”\n— The Tribune"
    found = corrected(text, "It rains", source="Ana Costa", cue="said")
    assert (found.values["speaker"], found.values["cue"]) == ("Ana Costa", "said")


def test_the_dash_of_a_list_signs_nothing():
    found = corrected(SIGNED, "It was late", source="a neighbour", cue="said")
    assert (found.values["speaker"], found.values["cue"]) == ("a neighbour", "said")


def test_a_label_may_stand_in_a_line_of_its_own():
    found = corrected("Ana Costa:\n“We will go.”\n\nMore.", "We will go", speaker="Ana Costa")
    assert found.values["source"] == "Ana Costa"


def test_initials_in_capitals_are_a_name_and_no_pronoun():
    text = "The World Health Organization met. “We checked,” said WHO. Ana Costa left."
    found = corrected(text, "We checked", source="WHO", speaker="World Health Organization")
    assert found.values["speaker"] == "World Health Organization"
    assert corrected(text, "We checked", source="WHO").values["speaker"] == "WHO"
    assert (
        corrected(text, "We checked", source="WHO", speaker="Ana Costa").values["speaker"] == "WHO"
    )


def test_words_before_a_colon_that_are_no_name_label_nothing():
    text = "The question was: “Where is Ana Costa?”"
    found = corrected(text, "Where is Ana Costa?", speaker="Ana Costa")
    assert (found.values["source"], found.values["speaker"]) == (None, "Ana Costa")


def test_a_paraphrase_without_cue_or_source_in_its_sentence_is_none():
    text = "Rain began in the north. Ana Costa said so."
    assert "attribute" in corrected(text, "Rain began in the north", cue="said")


def test_a_long_passage_in_marks_without_a_quote_is_remarked():
    article = Article(id="a", text="“We will all go north tomorrow.” “Yes.”")
    (remark,) = QUOTES.item.remarks((), article)
    assert "We will all go north tomorrow" in remark


def test_a_passage_that_a_quote_holds_is_not_remarked():
    text = "“We will all go north tomorrow.”"
    item = Located({"content": "go north"}, {"content": place(text, "go north")})
    assert QUOTES.item.remarks((item,), Article(id="a", text=text)) == ()


def certain(text):
    return [text[s.start : s.end] for s in QUOTES.item.certain(Article(id="a", text=text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“We will go, all of us,” said Ana.", ["We will go, all of us"]),
        ("'Why should I?' asked Ana. \"I won't go there.\"", ["Why should I?", "I won't go there"]),
        ("It is “a gift to the foxes”.", []),
        ("She called it “a gift to the foxes”.", ["it “a gift to the foxes”"]),
        ("They sang “We Three Kings” at dusk.", []),
        ("A banner read “Gas is not a luxury.”", []),
        ("“No,” said Ana.", []),
        ("Ana’s book, “The Long Way Home,” sold well.", []),
    ],
)
def test_a_sentence_in_marks_is_certain_to_be_a_quote(text, found):
    assert certain(text) == found
