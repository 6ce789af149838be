import pytest

from bbqa.errors import InputError
from bbqa.structure import MAX_HEAVY_ATOMS, is_structure, read_structure

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ASPIRIN_KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"


@pytest.mark.parametrize(
    "text",
    [
        ASPIRIN,
        "OC(=O)C1=CC=CC=C1OC(C)=O",
        "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]",
        "[Na]OC(=O)c1ccccc1OC(C)=O",
        "InChI=1S/C9H8O4/c1-6(10)13-8-5-3-2-4-7(8)9(11)12/h2-5H,1H3,(H,11,12)",
    ],
)
def test_however_aspirin_is_written_it_is_aspirin(text):
    structure = read_structure(text)
    assert (structure.smiles, structure.inchikey) == (ASPIRIN, ASPIRIN_KEY)


def test_what_was_stripped_is_noted():
    structure = read_structure("C[NH3+].C[NH3+].[O-]S(=O)(=O)[O-]")
    assert structure.smiles == "CN"
    assert structure.notes == (
        "salt or solvent removed: C[NH3+], O=S(=O)([O-])[O-]",
        "charges neutralised",
    )


def test_stereochemistry_is_kept():
    left, right = read_structure("C[C@H](N)C(=O)O"), read_structure("C[C@@H](N)C(=O)O")
    assert left.inchikey != right.inchikey
    assert left.inchikey[:14] == right.inchikey[:14]


@pytest.mark.parametrize(
    ("smiles", "key"),
    [
        ("[NH3]->[Pt](<-[NH3])([Cl])[Cl]", "LXZZYRPGZAFOLE-UHFFFAOYSA-L"),  # cisplatin
        ("O=C([O-])[O-].[Li+].[Li+]", "XGZVUEUWXADBQD-UHFFFAOYSA-L"),  # lithium carbonate
        ("[Mg+2].[Cl-].[Cl-]", "TWRXJAOTZQYOKJ-UHFFFAOYSA-L"),  # magnesium chloride
    ],
)
def test_complexes_and_inorganic_salts_stay_whole(smiles, key):
    structure = read_structure(smiles)
    assert structure.inchikey == key
    assert structure.notes == ()


def test_what_stands_behind_the_smiles_is_its_name():
    assert read_structure("CCO\tethyl alcohol").name == "ethyl alcohol"


@pytest.mark.parametrize(
    ("smiles", "message"),
    [
        ("CC(=O", "the '(' at position 3 is never closed\n  CC(=O\n    ^"),
        ("CC)C", "the ')' at position 3 closes nothing\n  CC)C\n    ^"),
        ("CZC", "unexpected 'Z' at position 2\n  CZC\n   ^"),
        ("C==C", "unexpected '=' at position 3\n  C==C\n    ^"),
        ("C1CC", "ring bond 1 is never closed"),
        ("C%12CC", "ring bond %12 is never closed"),
    ],
)
def test_a_syntax_error_shows_the_character(smiles, message):
    with pytest.raises(InputError) as caught:
        read_structure(smiles)
    assert caught.value.message == f"SMILES cannot be read: {message}"


@pytest.mark.parametrize(
    ("smiles", "message"),
    [
        ("CC(C)(C)(C)C", "atom 2 (C) has 5 bonds, more than it can have\n  CC(C)(C)(C)C\n   ^"),
        (
            "[NH4+].ClF(C)",
            "atom 3 (F) has 2 bonds, more than it can have\n  [NH4+].ClF(C)\n           ^",
        ),
        ("c1ccc1c", "atom 5 (C) is written as aromatic but is in no ring\n  c1ccc1c\n        ^"),
    ],
)
def test_an_impossible_molecule_shows_the_atom(smiles, message):
    with pytest.raises(InputError) as caught:
        read_structure(smiles)
    assert caught.value.message == f"SMILES is no possible molecule: {message}"


def test_an_aromatic_ring_without_its_hydrogen_gets_a_hint():
    with pytest.raises(InputError, match="aromatic atoms 1, 2, 3, 4, 5") as caught:
        read_structure("n1cccc1")
    assert "[nH]" in caught.value.hint


def test_the_caret_of_a_long_smiles_stays_below_its_character():
    with pytest.raises(InputError) as caught:
        read_structure("C" * 200 + "Z" + "C" * 200)
    _, shown, caret = caught.value.message.split("\n")
    assert shown[caret.index("^")] == "Z"
    assert len(shown) < 80


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C" * (MAX_HEAVY_ATOMS + 1), "501 heavy atoms; at most 500"),
        ("C" * 20_001, "20,001 characters; at most 20,000"),
        ("*C", "wildcard atom"),
        ("[H][H]", "no atom but hydrogen"),
        ("C~C", "InChI cannot describe this structure"),
        ("InChI=1S/nonsense", "InChI cannot be read"),
    ],
)
def test_structures_that_cannot_be_used_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        read_structure(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(ASPIRIN, True), ("CCO", True), ("aspirin", False), ("MKTAYIAKQR", False), ("C1CC", False)],
)
def test_a_structure_is_told_from_other_text(text, expected):
    assert is_structure(text) is expected


def test_rdkit_never_writes_to_the_terminal(capfd):
    for text in ("CC(=O", "CC(C)(C)(C)C", "n1cccc1", "InChI=1S/nonsense", "[H][H]", "[2H]C"):
        is_structure(text)
        try:
            read_structure(text)
        except InputError:
            continue
    assert capfd.readouterr() == ("", "")
