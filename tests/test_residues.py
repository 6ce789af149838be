import pytest

from bbqa.errors import InputError
from bbqa.fasta import Record
from bbqa.residues import (
    MAX_RESIDUES,
    is_nucleotides,
    longest_open_frame,
    looks_like_protein,
    read_residues,
)

GFP_START = "ATGGCTAGCAAAGGAGAAGAACTTTTCACTGGAGTTGTCCCAATTCTTGTTGAATTAGATGGTTAA"
GFP_PROTEIN = "MASKGEELFTGVVPILVELDG"


def complement(dna):
    return dna[::-1].translate(str.maketrans("ACGT", "TGCA"))


def read(text, **options):
    return read_residues(Record("", text), **options)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("MKTAYIAKQR", ()),
        (" MKTAY\n IAKQR\t", ()),
        ("mktayiakqr", ("read as upper case",)),
        ("MKTAYIAKQR*", ("final * removed",)),
        ("MKTA-YIAKQR", ("1 gap removed",)),
        ("MKT..AYIA-KQR", ("3 gaps removed",)),
    ],
)
def test_a_sequence_is_cleaned_and_the_changes_are_noted(text, notes):
    residues = read(text)
    assert residues.sequence == "MKTAYIAKQR"
    assert residues.notes == notes


def test_rare_and_ambiguous_residues_are_kept():
    assert read("MUOXBZJ").sequence == "MUOXBZJ"


def test_a_digit_is_an_error_with_its_position():
    with pytest.raises(InputError) as caught:
        read("MKTAYIAKQRQISFVK1SHFSRQ")
    assert caught.value.message == ("sequence has '1' at position 17; expected amino-acid letters")


def test_an_error_in_a_file_names_file_record_and_line():
    record = Record("my protein", "MKTAYIAKQR\nQISFVK1SHF", line=2, where="a.fasta")
    with pytest.raises(
        InputError, match=r"position 17; .*\(a\.fasta, record 'my protein', line 3\)"
    ):
        read_residues(record)


def test_a_stop_inside_is_an_error_with_its_position():
    with pytest.raises(InputError, match=r"stop codon '\*' at position 4"):
        read("MKT*AYI*")


def test_nothing_but_gaps_is_an_error():
    with pytest.raises(InputError, match="no residues"):
        read("---*")


def test_an_over_long_sequence_states_its_length_and_the_limit():
    with pytest.raises(InputError, match=r"40,000 residues; at most 35,000"):
        read("ACDEFGHIKL" * 4000)
    assert len(read("A" * MAX_RESIDUES).sequence) == MAX_RESIDUES


def test_a_dna_sequence_is_refused_and_translation_is_offered():
    with pytest.raises(InputError, match=r"nucleotides: 100% of its 66 letters") as caught:
        read(GFP_START)
    assert "--translate" in caught.value.hint


@pytest.mark.parametrize("text", [GFP_START, GFP_START.lower(), GFP_START.replace("T", "U")])
def test_dna_and_rna_are_translated_when_asked(text):
    residues = read(text, translate=True)
    assert residues.sequence == GFP_PROTEIN
    assert "nucleotides 1 to 63 of 66, frame +1" in residues.notes[-1]


def test_a_gene_on_the_other_strand_is_found_and_its_place_is_noted():
    residues = read("CC" + complement(GFP_START) + "G", translate=True)
    assert residues.sequence == GFP_PROTEIN
    assert "nucleotides 6 to 68 of 69, frame -2 (other strand)" in residues.notes[-1]


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_the_frame_counts_from_one(shift):
    found = longest_open_frame("C" * shift + GFP_START)
    assert (found.protein, found.frame, found.first) == (GFP_PROTEIN, shift + 1, shift + 1)


def test_a_fragment_without_a_start_codon_is_translated_whole():
    found = longest_open_frame("GCTAGCAAAGGAGAAGAACTTTTCACTGGAGTTGTCCCAATTCTTGTTGAA")
    assert not found.starts
    assert found.protein == "ASKGEELFTGVVPILVE"


def test_ambiguous_codons_become_x():
    assert longest_open_frame("ATGNNNAAATAA").protein == "MXK"


def test_translating_leaves_a_protein_alone():
    assert read("MKTAYIAKQR", translate=True).sequence == "MKTAYIAKQR"


@pytest.mark.parametrize(
    "peptide",
    [
        "ACGTACGT",  # too short to tell
        "AATAATAATAATAATAATAATAATAATAATA",  # silk-like: two letters only
        "GAGAGSGAGAGSGAGAGSGAGAGS",
        "DTASDAAAAAALTAANAKAAAELTAANAAAAAAATAR",  # antifreeze protein
    ],
)
def test_peptides_of_few_letters_are_not_taken_for_dna(peptide):
    assert not is_nucleotides(peptide)


@pytest.mark.parametrize(
    ("text", "is_protein"),
    [
        ("MKTAYIAKQR", True),
        ("mktay iakqr", True),
        ("MKTAYIAKQRQISFVK1SHF", True),
        ("epidermal growth factor recepter", False),
        ("hello world", False),
        ("BRCA1/2", False),
    ],
)
def test_words_are_told_from_residues(text, is_protein):
    assert looks_like_protein(text) is is_protein
