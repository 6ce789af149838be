import pytest

from bbqa.errors import InputError
from bbqa.fasta import MAX_NAME, printable, read_records, read_text


def test_a_fasta_file_gives_its_records_with_their_lines(tmp_path):
    path = tmp_path / "two.fasta"
    path.write_text(">first one\nMKT\nAY\n\n>second\nGG\n")
    records = read_records(read_text(path), "two.fasta")
    assert [(r.name, "".join(r.body.split()), r.line) for r in records] == [
        ("first one", "MKTAY", 2),
        ("second", "GG", 6),
    ]


def test_text_without_a_header_is_one_record_without_a_name():
    (record,) = read_records("MKT\nAY\n")
    assert (record.name, record.body) == ("", "MKT\nAY\n")


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_is_understood(tmp_path, breaks):
    path = tmp_path / "a.fasta"
    path.write_bytes(f"\ufeff>x{breaks}MKT{breaks}AY".encode())
    (record,) = read_records(read_text(path))
    assert (record.name, record.body) == ("x", "MKT\nAY")


def test_a_header_is_cut_and_loses_its_control_characters():
    (record,) = read_records(f">a\x1b[31m\u202e\x07 {'b' * 300}\nMKT")
    assert record.name.startswith("a[31m b")
    assert len(record.name) == MAX_NAME


def test_printable_text_stays_on_one_line():
    assert printable("a\nb\tc", 80) == "a b c"


def test_a_record_without_residues_is_named_with_its_line():
    with pytest.raises(InputError, match=r"x\.fasta: record 'empty' in line 3 has no residues"):
        read_records(">full\nMKT\n>empty\n\n>next\nMKT", "x.fasta")


def test_residues_before_the_first_header_are_an_error_with_their_line():
    with pytest.raises(InputError, match="line 2 comes before the first header"):
        read_records("\nMKT\n>x\nMKT")


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_empty_text_is_an_error(text):
    with pytest.raises(InputError, match=r"x\.fasta is empty"):
        read_records(text, "x.fasta")


def test_a_missing_file_lists_files_with_similar_names(tmp_path):
    (tmp_path / "egfr.fasta").write_text("MKT")
    with pytest.raises(InputError, match=r"no file .*efgr\.fasta") as caught:
        read_text(tmp_path / "efgr.fasta")
    assert str(tmp_path / "egfr.fasta") in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_missing_folder_is_said_to_be_missing(tmp_path):
    with pytest.raises(InputError) as caught:
        read_text(tmp_path / "nowhere" / "a.fasta")
    assert f"no folder {tmp_path / 'nowhere'}" in caught.value.hint


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="is a folder; expected a file"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b">x\nMK\0T", "is a binary file; expected text"),
        (b"\x1f\x8b\x08\x00", "is compressed"),
        (b">x\nMKT\nA\xe9", r"is not UTF-8 text: byte 0xe9 in line 3"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(tmp_path, content, message):
    path = tmp_path / "bad.fasta"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_text(path)
