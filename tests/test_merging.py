"""One item per thing."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.merging import merge
from extractor.records import Located, Span
from extractor.schema_files import load_schema

SCHEMAS = Path(__file__).parents[1] / "schemas"
QUOTES = load_schema(SCHEMAS / "quotes.py")
EVENTS = load_schema(SCHEMAS / "events.py")
TEXT = "We go home now. We go home now. They met in Rome. Later THEY MET again, they say."


def said(start, end, **more):
    span = Span(start=start, end=end)
    values = {"content": TEXT[start:end], "cue": None, "source": None, "speaker": None, **more}
    return Located(values, {"content": span})


def happened(start, end, **more):
    span = Span(start=start, end=end)
    values = {
        "trigger": TEXT[start:end],
        "type": "CONSULT",
        "actors": [],
        "targets": [],
        "time": None,
    }
    return Located({**values, **more}, {"trigger": span})


def quotes(*found):
    return list(merge(found, QUOTES, TEXT))


def events(*found):
    return list(merge(found, EVENTS, TEXT))


def test_nothing_merges_to_nothing():
    assert quotes() == []


def test_items_are_sorted_by_anchor():
    one, other = said(0, 5), said(16, 21)
    assert quotes(other, one) == [one, other]


def test_of_anchors_that_overlap_by_half_the_fuller_stays():
    bare, full = said(0, 14), said(0, 10, cue="said", source="he")
    assert quotes(bare, full) == [full]


def test_of_equally_full_items_the_first_in_the_text_stays():
    one, other = said(0, 10), said(3, 14)
    assert quotes(other, one) == [one]


def test_half_is_enough_and_less_is_not():
    assert len(quotes(said(0, 10), said(0, 5))) == 1
    assert len(quotes(said(0, 10), said(0, 4))) == 2
    assert len(quotes(said(0, 5), said(5, 10))) == 2


def test_a_short_item_inside_a_long_one_is_another():
    assert len(quotes(said(0, 31), said(3, 5))) == 2


def test_equal_words_at_two_places_stay_two_without_a_key():
    assert len(quotes(said(0, 14), said(16, 30))) == 2


def test_items_with_one_key_are_one_and_the_first_mention_stays():
    one = happened(37, 40, actors=["Ann Ray", "Bo Lee"])
    later = happened(61, 64, actors=["bo lee", "Ann\u00a0Ray"], time=None, place="Rome")
    assert TEXT[61:64] == "MET"
    assert events(later, one) == [one]


def test_items_that_differ_in_one_field_of_the_key_stay_two():
    one, other = happened(37, 40), happened(61, 64, time="Monday")
    assert events(one, other) == [one, other]


ITEMS = st.lists(
    st.builds(
        lambda start, length, cue, source: said(start, start + length, cue=cue, source=source),
        st.integers(0, 60),
        st.integers(1, 20),
        st.sampled_from([None, "said", "asked"]),
        st.sampled_from([None, "he"]),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(ITEMS, st.randoms(use_true_random=False))
def test_the_order_found_changes_nothing(found, rng):
    shuffled = rng.sample(found, len(found))
    assert quotes(*found) == quotes(*shuffled)


@settings(max_examples=100)
@given(ITEMS)
def test_merging_again_changes_nothing_and_invents_nothing(found):
    once = quotes(*found)
    assert quotes(*once) == once
    assert all(item in found for item in once)


@settings(max_examples=100)
@given(ITEMS)
def test_what_stays_overlaps_by_less_than_half(found):
    spans = [item.spans["content"] for item in quotes(*found)]
    for at, one in enumerate(spans):
        for other in spans[at + 1 :]:
            both = one.overlap(other)
            union = (one.end - one.start) + (other.end - other.start) - both
            assert both / union < 0.5
