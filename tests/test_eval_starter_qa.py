import json
import random
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from world import (
    ASPIRIN,
    EDGES_OF_THE_WORLD,
    KINASE,
    NODES_OF_THE_WORLD,
    make_graph,
    make_resources,
)

from bbqa.bridge.checkpoint import SHIPPED_BRIDGE
from bbqa.bridge.splits import Part, Split
from bbqa.errors import InputError
from bbqa.eval.benchmarks import benchmarks
from bbqa.eval.benchmarks.contract import Form, Item
from bbqa.eval.benchmarks.sample import stratified
from bbqa.eval.benchmarks.starter_qa import ACTIVE, BENCHMARK
from bbqa.eval.labelled import SETS
from bbqa.eval.starter import make_starter_qa
from bbqa.eval.starter.asked import ASKED, SINGLE, asked_for, right, statements, telling
from bbqa.eval.starter.make import FILE, meta_of
from bbqa.eval.starter.record import Record
from bbqa.eval.starter.subjects import SPLITS
from bbqa.eval.starter.unanswerable import with_article
from bbqa.eval.starter.wordings import FEWEST, wordings
from bbqa.examples import read_examples
from bbqa.schema import NodeType, Relation

KINDS = {asked.kind for asked in SINGLE}
OPEN_ONLY = {"unanswerable", "false-premise"}
FEWEST_IN_TEST = 60


@pytest.fixture(scope="module")
def records():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [Record.from_json(json.loads(line)) for line in lines]


@pytest.fixture(scope="module")
def parts():
    return json.loads((SHIPPED_BRIDGE / "split.json").read_text())["parts"]


# what is shipped


def test_there_are_enough_questions_and_the_file_is_small(records):
    assert len(records) >= 3000
    assert FILE.stat().st_size < 2.5e6


def test_the_file_is_the_one_that_its_description_vouches_for(records):
    import hashlib

    meta = json.loads(meta_of(FILE).read_text())
    manifest = json.loads((SETS.parent.parent / "bbqa/kg/data/manifest.json").read_text())
    assert meta["sha256"] == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert meta["graph"] == manifest["hash"]
    assert meta["questions"] == len(records)


def test_ids_are_unique(records):
    assert len({record.id for record in records}) == len(records)


def test_every_kind_has_enough_questions_of_each_form_in_the_test_half(records):
    counts = Counter((r.kind, r.form) for r in records if r.split == "test")
    expected = {(kind, form) for kind in KINDS for form in (Form.ENTITIES, Form.CHOICE)}
    expected |= {("multi-hop", Form.ENTITIES), ("multi-hop", Form.CHOICE)}
    expected |= {("acts-on", Form.CHOICE)} | {(kind, Form.ENTITIES) for kind in OPEN_ONLY}
    assert set(counts) == expected
    few = {key: count for key, count in counts.items() if count < FEWEST_IN_TEST}
    assert few.keys() <= {("drug", Form.CHOICE), ("drug", Form.ENTITIES), ("acts-on", Form.CHOICE)}
    assert all(count >= 40 for count in few.values())


def test_about_a_fifth_is_for_looking_at(records):
    share = sum(record.split == "dev" for record in records) / len(records)
    assert 0.15 <= share <= 0.25


def test_options_are_four_different_ones_or_yes_and_no_and_one_is_right(records):
    for record in records:
        if record.form is Form.CHOICE:
            assert len(record.gold) == 1
            assert record.gold[0] in record.options
            assert len(set(record.options)) == len(record.options)
            expected = ["no", "yes"] if record.kind == "acts-on" else None
            assert (sorted(record.options) == expected) if expected else len(record.options) == 4


def test_the_right_option_stands_anywhere(records):
    chi_squared = pytest.importorskip("scipy.stats").chisquare
    for kind in (*sorted(KINDS), "multi-hop", "acts-on"):
        some = [r for r in records if r.kind == kind and r.form is Form.CHOICE]
        places = Counter(r.options.index(r.gold[0]) for r in some)
        counts = [places[place] for place in range(len(some[0].options))]
        assert chi_squared(counts).pvalue > 0.001, (kind, counts)


def test_yes_is_right_as_often_as_no(records):
    answers = Counter(r.gold[0] for r in records if r.kind == "acts-on")
    assert abs(answers["yes"] - answers["no"]) <= 0.1 * answers.total()


def test_no_input_stands_in_both_halves(records):
    halves = defaultdict(set)
    for record in records:
        given = {g if isinstance(g, str) else g.get("shuffle") for g in record.seq} - {None}
        halves[record.split] |= given | set(record.smiles) | set(record.hidden)
    assert not halves["dev"] & halves["test"]


