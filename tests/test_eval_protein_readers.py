import json
import os
from collections import Counter
from pathlib import Path

import pytest
from world import NODES_OF_THE_WORLD, make_graph, make_resources

from bbqa.errors import InputError
from bbqa.eval.benchmarks import (
    care,
    care_classes,
    instructprotein_functions,
    instructprotein_go,
    localization,
    mol_instructions_protein,
    uniprotqa,
)
from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.benchmarks.enzyme_commission import class_of, functions_of, references
from bbqa.eval.benchmarks.localization import without_interleaving
from bbqa.eval.benchmarks.mol_instructions_protein import question_of
from bbqa.kg.graph import open_starter
from bbqa.kg.sources.obo import read_obo
from bbqa.schema import NodeType, Relation

MODULES = (
    localization,
    instructprotein_go,
    instructprotein_functions,
    mol_instructions_protein,
    uniprotqa,
    care,
    care_classes,
)
KINASE = "GO:0000002"
LACTASE = "GO:0000003"


@pytest.fixture
def tiny(tmp_path):
    return make_resources(tmp_path / "home")


def items(module, data, resources, split="test"):
    return list(module.BENCHMARK.items(data, resources, split=split))


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def refused(module, data, resources, split="test"):
    with pytest.raises(InputError) as caught:
        items(module, data, resources, split)
    return caught.value.message, caught.value.hint


# all of them


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.CARD.name)
def test_every_card_says_where_it_is_from_under_which_licence_and_what_leaks(module):
    card = module.BENCHMARK.card
    assert "https://" in card.source
    assert all((card.title, card.licence, card.citation, card.leaks, card.files))
    assert card.modality == "protein"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.CARD.name)
def test_absent_data_says_where_to_get_it(module, tmp_path, tiny):
    (tmp_path / "data").mkdir()
    for data in (None, tmp_path / "data"):
        message, hint = refused(module, data, tiny)
        assert module.CARD.files[0] in message
        assert "https://" in hint


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m is not mol_instructions_protein], ids=lambda m: m.CARD.name
)
def test_a_split_that_there_is_none_of_is_refused(module, tmp_path, tiny):
    assert "has no split 'valid'; it has test" in refused(module, tmp_path, tiny, "valid")[0]


# localization


def located(sequence, key="B", question='Where is the protein "{}" located in?'):
    choices = {"text": ["nucleus", "cytosol", "pilus", "vacuole"], "label": ["A", "B", "C", "D"]}
    return {"question": question.format(sequence), "choices": choices, "answerKey": key}


def test_a_p_before_every_residue_is_taken_out_and_other_sequences_are_left():
    assert without_interleaving("PMPAPT") == "MAT"
    assert without_interleaving("PPPAPP") == "PAP"
    assert without_interleaving("MAPT") == "MAPT"
    assert without_interleaving("PMPAP") == "PMPAP"
    assert without_interleaving("") == ""


def test_a_location_question_has_its_sequence_apart_and_its_options_in_words(tmp_path, tiny):
    lines(tmp_path / localization.FILE, located("PMPAPTPK"), located("MKTAYIAKQR", "D"))
    first, second = items(localization, tmp_path, tiny)
    assert first.form is Form.CHOICE
    assert first.question == "Where is this protein located?"
    assert (first.seq, first.gold) == (("MATK",), ("cytosol",))
    assert first.options == ("nucleus", "cytosol", "pilus", "vacuole")
    assert first.evidence == ("protein_1 is found in cytosol",)
    assert (second.seq, second.gold) == (("MKTAYIAKQR",), ("vacuole",))
    assert first.id != second.id


def test_a_question_without_a_sequence_or_with_a_bad_one_is_kept(tmp_path, tiny):
    lines(
        tmp_path / localization.FILE,
        located(""),
        located("M4T Z"),
        located("M" * 50_000),
        located("MKTAYIAKQRA", question="Where is {} found?"),
    )
    found = [item.seq[0] for item in items(localization, tmp_path, tiny)]
    assert found == ["", "M4T Z", "M" * 50_000, "MKTAYIAKQRA"]


def test_an_answer_key_without_an_option_names_the_line(tmp_path, tiny):
    lines(tmp_path / localization.FILE, located("MAT"), located("MAT", "E"))
    assert (
        "line 2: answerKey is 'E', the labels are A, B, C, D"
        in (refused(localization, tmp_path, tiny)[0])
    )


