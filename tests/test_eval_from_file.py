"""A person's own file as a benchmark: declared columns, forms, and everything that can be wrong."""

import json

import pytest
from world import make_resources

from bbqa.errors import InputError
from bbqa.eval.benchmarks import pubchemqa
from bbqa.eval.benchmarks.columns import columns_beside, read_columns
from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.benchmarks.from_file import benchmark_from_file
from bbqa.schema import NodeType


@pytest.fixture
def tiny(tmp_path):
    return make_resources(tmp_path / "home")


def write(path, content):
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    return path


def items(path, columns="", resources=None, split="test"):
    benchmark = benchmark_from_file(path, read_columns(columns) if columns else None)
    return list(benchmark.items(None, resources, split=split))


def refused(path, columns="", resources=None, split="test"):
    with pytest.raises(InputError) as caught:
        items(path, columns, resources, split)
    return caught.value.message, caught.value.hint


# what is read


def test_columns_with_the_names_of_fields_need_no_mapping(tmp_path):
    path = write(tmp_path / "mine.jsonl", [{"question": "What is it?", "gold": "An acid."}])
    (item,) = items(path)
    assert (item.id, item.form) == ("line-1", Form.TEXT)
    assert (item.question, item.gold) == ("What is it?", ("An acid.",))


def test_a_mapping_says_where_each_field_is(tmp_path):
    row = {"n": 7, "q": "Where?", "residues": "MKT", "right": "B", "choices": ["in", "out"]}
    path = write(tmp_path / "mine.jsonl", [row | {"kind": "place", "text": "An abstract."}])
    columns = "id=n,question=q,seq=residues,gold=right,options=choices,bins=kind,context=text"
    (item,) = items(path, columns)
    assert (item.id, item.seq, item.gold) == ("7", ("MKT",), ("out",))
    assert (item.form, item.options) == (Form.CHOICE, ("in", "out"))
    assert (item.bins, item.context) == ({"kind": "place"}, "An abstract.")


def test_cells_of_a_table_hold_several_texts_with_bars_between_them(tmp_path):
    path = write(
        tmp_path / "mine.csv",
        "question,gold,seq,smiles,options,evidence\n"
        '"Which one, then?",two,MKT|MAA,CCO,one|two | three,It is two.|Not one.\n',
    )
    (item,) = items(path)
    assert item.question == "Which one, then?"
    assert item.seq == ("MKT", "MAA")
    assert item.options == ("one", "two", "three")
    assert (item.gold, item.smiles) == (("two",), ("CCO",))
    assert item.evidence == ("It is two", "Not one")


def test_a_list_may_have_several_columns(tmp_path):
    path = write(tmp_path / "mine.tsv", "question\tgold\ta\tb\tc\nWhich?\tC\tone\ttwo\tthree\n")
    (item,) = items(path, "options=a|b|c")
    assert (item.options, item.gold) == (("one", "two", "three"), ("three",))


def test_a_bar_within_a_json_text_parts_nothing(tmp_path):
    path = write(tmp_path / "mine.json", json.dumps([{"question": "a|b?", "gold": "x|y"}]))
    (item,) = items(path)
    assert (item.id, item.gold) == ("item-1", ("x|y",))


@pytest.mark.parametrize("gold", ["b", "two", 2], ids=str)
def test_the_right_option_is_told_by_label_or_in_words(gold, tmp_path):
    options = {"a": "one", "b": "two"} if isinstance(gold, str) else {"1": "one", "2": "two"}
    path = write(tmp_path / "m.jsonl", [{"question": "?", "gold": gold, "options": options}])
    (item,) = items(path)
    assert item.gold == ("two",)


def test_numbers_and_truth_values_are_texts(tmp_path):
    rows = [{"question": "?", "gold": 0}, {"question": "?", "gold": True}]
    assert [item.gold for item in items(write(tmp_path / "m.jsonl", rows))] == [("0",), ("True",)]


def test_an_empty_gold_means_that_there_is_no_answer(tmp_path):
    rows = [{"question": "?", "gold": gold, "options": ["x", "y"]} for gold in ("", None, [])]
    found = items(write(tmp_path / "mine.jsonl", rows))
    assert [item.answerable for item in found] == [False, False, False]
    assert found[0].form is Form.CHOICE


def test_node_types_make_a_question_one_for_entities(tmp_path, tiny):
    row = {"question": "?", "gold": ["P00001"], "types": ["gene/protein"], "hidden": "DB00001"}
    (item,) = items(write(tmp_path / "mine.jsonl", [row]), resources=tiny)
    assert (item.form, item.types) == (Form.ENTITIES, (NodeType.PROTEIN,))
    assert item.hidden == ("DB00001",)


