import pickle
import struct

import pytest
from tiny_sources import BLAST_RECORDS, GAF, HPOA, MONDO, OBO, blast_files, deb, wheel

from bbqa.errors import ArtifactError
from bbqa.kg.sources import (
    SOURCES,
    archives,
    atc,
    blast,
    chebi,
    chembl,
    disease_ontology,
    drug2cell,
    drugbank,
    gaf,
    hgnc,
    hpo,
    mondo,
    obo,
)
from bbqa.kg.sources.losses import Losses


@pytest.fixture
def losses():
    return Losses()


@pytest.fixture(scope="module")
def go():
    return obo.read_obo(OBO.splitlines())


# archives


def test_a_wheel_is_opened_as_an_archive(tmp_path):
    path = wheel(tmp_path / "x.whl", {"package/data.txt": "one\ntwo"})
    assert archives.read_text(path, "package/data.txt") == ["one", "two"]


def test_a_file_that_a_wheel_lacks_is_named(tmp_path):
    path = wheel(tmp_path / "x.whl", {"a": "b"})
    with pytest.raises(ArtifactError, match="cannot read c from") as caught:
        archives.read_wheel(path, "c")
    assert caught.value.hint


def test_files_are_found_in_a_debian_package_by_their_ending(tmp_path):
    path = deb(tmp_path / "x.deb", {"./usr/share/a/MFO/b.pin": b"123", "./usr/other": b"4"})
    assert archives.read_deb(path, ["MFO/b.pin"]) == {"MFO/b.pin": b"123"}


def test_a_debian_package_without_the_file_is_refused(tmp_path):
    path = deb(tmp_path / "x.deb", {"./a": b"1"})
    with pytest.raises(ArtifactError, match=r"lacks \['b'\]"):
        archives.read_deb(path, ["b"])


def test_what_is_no_debian_package_is_refused(tmp_path):
    path = tmp_path / "x.deb"
    path.write_bytes(b"something else")
    with pytest.raises(ArtifactError, match="not a Debian package"):
        archives.read_deb(path, ["b"])


def test_a_pickle_of_plain_data_is_read():
    data = {"A": {"CHEMBL25|ASPIRIN": ["PTGS1"]}}
    assert archives.load_plain_pickle(pickle.dumps(data)) == data


def test_a_pickle_that_names_a_function_is_refused():
    with pytest.raises(ArtifactError, match=r"asks for posix\.system|asks for nt\.system"):
        archives.load_plain_pickle(b"cposix\nsystem\n(S'true'\ntR.")


# OBO


def test_terms_have_names_parents_and_exact_synonyms(go):
    term = go.terms["GO:0000002"]
    assert (term.name, term.namespace) == ("kinase activity", "molecular_function")
    assert term.is_a == ["GO:0000001"]
    assert term.synonyms == ['so-called "kinase"']
    assert go.release == "2019-01-27"


def test_other_stanzas_than_terms_are_passed_over(go):
    assert all(term_id.startswith("GO:") for term_id in go.terms)


def test_an_old_id_leads_to_the_current_term(go):
    assert go.current("GO:0000002") == "GO:0000002"
    assert go.current("GO:0000099") == "GO:0000002"  # alt_id
    assert go.current("GO:0000005") == "GO:0000003"  # replaced_by
    assert go.current("GO:0000006") is None  # obsolete, nothing instead
    assert go.current("GO:9999999") is None


def test_ancestors_follow_is_a_and_part_of(go):
    assert go.ancestors("GO:0000002") == {"GO:0000001", "GO:0000003"}


def test_definitions_are_read_without_escapes(go):
    assert go.terms["GO:0000002"].definition == 'Adds a "phosphate" to something.'


# GAF


def test_annotations_keep_qualifier_evidence_and_partners():
    rows = list(gaf.read_gaf(GAF.splitlines()))
    assert len(rows) == 6
    assert (rows[0].accession, rows[0].symbol, rows[0].evidence) == ("P11111", "ONE", "IDA")
    assert rows[0].synonyms == ("ONE1", "UNO")
    assert rows[1].qualifier == "NOT"
    assert rows[2].partners == ("UniProtKB:P22222", "UniProtKB:P22222-2", "UniProtKB:Q99999")
    assert rows[0].taxon == 9606


def test_a_gaf_file_states_when_it_was_made():
    assert gaf.read_release(GAF.splitlines()) == "2019-01-14"
    assert gaf.read_release(["UniProtKB\tP1"]) == "unknown"


def test_experiments_are_stronger_than_machines():
    assert gaf.strength("IDA") < gaf.strength("IBA") < gaf.strength("IEA") < gaf.strength("?")


