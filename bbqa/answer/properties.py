"""Answers about computed properties of molecules and proteins, each a number with its unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import title
from bbqa.answer.molecular_identity import can_be_read
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.schema import (
    AnswerStatus,
    Evidence,
    Input,
    Kind,
    Modality,
    NodeType,
    Status,
    Value,
)
from bbqa.stretches import low_complexity, membrane_like, signal_like
from bbqa.subject import as_attached
from bbqa.tools.molecule_properties import LIPINSKI

if TYPE_CHECKING:
    from rdkit.Chem import Mol

    from bbqa.resources import Resources

RESIDUES: Final = {
    "A": "alanine",
    "C": "cysteine",
    "D": "aspartate",
    "E": "glutamate",
    "F": "phenylalanine",
    "G": "glycine",
    "H": "histidine",
    "I": "isoleucine",
    "K": "lysine",
    "L": "leucine",
    "M": "methionine",
    "N": "asparagine",
    "P": "proline",
    "Q": "glutamine",
    "R": "arginine",
    "S": "serine",
    "T": "threonine",
    "V": "valine",
    "W": "tryptophan",
    "Y": "tyrosine",
}
"""Names of the twenty amino acids."""


@dataclass(frozen=True, slots=True)
class Said:
    """A property in words.

    Attributes:
        words: What the subject has: "a calculated logP of 6.31 (Crippen)"; of a verdict, what it
            does: "violates none of Lipinski's 4 rules".
        value: The quantity; None where it is none.
        source: What calculates it.
        status: Predicted, where it only looks so.
        verdict: "Yes" or "No" where it passes or fails; empty otherwise.
    """

    words: str
    value: Value | None
    source: str
    status: Status = Status.COMPUTED
    verdict: str = ""


def computed_properties(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """The computed properties that are asked for, of each molecule and protein."""
    if not query.properties or not query.subjects:
        return False
    if any(s.type not in (NodeType.DRUG, NodeType.PROTEIN) for s in query.subjects):
        return False
    alone = len(query.subjects) == 1
    held = [_tell(subject, query, resources, draft, alone=alone) for subject in query.subjects]
    if not any(held):
        draft.status = AnswerStatus.NO_EVIDENCE
    elif draft.status is AnswerStatus.NO_EVIDENCE:
        draft.status = AnswerStatus.ANSWERED
    return True


def _tell(
    subject: Subject, query: Query, resources: Resources, draft: Draft, *, alone: bool
) -> bool:
    """What is calculated of one subject; False, and said so, where nothing can be."""
    whole = as_attached(subject.given, resources.graph)
    name = _name_of(subject, resources)
    if alone and subject.given.modality is not Modality.ENTITY:
        name = f"this {subject.given.modality}"
    unreadable = whole.modality is Modality.MOLECULE and not can_be_read(whole)
    if whole.modality is Modality.ENTITY or unreadable:
        what = "sequence" if subject.type is NodeType.PROTEIN else "structure"
        draft.note(f"bbqa holds no {what} of {name}, so none of its properties can be calculated.")
        return False
    if whole.modality is Modality.MOLECULE:
        said = list(_of_molecule(whole, query.properties))
    else:
        said = list(_of_protein(whole.value, query.properties))
    if not said:
        kind = "molecules" if whole.modality is Modality.MOLECULE else "proteins"
        asked = listed([_plain(one) for one in query.properties])
        draft.note(f"{asked[:1].upper()}{asked[1:]} is nothing that bbqa calculates for {kind}.")
        return False
    _say(said, whole, name, draft, nodes=_nodes(subject, resources))
    return True


def _say(
    said: Sequence[Said], whole: Input, name: str, draft: Draft, *, nodes: tuple[str, ...]
) -> None:
    """The first property in a sentence of its own, all others in the next."""
    verdicts = [one for one in said if one.verdict]
    for one in verdicts:
        draft.say(f"{one.verdict}: it {one.words}", [_evidence(one, whole, nodes)])
    rest = [one for one in said if not one.verdict]
    if rest:
        sentence = f"{'it' if verdicts else name} has {listed([one.words for one in rest])}"
        labelled = name == whole.label and not verdicts
        words = sentence if labelled else sentence[:1].upper() + sentence[1:]
        draft.say(words, [_evidence(one, whole, nodes) for one in rest])
    removed = [note for note in whole.notes if note.startswith("salt")]
    if removed and whole.modality is Modality.MOLECULE:
        draft.note("Calculated for the parent compound, without its counter-ion or solvent.")


def _evidence(said: Said, whole: Input, nodes: tuple[str, ...]) -> Evidence:
    is_molecule = whole.modality is Modality.MOLECULE
    return Evidence(
        number=0,
        statement=f"{whole.label} {'' if said.verdict else 'has '}{said.words}",
        kind=Kind.PROPERTY,
        status=said.status,
        source=said.source,
        release="",
        nodes=nodes,
        type=NodeType.DRUG if is_molecule else NodeType.PROTEIN,
        score=1.0,
        because=f"calculated from its {'structure' if is_molecule else 'sequence'}",
        about=whole.label,
        value=said.value,
    )


def _name_of(subject: Subject, resources: Resources) -> str:
    if subject.given.modality is not Modality.ENTITY:
        return subject.given.label
    if subject.type is NodeType.DRUG:
        return title(subject.rows[0], resources)
    node = resources.graph.node(subject.rows[0])
    return f"{node.name} ({node.id})"


def _nodes(subject: Subject, resources: Resources) -> tuple[str, ...]:
    return (resources.graph.node_id(subject.rows[0]),) if subject.rows else ()


def _plain(name: str) -> str:
    return name.partition(":")[0].replace("_", " ")


# molecules


def _of_molecule(given: Input, names: Sequence[str]) -> Iterator[Said]:
    """The properties of these names, calculated from a structure."""
    from rdkit import rdBase

    from bbqa.structure import parse

    with rdBase.BlockLogs():
        mol = parse(given.value)
        source = f"RDKit {rdBase.rdkitVersion}"
        for name in names:
            if name == "lipinski":
                yield lipinski(mol, source)
            elif name == "inchikey":
                yield Said(f"the InChIKey {given.digest}", None, source)
            elif name in _OF_MOLECULES:
                yield _OF_MOLECULES[name](mol, source)


def lipinski(mol: Mol, source: str) -> Said:
    """Whether a molecule passes Lipinski's rule of five, and which of its limits it exceeds."""
    values = lipinski_values(mol)
    over = [
        f"{_LIPINSKI_NAMES[name].format(values[name])} above {limit:g}"
        for name, limit in LIPINSKI
        if values[name] > limit
    ]
    count = Value("violations of Lipinski's rule of five", len(over))
    words = f"violates {len(over) or 'none'} of Lipinski's 4 rules"
    if over:
        words = f"{words} ({listed(over)})"
    if len(over) == 1:
        words = f"{words}, and one violation is allowed"
    verdict = "Yes" if len(over) < 2 else "No"
    return Said(words, count, source, verdict=verdict)


