"""Readers of benchmarks on molecules, on tiny files of the same form and on the real ones."""

import json
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from path_world import make_path_graph
from rdkit import Chem
from world import make_resources

from bbqa.errors import InputError
from bbqa.eval.benchmarks import (
    chebi20,
    chebi20_retrieval,
    chembl_qa,
    drugmechdb,
    dti_human,
    molecule_captioning,
    moleculeqa,
    pubchemqa,
)
from bbqa.eval.benchmarks.chebi20 import plain_smiles
from bbqa.eval.benchmarks.chembl_qa import options_of
from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.benchmarks.sentences import sentences
from bbqa.kg.graph import open_starter
from bbqa.schema import NodeType

MODULES = (
    chebi20,
    chebi20_retrieval,
    chembl_qa,
    drugmechdb,
    dti_human,
    molecule_captioning,
    moleculeqa,
    pubchemqa,
)


@pytest.fixture
def tiny(tmp_path):
    return make_resources(tmp_path / "home")


def items(module, data, resources=None, split="test"):
    return list(module.BENCHMARK.items(data, resources, split=split))


def refused(module, data, split="test", resources=None):
    with pytest.raises(InputError) as caught:
        items(module, data, resources, split)
    return caught.value.message, caught.value.hint


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


# all of them


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.CARD.name)
def test_every_card_says_where_it_is_from_under_which_licence_and_what_leaks(module):
    card = module.BENCHMARK.card
    assert "https://" in card.source
    assert all((card.title, card.licence, card.citation, card.leaks, card.files))
    assert "molecule" in card.modality


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.CARD.name)
def test_absent_data_says_where_to_get_it(module, tmp_path, tiny):
    split = "dev" if module is chembl_qa else "test"
    (tmp_path / "data").mkdir()
    for data in (None, tmp_path / "data"):
        message, hint = refused(module, data, split, tiny)
        assert module.CARD.files[0] in message
        assert "https://" in hint


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m is not pubchemqa], ids=lambda m: m.CARD.name
)
def test_a_split_that_there_is_none_of_is_refused(module, tmp_path, tiny):
    assert "has no split 'tset'; it has " in refused(module, tmp_path, "tset", tiny)[0]


def test_a_text_is_parted_into_sentences_without_full_stops():
    assert sentences(" It is an acid. It has a role.  (A) derives from E. coli. ") == (
        "It is an acid",
        "It has a role",
        "(A) derives from E. coli",
    )
    assert sentences("") == ()


def test_backslashes_that_escape_backslashes_are_taken_out():
    assert plain_smiles(r"C/C=C\\C") == r"C/C=C\C"
    assert plain_smiles(r"C/C=C\C") == r"C/C=C\C"


# captioning


def test_a_caption_question_has_its_smiles_apart(tmp_path):
    question = 'Many words. Could you describe "CC/C=C\\\\C", please?'
    lines(
        tmp_path / molecule_captioning.FILE,
        {"question": question, "answer": "It is an alkene. It has a role as a toy."},
    )
    (item,) = items(molecule_captioning, tmp_path)
    assert (
        item.question
        == "Describe this molecule: its structure, its roles and what it derives from."
    )
    assert item.smiles == (r"CC/C=C\C",)
    assert item.gold == ("It is an alkene. It has a role as a toy.",)
    assert item.evidence == ("It is an alkene", "It has a role as a toy")
    assert (item.id, item.form) == ("line-1", Form.TEXT)


def test_a_caption_question_without_a_structure_names_the_line(tmp_path):
    lines(tmp_path / molecule_captioning.FILE, {"question": "What?", "answer": "x"})
    message, _ = refused(molecule_captioning, tmp_path)
    assert "line 1: question has nothing in quotes; expected a SMILES" in message


MOLECULES = [
    ("1", "CCO", "An alcohol."),
    ("2", "CCCO", 'A "longer" alcohol.'),
    ("3", "c1ccccc1", "An arene."),
    ("4", r"C/C=C\\C", "A cis alkene."),
    ("5", "C/C=C/C", "A trans alkene."),
    ("6", "OCC", "The alcohol again."),
    ("7", "no structure", "Something."),
]


