"""The index: what it finds, what it refuses, and that no interruption leaves half of it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from world import WordEncoder, _plain, make_graph

from bbqa.encoders.vectors import hash_texts
from bbqa.errors import BbqaError, IndexMismatchError
from bbqa.index import MANIFEST, Index, build_index
from bbqa.kg.documents import (
    BRIEF_LENGTH,
    ENCODED_LENGTH,
    describe_nodes,
    embed_documents,
    encoded_part,
    shipped_vectors,
)
from bbqa.kg.graph import Graph
from bbqa.kg.tables import EDGES, MOLECULES, NODES, SEQUENCES
from bbqa.progress import Silent
from bbqa.schema import NodeType

TESTS = Path(__file__).parent
ROOT = TESTS.parent


class Told(Silent):
    """Remembers what was said; calls ``at_step[n]`` when a bar moves for the nth time."""

    def __init__(self, at_step=None, at_word=lambda: None):
        self.lines = []
        self.steps = 0
        self.at_step = at_step or {}
        self.at_word = at_word

    def say(self, text):
        self.lines.append(text)
        self.at_word()

    def bar(self, title, total, *, unit=""):
        self.lines.append(title)
        print(title, flush=True)
        return self

    def advance(self, amount):
        self.steps += 1
        self.at_step.get(self.steps, lambda: None)()

    def move_to(self, completed):
        pass


def ctrl_c():
    raise KeyboardInterrupt


def kill_myself():
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for(path):
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.05)
    raise TimeoutError(path)


def build(folder, *, graph=None, encoder=None, progress=None):
    graph, encoder = graph or make_graph(), encoder or WordEncoder()
    documents = describe_nodes(graph, {})
    vectors = embed_documents(graph, documents, encoder)
    build_index(graph, encoder, folder, documents=documents, vectors=vectors, progress=progress)
    return open_index(folder, graph=graph)


def open_index(folder, *, graph=None):
    graph = graph or make_graph()
    return Index.open(folder, graph_hash=graph.hash, encoder_hash=WordEncoder.hash)


def large_graph(n=4200):
    """A graph of ``n`` roles and no edges, so that a build takes long enough to be killed."""
    words = [f"{a} {b} {c}" for a in "abcdefghijklmno" for b in "pqrstuvwxyz" for c in range(26)]
    nodes = pa.table(
        {
            "id": [f"CHEBI:{i}" for i in range(n)],
            "type": [str(NodeType.ROLE if i % 2 else NodeType.DRUG) for i in range(n)],
            "name": words[:n],
            "synonyms": [[] for _ in range(n)],
            "xrefs": [[] for _ in range(n)],
            "information": [0.0] * n,
        },
        schema=_plain(NODES),
    )
    empty = [_plain(schema).empty_table() for schema in (EDGES, SEQUENCES, MOLECULES)]
    return Graph.from_tables(nodes, *empty)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An index of the tiny graph, not to be changed."""
    folder = tmp_path_factory.mktemp("index")
    build(folder).close()
    return folder


@pytest.fixture(scope="module")
def index(built):
    """That index, opened."""
    return open_index(built)


@pytest.fixture
def copy(built, tmp_path):
    """A copy of that index, to be damaged."""
    return Path(shutil.copytree(built, tmp_path / "index"))


def start_build(folder, *, graph="make_graph()", progress="Told()", before=""):
    """A build in another process; the arguments are Python."""
    code = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from test_index import *
{before}
try:
    build(Path({str(folder)!r}), graph={graph}, progress={progress})
except BbqaError as error:
    print(error.message, "|", error.hint)
    sys.exit(1)
