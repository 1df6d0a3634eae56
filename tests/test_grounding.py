"""Verbatim or not at all."""

from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.fold import fold
from extractor.grounding import FoldedText, ground
from extractor.records import Grounding, Span
from extractor.schema_files import load_schema
from tests.mutations import Case, false_versions, honest_versions

SCHEMAS = Path(__file__).parents[1] / "schemas"
QUOTES = load_schema(SCHEMAS / "quotes.py")
EVENTS = load_schema(SCHEMAS / "events.py")
AWKWARD = (
    *"ab1 \n\r\t.,;-–—…\"'“”‘’«»\u00a0\u200b\u00ad\u200d\u200f\u202e\u0301\u0327\u20ac",
    *"👩👧🇫🇷한中文שלוםسلامกข",
    *(" not ", "n’t", " said ", "5 ", "15", "%", "e\u0301", "\r\n\r\n", "👩\u200d👧", ". A"),
)


def quote(content, cue=None, source=None, speaker=None):
    return {"content": content, "cue": cue, "source": source, "speaker": speaker}


def event(trigger, actors=(), targets=(), place=None, time=None):
    return {
        "trigger": trigger,
        "type": "OTHER",
        "actors": list(actors),
        "targets": list(targets),
        "place": place,
        "time": time,
        "status": "occurred",
    }


def grounded(text, *items, schema=QUOTES, window=None) -> Grounding:
    start, end = window or (0, len(text))
    return ground(items, schema, FoldedText(text), Span(start=start, end=end))


def contents(text, *needles):
    return [item.values["content"] for item in grounded(text, *map(quote, needles)).located]


def triggers(text, *needles):
    found = grounded(text, *map(event, needles), schema=EVENTS)
    return [item.values["trigger"] for item in found.located]


def reasons(text, *needles):
    return [fault.reason for fault in grounded(text, *map(quote, needles)).rejected]


def places(found, field="content"):
    return [(item.spans[field].start, item.spans[field].end) for item in found.located]


# ----------------------------------------------------------- the promise, in numbers


def by_text(cases):
    return groupby(sorted(cases, key=lambda case: case.text), key=lambda case: case.text)


def located(cases: tuple[Case, ...]):
    """Ground every case alone; yield it with its span or None."""
    for text, group in by_text(cases):
        folded, whole = FoldedText(text), Span(start=0, end=len(text))
        for case in group:
            found = ground([quote(case.needle)], QUOTES, folded, whole).located
            yield case, found[0].spans["content"] if found else None


