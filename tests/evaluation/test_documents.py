"""YAML with the line of every value."""

from extractor.evaluation.documents import read_document


def written(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path)


def test_every_value_has_its_line(tmp_path):
    document = written(tmp_path, "id: a\nitems:\n- x: 1\n  y: |-\n    long\n    text\n- x: 2\n")
    places = [("id",), ("items",), ("items", 0, "x"), ("items", 0, "y"), ("items", 1, "x")]
    assert [document.line(place) for place in places] == [1, 2, 3, 4, 7]


def test_a_place_that_is_not_there_has_the_line_of_what_would_hold_it(tmp_path):
    assert written(tmp_path, "id: a\nitems:\n- x: 1\n").line(("items", 0, "y", "z")) == 3


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path):
    document = written(tmp_path, "a: No\nb: 12:30\nc: 2026-02-30\nd: 1990\ne: null\nf:\ng: ~\n")
    assert list(document.value.values()) == ["No", "12:30", "2026-02-30", "1990"] + [None] * 3


def test_a_key_that_stands_twice_is_a_fault_with_its_line(tmp_path):
    (fault,) = written(tmp_path, "id: a\ntitle: b\nid: c\n").faults
    assert str(fault).endswith("a.yaml:3: 'id' stands twice")


def test_a_file_that_is_no_yaml_is_a_fault_with_its_line(tmp_path):
    (fault,) = written(tmp_path, "id: a\ntitle: 'open\n").faults
    assert fault.line in (2, 3)
    assert "not YAML" in fault.message


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    (fault,) = read_document(tmp_path / "none.yaml").faults
    assert "cannot be read" in fault.message


def test_a_file_in_another_encoding_is_a_fault(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"id: \xe9\n")
    (fault,) = read_document(tmp_path / "a.yaml").faults
    assert "cannot be read" in fault.message


def test_an_empty_file_holds_nothing(tmp_path):
    assert written(tmp_path, "").value is None