# HPO


def test_a_negated_phenotype_is_absent_and_never_seen_is_left_out(losses):
    rows = list(hpo.read_hpoa(HPOA.splitlines(), losses))
    assert [(row.phenotype, row.absent) for row in rows] == [
        ("HP:0000002", False),
        ("HP:0000003", True),
        ("HP:0000003", False),
    ]
    assert losses.count("HPO", hpo.NEVER_SEEN) == 1
    assert hpo.read_release(HPOA.splitlines()) == "2025-01-16"


def test_phenotypes_of_genes_name_the_disease(losses):
    lines = [
        "ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id",
        "11\tONE\tHP:0000002\tSomething\t-\tOMIM:100001",
        "11\tONE\tHP:0000003\tSomething\t0/4\tOMIM:100001",
    ]
    rows = list(hpo.read_genes(lines, losses))
    assert [(row.gene, row.phenotype, row.disease) for row in rows] == [
        ("11", "HP:0000002", "OMIM:100001")
    ]
    assert losses.count("HPO", hpo.NEVER_SEEN) == 1


# MONDO


def test_a_disease_is_found_by_its_ids_elsewhere():
    diseases = mondo.read_mondo(MONDO)
    assert diseases.find("OMIM:100001") == "MONDO:0000003"
    assert diseases.find("OMIM:999999") is None


def test_of_several_diseases_the_name_decides_then_the_hierarchy():
    diseases = mondo.read_mondo(MONDO)
    assert diseases.find("ORPHA:7", "Small Disease") == "MONDO:0000003"
    assert diseases.find("ORPHA:7") == "MONDO:0000002"
    assert diseases.find("ORPHA:8") is None
    assert diseases.knows("ORPHA:8")


# genes, drugs, roles


def test_genes_have_aliases_and_proteins():
    lines = [
        "HGNC ID\tApproved symbol\tApproved name\tStatus\tAlias symbols\t"
        "NCBI Gene ID(supplied by NCBI)\tUniProt ID(supplied by UniProt)\tPrevious symbols\t"
        "Ensembl gene ID",
        "HGNC:1\tONE\tfirst gene\tApproved\tUNO, EINS\t11\tP11111, P11112\tOLD1\tENSG01",
        "HGNC:2\tGONE\tno gene\tEntry Withdrawn\t\t12\t\t\t",
    ]
    (gene,) = hgnc.read_hgnc(lines)
    assert gene.aliases == ("UNO", "EINS", "OLD1")
    assert gene.proteins == ("P11111", "P11112")


def test_a_drug_has_its_main_id_first():
    lines = [
        "smiles,name,id,atc,atc_name_1,atc_name_2,atc_name_3,atc_name_4",
        "CCO,Ethanol,DB00898;DB99999,D08AX,DERMATOLOGICALS,ANTISEPTICS,ANTISEPTICS,Other",
    ]
    (drug,) = drugbank.read_drugs(lines)
    assert drug.ids == ("DB00898", "DB99999")
    assert drug.atc == ("D08AX",)
    assert drug.atc_names[3] == ("Other",)


def test_mappings_carry_prefixes_once():
    lines = [
        "DRUGBANK_ID\tNAMESPACE\tID\tSOURCE",
        "DB1\tCHEBI\t16236\tchebi",
        "DB1\tCHEBI\t16236\tdrugbank",
        "DB1\tCHEMBL\tCHEMBL545\tdrugbank",
        "DB1\tNAME\tEthanol\tdrugbank",
    ]
    mapping = drugbank.read_mappings(lines)["DB1"]
    assert (mapping.chebi, mapping.chembl, mapping.names) == (
        ["CHEBI:16236"],
        ["CHEMBL:CHEMBL545"],
        ["Ethanol"],
    )


def test_chembl_names_are_in_small_letters():
    lines = ["chembl_id,pref_name,chebi_id", "CHEMBL25,ASPIRIN,15365", "CHEMBL1,,"]
    assert chembl.read_names(lines) == {"CHEMBL:CHEMBL25": "aspirin"}


def drug(codes, names):
    return drugbank.Drug(("DB1",), "", "", codes, (names, (), (), ()))


def test_atc_names_are_worked_out_from_drugs_with_several_codes(losses):
    drugs = [
        drug(("N02BA",), ("NERVOUS SYSTEM",)),
        drug(("N02BA", "B01AC"), ("NERVOUS SYSTEM", "BLOOD")),
        drug(("C01AA", "D01AA"), ("HEART", "SKIN")),
    ]
    names = atc.name_classes(drugs, losses)
    assert names == {"N": "NERVOUS SYSTEM", "B": "BLOOD"}
    assert losses.count("ATC", "class without a certain name") == 2 + 4 + 4 + 4