_LIPINSKI_NAMES: Final = {
    "weight": "molecular weight {:.2f}",
    "logP": "logP {:.2f}",
    "donors": "{:.0f} hydrogen-bond donors,",
    "acceptors": "{:.0f} hydrogen-bond acceptors,",
}


def lipinski_values(mol: Mol) -> dict[str, float]:
    """The four quantities of Lipinski's rule: weight, logP, donors, acceptors."""
    from rdkit.Chem import Descriptors, rdMolDescriptors

    return {
        "weight": float(Descriptors.MolWt(mol)),  # type: ignore[attr-defined]
        "logP": float(rdMolDescriptors.CalcCrippenDescriptors(mol)[0]),
        "donors": float(rdMolDescriptors.CalcNumLipinskiHBD(mol)),
        "acceptors": float(rdMolDescriptors.CalcNumLipinskiHBA(mol)),
    }


def _logp(mol: Mol, source: str) -> Said:
    amount = round(lipinski_values(mol)["logP"], 2) + 0.0
    words = f"a calculated logP of {amount:.2f} (Crippen)"
    return Said(words, Value("logP", amount), source)


def _weight(mol: Mol, source: str) -> Said:
    amount = lipinski_values(mol)["weight"]
    words = f"an average molecular weight (MW) of {amount:.2f} g/mol"
    return Said(words, Value("molecular weight", round(amount, 2), "g/mol"), source)