# InstructProtein


def go_line(sequence, true, false):
    return {"sequence": sequence, "label": true, "negative_labels": false}


def test_right_answers_alternate_and_terms_have_their_names(tmp_path, tiny):
    rows = [go_line(f"MA{'T' * n}", [KINASE], [LACTASE]) for n in range(4)]
    lines(tmp_path / instructprotein_go.FILE, *rows)
    found = items(instructprotein_go, tmp_path, tiny)
    assert [item.gold for item in found] == [("yes",), ("no",), ("yes",), ("no",)]
    assert found[0].question == "Does this protein have the function tyrosine kinase activity?"
    assert found[1].question == "Does this protein have the function lactase activity?"
    assert found[1].evidence == ("protein_1 does not enable lactase activity",)
    assert found[0].options == ("yes", "no")


def test_terms_the_graph_has_not_are_counted_and_the_balance_is_kept(tmp_path, tiny):
    lines(
        tmp_path / instructprotein_go.FILE,
        go_line("MA", [KINASE], ["GO:9999999"]),
        go_line("MC", [KINASE], ["GO:9999999", "GO:9999998"]),
        go_line("MD", ["GO:9999999"], ["GO:9999998"]),
        go_line("ME", [KINASE], [LACTASE]),
        go_line("MF", [KINASE], [LACTASE]),
    )
    found = items(instructprotein_go, tmp_path, tiny)
    assert [(item.seq[0], item.gold[0]) for item in found] == [
        ("MA", "yes"),
        ("MC", "yes"),
        ("ME", "no"),
        ("MF", "no"),
    ]
    rows = instructprotein_go.annotated(tmp_path, tiny.graph, instructprotein_go.CARD, "test")
    assert [len(row.absent) for row in rows] == [1, 2, 2, 0, 0]


def test_the_same_file_gives_the_same_questions_each_time(tmp_path, tiny):
    lines(tmp_path / instructprotein_go.FILE, go_line("MAT", [KINASE, LACTASE], ["GO:0000001"]))
    first, second = (items(instructprotein_go, tmp_path, tiny) for _ in range(2))
    assert first == second


def test_asked_openly_gold_is_all_true_terms_that_the_graph_has(tmp_path, tiny):
    lines(
        tmp_path / instructprotein_go.FILE,
        go_line("MAT", [KINASE, "GO:9999999", LACTASE], []),
        go_line("MAC", ["GO:9999999"], [LACTASE]),
    )
    (item,) = items(instructprotein_functions, tmp_path, tiny)
    assert item.form is Form.ENTITIES
    assert item.gold == (KINASE, LACTASE)
    assert item.types == (NodeType.MOLECULAR_FUNCTION,)
    assert item.evidence[0] == "protein_1 enables tyrosine kinase activity"


# Mol-Instructions


def rapm(split, sequence="MAT", instruction="Analyze the following protein sequence: "):
    return {
        "instruction": instruction,
        "sequence": sequence,
        "description": "It hydrolyses lactose.",
        "split": split,
        "metadata": "hydrolyses lactose",
    }


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (
            "Examine the provided protein sequence and name its reaction: ",
            "Examine this protein and name its reaction.",
        ),
        (
            "Using the protein sequence supplied, name its reaction:",
            "Using this protein, name its reaction.",
        ),
        ("Given the protein sequence below, say why?", "Given this protein, say why?"),
        ("Protein sequence: ", "This protein."),
        ("What does it do?", "What does it do?"),
    ],
)
def test_an_instruction_speaks_of_this_protein_and_ends_without_a_colon(given, asked):
    assert question_of(given) == asked


def test_rapm_rows_are_told_apart_by_their_split(tmp_path, tiny):
    rows = [rapm("train"), rapm("test", "MAC"), rapm("train", "MAD")]
    (tmp_path / mol_instructions_protein.FILE).write_text(json.dumps(rows))
    (item,) = items(mol_instructions_protein, tmp_path, tiny)
    assert (item.id, item.form, item.seq) == ("row-2", Form.TEXT, ("MAC",))
    assert item.question == "Analyze this protein."
    assert item.gold == ("It hydrolyses lactose.",)
    assert item.evidence == ("hydrolyses lactose",)
    assert len(items(mol_instructions_protein, tmp_path, tiny, "all")) == 3
    message, hint = refused(mol_instructions_protein, tmp_path, tiny, "valid")
    assert "no rows of the split 'valid'; it has train (2 rows), test (1 rows)" in message
    assert "--split all" in hint