def thinned(cases, most):
    """Take at most so many of each kind, spread evenly."""
    kinds = Counter(case.kind for case in cases)
    seen: Counter[str] = Counter()
    for case in cases:
        seen[case.kind] += 1
        if seen[case.kind] % (kinds[case.kind] // most + 1) == 0:
            yield case


def test_there_are_enough_false_and_honest_versions_of_enough_articles():
    false, honest = false_versions(), honest_versions()
    assert len({case.article for case in false}) >= 30
    assert min(Counter(case.kind for case in false).values()) >= 100
    assert len(false) >= 10_000
    assert len(list(thinned(honest, 150))) >= 1_000


def test_no_false_version_is_accepted():
    accepted = [(case.kind, case.needle) for case, span in located(false_versions()) if span]
    assert accepted == []


def test_every_honest_version_is_found_at_its_place():
    cases = tuple(thinned(honest_versions(), 150))
    wrong = [
        (case.kind, case.needle)
        for case, span in located(cases)
        if span != Span(start=case.start, end=case.end)
    ]
    assert wrong == []


# ----------------------------------------------------------------- numbers and words


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("5 percent of us", "It is 15 percent of us."),
        ("5 percent of us", "It is 1.5 percent of us."),
        ("5 percent of us", "It is 1,5 percent of us."),
        ("5 percent of us", "It is -5 percent of us."),
        ("5 percent of us", "It is −5 percent of us."),
        ("5 percent of us", "It is –5 percent of us."),
        ("5 percent of us", "It is 10-5 percent of us."),
        ("5 percent of us", "It is 10–5 percent of us."),
        ("5 of us", "It is $5 of us."),
        ("5 of us", "It is US$5 of us."),
        ("5 of us", "It is €\u00a05 of us."),
        ("000 of us", "It is 5\u00a0000 of us."),
        ("000 of us", "It is 5’000 of us."),
        ("5 of us", "It is .5 of us."),
        ("rose 5", "It rose 5.5 points."),
        ("rose 5", "It rose 5,000 points."),
        ("rose 5", "It rose 5% or so."),
        ("rose 5", "It rose 5 % or so."),
        ("rose 5", "It rose 5 percent."),
        ("rose 5", "It rose 5 million."),
        ("rose 5", "It rose 5bn."),
        ("rose 5", "It rose 5€."),
        ("rose 5", "It rose 5\u200b5 points."),
        ("rose 5", "It rose 5½ points."),
        ("million dollars", "It is 5 million dollars."),
        ("five of us", "It is twenty-five of us."),
        ("五年", "二十五年"),
        ("5", "第15天"),
    ],
)
def test_no_number_is_cut(needle, text):
    assert contents(text, needle) == []
    assert triggers(text, needle) == []


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("rose 5", "It rose 5."),
        ("rose 5", "It rose 5, then fell."),
        ("rose 5", "It rose 5—then fell."),
        ("rose 5%", "It rose 5%."),
        ("-5 degrees", "It was -5 degrees."),
        ("-5 degrees", "It was −5 degrees."),
        ("$5 a day", "It costs $5 a day."),
        ("5 people", "In 2019 5 people left."),
        ("15日", "第15日"),
    ],
)
def test_a_whole_number_is_found(needle, text):
    assert len(contents(text, needle)) == 1


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("art of it", "The cart of it."),
        ("the car", "In the cart."),
        ("can go", "It scan go."),
        ("we can", "Here we can't go."),
        ("we can", "Here we can’t go."),
        ("t go", "We can't go."),
        ("Brien left", "O’Brien left."),
        ("profit rose", "The non-profit rose."),
        ("the AT", "It is the AT&T."),
        ("S. law", "It is U.S. law."),
        ("caf", "In the cafe\u0301."),
        ("cafe", "In the cafe\u0301."),
        ("on the co", "It is on the co\u00adop."),
        ("سلا", "قال سلام"),
    ],
)
def test_no_word_is_cut(needle, text):
    assert contents(text, needle) == []


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("the car", "It is the car’s."),
        ("we", "Now we’re here."),
        ("homme est là", "Il dit que l’homme est là."),
        ("we go", "He said—we go—twice."),
        ("co-op", "The co\u2011op."),
        ("你好", "他说你好吗"),
        ("ไทย", "ประเทศไทยดี"),
        ("שלום", "אמר שלום."),
        ("👩\u200d👧 a", "See 👩\u200d👧 a."),
    ],
)
def test_a_whole_word_is_found(needle, text):
    assert len(contents(text, needle)) == 1


def test_the_words_of_a_compound_are_one_in_a_statement_and_two_for_a_name():
    text = "The pro-Kyiv rally was Leh-based."
    found = grounded(text, event("rally", actors=["Kyiv"], place="Leh"), schema=EVENTS).located[0]
    assert (found.values["actors"], found.values["place"]) == (["Kyiv"], "Leh")
    assert contents(text, "Kyiv rally") == []
    assert triggers(text, "Kyiv rally") == []


@pytest.mark.parametrize(
    "needle",
    ["", " ", "…", "“”", "...", "--", "?!", "\u200b", "\u0301", " … ", "a" * 100_000, "null"],
)
def test_what_says_nothing_is_rejected(needle):
    found = grounded("A “b” … -- c?! a. \u200b \u0301", quote(needle))
    assert found.located == ()
    assert len(found.rejected) == 1


def test_one_common_letter_is_found_as_a_word_only():
    text = "banana a cab"
    assert places(grounded(text, quote("a"))) == [(7, 8)]


def test_case_differs_in_the_first_letter_only():
    text = "He said The Plan is off. ISIS is not."
    assert contents(text, "the Plan is off") == ["The Plan is off"]
    assert contents(text, "the plan is off", "THE Plan is off", "Isis is not") == []


