import json

import pytest

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Card
from bbqa.eval.benchmarks.reading import (
    check_split,
    find_file,
    read_csv,
    read_entries,
    read_json,
    read_jsonl,
    read_records,
)

CARD = Card(
    name="toy",
    title="A toy",
    modality="protein",
    metric="accuracy",
    source="toy.jsonl of https://example.org/toy",
    licence="CC0-1.0",
    citation="Nobody, 2026",
    leaks="nothing",
    files=("toy.jsonl",),
)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


def refused(call):
    """The message and the hint of the InputError that a call raises."""
    with pytest.raises(InputError) as caught:
        result = call()
        if not isinstance(result, (dict, list, str)):
            list(result)
    return caught.value.message, caught.value.hint


# finding


def test_a_file_is_found_at_any_depth_and_the_one_nearest_the_top_is_taken(tmp_path):
    deep = write(tmp_path / "a" / "b" / "toy.jsonl", "{}")
    assert find_file(tmp_path, CARD, "toy.jsonl") == deep
    near = write(tmp_path / "c" / "toy.jsonl", "{}")
    assert find_file(tmp_path, CARD, "toy.jsonl") == near


def test_two_files_equally_near_are_told_and_neither_is_taken(tmp_path):
    write(tmp_path / "a" / "toy.jsonl", "{}")
    write(tmp_path / "b" / "toy.jsonl", "{}")
    message, hint = refused(lambda: find_file(tmp_path, CARD, "toy.jsonl"))
    assert "2 files toy.jsonl" in message
    assert "--data" in hint


def test_a_benchmark_of_one_file_takes_that_file_under_any_name(tmp_path):
    other = write(tmp_path / "mine.jsonl", "{}")
    assert find_file(other, CARD, "toy.jsonl") == other


def test_without_data_it_is_said_where_to_get_it():
    message, hint = refused(lambda: find_file(None, CARD, "toy.jsonl"))
    assert "toy is read from toy.jsonl" in message
    assert "https://example.org/toy" in hint
    assert "--data FOLDER" in hint


def test_an_absent_file_names_what_is_near_it_and_where_to_put_it(tmp_path):
    write(tmp_path / "toys.jsonl", "{}")
    message, hint = refused(lambda: find_file(tmp_path, CARD, "toy.jsonl"))
    assert f"no file toy.jsonl in {tmp_path}" in message
    assert "near it there are toys.jsonl" in message
    assert "https://example.org/toy" in hint
    assert f"put it into {tmp_path}" in hint


def test_a_folder_that_does_not_exist_is_said_so(tmp_path):
    message, hint = refused(lambda: find_file(tmp_path / "no", CARD, "toy.jsonl"))
    assert "does not exist; expected a folder with toy.jsonl" in message
    assert "https://example.org/toy" in hint


def test_a_split_that_there_is_none_of_lists_those_there_are():
    message, hint = refused(lambda: check_split(CARD, "valid", ("test", "dev")))
    assert "toy has no split 'valid'; it has test, dev" in message
    assert "--split test" in hint


# JSONL


def test_rows_come_with_their_lines_and_blank_lines_are_skipped(tmp_path):
    path = write(tmp_path / "a.jsonl", '\ufeff{"id": "a", "x": "1"}\n\n{"id": "b", "x": ""}\n')
    rows = list(read_jsonl(path, required=("id", "x"), unique="id"))
    assert [(row.number, row.place, row.text("x")) for row in rows] == [
        (1, "line 1", "1"),
        (3, "line 3", ""),
    ]