def chebi(folder, rows=MOLECULES, split="validation"):
    table = "".join("\t".join(row) + "\n" for row in (("CID", "SMILES", "description"), *rows))
    (folder / f"chebi20_{split}.txt").write_text(table, encoding="utf-8")


def test_chebi20_takes_the_file_of_its_split_and_quotes_as_letters(tmp_path):
    chebi(tmp_path)
    found = items(chebi20, tmp_path, split="validation")
    assert [item.id for item in found] == [f"CID{n}" for n in range(1, 8)]
    assert found[1].gold == ('A "longer" alcohol.',)
    assert found[3].smiles == (r"C/C=C\C",)
    assert "no file chebi20_test.txt" in refused(chebi20, tmp_path)[0]


def test_a_broken_row_and_a_cid_twice_name_the_line(tmp_path):
    chebi(tmp_path, [("1", "CCO", "An alcohol."), ("2", "CCO")])
    assert "line 3: has 2 cells" in refused(chebi20, tmp_path, "validation")[0]
    chebi(tmp_path, [("1", "CCO", "An alcohol."), ("1", "CCC", "x")])
    assert "line 3: CID '1' stands at line 2" in refused(chebi20, tmp_path, "validation")[0]


def test_retrieval_offers_the_most_similar_molecules_and_none_twice(tmp_path):
    chebi(tmp_path)
    found = items(chebi20_retrieval, tmp_path, split="validation")
    first, cis = found[0], found[3]
    assert first.context == "An alcohol."
    assert first.gold == ("CCO",)
    assert "OCC" not in first.options
    assert len(set(first.options)) == len(first.options) == 6
    assert {r"C/C=C\C", "C/C=C/C"} <= set(cis.options)
    assert cis.gold == (r"C/C=C\C",)
    assert found == items(chebi20_retrieval, tmp_path, split="validation")


def test_retrieval_keeps_the_nine_nearest_of_many(tmp_path):
    rows = [(str(n), "C" * n + "O", f"Alcohol {n}.") for n in range(1, 40)]
    chebi(tmp_path, [*rows, ("99", "c1ccc2ccccc2c1", "Far away.")])
    found = items(chebi20_retrieval, tmp_path, split="validation")
    assert {len(item.options) for item in found} == {10}
    assert all(item.gold[0] in item.options for item in found)
    assert "c1ccc2ccccc2c1" not in found[20].options


# MoleculeQA


def prompt(asked="What is it?"):
    return (
        "You are given a <BIO-SEQ-TYPE> of a molecule.\nMolecule <BIO-SEQ-TYPE>: <BIO-SEQ>\n"
        f"Question about this molecule: {asked}\nOption A: It is an acid.\nOption B: It is a"
        " base.\nOption C: It is a salt.\nOption D: It is inert.\n"
    )


def test_moleculeqa_has_question_and_options_apart(tmp_path):
    row = {"cid": "1", "smiles": "CCO", "selfies": "[C]", "question": prompt(), "answer": "B"}
    for content in (json.dumps([row]), json.dumps(row) + "\n"):
        (tmp_path / "moleculeqa_test.json").write_text(content, encoding="utf-8")
        (item,) = items(moleculeqa, tmp_path)
        assert (item.question, item.smiles) == ("What is it?", ("CCO",))
        assert item.gold == ("It is a base.",)
        assert len(item.options) == 4
        assert item.evidence == ("of molecule_1 it is true: It is a base",)


@pytest.mark.parametrize(("asked", "letter"), [(prompt(), "E"), ("What is it?", "A")])
def test_moleculeqa_of_another_form_is_refused(asked, letter, tmp_path):
    row = {"smiles": "CCO", "question": asked, "answer": letter}
    lines(tmp_path / "moleculeqa_test.json", row)
    message, _ = refused(moleculeqa, tmp_path)
    assert f"line 1: answer is '{letter}'" in message
    assert "expected in it 'Question about this molecule: …'" in message


# ChEMBL-QA


def chembl(folder, pairs):
    content = json.dumps({"CCO": pairs})
    (folder / "drugchat_chembl_dev.json").write_text(content, encoding="utf-8")