def test_the_own_first_letter_goes_before_the_other_case():
    text = "We may go. In May we go."
    found = grounded(text, event("we go", time="May"), schema=EVENTS).located[0]
    assert found.values["time"] == "May"


def test_a_final_mark_is_kept_where_the_text_has_it():
    assert contents("A b. C d, e.", "A b,", "C d,") == ["A b", "C d,"]


def test_a_final_question_mark_is_never_dropped():
    assert contents("We go.", "We go?", "We go!") == []


# ------------------------------------------------------------------------- marks


@pytest.mark.parametrize(
    "given", ['"We go"', "“We go”", "“We go,”", "'We go,'", "«We go»", "We go"]
)
def test_marks_around_a_statement_are_left_out(given):
    assert contents("“We go,” he said.", given)[0].rstrip(",") == "We go"


def test_marks_that_belong_to_a_part_stay():
    text = "He called “a” and “b” bad."
    assert contents(text, "“a” and “b”") == ["“a” and “b”"]


def test_marks_around_words_taken_verbatim_stay_where_the_text_has_them():
    assert triggers("The “strike” went on. A riot followed.", "“strike”", "“riot”") == [
        "“strike”",
        "riot",
    ]


# ----------------------------------------------------- first words … last words

LONG = (
    "“We have never seen a storm like this one on the coast,” said Ann Ray, “and we will not "
    "forget it for as long as we live.” Bo Lee said the harbour would stay shut until the end of "
    "the week. The ferry company said that no boats would sail.\n\n“We have never seen a storm "
    "like that one in the hills,” said Cy Poe."
)


def test_first_and_last_words_are_expanded():
    assert contents(LONG, "the harbour would … of the week") == [
        "the harbour would stay shut until the end of the week"
    ]


@pytest.mark.parametrize("gap", [" … ", " ... ", "\u00a0… ", " …\n"])
def test_a_gap_is_written_in_several_ways(gap):
    assert len(contents(LONG, f"the harbour would{gap}of the week")) == 1


def test_the_words_themselves_are_looked_for_first():
    text = "He wrote: we will go … to the end. Then we will go far to the end."
    assert contents(text, "we will go … to the end") == ["we will go … to the end"]


@pytest.mark.parametrize(
    ("needle", "reason"),
    [
        ("We have never … as we live", "first and last words do not belong to one passage"),
        (
            "the harbour would … boats would sail",
            "first and last words do not belong to one passage",
        ),
        ("We have never … in the sea", "first and last words do not belong to one passage"),
        ("the harbour … of the week", "needs three words or more on each side of the gap"),
        ("the harbour would … the end … of the week", "has more than one gap"),
        ("the harbour might … of the week", "not in the article"),
    ],
)
def test_ends_that_do_not_belong_together_are_rejected(needle, reason):
    assert reason in reasons(LONG, needle)


def test_an_expansion_keeps_to_its_paragraph():
    assert contents(LONG, "no boats would … in the hills") == []


def test_the_same_first_words_are_taken_in_order():
    found = contents(LONG, "We have never … on the coast", "We have never … in the hills")
    assert [said[-5:] for said in found] == ["coast", "hills"]


def test_an_end_that_fits_at_several_places_is_rejected():
    text = "He said the dam would hold in the north and in the town and in the town."
    assert reasons(text, "the dam would … in the town") == ["several places fit"]


def test_a_start_that_fits_at_several_places_of_one_passage_is_rejected():
    text = "“Either now we must go or now we must stay to the very end.”"
    assert reasons(text, "now we must … the very end") == ["several places fit"]


def test_an_expansion_holds_whole_passages_only():
    text = "Bo Lee called the new plan “a cruel joke on the poor” and left the room at once."
    assert contents(text, "called the new … on the poor") == [
        "called the new plan “a cruel joke on the poor"
    ]
    assert contents(text, "called the new … a cruel joke") == []
    assert contents(text, "a cruel joke … the room at once") == []


def test_an_expansion_has_a_longest_length():
    middle = "and on " * 120
    assert contents(f"“We will go {middle}to the end.”", "We will go … to the end") == []
    assert (
        len(contents(f"“We will go {middle[:400].strip()} to the end.”", "We will go … to the end"))
        == 1
    )