def test_a_broken_line_is_named(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": 1}\n{"id": \n')
    message, hint = refused(lambda: read_jsonl(path))
    assert message.startswith(f"{path}, line 2: is no JSON")
    assert "again" in hint


def test_a_line_that_is_no_object_says_what_it_is(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": 1}\n["x"]\n')
    assert 'line 2: is a list ["x"]; expected an object' in refused(lambda: read_jsonl(path))[0]


def test_missing_columns_are_named_with_those_that_are_there(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": 1}\n{"question": "?"}\n')
    message, _ = refused(lambda: read_jsonl(path, required=("id", "gold")))
    assert "line 1: no column 'gold'; it has 'id'" in message


def test_the_same_id_twice_names_both_lines(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": "a"}\n{"id": "b"}\n{"id": "a"}\n')
    message, _ = refused(lambda: read_jsonl(path, unique="id"))
    assert "line 3: id 'a' stands at line 1 already; expected it once" in message


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    for name, read in (("a.jsonl", read_jsonl), ("a.csv", read_csv), ("a.json", read_json)):
        path = write(tmp_path / name, "\n")
        assert f"{path} has no rows" in refused(lambda read=read, path=path: read(path))[0]


def test_a_file_that_is_not_utf8_names_line_and_byte(tmp_path):
    path = write(tmp_path / "a.jsonl", b'{"id": 1}\n{"id": "\xe4"}\n')
    message, hint = refused(lambda: read_jsonl(path))
    assert f"{path}, line 2: byte 0xe4 is not UTF-8" in message
    assert "iconv" in hint


def test_a_file_that_is_gone_is_an_input_error(tmp_path):
    message, hint = refused(lambda: read_jsonl(tmp_path / "no.jsonl"))
    assert "no.jsonl cannot be read: No such file" in message
    assert "--data" in hint


def test_a_value_of_the_wrong_type_names_column_and_line(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"x": 3, "many": ["a", 1]}\n')
    row = next(read_jsonl(path))
    assert "line 1: x is the int 3; expected a text" in refused(lambda: row.text("x"))[0]
    assert "y is absent or null; expected a text" in refused(lambda: row.text("y"))[0]
    assert (
        'many is a list ["a", 1]; expected a list of texts'
        in (refused(lambda: row.texts("many"))[0])
    )


# JSON


def test_a_json_list_and_jsonl_give_the_same_rows(tmp_path):
    values = [{"id": "a"}, {"id": "b"}]
    as_list = write(tmp_path / "list.json", json.dumps(values, indent=1))
    as_lines = write(tmp_path / "lines.json", "\n".join(map(json.dumps, values)))
    found = [[row.value for row in read_records(path)] for path in (as_list, as_lines)]
    assert found == [values, values]


def test_an_item_of_a_list_is_called_by_its_place(tmp_path):
    path = write(tmp_path / "a.json", '[{"id": 1}, {"no": 2}]')
    assert "item 2: no column 'id'" in refused(lambda: read_records(path, required=("id",)))[0]


def test_an_object_by_id_gives_its_entries(tmp_path):
    path = write(tmp_path / "a.json", '{"P1": {"x": "1"}, "P2": {"x": "2"}}')
    assert [(key, row.text("x")) for key, row in read_entries(path)] == [("P1", "1"), ("P2", "2")]
    message, _ = refused(lambda: read_entries(path, required=("y",)))
    assert "entry 'P1': no column 'y'; it has 'x'" in message


def test_a_list_where_entries_are_expected_is_refused(tmp_path):
    path = write(tmp_path / "a.json", "[1]")
    message, _ = refused(lambda: read_entries(path))
    assert "is a list [1]; expected an object with an entry for each id" in message


def test_the_same_key_twice_in_a_json_object_is_refused(tmp_path):
    path = write(tmp_path / "a.json", '{"P1": {}, "P1": {}}')
    assert "the key 'P1' comes twice in one object" in refused(lambda: read_json(path))[0]


def test_broken_json_names_its_line(tmp_path):
    path = write(tmp_path / "a.json", '{\n "a": 1,\n]\n')
    assert f"{path}, line 3: is no JSON" in refused(lambda: read_json(path))[0]


# CSV


def test_a_table_keeps_line_numbers_past_quoted_line_ends(tmp_path):
    path = write(tmp_path / "a.csv", 'id,x\na,"1\n2"\n\nb,3\n')
    rows = [(row.number, row.value) for row in read_csv(path, required=("id", "x"), unique="id")]
    assert rows == [(2, {"id": "a", "x": "1\n2"}), (5, {"id": "b", "x": "3"})]


def test_a_table_without_quoting_leaves_quotes_as_letters(tmp_path):
    path = write(tmp_path / "a.txt", 'CID\ttext\n1\tthe "so-called" acid\n2\t5" end\n')
    rows = read_csv(path, separator="\t", quoted=False)
    assert [row.text("text") for row in rows] == ['the "so-called" acid', '5" end']


def test_a_cell_of_200000_letters_is_read(tmp_path):
    path = write(tmp_path / "a.csv", "id,seq\na," + "M" * 200_000 + "\n")
    assert len(next(read_csv(path)).text("seq")) == 200_000


def test_a_header_without_a_column_is_named_at_line_1(tmp_path):
    path = write(tmp_path / "a.csv", "id,x\n1,2\n")
    assert (
        "line 1: no column 'y'; it has 'id', 'x'"
        in (refused(lambda: read_csv(path, required=("y",)))[0])
    )


def test_a_column_twice_is_refused(tmp_path):
    path = write(tmp_path / "a.csv", "id,id\n1,2\n")
    assert "line 1: the column 'id' comes twice" in refused(lambda: read_csv(path))[0]


def test_a_row_with_too_few_cells_is_named(tmp_path):
    path = write(tmp_path / "a.csv", "id,x\n1,2\n3\n")
    assert "line 3: has 1 cells; the header has 2" in refused(lambda: read_csv(path))[0]


def test_a_quote_that_is_never_closed_names_where_it_opens(tmp_path):
    path = write(tmp_path / "a.csv", 'id,x\n1,2\n3,"4\n5,6\n')
    assert "line 3: a quote is opened and never closed" in refused(lambda: read_csv(path))[0]