def test_mol_instructions_own_form_is_read_from_a_file_of_any_name(tmp_path, tiny):
    row = {
        "instruction": "Name the function of the protein sequence:",
        "input": "```\nMATK\n```",
        "output": "It binds ATP.",
        "metadata": {"split": "test", "task": "protein_function"},
    }
    path = tmp_path / "protein_function.json"
    path.write_text(json.dumps([row]))
    (item,) = items(mol_instructions_protein, path, tiny)
    assert (item.seq, item.gold) == (("MATK",), ("It binds ATP.",))
    assert item.bins == {"kind": "protein_function"}


def test_a_row_without_an_answer_names_its_place(tmp_path, tiny):
    row = rapm("test")
    del row["description"]
    (tmp_path / mol_instructions_protein.FILE).write_text(json.dumps([rapm("test"), row]))
    assert (
        "item 2: output is absent or null" in (refused(mol_instructions_protein, tmp_path, tiny)[0])
    )


# UniProtQA


def test_every_question_on_a_protein_is_an_item_with_its_kind(tmp_path, tiny):
    entry = {
        "sequence": "MATK",
        "data": [
            ["What is the function of this protein?", "Binds ATP."],
            ["How heavy is it?", "12 kDa"],
        ],
    }
    (tmp_path / "uniprotqa_test.json").write_text(json.dumps({"P00001": entry}))
    first, second = items(uniprotqa, tmp_path, tiny)
    assert (first.id, second.id) == ("P00001-1", "P00001-2")
    assert (first.seq, first.gold, first.bins) == (
        ("MATK",),
        ("Binds ATP.",),
        {"kind": "function"},
    )
    assert second.bins == {"kind": "other"}
    assert first.form is Form.TEXT


def test_a_pair_that_is_none_names_its_protein(tmp_path, tiny):
    path = tmp_path / "uniprotqa_test.json"
    path.write_text(json.dumps({"P1": {"sequence": "MAT", "data": [["only a question"]]}}))
    message, _ = refused(uniprotqa, tmp_path, tiny)
    assert "entry 'P1': data has" in message
    assert "expected [question, answer]" in message


def test_the_other_split_is_another_file(tmp_path, tiny):
    assert "uniprotqa_train.json" in refused(uniprotqa, tmp_path, tiny, "train")[0]


# CARE

ALCOHOL_DEHYDROGENASE = "GO:0004022"  # EC 1.1.1.1


@pytest.fixture
def enzymes(tmp_path):
    nodes = [
        *NODES_OF_THE_WORLD,
        (ALCOHOL_DEHYDROGENASE, NodeType.MOLECULAR_FUNCTION, "alcohol dehydrogenase", (), 5.0),
    ]
    return make_resources(tmp_path / "home", graph=make_graph(nodes))


def write_care(folder, first, second):
    head = "Entry,Sequence,EC number\n"
    for name, rows in zip(care.FILES.values(), (first, second), strict=True):
        (folder / name).write_text(head + "".join(f"{row}\n" for row in rows))


def test_an_ec_number_becomes_the_functions_that_go_refers_to_it(tmp_path, enzymes):
    write_care(
        tmp_path,
        ["Q1,MAT,1.1.1.1", "Q2,MAC,1.1.1.999"],
        ["Q3,MAD,1.1.1.1;3.1.1.3", "Q4,M,2.7.1.n2"],
    )
    first, second = items(care, tmp_path, enzymes)
    assert (first.id, first.gold) == ("30-50-Q1", (ALCOHOL_DEHYDROGENASE,))
    assert first.evidence == ("protein_1 enables alcohol dehydrogenase",)
    assert first.bins == {"set": "30-50", "class": "oxidoreductase"}
    assert second.bins == {"set": "promiscuous", "class": "several"}
    assert [item.id for item in items(care, tmp_path, enzymes, "promiscuous")] == [second.id]


