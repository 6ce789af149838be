import hashlib
import io

import pytest
from world import ASPIRIN, ASPIRIN_KEY, BACTERIAL, KINASE, make_graph

from bbqa.errors import InputError
from bbqa.inputs import MAX_GIVEN, MAX_INPUTS, read_inputs
from bbqa.kg.names import NameIndex
from bbqa.schema import Modality

PROTEIN = "MKTAYIAKQRQISFVKSHFSRQ"
DNA = "ATGGCTAGCAAAGGAGAAGAACTTTTCACTGGAGTTGTCCCAATTCTTGTTGAATTAGATGGTTAA"


@pytest.fixture(scope="module")
def names():
    index = NameIndex(make_graph())
    return lambda: index


def read_seq(text, **options):
    return read_inputs([text], [], **options)


def read_smiles(text, **options):
    return read_inputs([], [text], **options)


def refusal(read, text, **options):
    with pytest.raises(InputError) as caught:
        read(text, **options)
    return caught.value


# proteins


def test_typed_residues_become_a_labelled_protein_with_the_digest_of_its_sequence():
    (protein,) = read_seq(PROTEIN.lower() + "*")
    assert protein.label == "protein_1"
    assert protein.modality is Modality.PROTEIN
    assert protein.value == PROTEIN
    assert protein.digest == hashlib.sha256(PROTEIN.encode()).hexdigest()
    assert protein.notes == ("read as upper case", "final * removed")


def test_inputs_are_numbered_by_kind_in_the_order_given():
    inputs = read_inputs([PROTEIN, PROTEIN[::-1]], ["CCO", ASPIRIN])
    assert [i.label for i in inputs] == ["protein_1", "protein_2", "molecule_1", "molecule_2"]


def test_a_fasta_file_gives_all_its_proteins_with_their_headers(tmp_path):
    path = tmp_path / "two.fasta"
    path.write_text(f">one\n{PROTEIN}\n>two\nMKT\n")
    inputs = read_seq(str(path))
    assert [(i.label, i.name, i.value, i.given) for i in inputs] == [
        ("protein_1", "one", PROTEIN, str(path)[:MAX_GIVEN]),
        ("protein_2", "two", "MKT", str(path)[:MAX_GIVEN]),
    ]


def test_fasta_text_may_be_given_as_it_is():
    inputs = read_seq(f">one\n{PROTEIN}\n>two\nMKT\n")
    assert [i.name for i in inputs] == ["one", "two"]


def test_a_file_of_bare_residues_is_one_protein(tmp_path):
    path = tmp_path / "raw.txt"
    path.write_text(f"{PROTEIN[:10]}\r\n{PROTEIN[10:]}\r\n")
    assert read_seq(str(path))[0].value == PROTEIN


def test_a_dash_reads_standard_input():
    (protein,) = read_seq("-", stdin=io.StringIO(f">piped\n{PROTEIN}\n"))
    assert (protein.name, protein.value) == ("piped", PROTEIN)
    (molecule,) = read_smiles("-", stdin=io.StringIO("CCO ethanol\n"))
    assert (molecule.name, molecule.value) == ("ethanol", "CCO")


def test_empty_standard_input_is_an_error():
    assert "standard input is empty" in refusal(read_seq, "-", stdin=io.StringIO("")).message


def test_binary_standard_input_is_an_error():
    assert "binary" in refusal(read_seq, "-", stdin=io.StringIO("MK\0T")).message


def test_nucleotides_are_refused_unless_translation_is_asked_for():
    error = refusal(read_seq, DNA)
    assert "nucleotides" in error.message
    assert "--translate" in error.hint
    assert read_seq(DNA, translate=True)[0].value == "MASKGEELFTGVVPILVELDG"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_is_an_error_that_names_the_option(text):
    assert refusal(read_seq, text).message == "--seq is empty"
    assert refusal(read_smiles, text).message == "--smiles is empty"


@pytest.mark.parametrize("text", [ASPIRIN, "CCO", "InChI=1S/CH4/h1H4"])
def test_a_structure_given_as_a_sequence_names_the_right_option(text):
    error = refusal(read_seq, text)
    assert "is a molecule's structure; expected a protein" in error.message
    assert "--smiles" in error.hint


