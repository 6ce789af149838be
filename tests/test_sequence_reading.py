"""What a chain is made of, on a reference of four proteins."""

import pytest
from world import BACTERIAL, KINASE, LACTASE, TRANSPORTER, make_resources, random_sequence

from bbqa.limits import Limits
from bbqa.retrieve.sequence_reading import read_sequence
from bbqa.schema import Input, Modality


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    made = make_resources(tmp_path_factory.mktemp("home"))
    made.prepare()
    return made


def protein(sequence):
    return Input("protein_1", Modality.PROTEIN, sequence, sequence[:80])


def parts(sequence, resources):
    sequences = resources.graph.sequences
    return [
        (sequences.accession(part.number), str(part.place), str(part.target))
        for part in read_sequence(protein(sequence), resources).parts
    ]


def test_a_whole_protein_is_itself(resources):
    assert parts(KINASE, resources) == [("P00001", "1-220", "1-220")]


def test_a_fragment_is_placed_down_to_seven_residues(resources):
    assert parts(KINASE[40:47], resources) == [("P00001", "1-7", "41-47")]
    assert parts(KINASE[40:46], resources) == []


def test_a_fragment_does_not_run_from_one_protein_into_the_next(resources):
    assert parts(KINASE[-4:] + LACTASE[:4], resources) == []


@pytest.mark.parametrize("place", [1, 5, 100, 218, 219])
def test_a_point_mutation_is_told_wherever_it_is(resources, place):
    new = "W" if KINASE[place] != "W" else "A"
    sequence = KINASE[:place] + new + KINASE[place + 1 :]
    (part,) = read_sequence(protein(sequence), resources).parts
    assert [str(change) for change in part.changes] == [f"{KINASE[place]}{place + 1}{new}"]
    assert part.identity < 1


def test_a_deletion_is_told(resources):
    (part,) = read_sequence(protein(KINASE[:99] + KINASE[104:]), resources).parts
    (change,) = part.changes
    assert str(change).endswith("del")
    assert len(change.before) == 5


def test_two_proteins_in_one_chain_are_named_in_order_with_their_linker(resources):
    chain = LACTASE + "GGGGSGGGGS" + KINASE[1:]
    reading = read_sequence(protein(chain), resources)
    assert parts(chain, resources) == [
        ("P00002", "1-180", "1-180"),
        ("P00001", "191-409", "2-220"),
    ]
    assert reading.is_fusion
    assert [str(gap) for gap in reading.gaps] == ["181-190"]


def test_a_short_leader_before_another_protein_is_found(resources):
    chain = TRANSPORTER[:22] + BACTERIAL[1:]
    assert [accession for accession, _, _ in parts(chain, resources)] == ["P00003", "Q90001"]


def test_tags_stand_beside_the_protein(resources):
    reading = read_sequence(protein("MGSSHHHHHHSSG" + KINASE), resources)
    assert [found.tag.name for found in reading.tags] == ["polyhistidine (His) tag"]
    assert parts("MGSSHHHHHHSSG" + KINASE, resources) == [("P00001", "14-233", "1-220")]


def test_a_protein_like_none_is_made_of_nothing(resources):
    reading = read_sequence(protein(random_sequence(120, 99)), resources)
    assert reading.parts == ()
    assert reading.main is None


def test_what_is_hidden_is_not_read(resources):
    row = resources.graph.row("P00001")
    unseen = resources.with_limits(Limits(hidden=frozenset({row})))
    assert parts(KINASE, unseen) == []
    assert parts(KINASE[40:60], unseen) == []
