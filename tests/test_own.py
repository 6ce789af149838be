"""People's own tables of nodes and edges -> a graph."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from world import ASPIRIN, ASPIRIN_KEY, KINASE

from bbqa.cli import main
from bbqa.errors import InputError
from bbqa.kg.build import SOURCES, Given, build
from bbqa.kg.graph import Graph
from bbqa.kg.own import build_tsv
from bbqa.progress import Silent
from bbqa.schema import NodeType, Relation
from bbqa.settings import Settings

DOC = Path(__file__).parent.parent / "docs" / "graphs.md"

NODES = [
    "id\ttype\tname\tsynonyms\tsequence\tsmiles\txrefs",
    f"P1\tgene/protein\tKIN1\tkinase one| K-1 \t{KINASE}\t\tHGNC:1|",
    "P2\tgene/protein\tLAC1\t\t\t\t",
    f"D1\tdrug\tAspirin\t\t\t{ASPIRIN}\t",
    "GO:1\tmolecular_function\tcatalytic activity\t\t\t\t",
    "GO:2\tmolecular_function\t3'-5' \"kinase\" activity\t\t\t\t",
    "X1\tdisease\tlonely disease\t\t\t\t",
]
EDGES = [
    "head\trelation\ttail\tsource\trelease\tevidence",
    "P1\tmolfunc_protein\tGO:2\tour lab\t2024\tIDA",
    "GO:1\tmolfunc_protein\tP2\t\t\t",
    "P2\tdrug_protein\tD1\t\t\t",
    "P2\tprotein_protein\tP1\t\t\t",
    "GO:2\tmolfunc_molfunc\tGO:1\t\t\t",
]


@pytest.fixture
def write(tmp_path):
    def write(nodes=NODES, edges=EDGES, suffix="tsv"):
        paths = tmp_path / f"nodes.{suffix}", tmp_path / f"edges.{suffix}"
        for path, lines in zip(paths, (nodes, edges), strict=True):
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return paths

    return write


@pytest.fixture
def make(write, tmp_path):
    def make(nodes=NODES, edges=EDGES, **more):
        build_tsv(*write(nodes, edges), tmp_path / "graph", **more)
        return Graph.open(tmp_path / "graph")

    return make


def refused(make, tmp_path, **tables):
    with pytest.raises(InputError) as caught:
        make(**tables)
    assert caught.value.exit_code == 2
    assert not (tmp_path / "graph").exists()
    assert list(tmp_path.glob(".kg-*")) == []
    return caught.value


def facts(graph):
    every = map(graph.fact, range(graph.edge_count))
    return {(graph.node_id(f.head), str(f.relation), graph.node_id(f.tail)) for f in every}


def test_nodes_have_what_the_table_says(make):
    graph = make()
    node = graph.node(graph.row("P1"))
    assert (node.type, node.name, node.synonyms) == (
        NodeType.PROTEIN,
        "KIN1",
        ("kinase one", "K-1"),
    )
    assert graph.xrefs_of(graph.row("P1")) == ("HGNC:1",)
    assert graph.name_of(graph.row("GO:2")) == "3'-5' \"kinase\" activity"
    assert graph.sequences.sequence(0) == KINASE
    assert graph.molecules.inchikeys == [ASPIRIN_KEY]


def test_edges_written_in_either_order_get_the_head_that_bbqa_gives_them(make):
    assert facts(make()) == {
        ("P1", "molfunc_protein", "GO:2"),
        ("P2", "molfunc_protein", "GO:1"),
        ("D1", "drug_protein", "P2"),
        ("P1", "protein_protein", "P2"),
        ("GO:2", "molfunc_molfunc", "GO:1"),
    }


def test_an_answer_names_the_table_as_the_source_of_a_sequence(make):
    from bbqa.retrieve.proteins import _sequence_source

    assert _sequence_source(make().sequences[0]) == "nodes.tsv"


def test_an_edge_says_who_says_so_or_which_file(make, tmp_path):
    graph = make()
    (stated,) = graph.facts(graph.row("P1"), relations={Relation.MOLFUNC_PROTEIN})
    assert (stated.source, stated.release, stated.evidence) == ("our lab", "2024", "IDA")
    (other,) = graph.facts(graph.row("D1"))
    assert other.source == "edges.tsv"
    assert other.release == f"sha256 {graph.manifest['inputs'][1]['sha256'][:12]}"


def test_terms_say_as_much_as_few_proteins_have_them(make):
    graph = make()
    assert graph.ancestors(graph.row("GO:2")) == {graph.row("GO:1")}
    assert graph.information_content()[graph.row("GO:2")] == pytest.approx(np.log2(2))
    assert graph.information_content()[graph.row("GO:1")] == 0


def test_isolated_nodes_are_kept_and_counted(make):
    graph = make()
    assert graph.row("X1") is not None
    assert graph.manifest["isolated_nodes"] == 1


def test_repeated_nodes_and_edges_are_merged_and_counted(make):
    graph = make(
        nodes=[*NODES, NODES[2]], edges=[*EDGES, EDGES[1], "P1\tprotein_protein\tP2\t\t\t"]
    )
    assert graph.edge_count == 5
    assert graph.manifest["merged"] == {"repeated_nodes": 1, "repeated_edges": 2}


def test_commas_and_gzip_give_the_same_nodes(make, tmp_path):
    expected = make().nodes
    for name, lines in (("nodes", NODES), ("edges", EDGES)):
        text = "\n".join(line.replace('"', "").replace("\t", ",") for line in lines)
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    build_tsv(tmp_path / "nodes.csv.gz", tmp_path / "edges.csv.gz", tmp_path / "packed")
    found = Graph.open(tmp_path / "packed").nodes
    assert found["id"].to_pylist() == expected["id"].to_pylist()


def test_the_hash_changes_with_the_content(make, write, tmp_path):
    first = make(release="1").hash
    build_tsv(*write(), tmp_path / "same", release="1")
    assert Graph.open(tmp_path / "same").hash == first
    build_tsv(*write(edges=EDGES[:-1]), tmp_path / "fewer", release="1")
    assert Graph.open(tmp_path / "fewer").hash != first


# faults


def test_an_unknown_type_lists_the_allowed_ones(make, tmp_path):
    error = refused(make, tmp_path, nodes=[*NODES, "T1\tanatomy\tliver\t\t\t\t"])
    assert "nodes.tsv, line 8, column 'type': unknown type 'anatomy'" in error.message
    assert "allowed: gene/protein, molecular_function" in error.hint


def test_an_unknown_relation_lists_the_allowed_ones(make, tmp_path):
    error = refused(make, tmp_path, edges=[*EDGES, "P1\tbinds\tP2\t\t\t"])
    assert "edges.tsv, line 7, column 'relation': unknown relation 'binds'" in error.message
    assert "allowed: molfunc_protein, bioprocess_protein" in error.hint


def test_a_relation_between_the_wrong_types_says_which_it_joins(make, tmp_path):
    error = refused(make, tmp_path, edges=[*EDGES, "D1\tmolfunc_protein\tGO:1\t\t\t"])
    assert "cannot go from drug to molecular_function" in error.message
    assert "expected gene/protein to molecular_function" in error.message


def test_an_edge_to_an_unknown_node_lists_the_nearest(make, tmp_path):
    error = refused(make, tmp_path, edges=[*EDGES, "P1\tmolfunc_protein\tGO:22\t\t\t"])
    assert "edges.tsv, line 7, column 'tail': no node 'GO:22' in" in error.message
    assert error.hint.startswith("did you mean GO:2")


def test_an_edge_from_a_node_to_itself_is_refused(make, tmp_path):
    error = refused(make, tmp_path, edges=[*EDGES, "P1\tprotein_protein\tP1\t\t\t"])
    assert "'P1' is related to itself" in error.message


def test_an_id_with_two_types_is_told_with_both_lines(make, tmp_path):
    error = refused(make, tmp_path, nodes=[*NODES, "P1\tdrug\tKIN1\t\t\t\t"])
    assert (
        "line 8, column 'type': 'P1' is 'drug' here and 'gene/protein' in line 2" in error.message
    )


def test_a_node_without_a_name_is_told(make, tmp_path):
    error = refused(make, tmp_path, nodes=[*NODES, "P9\tgene/protein\t \t\t\t\t"])
    assert "line 8, column 'name': node 'P9' has no name" in error.message


def test_a_missing_column_is_named(make, tmp_path):
    nodes = [line.replace("name", "label") for line in NODES]
    error = refused(make, tmp_path, nodes=nodes)
    assert "nodes.tsv, line 1: no column 'name'; found id, type, label" in error.message
    assert error.hint == "expected the columns id, type, name"


def test_a_line_that_is_cut_off_is_told(make, tmp_path):
    error = refused(make, tmp_path, edges=[*EDGES[:-1], "GO:2\tmolfunc_m"])
    assert "edges.tsv, line 6 has 2 columns; expected 6" in error.message


@pytest.mark.parametrize("table", ["nodes", "edges"])
def test_an_empty_table_is_refused(table, make, tmp_path):
    assert "is empty; expected a table" in refused(make, tmp_path, **{table: []}).message
    header = {"nodes": NODES, "edges": EDGES}[table][:1]
    assert "has a header and no rows" in refused(make, tmp_path, **{table: header}).message


def test_a_table_that_is_not_utf8_is_told_with_its_line(write, tmp_path):
    nodes, edges = write()
    nodes.write_bytes("\n".join(NODES).replace("lonely", "Ménière").encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8 text: byte 0xe9 in line 7"):
        build_tsv(nodes, edges, tmp_path / "graph")


def test_a_packed_file_that_is_cut_off_is_told(write, tmp_path):
    nodes, edges = write()
    packed = tmp_path / "nodes.tsv.gz"
    packed.write_bytes(gzip.compress(nodes.read_bytes())[:-20])
    with pytest.raises(InputError, match=r"nodes\.tsv\.gz, after line"):
        build_tsv(packed, edges, tmp_path / "graph")


def test_a_missing_file_is_told(write, tmp_path):
    nodes, _ = write()
    with pytest.raises(InputError, match="no file"):
        build_tsv(nodes, tmp_path / "nothing.tsv", tmp_path / "graph")


def test_an_invalid_sequence_is_told_with_its_row_or_left_out_if_asked(make, tmp_path):
    nodes = [*NODES, "P9\tgene/protein\tBAD\t\tMKT1AY\t\t"]
    error = refused(make, tmp_path, nodes=nodes)
    assert "line 8, column 'sequence': P9: sequence has '1' at position 4" in error.message
    lost = make(nodes=nodes, skip_invalid=True).manifest["not_mapped"]["nodes.tsv"]
    assert lost == {"sequence cannot be read": {"count": 1, "examples": ["P9"]}}


def test_an_invalid_smiles_is_told_with_its_row(make, tmp_path):
    error = refused(make, tmp_path, nodes=[*NODES, "D9\tdrug\tBAD\t\t\tC1CC\t"])
    assert "line 8, column 'smiles': D9: SMILES cannot be read" in error.message


def test_a_sequence_belongs_to_a_protein_only(make, tmp_path):
    error = refused(make, tmp_path, nodes=[*NODES, f"D9\tdrug\tBAD\t\t{KINASE}\t\t"])
    assert "a drug has a sequence; only a gene/protein may" in error.message


# by name, and from the command line


def built(name, folder, given):
    return build(name, folder, settings=Settings(), progress=Silent(), given=given)


def test_every_source_says_what_it_needs(tmp_path):
    assert list(SOURCES) == ["starter", "primekg", "tsv"]
    with pytest.raises(InputError, match="tsv needs --edges") as caught:
        build(
            "tsv", tmp_path / "out", settings=Settings(), progress=Silent(), given=Given(nodes=DOC)
        )
    assert caught.value.hint == "bbqa kg build tsv --nodes FILE --edges FILE"


def test_a_file_that_a_source_does_not_take_is_refused(tmp_path):
    with pytest.raises(InputError, match="starter takes no files; got --from"):
        build(
            "starter", tmp_path / "out", settings=Settings(), progress=Silent(), given=Given(kg=DOC)
        )


def test_a_folder_with_something_in_it_is_not_touched(write, tmp_path):
    nodes, edges = write()
    with pytest.raises(InputError, match="is not empty"):
        built("tsv", tmp_path, Given(nodes=nodes, edges=edges))


def blocks(text):
    """The fenced blocks of a page by the word after the fence: ``csv nodes.csv`` or ``sh``."""
    return dict(re.findall(r"```([^\n]+)\n(.*?)```", text, re.S))


def json_stats(capsys):
    assert main(["kg", "stats", "--graph", "our-graph", "--json"]) == 0
    return capsys.readouterr().out


def test_the_example_in_the_docs_runs(tmp_path, monkeypatch, capsys):
    found = blocks(DOC.read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BBQA_HOME", str(tmp_path / "home"))
    for name in ("nodes.csv", "edges.csv"):
        Path(name).write_text(found[f"csv {name}"])
    for command in found["sh example"].splitlines():
        assert command.startswith("bbqa ")
        assert main(command.split()[1:]) == 0, capsys.readouterr().err
    out = capsys.readouterr().out
    assert '"file": "nodes.csv"' in json_stats(capsys)
    for line in found["text output"].splitlines():
        assert line in out
