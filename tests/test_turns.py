import pytest

from extractor.records import Span
from extractor.turns import label_of, signature_of, turn_of


def place(text, words):
    start = text.index(words)
    return Span(start=start, end=start + len(words))


def words(text, span):
    return span and text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“We go.” — Ana Costa", "Ana Costa"),
        ("“We go” – Ana Costa, 41\n\n“No.”", "Ana Costa"),
        ('"We go." - Ana de la Costa, Porto\n', "Ana de la Costa"),
        ("“We go.”\u00a0―\u00a0Costa\nMore.", "Costa"),
        ("“We go.”\n-- A. Costa, who runs the ferry\n\nMore.", "A. Costa"),
        ("„We go.“ — Ana Costa.\r\nMore.", "Ana Costa"),
        ("« We go. » — Ahmed al-Sisi (R-Texas)", "Ahmed al-Sisi"),
        ("“We go.” — Luc d’Estaing", "Luc d’Estaing"),
        ("“We go.\n\n“No more.” — Ana Costa", "Ana Costa"),
        ("“We go.”\n\n“No more.” — Ana Costa", None),
        ("“ We go. ”\n\n“No more.” — Ana Costa", None),
        ("She: “We go.\n\nRain fell.\n\n“No more.” — Ana Costa", None),
        ("“We go.” — Ana Costa said it twice.", None),
        ("“We go.”\n\n- Ana Costa, mayor: “No.”", None),
        ("“We go.”\n\n- Monday was late.", None),
        ("“We go.”\n\n— Maria Cramer", None),
        ("“We go.”\n\n-ENDS-", None),
        ("“We go,” Ana Costa said.", None),
        ("We go — Ana Costa", None),
    ],
)
def test_a_signature_is_a_dash_and_a_name_to_the_end_of_the_line(text, name):
    assert words(text, signature_of(text, place(text, "We go"))) == name


def test_a_label_names_who_speaks_in_every_paragraph_of_its_turn():
    text = "Costa, Porto: “We go.\n\n“We stay.”\n\n“No.”"
    assert words(text, label_of(text, place(text, "We stay"))) == "Costa"
    assert label_of(text, place(text, "No.")) is None
    assert words(text, turn_of(text, place(text, "We stay"))) == "Costa, Porto: “We go."
