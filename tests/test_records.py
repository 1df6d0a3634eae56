import pytest
from pydantic import ValidationError

from extractor.records import Article, Chunk, Span, Usage


def test_adjacent_half_open_spans_do_not_overlap():
    assert Span(start=0, end=3).overlap(Span(start=3, end=5)) == 0


def test_overlap_counts_the_shared_code_points():
    assert Span(start=0, end=4).overlap(Span(start=2, end=9)) == 2


def test_a_chunk_ends_where_its_text_ends():
    assert Chunk(text="abc", start=10).span == Span(start=10, end=13)


def test_usage_adds_field_by_field():
    one = Usage(requests=1, failed_requests=1, prompt_tokens=10)
    two = Usage(requests=2, cached_tokens=4, completion_tokens=5)
    assert one + two == Usage(
        requests=3, failed_requests=1, prompt_tokens=10, cached_tokens=4, completion_tokens=5
    )


def test_the_hash_of_an_article_is_that_of_its_text():
    assert Article(id="a", text="x").sha256 == Article(id="b", text="x", title="t").sha256


def test_a_lone_surrogate_can_be_hashed():
    assert len(Article(id="a", text="\ud800").sha256) == 64


def test_a_record_cannot_be_changed():
    with pytest.raises(ValidationError):
        Span(start=0, end=1).start = 2