@pytest.mark.parametrize(
    ("shouted", "readable"),
    [
        ("ACE INHIBITORS, PLAIN", "ACE inhibitors, plain"),
        ("VITAMIN B1, PLAIN", "Vitamin B1, plain"),
        ("ANTIARRHYTHMICS, CLASS I AND III", "Antiarrhythmics, class I and III"),
        ("Salicylic acid and derivatives", "Salicylic acid and derivatives"),
    ],
)
def test_class_names_do_not_shout(shouted, readable):
    assert atc.readable(shouted) == readable


def test_each_class_knows_the_one_above():
    assert [atc.parent(code) for code in ("N02BA", "N02B", "N02", "N")] == [
        "N02B",
        "N02",
        "N",
        None,
    ]


def test_roles_are_found_under_old_ids():
    entries = [
        {"id": "CHEBI:1", "name": "x", "alt_ids": ["CHEBI:9"],
         "relations": {"has_role": ["CHEBI:2"]}},
        {"id": "CHEBI:2", "name": "helper", "relations": {"is_a": ["CHEBI:3"]}},
        {"id": "CHEBI:3", "name": "role"},
    ]  # fmt: skip
    known = chebi.Chebi(entries)
    assert known.current("CHEBI:9") == "CHEBI:1"
    assert known.roles("CHEBI:1") == ("CHEBI:2",)
    assert known.role_ancestors("CHEBI:2") == {"CHEBI:3"}


def test_only_pathways_with_open_licences_are_kept(losses):
    members = {
        "R-HSA-1: Signaling: the start": ["B", "A", "A"],
        "WP2: Folate": ["A"],
        "path:hsa00250: Alanine": ["A"],
    }
    pathways = list(drug2cell.read_pathways(members, losses))
    assert [(p.id, p.name, p.source, p.symbols) for p in pathways] == [
        ("R-HSA-1", "Signaling: the start", "Reactome", ("A", "B")),
        ("WP2", "Folate", "WikiPathways", ("A",)),
    ]
    assert losses.count(drug2cell.PATHWAYS, "neither Reactome nor WikiPathways") == 1


def test_a_drug_in_two_groups_has_the_targets_of_both():
    groups = {"A": {"CHEMBL25|ASPIRIN": ["PTGS1"]}, "N": {"CHEMBL25|ASPIRIN": ["PTGS2"]}}
    (target,) = drug2cell.read_targets(groups)
    assert (target.chembl, target.name) == ("CHEMBL:CHEMBL25", "ASPIRIN")
    assert target.symbols == ("PTGS1", "PTGS2")


def test_one_paper_is_not_enough_for_a_disease(losses):
    ontology = obo.read_obo(["[Term]", "id: DOID:1", "name: bad disease"])
    lines = ["11\tDOID:1\t100", "11\tDOID:1\t101", "12\tDOID:1\t100", "13\tDOID:2\t100"]
    pairs = list(disease_ontology.read_associations(lines, ontology, losses))
    assert pairs == [disease_ontology.GeneDisease("11", "DOID:1")]
    assert losses.count(disease_ontology.SOURCE, "named in one paper only") == 1
    assert losses.count(disease_ontology.SOURCE, "DOID is obsolete or unknown") == 1


# BLAST


def test_a_blast_database_gives_back_its_sequences():
    records = list(blast.read_blast(*blast_files(BLAST_RECORDS)))
    assert [(record.title, record.sequence.decode()) for record in records] == BLAST_RECORDS


def test_a_title_longer_than_127_bytes_is_read_whole():
    title = "Q1|" + ",".join(f"GO:{number:07}" for number in range(40))
    (record,) = blast.read_blast(*blast_files([(title, "MK")]))
    assert record.title == title


def test_a_database_of_another_version_is_refused():
    pin, phr, psq = blast_files(BLAST_RECORDS)
    with pytest.raises(ArtifactError, match="has version 5, type 1; expected version 4"):
        list(blast.read_blast(struct.pack(">I", 5) + pin[4:], phr, psq))


# what is lost, who is cited


def test_losses_are_counted_with_three_examples(losses):
    for number in range(5):
        losses.add("HPO", "too odd", f"HP:{number}")
    assert losses.to_json() == {
        "HPO": {"too odd": {"count": 5, "examples": ["HP:0", "HP:1", "HP:2"]}}
    }


def test_every_source_states_maker_licence_and_package():
    assert all(info.by and info.licence and info.package for info in SOURCES.values())