def test_listed_answers_and_yes_or_no_are_choices_numbers_and_words_are_texts(tmp_path):
    chembl(
        tmp_path,
        [
            [
                "How far is it? Please respond with Approved, Phase 1, or Clinical Unknown.",
                "approved",
            ],
            ["Is it known whether this drug is taken orally?", "No"],
            ["Is this compound an acid, a base, or neutral?", "ZWITTERION"],
            ["How many rings does this compound have?", 0],
            ["What is its weight?", 46.07],
            ["Please provide its mechanism.", "Agonist"],
            ["Please provide its mechanism.", "Antagonist"],
            ["Is it safe?", "Nobody knows"],
        ],
    )
    found = items(chembl_qa, tmp_path, split="dev")
    assert [item.form for item in found] == [Form.CHOICE] * 3 + [Form.TEXT] * 4
    kinds = ["choice"] * 3 + ["number"] * 2 + ["text"] * 2
    assert [item.bins["kind"] for item in found] == kinds
    assert found[0].question == "How far is it?"
    assert (found[0].options, found[0].gold) == (
        ("Approved", "Phase 1", "Clinical Unknown"),
        ("Approved",),
    )
    assert found[1].options == ("Yes", "No")
    assert found[2].gold == ("ZWITTERION",)
    assert [found[3].gold, found[4].gold] == [("0",), ("46.07",)]
    assert found[5].gold == ("Agonist", "Antagonist")
    assert [item.id for item in found] == [f"1-{n}" for n in range(1, 8)]


def test_two_options_or_many_are_read_from_the_question():
    assert options_of("Which? Please respond with Left or Right.", "Left") == ("Left", "Right")
    assert options_of("Which?", "Left") == ()
    assert options_of("Is it in a racemic mixture?", "Unknown")[0] == "Racemic mixture"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "expected an object with questions for each SMILES"),
        ("{}", "expected an object with questions for each SMILES"),
        ('{"CCO": [["What?"]]}', "entry 'CCO': has \"['What?']\"; expected [question, answer]"),
        ('{"CCO": "What?"}', "entry 'CCO': has 'What?'; expected [question, answer]"),
        ('{"CCO": [["What?", null]]}', "expected [question, answer]"),
    ],
)
def test_a_file_that_is_no_chembl_qa_is_refused(content, message, tmp_path):
    (tmp_path / "drugchat_chembl_dev.json").write_text(content, encoding="utf-8")
    assert message in refused(chembl_qa, tmp_path, "dev")[0]


# drug and target


def test_a_pair_of_molecule_and_protein_is_a_question_with_both(tmp_path):
    (tmp_path / "dti_human_cold_val.csv").write_text("SMILES,Protein,Y\nCCO,MKT,1\nC,MAA,0\n")
    yes, no = items(dti_human, tmp_path, split="dev")
    assert yes.question == "Does this molecule act on this protein?"
    assert (yes.smiles, yes.seq, yes.gold) == (("CCO",), ("MKT",), ("yes",))
    assert yes.evidence == ("molecule_1 acts on protein_1",)
    assert (no.gold, no.evidence) == (("no",), ("molecule_1 does not act on protein_1",))


def test_a_label_that_is_none_names_the_line(tmp_path):
    (tmp_path / "dti_human_cold_test.csv").write_text("SMILES,Protein,Y\nCCO,MKT,maybe\n")
    assert "line 2: Y is 'maybe'; expected 0 or 1" in refused(dti_human, tmp_path)[0]


# mechanisms


def mechanism(drug, *proteins):
    links = [("MESH:1", f"UniProt:{proteins[0]}")]
    links += [(f"UniProt:{a}", f"UniProt:{b}") for a, b in pairwise(proteins)]
    return {
        "graph": {"drugbank": f"DB:{drug}", "disease_mesh": "MONDO:2"},
        "nodes": [
            {"id": "MESH:1", "label": "Drug"},
            *({"id": f"UniProt:{protein}", "label": "Protein"} for protein in proteins),
        ],
        "links": [{"source": source, "target": target} for source, target in links],
    }


def both_halves(folder, resources):
    return [i for split in ("dev", "test") for i in items(drugmechdb, folder, resources, split)]


