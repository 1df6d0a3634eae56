from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.names import alike, expand, mentions, occurrences

WORDS = (
    "Kim Sung-nam Lee Mr. President the de O’Neill Will said A. Mary ’s . China Sea ΔΗΜΟΣ "
    "Ковальчук LEE 😀"
)
NEWSY = st.lists(st.sampled_from([*WORDS.split(), "\n", "\u00a0"]), max_size=14).map(" ".join)


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "J. R. Smith",
        "Ursula von der Leyen",
        "Luiz Inácio Lula da Silva",
        "Kim Jong-un",
        "Mary O’Neill",
        "Mary O'Neill",
        "Bashar al-Assad",
        "Valéry Giscard d’Estaing",
        "José Ortega y Gasset",
        "Łukasz Żal",
        "Олена Ковальчук",
        "Γιώργος Σεφέρης",
        "Šefčovič Maroš",
        "Jose\u0301 Pe\u0301rez",
    ],
)
def test_a_run_of_capitalised_words_with_particles_is_a_name(name):
    assert mentions(f"yesterday {name} spoke.") == (name,)


@pytest.mark.parametrize(
    "text",
    ["", "nothing here", "Ann spoke.", "Lee\nAnn", "Rome. The end", "iPhone Pro", "我是中国人"],
)
def test_what_is_no_run_of_capitalised_words_on_one_line_is_no_name(text):
    assert mentions(text) == ()


def test_leading_function_words_and_titles_of_address_are_dropped():
    text = "The Ann Lee, In Ann Ray, Mr. Bob Lee and Dr Bob Ray."
    assert mentions(text) == ("Ann Lee", "Ann Ray", "Bob Lee", "Bob Ray")


def test_the_possessive_is_dropped():
    assert mentions("Ann Lee’s and Bob Ray's houses") == ("Ann Lee", "Bob Ray")


def test_an_initial_does_not_join_two_sentences():
    assert mentions("It is Plan B. The rest") == ("Plan B",)


def test_names_stand_once_in_order_of_last_mention():
    assert mentions("Ann Lee met Bob Ray. Ann Lee left.") == ("Bob Ray", "Ann Lee")


def test_an_occurrence_ends_where_the_run_ends():
    assert occurrences("so Ann Lee’s dog") == (("Ann Lee", 12),)


@settings(max_examples=200, deadline=None)
@given(NEWSY)
def test_names_have_two_words_and_stand_in_the_text(text):
    for name in mentions(text):
        assert name in text
        assert len(name.split()) > 1


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Lee", "Ann Lee spoke. Lee left.", "Ann Lee"),
        ("Lee’s", "Ann Lee spoke. Lee’s dog and Lee left.", "Ann Lee"),
        ("Mr. Lee", "Ann Lee spoke. Mr. Lee left.", "Ann Lee"),
        ("President Ann Lee", "President Ann Lee spoke.", "Ann Lee"),
        ("Lee", "Prime Minister Ann Lee spoke.", "Ann Lee"),
        ("Lee", "On Monday Ann Lee spoke. In March Ann Lee left.", "Ann Lee"),
        ("Lee", "Italy’s Ann Lee spoke.", "Ann Lee"),
        ("LEE", "Ann Lee spoke. LEE: yes", "Ann Lee"),
        ("O'Neill", "Mary O’Neill spoke.", "Mary O’Neill"),
        ("Assad", "Bashar al-Assad spoke. Assad left.", "Assad"),
        ("Kim", "Kim Jong-un spoke. Kim left.", "Kim Jong-un"),
        ("Yoon", "Yoon Suk Yeol spoke. Yoon left.", "Yoon Suk Yeol"),
        ("Ms. Bae", "Bae Kwi-rye spoke. Ms. Bae left.", "Bae Kwi-rye"),
        ("Smith", "Will Smith will speak.", "Will Smith"),
    ],
)
def test_a_short_form_becomes_the_one_full_name(name, text, expected):
    assert expand(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Lee", "Ann Lee and Bob Lee spoke."),
        ("Lee", "Nobody called that."),
        ("Lee", "Ann Slee spoke."),
        ("Ann Lee", "Mary Ann Lee and Ann Lee spoke."),
        ("China", "Ships in the China Sea left China."),
        ("Guinea", "The neighbouring state. Neighbouring Guinea and Guinea left."),
        ("Justice Department", "The Justice Department and Ann Department left."),
        ("Lawyers for Mr. Lee", "Lawyers for Mr. Lee and Ann Lee spoke."),
        ("Moody’s", "Moody’s cut the rating; Ann Moody’s son left."),
        ("police", "The London Police and the police."),
        ("", "Ann Lee"),
        (" ", "Ann Lee"),
    ],
)
def test_what_is_full_ambiguous_or_no_name_stays_as_it_is(name, text):
    assert expand(name, text) == name.strip()


@pytest.mark.parametrize(
    ("name", "text", "full"),
    [
        ("Ann Lee KC", "Ann Lee KC rose.", "Ann Lee"),
        ("Lee", "Kestrel CEO Ann Lee spoke. Lee left.", "Ann Lee"),
        ("Pc Ann Lee", "Pc Ann Lee wrote it down.", "Ann Lee"),
        ("Boldon", "Ato Boldon ran.", "Ato Boldon"),
        ("Orlando City SC", "Orlando City SC won.", "Orlando City SC"),
    ],
)
def test_offices_and_honours_are_no_part_of_a_name(name, text, full):
    assert expand(name, text) == full


@pytest.mark.parametrize(
    ("short", "name", "like"),
    [
        ("Lee", "Ann Lee", True),
        ("ann’s office", "Ann Lee", True),
        ("WHO", "World Health Organization", True),
        ("FT", "The Financial Times", True),
        ("MoD’s", "Ministry of Defence", True),
        ("J.J.", "Johannes Jakob", True),
        ("Li", "Laura Ingram", False),
        ("O’Neill", "Ann O’Brien", False),
        ("Bank of Brunia", "Ministry of Health", False),
        ("Clinton", "Gary Johnson", False),
        ("", "police", False),
    ],
)
def test_forms_of_a_name_share_a_word_or_are_its_initials(short, name, like):
    assert alike(short, name) == like


def test_a_title_stays_when_what_remains_is_no_name_of_the_text():
    assert expand("Captain D.", "Captain D. spoke.") == "Captain D."


@settings(max_examples=200, deadline=None)
@given(NEWSY, st.data())
def test_an_expanded_name_stands_in_the_text_and_ends_there(text, data):
    words = text.split()
    name = data.draw(st.sampled_from(words)) if words else ""
    full = expand(name, text)
    assert full in text
    assert expand(full, text) == full