def test_a_column_may_say_the_form(tmp_path, tiny):
    rows = [
        {"question": "?", "gold": "GO:0000002", "kind": "entities"},
        {"question": "?", "gold": "x", "options": ["x", "y"], "kind": "text"},
    ]
    first, second = items(write(tmp_path / "mine.jsonl", rows), "form=kind", tiny)
    assert (first.form, second.form) == (Form.ENTITIES, Form.TEXT)
    assert second.options == ()


def test_a_column_may_say_the_split(tmp_path):
    rows = [{"question": f"{s}?", "gold": "x", "split": s} for s in ("test", "dev", "test")]
    path = write(tmp_path / "mine.jsonl", rows)
    assert len(items(path)) == 2
    assert [item.question for item in items(path, split="dev")] == ["dev?"]


def test_a_byte_order_mark_and_line_ends_of_windows_do_no_harm(tmp_path):
    path = write(tmp_path / "mine.csv", "\ufeffquestion,gold\r\nWhat?,This\r\n")
    assert items(path)[0].gold == ("This",)


def test_the_card_says_what_is_known_and_what_is_not_stated(tmp_path):
    path = write(tmp_path / "mine.csv", "question,gold,seq,smiles,options\n?,x,M,C,x|y\n")
    card = benchmark_from_file(path).card
    assert (card.name, card.modality, card.metric) == ("mine", "protein and molecule", "accuracy")
    assert (card.licence, card.files) == ("not stated", ("mine.csv",))
    plain = benchmark_from_file(write(tmp_path / "two.csv", "question,gold\n?,x\n")).card
    assert (plain.modality, plain.metric) == ("text", "ROUGE-L")


# the mapping


def test_a_mapping_beside_the_file_is_taken_if_none_is_given(tmp_path):
    path = write(tmp_path / "mine.csv", "q,a\nWhat?,This\n")
    beside = tmp_path / "mine.columns.toml"
    write(beside, '[columns]\nquestion = "q"\ngold = ["a"]\n[card]\nlicence = "CC0-1.0"\n')
    assert items(path)[0].question == "What?"
    assert benchmark_from_file(path).card.licence == "CC0-1.0"
    beside.unlink()
    write(tmp_path / "mine.columns.json", '{"columns": {"question": "a", "gold": "q"}}')
    assert items(path)[0].question == "This"
    assert items(path, "question=q,gold=a")[0].question == "What?"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[columns\n", "cannot be read: Expected"),
        ('[card]\nlicence = "x"\n', "expected a table columns"),
        ("[columns]\nquestion = 3\n", "expected a table columns"),
        ('[columns]\nquestoin = "q"\n', "unknown 'questoin'; nearest are question, "),
        ('[columns]\nquestion = "q"\n[car]\n', "unknown 'car'; nearest are card"),
        ('[columns]\nquestion = "q"\n[card]\nlicense = "x"\n', "nearest are licence, "),
        ('[columns]\nquestion = "q"\n[card]\nlicence = 3\n', "expected texts in the table card"),
    ],
)
def test_a_broken_mapping_beside_the_file_is_told(content, message, tmp_path):
    path = write(tmp_path / "mine.csv", "q,a\nWhat?,This\n")
    beside = write(tmp_path / "mine.columns.toml", content)
    told = refused(path)[0]
    assert message in told
    assert str(beside) in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question", "--columns has 'question'; expected field=column"),
        ("question=q,", "--columns has ''; expected field=column"),
        ("question=q,question=r", "--columns has question twice; expected it once"),
        ("sequence=s", "unknown 'sequence'; nearest are "),
        ("question=q|r", "question has 2 columns; expected one"),
    ],
)
def test_columns_that_are_not_of_the_form_are_refused(text, message):
    with pytest.raises(InputError) as caught:
        read_columns(text)
    assert message in caught.value.message
    assert caught.value.hint


def test_an_unknown_field_lists_the_nearest_three():
    with pytest.raises(InputError) as caught:
        read_columns("smile=s")
    assert caught.value.message.startswith("--columns: unknown 'smile'; nearest are smiles, ")
    assert caught.value.message.count(",") == 2
    assert "question, gold, id" in caught.value.hint


def test_no_mapping_beside_a_file_is_an_empty_one(tmp_path):
    assert columns_beside(tmp_path / "mine.csv") == ({}, {})


# what can be wrong with the file


def test_a_missing_column_lists_those_there_are_and_the_nearest_three(tmp_path):
    path = write(tmp_path / "mine.csv", "qestion,answers,sequence,notes\n?,x,M,\n")
    message, hint = refused(path, "question=qestion,gold=answer")
    assert (
        "no column 'answer' for gold; it has 'qestion', 'answers', 'sequence', 'notes'" in message
    )
    assert "nearest are answers, " in message
    assert hint == "--columns gold=COLUMN, or mine.columns.toml beside it"


