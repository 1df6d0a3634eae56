from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import sys
import tracemalloc

import pytest

from extractor.articles import ReadOptions, Unreadable, read_articles
from extractor.errors import InputError
from extractor.records import Article


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file into an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    return write


def read(*paths: str, **options: object) -> list[Article | Unreadable]:
    return list(read_articles(paths, ReadOptions(**options)))


def only(*paths: str, **options: object) -> Article:
    (found,) = read(*paths, **options)
    assert isinstance(found, Article)
    return found


def fault(*paths: str, **options: object) -> str:
    (found,) = read(*paths, **options)
    assert isinstance(found, Unreadable)
    assert isinstance(found.error, InputError)
    assert found.error.path
    assert "\n" not in str(found.error)
    return str(found.error)


# paths


def test_what_is_read_comes_in_the_order_given(write):
    write("b.txt", "Text of b.")
    write("a.txt", "Text of a.")
    assert [found.id for found in read("b.txt", "a.txt")] == ["b", "a"]


def test_a_folder_is_read_with_its_folders_sorted_without_hidden_and_other_files(write):
    for name in ("d/b.txt", "d/a.md", "d/sub/c.txt", "d/.hidden.txt", "d/.git/x.txt", "d/z.png"):
        write(name, f"Text of {name}.")
    assert [found.source for found in read("d")] == ["d/a.md", "d/b.txt", "d/sub/c.txt"]


def test_a_glob_is_read_sorted(write):
    for name in ("b.txt", "a.txt", "c.md", "x.png"):
        write(name, f"Text of {name}.")
    assert [found.id for found in read("*.txt")] == ["a", "b"]


def test_a_file_whose_name_looks_like_a_glob_is_a_file(write):
    assert only(write("a[1].txt", "Some text.")).id == "a[1]"


def test_two_files_of_one_name_get_two_ids(write):
    names = [write(name, "Some text.") for name in ("x/a.txt", "y/a.txt", "y/a.md", "z/y/a.txt")]
    assert [found.id for found in read(*names)] == ["a", "y/a", "a-2", "a-3"]


def test_standard_input_is_read_and_its_kind_told(monkeypatch):
    kinds = {
        "Just a text.": "Just a text.",
        '{"text": "From lines."}\n{"text": "Two."}': "From lines.",
        '{\n "text": "From JSON."\n}': "From JSON.",
        '[{"text": "From a list."}]': "From a list.",
        "<html><body><p>From a page.</p></body></html>": "From a page.",
        "---\ntitle: T\n---\nFrom Markdown.": "From Markdown.",
    }
    for content, text in kinds.items():
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        found = read("-")[0]
        assert isinstance(found, Article)
        assert found.text == text
        assert (found.id.split(":")[0], str(found.source)[0]) == ("stdin", "-")


def test_reading_is_lazy(write):
    write("a.txt", "Some text.")
    found = read_articles(["a.txt", "missing.txt"], ReadOptions())
    assert isinstance(next(found), Article)


# bytes


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_may_be_gzipped(write, suffix):
    content = b"Some text."
    name = write(f"a.txt{suffix}", gzip.compress(content) if suffix else content)
    assert (only(name).text, only(name).id) == ("Some text.", "a")


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp1251"],
)
def test_the_encoding_is_told_from_the_content(write, encoding):
    text = (
        "Она сказала, что договор подписан." if encoding == "cp1251" else "Café in Zürich, señor."
    )
    text = " ".join([text] * 20)
    assert only(write("a.txt", text.encode(encoding))).text == text


def test_an_html_page_may_declare_its_encoding(write):
    page = '<html><head><meta charset="iso-8859-2"></head><body><p>Žluťoučký kůň.</p></body></html>'
    assert only(write("a.html", page.encode("iso-8859-2"))).text == "Žluťoučký kůň."


def test_line_ends_nuls_and_lone_surrogates_are_made_uniform(write):
    assert only(write("a.txt", "One.\r\nTwo\0.\rThree.\n")).text == "One.\nTwo.\nThree."
    assert only(write("b.json", r'{"text": "One \ud800 two."}')).text == "One \ufffd two."


# refusals


def test_a_missing_file_is_one_sentence():
    assert fault("no.txt") == "no.txt: there is no such file or folder; check the path."


