"""PrimeKG's own files -> a graph."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from world import ASPIRIN, ASPIRIN_KEY, KINASE, LACTASE, make_graph

from bbqa.errors import InputError
from bbqa.kg.graph import Graph
from bbqa.kg.joined import Joined
from bbqa.kg.primekg import build_primekg
from bbqa.kg.sources.primekg import COLUMNS, PRIMEKG
from bbqa.progress import Silent
from bbqa.schema import NodeType, Relation

# index, id, type, name, source: as PrimeKG writes them, zeros and prefixes lost
KIN1 = (0, "1111", "gene/protein", "KIN1", "NCBI")
LAC1 = (1, "2222", "gene/protein", "LAC1", "NCBI")
ASPIRIN_NODE = (2, "DB00001", "drug", "Acetylsalicylic acid", "DrugBank")
LONELY_DRUG = (3, "DB09999", "drug", "Nothingol", "DrugBank")
CATALYTIC = (4, "1", "molecular_function", "catalytic activity", "GO")
KINASE_TERM = (5, "2", "molecular_function", "tyrosine kinase activity", "GO")
GROUP = (6, "1_77", "disease", "test disease, all kinds", "MONDO_grouped")
SEIZURE = (7, "1", "effect/phenotype", "Seizure", "HPO")
LIVER = (8, "2107", "anatomy", "liver", "UBERON")
UNKNOWN_TERM = (9, "4242", "molecular_function", "unheard-of activity", "GO")

EDGES = [
    ("protein_protein", "ppi", KIN1, LAC1),
    ("drug_protein", "target", ASPIRIN_NODE, LAC1),
    ("drug_drug", "synergistic interaction", ASPIRIN_NODE, LONELY_DRUG),
    ("molfunc_molfunc", "parent-child", CATALYTIC, KINASE_TERM),
    ("molfunc_molfunc", "parent-child", KINASE_TERM, UNKNOWN_TERM),
    ("molfunc_protein", "interacts with", KINASE_TERM, KIN1),
    ("disease_protein", "associated with", KIN1, GROUP),
    ("disease_phenotype_positive", "phenotype present", GROUP, SEIZURE),
    ("anatomy_protein_present", "expression present", LIVER, KIN1),
]
SHARED = Path(__file__).parents[2] / "shared" / "data"


def quoted(word):
    return f'"{word}"' if "," in str(word) else str(word)


def line(relation, display, x, y):
    return ",".join(quoted(word) for word in (relation, display, *x, *y))


def kg_lines(edges=EDGES):
    """The lines of a kg.csv: every edge, then every edge the other way round."""
    there = [line(*edge) for edge in edges]
    back = [line(relation, display, y, x) for relation, display, x, y in edges]
    return [",".join(COLUMNS), *there, *back]


@pytest.fixture
def write(tmp_path):
    def write(lines, name="kg.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def build(write, tmp_path):
    """Build a graph of some lines; the tiny world is what knows the directions."""

    def build(lines=None, **more):
        path = write(lines or kg_lines())
        build_primekg(path, tmp_path / "graph", reference=make_graph(), **more)
        return Graph.open(tmp_path / "graph")

    return build


def facts(graph):
    return {
        (graph.node_id(fact.head), str(fact.relation), graph.node_id(fact.tail), fact.evidence)
        for fact in map(graph.fact, range(graph.edge_count))
    }


def refused(build, lines, tmp_path):
    with pytest.raises(InputError) as caught:
        build(lines)
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert not (tmp_path / "graph").exists()
    assert list(tmp_path.glob(".kg-*")) == []
    return caught.value.message


def test_every_edge_is_stored_once_with_the_head_that_bbqa_gives_it(build):
    assert facts(build()) == {
        ("NCBIGene:1111", "protein_protein", "NCBIGene:2222", ""),
        ("DB00001", "drug_protein", "NCBIGene:2222", "target"),
        ("GO:0000002", "molfunc_molfunc", "GO:0000001", ""),
        ("GO:0004242", "molfunc_molfunc", "GO:0000002", ""),
        ("NCBIGene:1111", "molfunc_protein", "GO:0000002", ""),
        ("MONDO:0000001", "disease_protein", "NCBIGene:1111", ""),
        ("MONDO:0000001", "disease_phenotype_positive", "HP:0000001", ""),
    }


def test_nodes_keep_primekgs_number_and_the_members_of_a_group(build):
    graph = build()
    row = graph.row("MONDO:0000001")
    assert graph.node(row).type is NodeType.DISEASE
    assert graph.name_of(row) == "test disease, all kinds"
    assert graph.xrefs_of(row) == ("MONDO:0000077", "PrimeKG:6")


def test_what_bbqa_has_no_type_or_relation_for_is_counted(build):
    lost = build().manifest["not_mapped"][PRIMEKG]
    assert lost["type that bbqa has not: anatomy"] == {"count": 1, "examples": ["liver"]}
    assert lost["relation that bbqa has not: drug_drug"]["count"] == 2
    assert lost["relation that bbqa has not: anatomy_protein_present"]["count"] == 2


def test_repeated_rows_are_merged_and_counted(build):
    lines = kg_lines()
    graph = build([*lines, lines[1], lines[1], lines[2]])
    assert graph.edge_count == 7
    assert graph.manifest["merged"] == {
        "rows": 21,
        "repeated_rows": 3,
        "edges_in_both_directions": 7,
    }


def test_a_node_without_edges_is_kept_and_counted(build):
    graph = build()
    row = graph.row("DB09999")
    assert graph.link_counts[row] == 0
    assert graph.manifest["isolated_nodes"] == 1


def test_an_edge_from_a_node_to_itself_is_left_out_and_counted(build):
    graph = build(kg_lines([*EDGES, ("protein_protein", "ppi", KIN1, KIN1)]))
    assert graph.edge_count == 7
    assert graph.manifest["not_mapped"][PRIMEKG]["edge from a node to itself"]["count"] == 2


def test_two_names_of_one_gene_become_one_node(build):
    renamed = (20, "2222", "gene/protein", "LAC1B", "NCBI")
    graph = build(kg_lines([*EDGES, ("protein_protein", "ppi", KIN1, renamed)]))
    node = graph.node(graph.row("NCBIGene:2222"))
    assert (node.name, node.synonyms) == ("LAC1", ("LAC1B",))
    assert graph.edge_count == 7


def test_terms_know_what_is_above_them_and_how_much_they_say(build):
    graph = build()
    rows = [graph.row(f"GO:000{number}") for number in ("0001", "0002", "4242")]
    assert graph.ancestors(rows[2]) == {rows[0], rows[1]}
    bits = graph.information_content()
    assert bits[rows].tolist() == [0.0, 0.0, 0.0]  # one protein has terms, and it has them all
    assert graph.manifest["hierarchies"]["molfunc_molfunc"] == {
        "pairs": 2,
        "direction_known_from_reference": 1,
        "of_these_parent_first": 1,
        "direction_from_order": 1,
        "direction_unknown": 0,
    }


def test_information_counts_the_proteins_of_this_graph(build):
    graph = build(kg_lines([*EDGES, ("molfunc_protein", "interacts with", CATALYTIC, LAC1)]))
    bits = graph.information_content()
    assert bits[graph.row("GO:0000001")] == 0
    assert bits[graph.row("GO:0000002")] == pytest.approx(np.log2(2))


def test_sequences_and_structures_are_joined_by_any_of_their_names(build, write):
    sequences = write(
        ["symbol\tncbi\tsequence", f"KIN1\t\t{KINASE}", f"\t2222\t{LACTASE}"], "s.tsv"
    )
    smiles = write(["name,smiles", f"Acetylsalicylic acid,{ASPIRIN}", "Elsewhere,CCO"], "m.csv")
    graph = build(joined=Joined(sequences=sequences, smiles=smiles))
    found = {graph.sequences[i].accession: graph.sequences[i].sequence for i in range(2)}
    assert found == {"NCBIGene:1111": KINASE, "NCBIGene:2222": LACTASE}
    assert graph.sequences[0].release.startswith("sha256 ")
    assert graph.molecules.inchikeys == [ASPIRIN_KEY]
    lost = graph.manifest["not_mapped"]
    assert lost["m.csv"]["structure of no drug in the graph"]["count"] == 1
    assert lost[PRIMEKG]["drug without a structure"]["count"] == 1


def test_a_fasta_file_is_joined_by_accession_symbol_or_number(build, write):
    fasta = write([">sp|P1|X_HUMAN Kinase GN=KIN1 PE=1", KINASE, ">2222", LACTASE], "s.fasta")
    graph = build(joined=Joined(sequences=fasta))
    assert len(graph.sequences) == 2


def test_structures_of_the_reference_serve_where_no_file_is_given(build):
    assert build().molecules.smiles == [ASPIRIN]


def test_features_give_names_and_definitions(build, write):
    drugs = write(["node_index,description,state", '2,"Stops pain, and fever.",solid'], "d.csv")
    diseases = write(
        [
            "node_index,mondo_id,mondo_name,mondo_definition",
            "6,1,one kind,",
            "6,77,other kind,Bad.",
        ],
        "f.csv",
    )
    graph = build(joined=Joined(drug_features=drugs, disease_features=diseases))
    assert graph.definitions == {
        "DB00001": "Stops pain, and fever.",
        "MONDO:0000001": "Bad.",
    }
    assert graph.node(graph.row("MONDO:0000001")).synonyms == ("one kind", "other kind")
    graph.verify()


def test_the_manifest_names_the_files_it_was_built_from(build, tmp_path):
    graph = build()
    (file,) = graph.manifest["inputs"]
    assert file["file"] == "kg.csv"
    assert file["bytes"] == (tmp_path / "kg.csv").stat().st_size
    assert graph.fact(0).release == f"sha256 {file['sha256'][:12]}"


def test_the_hash_changes_with_an_edge_and_with_nothing_else(write, tmp_path):
    def hash_of(lines, name):
        manifest = build_primekg(write(lines), tmp_path / name, release="2", reference=make_graph())
        return manifest["hash"]

    assert hash_of(kg_lines(), "a") == hash_of(kg_lines(), "b")
    assert hash_of(kg_lines(), "c") != hash_of(kg_lines(EDGES[1:]), "d")


def test_a_gzipped_file_gives_the_same_graph(build, tmp_path):
    plain = build(release="2").hash
    packed = tmp_path / "kg.csv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "kg.csv").read_bytes()))
    manifest = build_primekg(packed, tmp_path / "again", release="2", reference=make_graph())
    assert manifest["hash"] == plain


# faults


def test_a_missing_column_is_named(build, tmp_path):
    lines = [row.replace("x_name", "label") for row in kg_lines()]
    message = refused(build, lines, tmp_path)
    assert "kg.csv, line 1: no column 'x_name'; found relation, display_relation" in message


def test_an_index_that_is_no_number_is_told_with_line_and_column(build, tmp_path):
    lines = kg_lines()
    lines[4] = lines[4].replace(",4,1,molecular", ",four,1,molecular")
    message = refused(build, lines, tmp_path)
    assert "line 5, column 'x_index': got 'four'; expected a whole number" in message


def test_a_last_line_that_is_cut_off_is_told(build, tmp_path):
    lines = kg_lines()
    lines[-1] = lines[-1][:40]
    message = refused(build, lines, tmp_path)
    assert f"line {len(lines)} has 2 columns; expected 12" in message


def test_a_last_word_that_is_cut_off_is_told(build, tmp_path):
    lines = kg_lines()
    lines[-1] = lines[-1][:-2]
    message = refused(build, lines, tmp_path)
    assert f"line {len(lines)}, column 'y_source': got 'UBER'; expected one of CTD, " in message


def test_a_last_name_that_is_cut_off_inside_its_quotes_is_told(build, tmp_path):
    lines = [*kg_lines(), line(*EDGES[6])]
    lines[-1] = lines[-1][: lines[-1].index(" all kinds")]
    assert f"after line {len(lines)}: unexpected end of data" in refused(build, lines, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_refused(content, tmp_path):
    path = tmp_path / "kg.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"kg\.csv is empty; expected a table with a header"):
        build_primekg(path, tmp_path / "graph", reference=make_graph())


def test_a_header_without_rows_is_refused(build, tmp_path):
    assert "has a header and no rows" in refused(build, kg_lines()[:1], tmp_path)


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path):
    path = tmp_path / "kg.csv"
    text = "\n".join(kg_lines()).replace("liver", "Lebér")
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8 text: byte 0xe9 in line 10"):
        build_primekg(path, tmp_path / "graph", reference=make_graph())


def test_an_index_that_is_two_nodes_is_told_with_both_lines(build, tmp_path):
    other = (0, "1111", "drug", "KIN1", "DrugBank")
    lines = kg_lines([*EDGES, ("drug_protein", "target", other, LAC1)])
    message = refused(build, lines, tmp_path)
    assert "index 0 is two nodes, 1111 gene/protein in line 2" in message
    assert "1111 drug in line 11" in message


def test_an_id_of_two_types_is_told(build, tmp_path):
    other = (30, "2", "biological_process", "of another kind", "GO")
    lines = kg_lines([*EDGES, ("bioprocess_protein", "interacts with", other, KIN1)])
    message = refused(build, lines, tmp_path)
    assert "GO:0000002 has two types, 'molecular_function' (index 5)" in message


def test_a_node_without_a_name_is_told_with_line_and_column(build, tmp_path):
    lines = kg_lines()
    lines[1] = lines[1].replace("LAC1", "")
    message = refused(build, lines, tmp_path)
    assert "line 2, column 'y_name': is empty; expected one for every node" in message


def test_an_invalid_sequence_is_told_with_its_row(build, write, tmp_path):
    sequences = write(["symbol\tsequence", f"KIN1\t{KINASE}", "LAC1\tMKT1AY"], "s.tsv")
    with pytest.raises(InputError, match="column 'sequence'") as caught:
        build(joined=Joined(sequences=sequences))
    assert "s.tsv, line 3" in caught.value.message
    assert "(LAC1): sequence has '1' at position 4" in caught.value.message
    assert "--skip-invalid" in caught.value.hint
    assert not (tmp_path / "graph").exists()


def test_an_invalid_smiles_is_told_with_its_row_or_left_out_if_asked(build, write):
    smiles = write(["id,smiles", "DB00001,C1CC"], "m.csv")
    with pytest.raises(InputError, match="ring bond 1 is never closed") as caught:
        build(joined=Joined(smiles=smiles))
    assert "m.csv, line 2, column 'smiles' (DB00001)" in caught.value.message
    graph = build(joined=Joined(smiles=smiles, skip_invalid=True))
    lost = graph.manifest["not_mapped"]["m.csv"]["sequence or structure cannot be read"]
    assert lost["count"] == 1


def test_an_index_in_the_features_that_is_no_number_is_told(build, write):
    drugs = write(["node_index,description", "two,Stops pain."], "d.csv")
    with pytest.raises(InputError, match=r"d\.csv, line 2, column 'node_index': got 'two'"):
        build(joined=Joined(drug_features=drugs))


class StopAtStep(Silent):
    """A person who presses Ctrl-C at the nth sign of progress."""

    def __init__(self, step):
        super().__init__()
        self.left = step

    def bar(self, title, total, *, unit=""):
        return self

    def advance(self, amount):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def move_to(self, completed):
        self.advance(1)


@pytest.mark.parametrize("step", range(0, 12, 3))
def test_ctrl_c_leaves_nothing_half_written(step, build, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        build(progress=StopAtStep(step))
    left = [path.name for path in tmp_path.iterdir()]
    assert left == ["kg.csv"]


# PrimeKG's real rows


@pytest.fixture(scope="module")
def real_rows(tmp_path_factory):
    """A kg.csv of real rows, and real sequences and structures, from the folder of shared data."""
    folder = SHARED / "primekg"
    if not folder.is_dir():
        pytest.skip(f"no real PrimeKG rows in {folder}")
    import pyarrow.parquet as pq

    out = tmp_path_factory.mktemp("primekg")
    lines: list[str] = []
    for name in ("val", "test"):
        text = (folder / f"primekg_drug_protein_{name}_edges.csv").read_text()
        lines += text.splitlines()[bool(lines) :]
    (out / "kg.csv").write_text("\n".join(lines) + "\n")
    for kind, name, header in (
        ("gene_protein", "sequences.tsv", "symbol\tsequence"),
        ("drug", "smiles.tsv", "name\tsmiles"),
    ):
        path = folder / "biobridge_ibd" / f"nodes_enrichment_{kind}.parquet"
        rows = pq.ParquetFile(path).read(["node_name", "feat"]).to_pylist()
        table = [header, *(f"{row['node_name']}\t{row['feat']}" for row in rows)]
        (out / name).write_text("\n".join(table) + "\n")
    return out


@pytest.mark.integration
def test_real_rows_become_a_graph_with_sequences_and_structures(real_rows, tmp_path):
    joined = Joined(sequences=real_rows / "sequences.tsv", smiles=real_rows / "smiles.tsv")
    build_primekg(real_rows / "kg.csv", tmp_path / "graph", joined=joined)
    graph = Graph.open(tmp_path / "graph")
    graph.verify()
    merged = graph.manifest["merged"]
    assert merged["rows"] == 15_392
    assert graph.edge_count + merged["edges_in_both_directions"] + merged["repeated_rows"] == 15_392
    targets = graph.neighbours(graph.row("DB00847"), Relation.DRUG_PROTEIN)
    assert "MPO" in {graph.name_of(int(row)) for row in targets}
    assert graph.xrefs_of(graph.row("NCBIGene:4353")) == ("P05164", "PrimeKG:4818")
    assert len(graph.sequences) > 30
    assert len(graph.molecules) > 600
    assert json.loads((tmp_path / "graph" / "manifest.json").read_text())["isolated_nodes"] == 0