def test_a_mechanism_asks_for_the_proteins_between_a_drug_and_a_disease(tmp_path):
    resources = make_resources(tmp_path / "home", graph=make_path_graph())
    lines(
        tmp_path / drugmechdb.FILE,
        mechanism("DB00001", "P1", "P3"),
        mechanism("B00001", "P1"),
        mechanism("DB00002", "Q99999", "P3"),
        mechanism("DB00002", "Q99999"),
        mechanism("DB99999", "P1"),
    )
    found = {item.id: item for item in both_halves(tmp_path, resources)}
    assert set(found) == {"DB00001-MONDO:2", "DB00002-MONDO:2"}
    first = found["DB00001-MONDO:2"]
    assert first.question == (
        "How does Curafen help against blue leukemia? Name the proteins it acts through."
    )
    assert set(first.gold) == {"P1", "P3"}
    assert first.types == (NodeType.PROTEIN,)
    assert len(first.smiles) == 1
    assert "Curafen acts against blue leukemia through AAA1" in first.evidence
    assert found["DB00002-MONDO:2"].gold == ("P3",)
    assert found["DB00002-MONDO:2"].bins["proteins"] == "one"


def test_the_halves_of_mechanisms_share_no_drug(tmp_path):
    resources = make_resources(tmp_path / "home", graph=make_path_graph())
    lines(tmp_path / drugmechdb.FILE, mechanism("DB00001", "P1"), mechanism("DB00002", "P3"))
    halves = [
        {item.id.split("-")[0] for item in items(drugmechdb, tmp_path, resources, split)}
        for split in ("dev", "test")
    ]
    assert not halves[0] & halves[1]
    assert halves[0] | halves[1] == {"DB00001", "DB00002"}


def test_a_broken_line_of_mechanisms_is_named(tmp_path):
    resources = make_resources(tmp_path / "home", graph=make_path_graph())
    (tmp_path / drugmechdb.FILE).write_text('{"graph": {}, "nodes": [], "links": []}\n{"gra\n')
    assert "line 2: is no JSON" in refused(drugmechdb, tmp_path, "test", resources)[0]


# the real files

REAL = os.environ.get("BBQA_BENCHMARK_DATA", "")
real = pytest.mark.skipif(
    not REAL, reason="BBQA_BENCHMARK_DATA names no folder with benchmarks' files"
)


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"), graph=open_starter())


@real
@pytest.mark.parametrize(
    ("module", "split", "count"),
    [
        (molecule_captioning, "test", 884),
        (chebi20, "validation", 3301),
        (chembl_qa, "dev", 6116),
        (dti_human, "test", 311),
        (dti_human, "dev", 155),
        (drugmechdb, "test", 531),
        (drugmechdb, "dev", 603),
    ],
    ids=lambda value: value.CARD.name if hasattr(value, "CARD") else str(value),
)
def test_the_real_files_are_read_whole(module, split, count, starter):
    found = items(module, Path(REAL), starter, split)
    assert len(found) == count
    assert len({item.id for item in found}) == count
    assert all(item.gold and item.evidence for item in found)
    assert all(item.gold[0] in item.options for item in found if item.form is Form.CHOICE)
    assert not any("\\\\" in smiles for item in found for smiles in item.smiles)


@real
@pytest.mark.parametrize(
    ("module", "split"), [(molecule_captioning, "test"), (chebi20, "validation")]
)
def test_the_real_structures_can_be_read(module, split):
    found = items(module, Path(REAL), split=split)
    assert [i.id for i in found if Chem.MolFromSmiles(i.smiles[0]) is None] == []


@real
def test_the_real_chembl_questions_fall_into_three_kinds():
    found = items(chembl_qa, Path(REAL), split="dev")
    kinds = Counter(item.bins["kind"] for item in found)
    assert kinds == {"choice": 2942, "number": 2228, "text": 946}


@real
def test_real_retrieval_has_ten_candidates_each():
    found = chebi20_retrieval.BENCHMARK.items(Path(REAL), None, split="validation")
    first = [item for item, _ in zip(found, range(50), strict=False)]
    assert {len(item.options) for item in first} == {10}
    assert all(item.gold[0] in item.options for item in first)