def test_all_inputs_are_of_the_parts_that_training_kept_back_for_tests(records, parts):
    kept = {*parts["cold-test"], *parts["warm-test"]}
    for record in records:
        given = {g if isinstance(g, str) else g.get("shuffle") for g in record.seq} - {None}
        assert given | set(record.smiles) <= kept
        assert {g for g in (*record.seq, *record.smiles) if isinstance(g, str)} <= {*record.hidden}


def test_what_cannot_be_answered_has_neither_gold_nor_options(records):
    some = [record for record in records if record.kind in OPEN_ONLY]
    assert all(not (record.gold or record.also or record.options) for record in some)
    assert all(record.gold for record in records if record.kind not in OPEN_ONLY)


def test_bins_say_how_near_the_inputs_are_to_what_is_known(records):
    for record in records:
        attached = [given for given in record.seq if isinstance(given, str)]
        assert ("identity" in record.bins) == bool(attached)
        assert ("scaffold" in record.bins) == ("tanimoto" in record.bins) == bool(record.smiles)
    near = Counter(r.bins["identity"] for r in records if "identity" in r.bins)
    assert set(near) == {"<30 %", "30-50 %", "50-80 %", ">=80 %"}


# wordings


def plain(question):
    return " ".join("".join(c if c.isalnum() else " " for c in question.lower()).split())


def test_there_are_enough_wordings_of_everything_and_no_two_are_the_same():
    every = [plain(question) for questions in wordings().values() for question in questions]
    assert len(set(every)) == len(every)
    assert {key: len(q) for key, q in wordings().items() if len(q) < FEWEST} == {}
    asked = {split: {key[1:] for key in wordings() if key[0] == split} for split in SPLITS}
    assert asked["dev"] == asked["test"]


def test_the_halves_are_worded_in_other_words():
    """What was learnt of dev's wordings cannot be said again in test: no six words in a row."""
    for (split, *asked), questions in wordings().items():
        if split == "test":
            others = wordings()["dev", *asked]
            assert not sixes(questions) & sixes(others), asked


def sixes(questions):
    found = set()
    for words in map(str.split, map(plain, questions)):
        found |= {tuple(words[start : start + 6]) for start in range(len(words) - 5)}
    return found


def test_every_question_is_worded_as_its_half_is(records):
    by_split = defaultdict(set)
    for (split, *_), questions in wordings().items():
        by_split[split] |= set(questions)
    plainly = [r for r in records if r.kind != "false-premise"]
    assert [r.id for r in plainly if r.question not in by_split[r.split]] == []


def test_all_wordings_of_a_thing_are_used_about_as_often(records):
    used = Counter((record.split, record.question) for record in records)
    for (split, *asked), questions in wordings().items():
        times = [used[split, question] for question in questions if "{" not in question]
        assert not times or max(times) - min(times) <= 1, (split, *asked)


def test_no_wording_is_an_example_that_the_router_learns_from_or_is_measured_with():
    lines = [
        json.loads(line)
        for name in ("routing", "abstention")
        for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    others = {plain(example.question) for example in read_examples()}
    others |= {plain(line["question"]) for line in lines}
    every = {plain(question) for questions in wordings().values() for question in questions}
    assert every & others == set()


def test_no_question_gives_its_input_away(records):
    for record in records:
        words = set(record.question.replace("?", " ").replace(",", " ").split())
        assert not words & {given for given in (*record.seq, *record.smiles) if type(given) is str}


def test_a_name_stands_behind_the_right_article():
    assert with_article("analgesic") == "an analgesic"
    assert with_article("diuretic") == "a diuretic"


# reading


def test_it_is_listed():
    assert benchmarks()["starter-qa"] is BENCHMARK


def test_questions_on_another_graph_are_refused_with_the_next_step(tmp_path):
    with pytest.raises(InputError) as caught:
        list(BENCHMARK.items(None, make_resources(tmp_path), split="test"))
    assert "holds questions on graph" in caught.value.message
    assert "bbqa eval make starter-qa" in caught.value.hint


def test_a_split_that_there_is_none_of_is_refused(tmp_path):
    with pytest.raises(InputError, match="it has test, dev"):
        list(BENCHMARK.items(None, make_resources(tmp_path), split="train"))


def test_a_question_on_a_node_that_is_not_there_is_refused_by_its_line(tmp_path):
    resources = make_resources(tmp_path / "home")
    record = Record("a", "test", "function", Form.ENTITIES, "?", seq=("P99999",), gold=("GO:1",))
    path = tmp_path / FILE.name
    path.write_text(record.to_line())
    meta_of(path).write_text(json.dumps({"graph": resources.graph.hash}))
    with pytest.raises(InputError, match="line 1: is no question on this graph"):
        list(BENCHMARK.items(tmp_path, resources, split="test"))


# a small world


def small_world(tmp_path):
    """The tiny world with siblings of what its proteins do, and drugs on its interactions."""
    functions = [
        (f"GO:00001{n:02}", NodeType.MOLECULAR_FUNCTION, f"{name} activity", (), 5.0)
        for n, name in enumerate(["zinc", "alpha", "beta", "gamma", "delta", "epsilon"])
    ]
    below = [(node[0], Relation.MOLFUNC_MOLFUNC, "GO:0000001", "GO", "") for node in functions]
    held = [
        (protein, Relation.MOLFUNC_PROTEIN, node[0], "GOA human", "IDA")
        for node in functions
        for protein in ("P00002",)
    ]
    interacts = [
        ("P00001", Relation.PROTEIN_PROTEIN, "P00002", "GOA human", "IPI"),
        ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0005515", "GOA human", "IPI"),
        ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "ND"),
    ]
    binding = ("GO:0005515", NodeType.MOLECULAR_FUNCTION, "protein binding", (), 0.6)
    graph = make_graph(
        [*NODES_OF_THE_WORLD, *functions, binding],
        [*EDGES_OF_THE_WORLD, *below, *held, *interacts],
    )
    resources = make_resources(tmp_path / "home", graph=graph)
    resources.__dict__["alignment"] = NoHomologues()
    return resources


