"""Answers about attached proteins, from the starter graph."""

import pytest

from bbqa.ask import ask
from bbqa.resources import Resources
from bbqa.settings import load_settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def resources():
    """Everything real, kept in bbqa's own cache folder; no language model."""
    opened = Resources(load_settings({"llm": "embedded:smollm2-135m"}))
    opened.prepare()
    return opened


@pytest.fixture(scope="module")
def sequence_of(resources):
    sequences = resources.graph.sequences

    def sequence_of(accession):
        return sequences.sequence(sequences.index_of(accession))

    return sequence_of


def mutated(sequence, change):
    place = int(change[1:-1])
    assert sequence[place - 1] == change[0]
    return sequence[: place - 1] + change[-1] + sequence[place:]


def first_of(question, resources, *seq):
    answer = ask(question, seq=seq, use_llm=False, resources=resources)
    return answer.text.split(". ")[0], answer


@pytest.mark.parametrize(
    ("accession", "change", "said"),
    [
        ("P00533", "L858R", "L858R"),
        ("P04637", "R175H", "R175H"),
        ("O75874", "R132H", "R132H"),
        ("P00441", "A5V", "A5V (A4V without the initiator methionine)"),
        ("P02766", "V50M", "V50M (V30M without the predicted signal peptide of 20 residues)"),
    ],
)
def test_a_point_mutation_is_told_first(resources, sequence_of, accession, change, said):
    sequence = mutated(sequence_of(accession), change)
    first, answer = first_of("Is there a mutation in this protein?", resources, sequence)
    assert f"with one difference: {said}" in first
    assert "of the single variant" in answer.text


def test_drugs_of_a_mutant_are_said_to_be_those_of_the_wild_type(resources, sequence_of):
    sequence = mutated(sequence_of("P01116"), "G12D")
    _, answer = first_of("Which drugs act on this?", resources, sequence)
    assert "Sotorasib" in answer.text
    assert "recorded for wild-type KRAS" in answer.text


def test_an_internal_deletion_of_a_whole_domain_is_told(resources, sequence_of):
    receptor = sequence_of("P00533")
    first, _ = first_of("What is changed here?", resources, receptor[:29] + "G" + receptor[297:])
    assert "with residues 30-297 deleted" in first


def test_a_fusion_oncogene_is_taken_apart(resources, sequence_of):
    chain = sequence_of("Q9HC35")[:496] + sequence_of("Q9UM73")[1057:]
    first, _ = first_of("What is this fusion?", resources, chain)
    assert "a fusion of residues 1 to 496 (of 981) of human EML4" in first
    assert "human ALK" in first


def test_a_tagged_reporter_fusion_names_its_parts(resources, sequence_of):
    chain = "MGSSHHHHHHSSGENLYFQG" + sequence_of("P42212")[1:] + "GGSGGGSGG" + sequence_of("P62993")
    first, _ = first_of("What is this construct?", resources, chain)
    assert "polyhistidine (His) tag (residues 5-10)" in first
    assert "TEV site" in first
    assert "green fluorescent protein" in first
    assert "human GRB2" in first


@pytest.mark.parametrize(
    ("peptide", "said"),
    [("DRVYIHPF", "residues 34 to 41 (of 485) of human AGT"), ("EQKLISEEDL", "the Myc tag")],
)
def test_a_peptide_is_placed_or_named(resources, peptide, said):
    first, _ = first_of("What is this peptide?", resources, peptide)
    assert said in first


def test_antibiotics_are_found_by_the_function_of_a_bacterial_enzyme(resources, sequence_of):
    _, answer = first_of("Which antibiotics inhibit this enzyme?", resources, sequence_of("P0AES4"))
    assert "Ciprofloxacin" in answer.text
    assert "Whether they were measured on this very enzyme is not recorded" in answer.text


def test_an_orthologue_that_is_not_in_the_reference_is_not_replaced(resources):
    first, answer = first_of("What is the zebrafish orthologue of TP53?", resources)
    assert first == "The reference holds no orthologue of TP53 from zebrafish"
    assert answer.status == "no_evidence"


def test_an_orthologue_is_named_in_the_species_that_is_asked_for(resources):
    first, _ = first_of("What is the mouse orthologue of TP53?", resources)
    assert first.startswith("The mouse orthologue of TP53 is mouse Tp53")


def test_nothing_is_said_of_a_protein_like_none(resources):
    designed = "MGKKELEEAVRRAVEEAKRRGVDPEEIVEVLREIAEEEGNPRLLALLEAALELAREL"
    first, answer = first_of("What does this protein do?", resources, designed)
    assert "Nothing in the reference of 126,310 proteins is similar" in first
    assert answer.status == "no_evidence"


def test_pasted_nucleotides_are_said_to_be_nucleotides(resources):
    dna = "ATGGTGCATCTGACTCCTGAGGAGAAGTCTGCCGTTACTGCCCTGTGGGGCAAGGTGAACGTG"
    first, _ = first_of(f"what gene is this: {dna}", resources)
    assert "is a nucleotide sequence" in first
    assert "HBB" in first


def test_how_two_proteins_differ_is_told_by_residue(resources, sequence_of):
    wild = sequence_of("P01116")
    first, _ = first_of("How do these two differ?", resources, mutated(wild, "G12V"), wild)
    assert "protein_1 differs from protein_2 by G12V" in first