@pytest.mark.parametrize("content", ["", " \n\n", "\ufeff", b"\0\0"])
def test_an_empty_file_is_unreadable(write, content):
    write("a.txt", content)
    assert fault("a.txt").startswith("a.txt: ")


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.4 text", b"\x89PNG\r\n", b"PK\x03\x04abc", bytes(range(256)) * 8, b"\x7fELF\x02"],
)
def test_a_binary_file_is_unreadable(write, content):
    assert "text file" in fault(write("a.txt", content))


def test_a_file_in_two_encodings_is_unreadable(write):
    content = b"\xff\xfe" + "abc".encode("utf-16-le") + b"\x00"
    assert "UTF-8" in fault(write("a.txt", content))


def test_a_file_over_the_limit_is_unreadable_even_when_gzipped(write):
    write("a.txt.gz", gzip.compress(b"a " * 2000))
    assert "larger than 0.001 MB" in fault("a.txt.gz", max_bytes=1000)
    assert "larger than 0.001 MB" in fault(write("b.txt", "b " * 2000), max_bytes=1000)


@pytest.mark.parametrize("name", ["a.docx", "a", "a.gz"])
def test_a_file_of_another_kind_is_unreadable(write, name):
    assert ".txt, .md" in fault(write(name, "Some text."))


def test_a_folder_or_glob_without_articles_is_unreadable(write):
    write("d/a.png", b"x")
    assert "holds no article" in fault("d")
    assert "no article file matches" in fault("d/*.txt")


@pytest.mark.parametrize("cut", [5, 30])
def test_a_damaged_gzip_file_is_unreadable(write, cut):
    packed = gzip.compress(b"Some text. " * 20, mtime=0)[:cut]
    assert "damaged" in fault(write("a.txt.gz", packed))


def test_one_bad_file_costs_only_itself(write):
    write("a.txt", "Some text.")
    assert [type(found) for found in read("a.txt", "no.txt", "a.txt")] == [
        Article,
        Unreadable,
        Article,
    ]


# plain text, Markdown, HTML


def test_a_short_first_line_before_a_blank_one_is_the_title_of_a_text(write):
    found = only(write("a.txt", "Dockers agree to talks\n\nThey met."))
    assert (found.title, found.text) == ("Dockers agree to talks", "They met.")


@pytest.mark.parametrize(
    "text",
    ["They met.\n\nThey left.", "Only a line", "ROME, May 3 -\n\nText.", "A: B:\n\nC", "x\ny\n\nz"],
)
def test_a_sentence_a_dateline_or_the_only_line_is_no_title(write, text):
    found = only(write("a.txt", text))
    assert (found.title, found.text) == (None, text)


def test_markdown_has_title_and_date_in_front_matter(write):
    found = only(write("a.md", "---\ntitle: My title\ndate: 2024-05-03\n---\n\nSome *text*.\n"))
    assert (found.title, found.published, found.text) == (
        "My title",
        dt.date(2024, 5, 3),
        "Some *text*.",
    )


def test_markdown_may_have_its_title_as_a_heading(write):
    found = only(write("a.md", "# My title\n\nSome text.\n\n## Part\n\nMore."))
    assert (found.title, found.text) == ("My title", "Some text.\n\n## Part\n\nMore.")


def test_broken_front_matter_is_unreadable(write):
    assert "front matter" in fault(write("a.md", "---\ntitle: [\n---\nText."))


PAGE = """<html><head><title>My title | Site</title><meta property="og:title" content="My title">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"></head><body>
<article><h1>My title</h1><p>First paragraph, with “marks”.</p><p>Second one.</p></article>
<script>var x = 1;</script></body></html>"""


def test_html_gives_paragraphs_title_and_date(write):
    found = only(write("a.html", PAGE))
    assert found.text == "First paragraph, with “marks”.\n\nSecond one."
    assert (found.title, found.published) == ("My title", dt.date(2024, 5, 3))


def test_a_page_of_scripts_is_unreadable(write):
    page = "<html><body><script>var x = 1;</script></body></html>"
    assert "no article text found" in fault(write("a.html", page))


# JSON and tables


def test_json_fields_have_usual_names(write):
    row = {"maintext": "T.", "Headline": "H", "date_publish": "2023-07-27 10:00", "uuid": 7}
    found = only(write("a.json", json.dumps(row)))
    assert (found.text, found.title, found.id) == ("T.", "H", "7")
    assert found.published == dt.date(2023, 7, 27)