class NoHomologues:
    def search(self, sequence, **options):
        return []


def split_of(graph):
    rows = tuple(sorted(graph.row(node) for node in ("P00001", "P00002", "DB00001")))
    parts = dict.fromkeys(Part, ())
    return Split(graph.hash, 0, {**parts, Part.COLD_TEST: rows})


def names(graph, rows):
    return [graph.name_of(row) for row in rows]


def test_what_says_nothing_and_what_nobody_trusts_is_not_right(tmp_path):
    graph = small_world(tmp_path).graph
    found = right(graph, graph.row("P00001"), ASKED["function", ""])
    assert names(graph, found) == ["tyrosine kinase activity"]


def test_two_steps_lead_through_partners_to_their_drugs(tmp_path):
    graph = small_world(tmp_path).graph
    asked = ASKED["multi-hop", "partner-drug"]
    gold = tuple(asked_for(graph, graph.row("P00001"), asked))
    assert names(graph, gold) == ["Acetylsalicylic acid"]
    assert statements(graph, graph.row("P00001"), asked, gold, "protein_1") == (
        "protein_1 interacts with LAC1",
        "LAC1 is acted on by Acetylsalicylic acid",
    )


def test_the_same_graph_and_seed_give_the_same_questions_and_they_can_be_read(tmp_path):
    resources = small_world(tmp_path)
    split = split_of(resources.graph)
    made = [
        make_starter_qa(resources, to=tmp_path / name / FILE.name, split=split)
        for name in ("one", "two")
        if not (tmp_path / name).mkdir()
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
    items = {item.id: item for item in BENCHMARK.items(made[0], resources, split="test")}
    about = items["function-entities-P00001"]
    assert about.gold == ("GO:0000002",)
    assert about.seq == (KINASE,)
    assert about.hidden == ("P00001",)
    assert about.types == (NodeType.MOLECULAR_FUNCTION,)
    assert about.evidence == ("protein_1 enables tyrosine kinase activity",)
    assert items["role-entities-DB00001"].smiles == (ASPIRIN,)
    assert items["role-entities-DB00001"].evidence == ("molecule_1 has the role analgesic",)
    shuffled = items["unanswerable-shuffled-P00001"]
    assert sorted(shuffled.seq[0]) == sorted(KINASE)
    assert not shuffled.answerable
    assert shuffled.seq[0] != KINASE


# a part of the items


def make_items(sizes):
    return [
        Item(f"{kind}-{n}", Form.ENTITIES, "?", (), bins={"kind": kind})
        for kind, size in sizes.items()
        for n in range(size)
    ]


def test_a_limit_takes_as_many_of_each_kind_as_there_are():
    chosen = stratified(make_items({"a": 100, "b": 3, "c": 50}), 23)
    assert Counter(item.bins["kind"] for item in chosen) == {"a": 10, "b": 3, "c": 10}


def test_a_limit_depends_on_neither_order_nor_chance_and_grows():
    items = make_items({"a": 40, "b": 20})
    shuffled = random.Random(1).sample(items, len(items))
    ids = {item.id for item in stratified(items, 12)}
    assert ids == {item.id for item in stratified(shuffled, 12)}
    assert ids < {item.id for item in stratified(items, 20)}
    assert len(stratified(items, 1000)) == 60
    assert stratified(items, 0) == []


def test_a_part_stands_in_the_order_of_the_whole():
    items = make_items({"a": 40, "b": 20})
    places = [items.index(item) for item in stratified(items, 15)]
    assert all(one < other for one, other in pairwise(places))


# against the real graph


@pytest.fixture(scope="module")
def resources():
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    return Resources(load_settings())


@pytest.fixture(scope="module")
def graph(resources):
    return resources.graph


def asked_of(record):
    return ASKED[record.kind, record.pattern if record.kind == "multi-hop" else ""]


def some(records, n, seed, wanted):
    fitting = [record for record in records if wanted(record)]
    return random.Random(seed).sample(fitting, min(n, len(fitting)))


def single_or_several(record):
    return record.kind in KINDS or record.kind == "multi-hop"


def recorded_of(graph, row):
    """Rows of all that any fact joins with a node, found without the maker's code."""
    return {fact.tail if fact.head == row else fact.head for fact in graph.facts(row)}


def reached(graph, row, asked):
    """Rows that the relations of a question lead to, whatever the evidence."""
    ends = {row}
    for relation, _ in asked.steps:
        ends = {int(far) for near in ends for far in graph.neighbours(near, relation)}
    return ends


@pytest.mark.integration
def test_gold_is_what_the_graph_says(records, graph):
    for record in some(records, 200, 1, single_or_several):
        asked = asked_of(record)
        subject = graph.row((record.seq or record.smiles)[0])
        gold = {graph.row(node) for node in record.gold}
        own = reached(graph, subject, asked)
        if asked.use:
            classes = {int(row) for row in graph.neighbours(subject, Relation.DRUG_CLASS)}
            own |= classes.union(*map(graph.ancestors, classes))
        assert gold <= own
        assert all(graph.type_of(row) in asked.types for row in gold)
        assert all(telling(graph, row) for row in gold)
        if record.form is Form.ENTITIES and not asked.use:
            also = {graph.row(node) for node in record.also}
            trusted = set(right(graph, subject, asked))
            assert gold | also == trusted


@pytest.mark.integration
def test_no_distractor_is_right_by_any_record_ancestor_or_descendant(records, graph):
    wanted = [r for r in records if r.form is Form.CHOICE and single_or_several(r)]
    for record in random.Random(2).sample(wanted, 400):
        subject = graph.row((record.seq or record.smiles)[0])
        own = recorded_of(graph, subject) | reached(graph, subject, asked_of(record))
        implied = own.union(*map(graph.ancestors, own))
        roots = {graph.row(f"GO:{n}") for n in ("0003674", "0005575", "0008150")}
        roots |= {graph.row("GO:0005515"), graph.row("GO:0005488")}
        for option in set(record.options) - set(record.gold):
            row = graph.row(option)
            assert row not in implied
            assert not graph.ancestors(row) & (own - roots)
            assert graph.type_of(row) is graph.type_of(graph.row(record.gold[0]))


@pytest.mark.integration
def test_yes_means_recorded_activity_and_no_means_none(records, graph):
    for record in records:
        if record.kind == "acts-on":
            drug, protein = graph.row(record.smiles[0]), graph.row(record.seq[0])
            acts = protein in graph.neighbours(drug, Relation.DRUG_PROTEIN)
            assert record.gold == (("yes",) if acts else ("no",))


@pytest.mark.integration
def test_what_is_said_to_be_lacking_is_recorded_nowhere(records, graph):
    lacking = [r for r in records if r.pattern.startswith("lacking-")]
    assert lacking
    for record in lacking:
        asked = ASKED[record.pattern.removeprefix("lacking-"), ""]
        assert not reached(graph, graph.row(record.hidden[0]), asked) or not right(
            graph, graph.row((record.seq or record.smiles)[0]), asked
        )


@pytest.mark.integration
def test_false_premises_are_neither_recorded_nor_implied(records, graph):
    false = [record for record in records if record.kind == "false-premise"]
    for record in false:
        own = recorded_of(graph, graph.row((record.seq or record.smiles)[0]))
        claim = graph.row(record.claim)
        assert graph.name_of(claim) in record.question
        assert claim not in own.union(*map(graph.ancestors, own))
        assert not graph.ancestors(claim) & {row for row in own if telling(graph, row)}


@pytest.mark.integration
def test_residues_in_random_order_resemble_no_protein(records, resources):
    random_ones = [r for r in records if r.pattern in ("random", "shuffled")]
    items = {item.id: item for item in BENCHMARK.items(None, resources, split="dev")}
    for record in random_ones:
        if record.split == "dev":
            (sequence,) = items[record.id].seq
            assert not resources.graph.sequences.find(sequence)


@pytest.mark.integration
def test_every_item_can_be_read_and_its_options_differ(resources):
    for split in ("dev", "test"):
        for item in BENCHMARK.items(None, resources, split=split):
            assert item.answerable == bool(item.evidence)
            assert len(item.evidence) <= 12
            folded = {option.casefold() for option in item.options}
            assert len(folded) == len(item.options)
            if item.form is Form.CHOICE:
                assert item.gold[0] in item.options
            if item.bins["kind"] == "acts-on":
                assert (item.evidence == (ACTIVE,)) == (item.gold == ("yes",))
