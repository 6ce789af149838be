import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from rich.console import Console
from world import ASPIRIN, KINASE, make_resources, mutated

from bbqa.ask import ask
from bbqa.cli import main
from bbqa.errors import BbqaError, InputError
from bbqa.explain import explain, read_answer, write_drawing, write_page
from bbqa.explain.page import page
from bbqa.explain.paths import path_trees, tree_lines
from bbqa.explain.terminal import tell
from bbqa.resources import Resources
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Dropped,
    Hop,
    Input,
    Kind,
    Modality,
    Status,
    Step,
    Verdict,
)
from bbqa.settings import Settings

NASTY = "<script>alert('x')</script> & \"$question\" \x1b[31m"


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


@pytest.fixture(scope="module")
def answer(resources):
    """A real answer about a homologue of KIN1 and aspirin, with a path and more put in."""
    found = ask(
        "What does this protein do?",
        seq=f">{NASTY}\n{mutated(KINASE, 0.3)}",
        smiles=ASPIRIN,
        use_llm=False,
        resources=resources,
    )
    first, second, *others = found.evidence
    to_kin1 = Hop("protein_1", "P00001", "", "protein_1 resembles KIN1", "Smith-Waterman")
    to_trp1 = Hop("P00001", "P00003", "protein_protein", "KIN1 interacts with TRP1", "GOA", "2019")
    to_disease = Hop("P00001", "MONDO:1", "disease_protein", "KIN1 is linked to testosis", "HPO")
    paths = [
        replace(
            first,
            number=90 + n,
            statement=f"path {n}",
            kind=Kind.PATH,
            hops=(to_kin1, hop),
            nodes=("P00001", hop.end),
        )
        for n, hop in enumerate((to_trp1, to_disease), start=1)
    ]
    return replace(
        found,
        evidence=(replace(first, disagrees=(second.number,)), second, *others, *paths),
        dropped=(Dropped(f"KIN1 is a lamp {NASTY}.", (1,), "no lamp", Verdict.CONTRADICTED),),
        steps=(Step("kg_paths", {"start": NASTY}, (91,), 0.1, 5, 7, NASTY, failed=True),),
        note=NASTY,
    )


@pytest.fixture
def saved(answer, tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer.to_json(), indent=2, default=str))
    return path


def told(explanation):
    console = Console(file=io.StringIO(), width=100, color_system=None)
    tell(explanation, console)
    return console.file.getvalue()


# reading


def test_an_answer_that_was_saved_is_read_back_the_same(answer, saved):
    assert read_answer(str(saved)) == answer
    assert read_answer("-", stdin=io.StringIO(saved.read_text())) == answer
    assert type(read_answer(str(saved)).evidence[0].kind) is Kind


def test_fields_that_a_later_version_adds_are_ignored(answer):
    value = json.loads(json.dumps(answer.to_json(), default=str))
    value["mood"] = "good"
    value["evidence"][0]["colour"] = "red"
    assert Answer.from_json(value) == answer


def test_fields_that_an_earlier_version_lacked_have_their_defaults(answer):
    value = json.loads(json.dumps(answer.to_json(), default=str))
    del value["steps"], value["evidence"][0]["hops"], value["dropped"][0]["verdict"]
    read = Answer.from_json(value)
    assert (read.steps, read.evidence[0].hops) == ((), ())
    assert read.dropped[0].verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; expected an answer in JSON"),
        ("once upon a time", "is no JSON"),
        ('{"a": 1}\n{"b": \n', "is no JSON: line 2"),
        ("[1]", "got a JSON list; expected an answer"),
        ('{"a": 1}', "this is no answer of bbqa: question: Field required"),
        ('{"question": {"text": "Why?"}, "status": "glad"}', "and 5 more"),
        ("[" * 100_000, "is no JSON"),
        ('{"a": 1}\n{"b": 2}\n', "line 1 is no line of a batch's output"),
    ],
)
def test_what_is_no_answer_is_refused_and_says_what_was_expected(tmp_path, text, message):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_answer(str(path))
    assert caught.value.hint


def test_a_wrong_field_is_named_with_its_place(answer):
    value = json.loads(json.dumps(answer.to_json(), default=str))
    value["evidence"][2]["status"] = "gospel"
    with pytest.raises(InputError, match=r"evidence\[2\]\.status: Input should be 'curated'"):
        Answer.from_json(value)