def test_a_file_without_a_column_for_the_question_says_how_to_declare_it(tmp_path):
    message, hint = refused(write(tmp_path / "mine.jsonl", [{"q": "?", "gold": "x"}]))
    assert "no column 'question' for question; it has 'q', 'gold'" in message
    assert hint.startswith("--columns question=COLUMN")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.jsonl", '{"question": "?", "gold": "x"}\n{"question": "?", \n', "line 2: is no JSON"),
        ("m.jsonl", '{"question": "?", "gold": "x"}\n["?"]\n', "line 2: is a list"),
        ("m.jsonl", '{"question": "?", "gold": "x"}\n{"question": "?"}\n', "line 2: no column"),
        ("m.csv", "question,gold\n?,x\n?\n", "line 3: has 1 cells; the header has 2"),
        ("m.csv", 'question,gold\n"?,x\n', "line 2: a quote is opened and never closed"),
        ("m.jsonl", "", "has no rows"),
        ("m.csv", "question,gold\n", "has no rows"),
        ("m.csv", "question,gold\nWhät?,x\n".encode("latin-1"), "line 2: byte 0xe4 is not UTF-8"),
        ("m.csv", "question,gold\n ,x\n", "line 2: question is empty; expected a question"),
        ("m.xlsx", "question", "is of the kind '.xlsx'; expected .jsonl, .ndjson, .json, .csv"),
        ("m", "question", "is of the kind 'without an ending'"),
    ],
)
def test_a_broken_file_is_told_with_the_line(name, content, message, tmp_path):
    told, hint = refused(write(tmp_path / name, content))
    assert message in told
    assert hint


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "cannot be read: No such file" in refused(tmp_path / "none.jsonl")[0]


def test_the_same_id_twice_names_both_lines(tmp_path):
    rows = [{"question": "?", "gold": "x", "n": n} for n in ("a", "b", "a")]
    message, _ = refused(write(tmp_path / "mine.jsonl", rows), "id=n")
    assert "line 3: n 'a' stands at line 1 already; expected it once" in message


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"gold": "z", "options": ["x", "y"]}, "gold is 'z'; expected one of x, y"),
        ({"gold": ["x", "y"], "options": ["x", "y"]}, "gold is 'x', 'y'; expected one of x, y"),
        ({"gold": "x", "options": ["x"]}, "1 options; expected two or more"),
        ({"gold": "x", "form": "choice"}, "0 options; expected two or more"),
        ({"gold": "x", "form": "essay"}, "form is 'essay'; expected entities, choice, text"),
        ({"gold": "x", "types": "protein"}, "'protein' is no type of nodes; nearest are gene/pro"),
        ({"gold": "x1", "types": "disease"}, "'x1' is no node of the graph; expected an id"),
        ({"gold": "x", "hidden": "x2"}, "'x2' is no node of the graph; expected an id"),
    ],
)
def test_a_row_that_makes_no_item_is_told(row, message, tmp_path, tiny):
    path = write(tmp_path / "mine.jsonl", [{"question": "?", **row}])
    told, hint = refused(path, resources=tiny)
    assert f"line 1: {message}" in told
    assert hint


def test_a_split_that_there_is_none_of_is_refused(tmp_path):
    path = write(tmp_path / "mine.csv", "question,gold\n?,x\n")
    assert "has no column for splits; got --split dev" in refused(path, split="dev")[0]
    path = write(tmp_path / "two.csv", "question,gold,split\n?,x,train\n")
    assert "has no rows of the split 'test'; it has train" in refused(path)[0]


# PubChemQA, which is read in this way


def test_pubchemqa_is_read_with_the_columns_declared_beside_it(tmp_path):
    path = write(tmp_path / "got.jsonl", [{"CID": 1, "q": "?", "smi": "CCO", "text": "A drink."}])
    write(
        tmp_path / "got.columns.toml",
        '[columns]\nquestion = "q"\nsmiles = "smi"\ngold = "text"\n',
    )
    (item,) = pubchemqa.BENCHMARK.items(path, None, split="test")
    assert (item.smiles, item.gold) == (("CCO",), ("A drink.",))


def test_pubchemqa_without_declared_columns_says_how_to_declare_them(tmp_path):
    path = write(tmp_path / "got.jsonl", [{"q": "?", "smi": "CCO"}])
    with pytest.raises(InputError, match="no column 'question'") as caught:
        list(pubchemqa.BENCHMARK.items(path, None, split="test"))
    assert "got.columns.toml" in caught.value.hint
    with pytest.raises(InputError, match=r"is read from pubchemqa_test\.jsonl") as caught:
        list(pubchemqa.BENCHMARK.items(None, None, split="test"))
    assert "docs/add-a-benchmark.md" in caught.value.hint