def test_two_letters_count_as_a_word_in_scripts_without_spaces():
    text = "他说“我们永远不会放弃这个很大的计划直到最后”。"
    assert len(contents(text, "我们永远不会 … 计划直到最后")) == 1


# --------------------------------------------------------------------- negation


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("He said it was not safe to go.", "safe to go"),
        ("He said they never go home.", "go home"),
        ("He said they don’t go home.", "go home"),
        ("He said they didn't go home.", "go home"),
        ("He said they cannot\ngo home.", "go home"),
        ("It was safe not at all.", "It was safe"),
        ("Er sagt, es ist nicht gut so.", "gut so"),
        ("Il dit que ce n’est pas vrai.", "est pas vrai"),
        ("Он сказал, что не поедет домой.", "поедет домой"),
        ("他说不去北京", "去北京"),
    ],
)
def test_no_negation_is_cut_off_a_statement(text, needle):
    assert reasons(text, needle) == ["cuts off a negation"]


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("He said no. We go home.", "We go home"),
        ("We go home. Not now.", "We go home."),
        ("He called it “a farce.” Nobody left.", "it “a farce.”"),
        ("He said no, we go home.", "we go home"),
        ("Why I said no\n\nWe go home", "We go home"),
    ],
)
def test_a_negation_of_another_sentence_is_not_cut_off(text, needle):
    assert len(contents(text, needle)) == 1


def test_words_taken_verbatim_may_follow_a_negation():
    assert triggers("They did not strike.", "strike") == ["strike"]


# ------------------------------------------------------------- paragraphs and windows


def test_a_needle_over_a_paragraph_border_is_rejected():
    assert reasons("We go.\n\nYou stay.", "We go. You stay") == ["runs over the end of a paragraph"]
    assert reasons("We go.\nYou stay.", "We go. You stay") == ["runs over the end of a paragraph"]


def test_the_line_ends_of_a_wrapped_text_are_white_space():
    assert contents("He said we\nwill go\r\nhome.", "we will go home") == ["we\nwill go\r\nhome"]


def test_the_anchor_must_stand_in_the_window():
    text = "We go. You go. We go."
    found = grounded(text, quote("We go"), quote("You go"), window=(15, 21))
    assert places(found) == [(15, 20)]
    assert [fault.reason for fault in found.rejected] == ["not in this part of the article"]


def test_other_fields_may_stand_before_the_window():
    text = "Ann Ray spoke. She smiled. “We go.”"
    found = grounded(text, quote("We go", source="Ann Ray"), window=(15, len(text)))
    assert found.located[0].spans["source"] == Span(start=0, end=7)


# ----------------------------------------------------------------- occurrences


def test_equal_items_take_one_place_each_in_order():
    text = "“Yes,” he said. “Yes,” she said. “No.”"
    found = grounded(text, *[quote("Yes")] * 3)
    assert places(found) == [(1, 4), (17, 20)]
    assert [fault.reason for fault in found.rejected] == ["given twice"]


def test_two_ways_to_give_one_place_are_one():
    found = grounded("“We go,” he said.", quote("We go"), quote("“we go”"))
    assert len(found.located) == 1
    assert [fault.reason for fault in found.rejected] == ["given twice"]


def test_cue_and_source_are_the_nearest_ones_beside_the_statement():
    text = "He said so. “He said it himself,” he said, and she said so. He said yes."
    found = grounded(text, quote("He said it himself", cue="said", source="he")).located[0]
    assert found.spans["cue"] == Span(start=37, end=41)
    assert found.spans["source"] == Span(start=34, end=36)


def test_fields_of_words_taken_verbatim_may_stand_in_them():
    text = "Rome slept. The talks in Rome on Monday failed. Rome woke."
    found = grounded(text, event("talks in Rome on Monday", place="Rome"), schema=EVENTS)
    assert found.located[0].spans["place"] == Span(start=25, end=29)


# ------------------------------------------------------------------------- fields