def _tpsa(mol: Mol, source: str) -> Said:
    from rdkit.Chem import rdMolDescriptors

    amount = float(rdMolDescriptors.CalcTPSA(mol))
    words = f"a topological polar surface area (TPSA) of {amount:.2f} Å²"
    return Said(words, Value("TPSA", round(amount, 2), "Å²"), source)


def _qed(mol: Mol, source: str) -> Said:
    from rdkit.Chem import QED

    amount = float(QED.qed(mol))  # type: ignore[no-untyped-call]
    words = f"a drug-likeness (QED) of {amount:.2f} on a scale from 0 to 1"
    return Said(words, Value("QED", round(amount, 2)), source)


def _formula(mol: Mol, source: str) -> Said:
    from rdkit.Chem import rdMolDescriptors

    return Said(f"the molecular formula {rdMolDescriptors.CalcMolFormula(mol)}", None, source)


def _counted(quantity: str, function: str) -> Callable[[Mol, str], Said]:
    """A property that counts something, by the name of RDKit's function."""

    def said(mol: Mol, source: str) -> Said:
        from rdkit.Chem import rdMolDescriptors

        amount = int(getattr(rdMolDescriptors, function)(mol))
        return Said(_count(amount, quantity), Value(f"{quantity}s", amount), source)

    return said


def _rings(mol: Mol, source: str) -> Said:
    from rdkit.Chem import rdMolDescriptors

    rings, aromatic = rdMolDescriptors.CalcNumRings(mol), rdMolDescriptors.CalcNumAromaticRings(mol)
    words = f"{_count(rings, 'ring')}, {aromatic} of them aromatic"
    return Said(words, Value("rings", rings), source)


def _charge(mol: Mol, source: str) -> Said:
    from rdkit import Chem

    amount = Chem.GetFormalCharge(mol)
    return Said(
        f"a formal charge of {amount:+d}".replace("+0", "0"), Value("charge", amount), source
    )


def _stereo(mol: Mol, source: str) -> Said:
    from rdkit import Chem

    found = [
        one for one in Chem.FindPotentialStereo(mol) if one.type is Chem.StereoType.Atom_Tetrahedral
    ]
    known = sum(one.specified is Chem.StereoSpecified.Specified for one in found)
    words = f"{_count(len(found), 'stereocentre')} ({known} assigned)"
    return Said(words, Value("stereocentres", len(found)), source)


_OF_MOLECULES: Final[dict[str, Callable[[Any, str], Said]]] = {
    "logp": _logp,
    "molecular_weight": _weight,
    "tpsa": _tpsa,
    "hbd": _counted("hydrogen-bond donor", "CalcNumHBD"),
    "hba": _counted("hydrogen-bond acceptor", "CalcNumHBA"),
    "rotatable_bonds": _counted("rotatable bond", "CalcNumRotatableBonds"),
    "qed": _qed,
    "formula": _formula,
    "stereocentres": _stereo,
    "rings": _rings,
    "charge": _charge,
}


# proteins


def _of_protein(sequence: str, names: Sequence[str]) -> Iterator[Said]:
    """The properties of these names, calculated from a sequence."""
    for name in names:
        if name == "length":
            length = Value("length", len(sequence), "residues")
            yield Said(_count(len(sequence), "residue"), length, "the sequence")
        elif name.startswith("composition"):
            yield from _composition(sequence, name.partition(":")[2])
        elif name in _STRETCHES:
            yield _STRETCHES[name](sequence)
        else:
            yield from _parameter(sequence, name)