def test_an_enzyme_of_one_class_is_asked_for_it_and_one_of_several_is_not(tmp_path, enzymes):
    write_care(tmp_path, ["Q1,MAT,7.1.1.2"], ["Q2,MAC,1.1.1.1;3.1.1.3", "Q3,MAD,2.7.1.1;2.7.1.2"])
    first, second = items(care_classes, tmp_path, enzymes)
    assert (first.gold, second.gold) == (("translocase",), ("transferase",))
    assert first.options[0] == "oxidoreductase"
    assert len(first.options) == 7
    assert first.evidence == ("protein_1 is a translocase",)


def test_what_is_no_ec_number_names_the_line(tmp_path, enzymes):
    write_care(tmp_path, ["Q1,MAT,1.1.1.1", "Q2,MAC,none"], ["Q3,MAD,2.7.1.1"])
    for module in (care, care_classes):
        assert (
            "line 3: EC number is 'none'; expected 1.1.1.1"
            in (refused(module, tmp_path, enzymes)[0])
        )


def test_an_enzyme_twice_is_refused(tmp_path, enzymes):
    write_care(tmp_path, ["Q1,MAT,1.1.1.1", "Q1,MAC,1.1.1.1"], ["Q3,MAD,2.7.1.1"])
    assert "line 3: Entry 'Q1' stands at line 2 already" in refused(care, tmp_path, enzymes)[0]


def test_of_nested_functions_of_one_ec_number_the_most_general_is_taken():
    general, narrow = "GO:0052934", "GO:0052935"  # GO refers both to EC 1.1.2.8
    graph = make_graph(
        [
            *NODES_OF_THE_WORLD,
            (general, NodeType.MOLECULAR_FUNCTION, "alcohol dehydrogenase", (), 5.0),
            (narrow, NodeType.MOLECULAR_FUNCTION, "ethanol oxidoreductase", (), 7.0),
        ],
        [(narrow, Relation.MOLFUNC_MOLFUNC, general, "GO", "")],
    )
    assert [graph.node_id(row) for row in functions_of("1.1.2.8", graph)] == [general]
    assert functions_of("9.9.9.9", graph) == ()


def test_a_class_is_the_first_digit_of_an_ec_number():
    assert (class_of("3.4.21.4"), class_of("7.1.1.2"), class_of("x")) == (
        "hydrolase",
        "translocase",
        "",
    )


def test_the_table_takes_whole_numbers_of_terms_in_force():
    stanzas = (
        "data-version: releases/2019-01-27\n\n[Term]\nid: GO:1\nxref: EC:1.1.1.1\nxref: EC:1.1\n"
        '\n[Term]\nid: GO:2\nxref: EC:2.8.2.n2 "text"\n'
        "\n[Term]\nid: GO:3\nxref: EC:1.1.1.2\nis_obsolete: true\n"
    )
    assert references(read_obo(stanzas.splitlines())) == [("1.1.1.1", "GO:1"), ("2.8.2.n2", "GO:2")]


# the real files

REAL = os.environ.get("BBQA_BENCHMARK_DATA", "")


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"), graph=open_starter())


@pytest.mark.skipif(not REAL, reason="BBQA_BENCHMARK_DATA names no folder with benchmarks' files")
@pytest.mark.parametrize(
    ("module", "split", "count"),
    [
        (localization, "test", 500),
        (instructprotein_go, "test", 3415),
        (instructprotein_functions, "test", 3415),
        (mol_instructions_protein, "all", 105),
        (care, "test", 549),
        (care_classes, "test", 635),
    ],
    ids=lambda value: value.CARD.name if hasattr(value, "CARD") else str(value),
)
def test_the_real_files_are_read_whole(module, split, count, starter):
    found = items(module, Path(REAL), starter, split)
    assert len(found) == count
    assert len({item.id for item in found}) == count
    assert all(item.gold and item.seq[0] for item in found)
    assert all(item.gold[0] in item.options for item in found if item.form is Form.CHOICE)
    assert not any("protein sequence" in item.question.lower() for item in found)


@pytest.mark.skipif(not REAL, reason="BBQA_BENCHMARK_DATA names no folder with benchmarks' files")
def test_the_real_localization_sequences_have_no_p_before_every_residue(starter):
    found = items(localization, Path(REAL), starter)
    share = Counter("".join(item.seq[0] for item in found))
    assert share["P"] / share.total() < 0.1