"""
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def finds_everything(index, graph):
    documents = describe_nodes(graph, {})
    rows = range(0, len(graph), max(1, len(graph) // 40))
    parts = [encoded_part(documents[row], graph.type_of(row)) for row in rows]
    for row, vector in zip(rows, WordEncoder().encode(parts), strict=True):
        node_type = graph.type_of(row)
        assert index.nearest(vector, node_type, 1)[0][1] > 0.999
        assert index.document(node_type, row) == documents[row]
    return True


def test_the_nearest_node_is_the_one_whose_description_shares_the_words(index):
    graph = make_graph()
    question = WordEncoder().encode(["tyrosine kinase activity."])[0]
    found = index.nearest(question, NodeType.MOLECULAR_FUNCTION, 2)
    assert graph.name_of(found[0][0]) == "tyrosine kinase activity"
    assert 1 >= found[0][1] > found[1][1]


def test_cosines_are_those_of_the_vectors(index):
    graph = make_graph()
    question = WordEncoder().encode(["lactase"])[0]
    rows = graph.rows_of(NodeType.PROTEIN)
    documents = describe_nodes(graph, {})
    texts = [encoded_part(documents[row], NodeType.PROTEIN) for row in rows]
    expected = dict(zip(rows.tolist(), WordEncoder().encode(texts) @ question, strict=True))
    for row, cosine in index.nearest(question, NodeType.PROTEIN, 3):
        assert cosine == pytest.approx(expected[row], abs=0.01)


def test_a_vector_of_another_length_finds_the_same(index):
    question = WordEncoder().encode(["membrane"])[0]
    once = index.nearest(question, NodeType.PROTEIN, 3)
    thrice = index.nearest(3 * question, NodeType.PROTEIN, 3)
    assert [row for row, _ in once] == [row for row, _ in thrice]


def test_more_than_there_are_gives_all_there_are(index):
    question = WordEncoder().encode(["membrane"])[0]
    assert len(index.nearest(question, NodeType.PROTEIN, 1000)) == 3


def test_a_type_without_nodes_finds_nothing(index):
    question = WordEncoder().encode(["membrane"])[0]
    assert index.nearest(question, NodeType.PATHWAY, 5) == []


def test_a_document_begins_with_the_name(index):
    graph = make_graph()
    row = graph.row("HP:0000001")
    assert index.document(NodeType.PHENOTYPE, row).startswith("Seizure (fits)")


def test_a_document_of_another_type_is_refused(index):
    with pytest.raises(KeyError, match="no drug in row 0"):
        index.document(NodeType.DRUG, 0)


def test_a_vector_of_another_dimension_is_refused(index):
    with pytest.raises(ValueError, match=r"vector has shape \(384,\); expected \(32,\)"):
        index.nearest(np.ones(384, np.float32), NodeType.DRUG, 1)


def test_two_builds_find_the_same_in_the_same_order(tmp_path):
    graph = large_graph(600)
    first, second = (build(tmp_path / name, graph=graph) for name in "ab")
    for question in WordEncoder().encode(["a p 1", "c s 12", "nothing of this"]):
        assert first.nearest(question, NodeType.ROLE, 20) == second.nearest(
            question, NodeType.ROLE, 20
        )


def test_opening_an_index_does_not_import_chroma(built):
    code = (
        "import sys; from pathlib import Path; from bbqa.index import Index;"
        f"Index.open(Path({str(built)!r}), graph_hash={make_graph().hash!r},"
        f" encoder_hash={WordEncoder.hash!r}); print('chromadb' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_a_description_is_encoded_up_to_a_word_s_end():
    for node_type, length in ((NodeType.DRUG, ENCODED_LENGTH), (NodeType.DISEASE, BRIEF_LENGTH)):
        part = encoded_part("kinase " * 100, node_type)
        assert part.endswith("kinase")
        assert length - 7 <= len(part) <= length
        assert encoded_part("short", node_type) == "short"


# ---- what is refused, and mended by the next build ----


def test_no_index_is_an_error_with_the_command_that_makes_one(tmp_path):
    with pytest.raises(IndexMismatchError, match="there is no complete index in") as caught:
        open_index(tmp_path)
    assert caught.value.hint == "bbqa index build"


def test_without_its_manifest_an_index_is_not_complete(copy):
    (copy / MANIFEST).unlink()
    with pytest.raises(IndexMismatchError, match="no complete index"):
        open_index(copy)
    assert build(copy)


def test_a_manifest_that_is_no_manifest_is_named(copy):
    (copy / MANIFEST).write_text('{"half": ')
    with pytest.raises(IndexMismatchError, match=r"manifest\.json cannot be read"):
        open_index(copy)
    assert build(copy)


@pytest.mark.parametrize("what", ["graph", "encoder", "format"])
def test_an_index_of_something_else_is_refused_and_replaced(copy, what):
    manifest = json.loads((copy / MANIFEST).read_text())
    manifest["contents"][what] = "another"
    (copy / MANIFEST).write_text(json.dumps(manifest))
    expected = f"was built with another {what}: got another, expected"
    with pytest.raises(IndexMismatchError, match=expected) as caught:
        open_index(copy)
    assert caught.value.hint == "bbqa index build"
    assert build(copy)
    assert [path.name for path in copy.glob("store-*")] == ["store-2"]


def test_an_index_of_another_graph_is_replaced(copy):
    graph = large_graph(20)
    index = build(copy, graph=graph)
    assert index.document(NodeType.DRUG, 0).startswith("a p 0")


@pytest.mark.parametrize("damaged", ["chroma.sqlite3", "data_level0.bin"])
def test_a_truncated_file_is_named_and_the_next_build_mends_it(copy, damaged):
    path = next(copy.rglob(damaged))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(IndexMismatchError, match=rf"is broken: .*{damaged} has [\d,]+ bytes"):
        open_index(copy)
    assert build(copy).document(NodeType.PROTEIN, 0)


def test_a_missing_file_is_named(copy):
    next(copy.rglob("data_level0.bin")).unlink()
    with pytest.raises(IndexMismatchError, match=r"data_level0\.bin has 0 bytes"):
        open_index(copy)


def test_a_file_full_of_something_else_is_noticed_at_the_first_search(copy):
    path = next(copy.rglob("chroma.sqlite3"))
    path.write_bytes(b"\1" * path.stat().st_size)
    index = open_index(copy)
    with pytest.raises(IndexMismatchError, match="is broken: ") as caught:
        index.nearest(np.ones(32, np.float32), NodeType.PROTEIN, 1)
    assert caught.value.hint == "bbqa index build"
    assert build(copy).document(NodeType.PROTEIN, 0)


# ---- interruptions, other processes, disks ----


def test_a_second_build_does_nothing(copy):
    told = Told()
    build(copy, progress=told)
    assert told.lines == []


def test_ctrl_c_leaves_no_complete_index_and_the_next_build_goes_on(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, progress=Told(at_step={4: ctrl_c}))
    with pytest.raises(IndexMismatchError):
        open_index(tmp_path)
    before = json.loads((tmp_path / "building.json").read_text())
    assert len(before["counts"]) == 3
    index = build(tmp_path)
    assert index._state.store == before["store"]
    assert not (tmp_path / "building.json").exists()
    assert index.document(NodeType.DRUG_CLASS, 12).startswith("Analgesics")


def test_a_broken_unfinished_index_is_begun_again(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, progress=Told(at_step={4: ctrl_c}))
    next(tmp_path.rglob("chroma.sqlite3")).write_bytes(b"not a database")
    told = Told()
    assert build(tmp_path, progress=told).document(NodeType.PROTEIN, 0)
    assert any("beginning again" in line for line in told.lines)


@pytest.mark.parametrize(
    ("step", "complete"), [(1, []), (3, ["gene/protein", "molecular_function"])]
)
def test_a_killed_build_is_resumed_and_finds_everything(tmp_path, step, complete):
    run = start_build(tmp_path, progress=f"Told({{{step}: kill_myself}})")
    run.communicate(timeout=120)
    assert run.returncode == -signal.SIGKILL
    assert not (tmp_path / MANIFEST).exists()
    counts = json.loads((tmp_path / "building.json").read_text())["counts"]
    assert list(counts) == complete
    assert finds_everything(build(tmp_path), make_graph())


def test_a_build_killed_while_it_writes_is_made_good_by_the_next(tmp_path):
    run = start_build(tmp_path, graph="large_graph()")
    assert run.stdout.readline() == "building the index\n"
    time.sleep(0.3)
    run.kill()
    run.communicate()
    graph = large_graph()
    assert finds_everything(build(tmp_path, graph=graph), graph)


def test_a_second_process_waits_for_the_first_and_uses_its_index(tmp_path):
    gate, folder = tmp_path / "gate", tmp_path / "index"
    wait = f"Told({{1: lambda: wait_for(Path({str(gate)!r}))}})"
    first = start_build(folder, progress=wait)
    assert first.stdout.readline() == "building the index\n"
    told = Told(at_word=gate.touch)
    graph = make_graph()
    assert finds_everything(build(folder, progress=told), graph)
    first.communicate()
    assert first.returncode == 0
    assert told.lines == ["another process is building the index; waiting for it"]


def test_a_folder_that_is_a_file_is_an_error_that_says_so(tmp_path):
    (tmp_path / "index").write_text("in the way")
    with pytest.raises(BbqaError, match="the index cannot be written to") as caught:
        build(tmp_path / "index")
    assert caught.value.hint.endswith("then: bbqa index build")


def test_a_full_disk_is_an_error_and_a_second_build_works(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))"
    run = start_build(tmp_path, before=limit)
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "the index cannot be written to" in output
    assert "bbqa index build" in output
    assert not (tmp_path / MANIFEST).exists()
    assert finds_everything(build(tmp_path), make_graph())


# ---- the real graph, encoder and Chroma ----

QUESTIONS = [
    "What does this protein do?",
    "Which proteins phosphorylate tyrosine?",
    "Where in the cell is it found?",
    "diseases of the heart muscle",
    "a drug against high blood pressure",
    "repair of broken DNA",
    "seizures that begin in infancy",
    "breakdown of lactose",
    "transport of iron across a membrane",
    "BRCA1",
]


@pytest.fixture(scope="module")
def starter():
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    resources = Resources(load_settings())
    resources.prepare()
    return resources


@pytest.mark.integration
def test_every_description_of_the_starter_graph_has_a_shipped_vector(starter):
    from bbqa.build import read_definitions

    documents = describe_nodes(starter.graph, read_definitions(starter), facts=False)
    graph = starter.graph
    parts = [encoded_part(text, graph.type_of(row)) for row, text in enumerate(documents)]
    shipped = shipped_vectors()
    missing = ~shipped.has(hash_texts(parts, starter.encoder.hash))
    assert [parts[row] for row in np.flatnonzero(missing)[:5]] == []


@pytest.mark.integration
def test_of_the_ten_nearest_at_least_95_percent_are_found(starter):
    from bbqa.build import read_vectors

    vectors = np.asarray(read_vectors(starter.folder), np.float32)
    questions = starter.encoder.encode(QUESTIONS)
    found = wanted = 0
    for node_type in NodeType:
        rows = starter.graph.rows_of(node_type)
        cosines = questions @ vectors[rows].T
        for question, cosine in zip(questions, cosines, strict=True):
            exact = set(rows[np.argsort(-cosine)[:10]].tolist())
            hits = {row for row, _ in starter.index.nearest(question, node_type, 10)}
            found, wanted = found + len(exact & hits), wanted + len(exact)
    assert found >= 0.95 * wanted