def test_json_may_be_a_list_or_keep_one(write):
    rows = [{"text": "One."}, {"text": "Two."}]
    for content in (rows, {"articles": rows}):
        found = read(write("a.json", json.dumps(content)))
        assert [(each.id, each.source, each.text) for each in found] == [
            ("a:1", "a.json:1", "One."),
            ("a:2", "a.json:2", "Two."),
        ]


def test_the_options_name_fields(write):
    row = {"text": "No.", "Story Text": "Yes.", "when": "2024-01-02", "nr": "n1", "name": "N"}
    found = only(
        write("a.json", json.dumps(row)),
        text_field="Story Text",
        date_field="when",
        id_field="nr",
        title_field="name",
    )
    assert (found.text, found.published) == ("Yes.", dt.date(2024, 1, 2))
    assert (found.id, found.title) == ("n1", "N")


def test_json_without_text_names_the_fields_it_has(write):
    assert "(a, b)" in fault(write("a.json", '{"a": 1, "b": 2}'))


@pytest.mark.parametrize("content", ["{", "[1, 2", "nonsense", "[" * 100_000])
def test_broken_json_is_unreadable(write, content):
    assert "no valid JSON" in fault(write("a.json", content))


@pytest.mark.parametrize("content", ["3", "null", '"text"', '{"text": 5}', '{"text": " "}'])
def test_json_that_is_no_article_is_unreadable(write, content):
    assert fault(write("a.json", content))


def test_a_broken_line_of_json_lines_costs_that_line_only(write):
    lines = ['{"text": "1."}', '{"text": "2."}', '{"text": ', '{"text": "4."}', '{"text": "5."}']
    found = read(write("a.jsonl", "\n".join(lines)))
    assert [isinstance(each, Article) for each in found] == [True, True, False, True, True]
    assert isinstance(found[2], Unreadable)
    assert found[2].source == "a.jsonl:3"
    assert "a.jsonl, line 3: " in str(found[2].error)


def test_a_wrongly_encoded_line_costs_that_line_only(write):
    lines = b'{"text": "' + b"a" * 70_000 + b'"}\n{"text": "\xff\xfe"}\n{"text": "c"}'
    found = read(write("a.jsonl", lines))
    assert [isinstance(each, Article) for each in found] == [True, False, True]


def test_csv_rows_are_articles_with_long_texts_and_line_breaks(write):
    out = io.StringIO()
    rows = [["title", "body"], ["A", "x" * 200_000], ["B", "Two\nlines, “here”."]]
    csv.writer(out).writerows(rows)
    found = read(write("a.csv", out.getvalue()))
    assert [each.text for each in found] == ["x" * 200_000, "Two\nlines, “here”."]
    assert [each.source for each in found] == ["a.csv:2", "a.csv:3"]


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ";"), ("a.tsv", "\t"), ("b.csv", "|")])
def test_the_separator_of_a_table_is_told(write, name, separator):
    content = f"id{separator}text\nn1{separator}Some text.\n"
    found = only(write(name, content))
    assert (found.id, found.text) == ("n1", "Some text.")


def test_csv_without_a_text_column_names_its_columns(write):
    message = fault(write("a.csv", "id,words\n1,abc\n"))
    assert "(id, words)" in message
    assert "--text-field" in message


def test_csv_without_the_named_column_says_so(write):
    assert "no 'story'" in fault(write("a.csv", "id,text\n1,abc\n"), text_field="story")


def test_an_empty_row_costs_that_row_only(write):
    found = read(write("a.csv", "id,text\n1,abc\n2,\n3,def\n"))
    assert [isinstance(each, Article) for each in found] == [True, False, True]


def test_rows_with_one_id_get_two(write):
    found = read(write("a.jsonl", '{"id": "x", "text": "a"}\n{"id": "x", "text": "b"}'))
    assert [each.id for each in found] == ["x", "x-2"]


def test_a_table_is_read_with_constant_memory(write):
    row = json.dumps({"text": "word " * 4000}) + "\n"
    name = write("a.jsonl", row * 200)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_articles([name], ReadOptions()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (count, peak < 1_500_000) == (200, True)