@pytest.fixture
def many(answer, tmp_path):
    """A batch's output of three lines, the last of which failed."""
    value = answer.to_json()
    lines = [
        {"id": "a", "line": 1, "given": {}, "answer": value},
        {"id": "b", "line": 2, "given": {}, "answer": value | {"note": "the second"}},
        {"id": None, "line": 5, "given": {}, "error": {"message": "no question in it"}},
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines))
    return path


def test_a_line_of_a_batch_is_chosen_by_line_or_id(many):
    assert read_answer(str(many), line=2).note == "the second"
    assert read_answer(str(many), id="b").note == "the second"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({}, "has 3 answers: a, b, line 5"),
        ({"id": "c"}, "has nothing for --id c; it has a, b, line 5"),
        ({"line": 1, "id": "b"}, "has nothing for --line 1 and --id b"),
        ({"line": 5}, "the question on line 5 has no answer: no question in it"),
    ],
)
def test_a_choice_that_cannot_be_met_says_what_there_is(many, chosen, message):
    with pytest.raises(InputError, match=message):
        read_answer(str(many), **chosen)


def test_a_choice_from_a_single_answer_is_refused(saved):
    with pytest.raises(InputError, match="is one answer, not a batch's output"):
        read_answer(str(saved), line=1)


# paths


def test_paths_with_the_same_beginning_share_their_branches(answer):
    (root,) = path_trees(answer.evidence)
    drawn = [before + branch.statement for before, branch in tree_lines(root)]
    assert drawn == [
        "protein_1",
        "`-- protein_1 resembles KIN1",
        "    |-- KIN1 interacts with TRP1",
        "    `-- KIN1 is linked to testosis",
    ]
    assert [branch.numbers for _, branch in tree_lines(root)] == [[], [], [91], [92]]


def test_a_path_of_absurd_length_does_no_harm(answer):
    hop = answer.evidence[-1].hops[1]
    endless = replace(answer.evidence[-1], hops=(hop,) * 5000)
    (root,) = path_trees([endless])
    assert len(list(tree_lines(root))) < 100


# alignments and drawings


def test_the_best_homologue_is_aligned_again(answer, resources):
    (aligned,) = explain(answer, resources=lambda: resources).alignments
    assert (aligned.label, aligned.accession) == ("protein_1", "P00001")
    assert aligned.text.startswith("P00001: 70 % identity")
    assert "\nquery       2 DTTGLK" in aligned.text


def test_without_a_graph_there_is_no_alignment_and_it_says_so(answer, tmp_path):
    def closed():
        return Resources(Settings(home=tmp_path, graph=tmp_path / "none"))

    explanation = explain(answer, resources=closed)
    assert "none" in explanation.alignments[0].missing
    assert "no alignment: " in told(explanation)
    assert "No alignment: " in page(explanation)
    assert "the graph was not opened" in told(explain(answer))


def test_a_saved_sequence_that_is_none_is_not_aligned(answer, resources):
    hostile = replace(answer.question.inputs[0], value="<b>MKT")
    changed = replace(answer, question=replace(answer.question, inputs=(hostile,)))
    (aligned,) = explain(changed, resources=lambda: resources).alignments
    assert "not written in amino-acid letters" in aligned.missing