def test_a_file_of_smiles_given_as_a_sequence_names_the_right_option(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(f"{ASPIRIN}\n")
    assert "--smiles" in refusal(read_seq, str(path)).hint


def test_a_missing_file_is_an_error_even_if_its_name_is_all_amino_acids():
    assert refusal(read_seq, "MKTAYIAKQR.fasta").message == "no file MKTAYIAKQR.fasta"


def test_a_file_that_is_there_needs_no_suffix(tmp_path):
    path = tmp_path / "sequence"
    path.write_text(PROTEIN)
    assert read_seq(str(path))[0].value == PROTEIN


# proteins by name


@pytest.mark.parametrize(
    "text", ["P00001", "p00001", "UniProt:P00001", "KIN1", "kin1", "Test tyrosine kinase 1"]
)
def test_an_accession_or_a_name_stands_for_the_sequence(names, text):
    (protein,) = read_seq(text, names=names)
    assert protein.value == KINASE
    assert protein.name == "KIN1 (P00001)"
    assert protein.given == text


def test_a_protein_of_another_species_is_found_by_its_accession(names):
    (protein,) = read_seq("Q90001", names=names)
    assert (protein.value, protein.name) == (BACTERIAL, "Q90001")


def test_an_unknown_name_lists_the_nearest_three(names):
    error = refusal(read_seq, "KIN7", names=names)
    assert "no amino-acid sequence, no file and no known protein" in error.message
    assert error.message.endswith("the nearest names are KIN1, TTK-1, LAC1")


def test_a_misspelt_symbol_of_amino_acid_letters_is_not_taken_for_a_peptide(names):
    assert "nearest names are" in refusal(read_seq, "KINA", names=names).message


def test_words_that_are_no_name_are_not_taken_for_a_sequence():
    message = refusal(read_seq, "epidermal growth factor receptor").message
    assert "no known protein" in message


def test_a_drug_given_as_a_sequence_names_the_right_option(names):
    error = refusal(read_seq, "aspirin", names=names)
    assert error.message == "'aspirin' is a drug (DB00001); expected a gene/protein"
    assert "--smiles" in error.hint


def test_a_disease_given_as_a_sequence_belongs_into_the_question(names):
    assert "in the question" in refusal(read_seq, "testosis", names=names).hint


# molecules


def test_a_molecule_is_standardised_and_has_its_inchikey():
    (molecule,) = read_smiles("CC(=O)Oc1ccccc1C(=O)[O-].[Na+]")
    assert molecule.label == "molecule_1"
    assert molecule.modality is Modality.MOLECULE
    assert (molecule.value, molecule.digest) == (ASPIRIN, ASPIRIN_KEY)
    assert molecule.notes == ("salt or solvent removed: [Na+]", "charges neutralised")


@pytest.mark.parametrize("text", ["aspirin", "Acetylsalicylic acid", "DB00001", ASPIRIN_KEY])
def test_a_drug_may_be_given_by_name_id_or_inchikey(names, text):
    (molecule,) = read_smiles(text, names=names)
    assert (molecule.value, molecule.digest) == (ASPIRIN, ASPIRIN_KEY)
    assert molecule.name == "Acetylsalicylic acid (DB00001)"


def test_an_unknown_drug_lists_the_nearest(names):
    error = refusal(read_smiles, "asprin", names=names)
    assert "no known drug; the nearest names are aspirin" in error.message


def test_an_invalid_smiles_shows_where():
    assert "'(' at position 3 is never closed" in refusal(read_smiles, "CC(=O").message


def test_a_protein_given_as_a_molecule_names_the_right_option(names):
    error = refusal(read_smiles, PROTEIN)
    assert "is a protein sequence; expected a molecule" in error.message
    assert "--seq" in error.hint
    assert "--seq" in refusal(read_smiles, "KIN1", names=names).hint
    assert "--seq" in refusal(read_smiles, f">x\n{PROTEIN}").hint


def test_a_file_of_smiles_gives_all_its_molecules(tmp_path):
    path = tmp_path / "two.smi"
    path.write_text(f"# ours\nCCO ethanol\n\n{ASPIRIN}\n")
    assert [(i.value, i.name) for i in read_smiles(str(path))] == [
        ("CCO", "ethanol"),
        (ASPIRIN, ""),
    ]


def test_an_error_in_a_file_of_smiles_names_the_line(tmp_path):
    path = tmp_path / "bad.smi"
    path.write_text("CCO\nC1CC\n")
    message = refusal(read_smiles, str(path)).message
    assert message == f"{path}, line 2: SMILES cannot be read: ring bond 1 is never closed"


def test_an_mdl_file_is_refused_by_its_kind():
    assert "MDL file" in refusal(read_smiles, "a.sdf").message


# limits and data


def test_too_many_inputs_state_the_limit():
    with pytest.raises(InputError, match=r"65 inputs were given; at most 64") as caught:
        read_inputs([PROTEIN] * MAX_INPUTS, ["CCO"])
    assert "--fasta" in caught.value.hint


def test_a_file_for_many_answers_may_hold_any_number(tmp_path):
    path = tmp_path / "many.fasta"
    path.write_text("".join(f">p{n}\n{PROTEIN}\n" for n in range(100)))
    inputs = read_inputs([], [], fasta=path)
    assert (len(inputs), inputs[-1].label) == (100, "protein_100")


def test_what_was_given_is_kept_short_and_printable():
    (protein,) = read_seq(f">\x1b[2Jname\n{PROTEIN * 10}")
    assert protein.name == "[2Jname"
    assert len(protein.given) <= MAX_GIVEN
    assert protein.given.isprintable()