def test_a_field_that_is_not_found_costs_that_field_only():
    found = grounded("“We go,” he said.", quote("We go", cue="shouted", source="he"))
    assert found.located[0].values == {
        "content": "We go",
        "cue": None,
        "source": "he",
        "speaker": None,
    }
    fault = found.rejected[0]
    assert (fault.task, fault.field, fault.reason) == ("quotes", "cue", "not in the article")
    assert fault.item["cue"] == "shouted"


def test_null_and_empty_values_are_no_faults():
    found = grounded("“We go,” he said.", quote("We go", cue="", source=None))
    assert found.rejected == ()
    assert found.located[0].spans["cue"] is None


def test_an_item_without_an_anchor_is_rejected_as_a_whole():
    found = grounded("“We go,” he said.", quote(None, source="he"), quote(7), {})
    assert found.located == ()
    assert [fault.field for fault in found.rejected] == ["content"] * 3


def test_names_are_expanded_and_found_anywhere_in_the_article():
    text = "“We go,” Ray said.\n\nBo Lee agreed with Ann Ray."
    found = grounded(text, quote("We go", speaker="Ray"), window=(0, 18)).located[0]
    assert found.values["speaker"] == "Ann Ray"
    assert found.spans["speaker"] == Span(start=39, end=46)


def test_a_title_that_the_text_does_not_hold_is_dropped_from_a_name():
    found = grounded("“We go,” the Ray said.", quote("We go", speaker="Mr. Ray")).located[0]
    assert found.values["speaker"] == "Ray"


def test_names_in_a_list_are_located_one_by_one_and_once_each():
    text = "The police arrested Ann Ray and Bo\u00a0Lee on Monday."
    item = event(
        "arrested", actors=["The police", "police", "the FBI"], targets=["Bo Lee", "Bo\u00a0Lee"]
    )
    found = grounded(text, item, schema=EVENTS)
    assert found.located[0].values["targets"] == ["Bo\u00a0Lee"]
    assert found.located[0].spans["targets"] == (Span(start=32, end=38),)
    assert [(fault.field, fault.reason) for fault in found.rejected] == [
        ("actors", "not in the article")
    ]


def test_labels_pass_and_optional_fields_that_were_not_asked_stay_away():
    found = grounded("They met.", event("met"), schema=EVENTS).located[0]
    assert (found.values["type"], found.values["actors"]) == ("OTHER", [])
    assert "summary" not in found.values


def test_no_items_and_no_text_give_nothing():
    assert grounded("We go.") == Grounding()
    assert grounded("", quote("We go")).located == ()


# --------------------------------------------------------------------- properties


@settings(max_examples=150)
@given(st.lists(st.sampled_from(AWKWARD), max_size=50).map("".join), st.data())
def test_every_value_is_the_text_of_its_span_and_the_needle_after_the_fold(text, data):
    cuts = st.integers(0, len(text))
    needles = [text[slice(*sorted((data.draw(cuts), data.draw(cuts))))] for _ in range(4)]
    found = grounded(text, *(event(n, place=n, actors=[n]) for n in needles), schema=EVENTS)
    for item in found.located:
        for field in ("trigger", "place"):
            span = item.spans[field]
            if span is not None:
                assert text[span.start : span.end] == item.values[field]
        names = zip(item.spans["actors"], item.values["actors"], strict=True)
        assert all(text[span.start : span.end] == name for span, name in names)
        bare = fold(item.values["trigger"]).casefold().strip("\"' .,;…")
        assert any(bare == fold(n).casefold().strip("\"' .,;…") for n in needles)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(AWKWARD), max_size=50).map("".join), st.text(max_size=12))
def test_what_is_accepted_stands_in_the_folded_text(text, needle):
    for item in grounded(text, quote(needle)).located:
        value = fold(item.values["content"])
        assert value in FoldedText(text).folded
        assert value.casefold().strip("\"' .,;…") == fold(needle).casefold().strip("\"' .,;…")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(AWKWARD), min_size=1, max_size=30).map("".join))
def test_no_two_items_take_one_place(text):
    found = grounded(text, *[quote(word) for word in text.split()] * 2)
    spans = [item.spans["content"] for item in found.located]
    assert len(spans) == len(set(spans))
    assert len(found.located) + len(found.rejected) == 2 * len(text.split())