@pytest.mark.parametrize(("name", "begins"), [("m.svg", b"<?xml"), ("m.PNG", b"\x89PNG")])
def test_molecules_are_drawn_into_a_file(answer, tmp_path, name, begins):
    write_drawing(answer, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_cannot_be_drawn_is_refused(answer, tmp_path):
    with pytest.raises(InputError, match=r"cannot draw a \.pdf; expected \.svg or \.png"):
        write_drawing(answer, tmp_path / "m.pdf")
    proteins = replace(answer.question, inputs=answer.question.inputs[:1])
    with pytest.raises(InputError, match="about no molecule"):
        write_drawing(replace(answer, question=proteins), tmp_path / "m.svg")
    with pytest.raises(BbqaError, match="cannot write"):
        write_drawing(answer, tmp_path / "none" / "m.svg")


def test_a_saved_structure_that_is_none_is_said_to_be_undrawable(answer):
    hostile = Input("molecule_1", Modality.MOLECULE, "<svg onload=alert(1)>", NASTY)
    changed = replace(answer, question=replace(answer.question, inputs=(hostile,)))
    explanation = explain(changed)
    assert explanation.drawings[0].missing
    assert "cannot be drawn" in told(explanation)
    assert "<svg" not in page(explanation)


# in the terminal


def test_the_terminal_tells_every_part(answer, resources):
    text = told(explain(answer, resources=lambda: resources))
    for part in (
        "What does this protein do?",
        "inferred: Its relative KIN1 enables tyrosine kinase activity",
        "Evidence",
        "Dropped sentences",
        "contradicted: KIN1 is a lamp",
        "why: no lamp",
        "Disagreements",
        "    |-- KIN1 interacts with TRP1 [91]  (GOA 2019)",
        "P00001: 70 % identity",
        "kg_paths (failed)",
        "5 + 7 tokens",
        "written by: composed",
    ):
        assert part in text
    assert "\x1b" not in text


# the page


class Tags(HTMLParser):
    """What a browser would make of a page: its tags, attributes, ids and links."""

    VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.ids, self.links, self.open = set(), [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_neither_network_nor_script(answer, resources):
    html = page(explain(answer, resources=lambda: resources))
    tags = Tags(html)
    assert tags.open == []
    assert not tags.tags & {"script", "img", "link", "iframe", "object", "form"}
    assert all(link.startswith("#") for link in tags.links)
    assert {link[1:] for link in tags.links} <= set(tags.ids)
    assert len(tags.ids) == len(set(tags.ids))
    assert "url(" not in html and "@import" not in html


def test_the_page_has_every_part(answer, resources):
    html = page(explain(answer, resources=lambda: resources))
    for title in (
        "Answer", "What it is about", "Molecules", "Dropped sentences", "Disagreements", "Paths",
        "All evidence", "Best homologues", "Steps", "Manifest",
    ):  # fmt: skip
        assert f">{title}</h2>" in html
    assert '<span class="badge inferred">inferred</span>' in html
    assert 'role="img" aria-label="Structure of molecule_1"' in html


def test_nothing_from_outside_is_interpreted(answer):
    """A FASTA header, a node's name, a model's sentence, a tool's arguments, a record's keys."""
    hostile = replace(
        answer,
        question=replace(answer.question, text=NASTY),
        text=NASTY,
        claims=tuple(replace(claim, text=NASTY) for claim in answer.claims),
        evidence=tuple(
            replace(
                item,
                statement=NASTY,
                source=NASTY,
                release=NASTY,
                because=NASTY,
                about=NASTY,
                hops=tuple(replace(hop, start=NASTY, statement=NASTY) for hop in item.hops),
            )
            for item in answer.evidence
        ),
        written_by=NASTY,
        timings_s={NASTY: 1.0},
        record={NASTY: {NASTY: NASTY}},
    )
    assert NASTY[:8] in hostile.question.inputs[0].name
    html = page(explain(hostile))
    tags = Tags(html)
    assert "script" not in tags.tags
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert "\x1b" not in html
    assert html.count("&lt;script&gt;") > 20
    assert "$question" in html
    assert "\x1b" not in told(explain(hostile))


def test_a_drawing_in_the_page_is_sound_svg(answer):
    html = page(explain(answer))
    svg = re.search(r"<svg.*?</svg>", html, re.DOTALL)[0]
    assert ElementTree.fromstring(svg).tag.endswith("svg")


@pytest.mark.parametrize("status", AnswerStatus)
def test_an_answer_with_nothing_in_it_makes_a_page_too(answer, status):
    empty = Answer(replace(answer.question, inputs=()), status, "", (), (), (), "summary")
    html = page(explain(empty))
    assert Tags(html).open == []
    assert "There is no sentence in this answer." in html
    assert told(explain(empty))


def test_every_status_has_its_colour(answer):
    html = page(explain(answer))
    for word in (*Status, *(v for v in Verdict if v is not Verdict.SUPPORTED)):
        assert f".{word}" in html


def test_a_page_that_cannot_be_written_says_so(answer, tmp_path):
    with pytest.raises(BbqaError, match="cannot write"):
        write_page(explain(answer), tmp_path / "none" / "a.html")


# the command


def test_the_command_explains_a_saved_answer_without_a_graph(saved, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("BBQA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BBQA_OFFLINE", "1")
    where = [str(saved), "--graph", str(tmp_path / "none")]
    assert main(["explain", *where]) == 0
    assert "no alignment: " in capsys.readouterr().out
    html, svg = tmp_path / "a.html", tmp_path / "a.svg"
    assert main(["explain", *where, "--html", str(html), "--drawing", str(svg)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"wrote {html}" in captured.err
    assert html.exists() and svg.exists()


def test_the_command_refuses_what_is_no_answer_with_2(tmp_path, capsys):
    (tmp_path / "a.json").write_text("{}")
    assert main(["explain", str(tmp_path / "a.json")]) == 2
    assert "no answer of bbqa" in capsys.readouterr().err