def _composition(sequence: str, letters: str) -> Iterator[Said]:
    """How many residues of some kinds there are; of all kinds, if none are named."""
    counts = Counter(sequence)
    for letter in letters.upper():
        name = RESIDUES.get(letter, letter)
        value = Value(f"{name} residues", counts[letter])
        yield Said(_count(counts[letter], f"{name} residue"), value, "the sequence")
    if not letters:
        ranked = sorted(RESIDUES.items(), key=lambda item: (-counts[item[0]], item[1]))
        words = listed([f"{counts[letter]} {name}" for letter, name in ranked])
        length = Value("length", len(sequence), "residues")
        words = f"{_count(len(sequence), 'residue')}: {words}"
        yield Said(words, length, "the sequence")


def _parameter(sequence: str, name: str) -> Iterator[Said]:
    """One of ProtParam's quantities, of the twenty amino acids alone."""
    import Bio
    from Bio.SeqUtils.ProtParam import ProteinAnalysis

    known = "".join(letter for letter in sequence if letter in RESIDUES)
    if not known:
        return
    analysis: Any = ProteinAnalysis(known)  # type: ignore[no-untyped-call]
    source = f"Biopython {Bio.__version__}, ProtParam"
    match name:
        case "molecular_weight":
            kda = analysis.molecular_weight() / 1000
            value = Value("molecular weight", round(kda, 1), "kDa")
            yield Said(f"a molecular weight of {kda:.1f} kDa", value, source)
        case "pi":
            amount = round(analysis.isoelectric_point(), 2)
            words = f"a theoretical isoelectric point (pI) of {amount:.2f}"
            yield Said(words, Value("isoelectric point", amount), source)
        case "gravy":
            amount = round(analysis.gravy(), 3)
            yield Said(f"a mean hydropathy (GRAVY) of {amount}", Value("GRAVY", amount), source)
        case "instability":
            amount = round(analysis.instability_index(), 1)
            words = f"an instability index of {amount} (above 40 counts as unstable)"
            yield Said(words, Value("instability index", amount), source)
        case "charge":
            amount = round(analysis.charge_at_pH(7.4), 1)
            words = f"a calculated net charge of {amount:+} at pH 7.4"
            yield Said(words, Value("net charge at pH 7.4", amount), source)
        case "extinction":
            reduced, bridged = analysis.molar_extinction_coefficient()
            words = (
                f"an extinction coefficient at 280 nm of {reduced} per M and cm with all cysteines "
                f"reduced ({bridged} with all in disulfide bridges)"
            )
            yield Said(words, Value("extinction coefficient", reduced, "1/(M cm)"), source)


def _signal(sequence: str) -> Said:
    found = signal_like(sequence)
    source = "von Heijne 1985 and 1986 (hydrophobic core, -3 and -1)"
    if found is None:
        return Said("no beginning like that of a signal peptide", None, source, Status.PREDICTED)
    words = f"a beginning like that of a signal peptide of about {found.end} residues"
    return Said(words, Value("signal peptide", found.end, "residues"), source, Status.PREDICTED)


def _membrane(sequence: str) -> Said:
    found = membrane_like(sequence)
    source = "Kyte and Doolittle 1982"
    value = Value("hydrophobic stretches", len(found))
    if not found:
        words = "no stretch hydrophobic enough to cross a membrane"
        return Said(words, value, source, Status.PREDICTED)
    places = listed([str(stretch) for stretch in found], most=7)
    words = f"{_count(len(found), 'hydrophobic stretch')} that may cross a membrane ({places})"
    return Said(words, value, source, Status.PREDICTED)


def _low(sequence: str) -> Said:
    found = low_complexity(sequence)
    source = "Wootton and Federhen 1993 (SEG's windows)"
    words = _count(len(found), "low-complexity stretch")
    if found:
        words = f"{words} ({listed([str(stretch) for stretch in found], most=5)})"
    return Said(words, Value("low-complexity stretches", len(found)), source)


_STRETCHES: Final[dict[str, Callable[[str], Said]]] = {
    "signal_peptide": _signal,
    "transmembrane": _membrane,
    "low_complexity": _low,
}


def _count(number: int, thing: str) -> str:
    """``1 stretch``, ``2 stretches``, ``no ring``."""
    if number == 1:
        return f"1 {thing}"
    return f"{number or 'no'} {thing}{'es' if thing.endswith('ch') else 's'}"
