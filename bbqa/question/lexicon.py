"""Words of questions: nouns that ask for a type of node, verbs that say how things are related.

What a noun asks for beyond its type ("kinases": proteins with kinase activity) is looked up in the
graph by ``terms``; only words that the graph does not spell out stand here.
"""

from __future__ import annotations

import re
from typing import Final

from bbqa.schema import NodeType

NOUNS: Final[tuple[tuple[NodeType, str], ...]] = (
    (
        NodeType.DRUG_CLASS,
        r"(?:drug|atc|therapeutic|pharmacological) class(?:es)?"
        r"|(?:class|kind|family|type|group)e?s? of (?:drugs?|medicines?|medications?)",
    ),
    (NodeType.CELLULAR_COMPONENT, r"compartments?|organelles?|locations?|locali[sz]ations?"),
    (NodeType.CELLULAR_COMPONENT, r"complex(?:es)?|subcellular \w+"),
    (NodeType.PATHWAY, r"pathways?|cascades?"),
    (NodeType.BIOLOGICAL_PROCESS, r"process(?:es)?"),
    (NodeType.MOLECULAR_FUNCTION, r"molecular functions?|activit(?:y|ies)|reactions?"),
    (
        NodeType.DISEASE,
        r"diseases?|disorders?|syndromes?|cancers?|illness(?:es)?|conditions?|tumou?rs?|diagnos[ie]s",
    ),
    (
        NodeType.PHENOTYPE,
        r"phenotypes?|symptoms?|signs?|abnormalit(?:y|ies)|manifestations?|(?:clinical )?features",
    ),
    (
        NodeType.DRUG,
        r"drugs?|inhibitors?|agonists?|antagonists?|compounds?|medicines?|medications?|meds"
        r"|ligands?|molecules?|blockers?|preparations?|agents?|therapeutics|antibod(?:y|ies)|activators?|modulators?",
    ),
    (NodeType.ROLE, r"roles?"),
    (
        NodeType.PROTEIN,
        r"proteins?|genes?|targets?|partners?|interactors?|binders|members?|subunits?|components?"
        r"|enzymes?|kinases?|receptors?|transporters?|channels?|proteases?|peptidases?"
        r"|phosphatases?|ligases?|hormones?|cytokines?|chemokines?|transcription factors?|gpcrs?"
        r"|(?!(?:datab|dise|rele|incre|decre|purch|phr|ple|cre|le)ases?\b)\w{3,}ases?",
    ),
)
"""Nouns that ask for nodes of a type, the more special ones first."""

PLAIN_PROTEIN: Final = frozenset(
    "protein gene target partner interactor binder member subunit component".split()  # noqa: SIM905
)
"""Nouns for proteins that say nothing of what these do."""

KINDS: Final = {
    "enzyme": "catalytic activity",
    "gpcr": "G protein-coupled receptor activity",
    "channel": "ion channel activity",
    "protease": "peptidase activity",
    "receptor": "signaling receptor activity",
    "transcription factor": "DNA-binding transcription factor activity",
}
"""What nouns for proteins mean where no term is called "NOUN activity"."""

FRAMES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (r"bind(?:s|ing)?|bound to|coordinates?", ("{x} binding", "{x} ion binding")),
    (
        r"(?:break|breaks|breaking)(?: down)?|degrad(?:e|es|ing)|metaboli[sz](?:e|es|ing)"
        r"|cataboli[sz]es?|digest(?:s|ing)?|oxidi[sz]es?|detoxif(?:y|ies)|clears?",
        ("{x} catabolic process", "{x} oxidation", "{x} metabolic process", "{x} degradation"),
    ),
    (
        r"mak(?:e|es|ing)|synthesi[sz](?:e|es|ing)|produc(?:e|es|ing)|biosynthesi[sz]es?|forms?",
        ("{x} biosynthetic process", "{x} biosynthesis", "{x} metabolic process"),
    ),
    (
        r"transport(?:s|ing)?|carr(?:y|ies)|imports?|exports?|pumps?|takes? up|moves?|conducts?",
        (
            "{x} transport",
            "{x} ion transport",
            "{x} transmembrane transport",
            "{x} ion transmembrane transport",
            "{x} transmembrane transporter activity",
            "{x} import",
            "{x} export",
        ),
    ),
    (
        r"receptors? (?:for|of)|sensors? (?:for|of)",
        ("{x} receptor activity", "{x}-activated receptor activity", "{x} binding"),
    ),
    (r"repairs?|repairing|mends?", ("{x} repair",)),
    (r"phosphorylat(?:e|es|ing)", ("{x} phosphorylation", "{x} kinase activity")),
    (
        r"cleav(?:e|es|ing)|hydroly[sz](?:e|es|ing)|cuts?",
        ("{x} hydrolase activity", "{x}ase activity"),
    ),
    (
        r"respond(?:s|ing)? to|sens(?:e|es|ing)|detects?",
        ("response to {x}", "cellular response to {x}", "detection of {x}"),
    ),
    (r"regulat(?:e|es|ing)|controls?", ("regulation of {x}", "{x}")),
    (
        r"inhibit(?:s|ing)?|suppress(?:es)?|blocks?",
        ("negative regulation of {x}", "{x} inhibitor activity"),
    ),
    (r"activat(?:e|es|ing)|stimulat(?:e|es|ing)|promotes?", ("positive regulation of {x}",)),
)
"""How verbs with an object are called in the Gene Ontology, ``{x}`` standing for the object."""

CONVERTS: Final = re.compile(
    r"\b(?:turn|convert|change|transform|reduce|oxidi[sz]e|hydroxylate|metaboli[sz]e)(?:s|ing)?\s+"
    r"(?P<from>[\w\s-]+?)\s+(?:in)?to\s+(?P<to>[\w-]+(?:\s+\w+)?)",
    re.IGNORECASE,
)

PROPERTIES: Final[tuple[tuple[str, str], ...]] = (
    ("lipinski", r"lipinski|rule[- ]of[- ](?:5|five)|ro5|drug-?like(?:ness)?"),
    ("logp", r"c?log ?p|lipophilic(?:ity)?|partition coefficient"),
    (
        "molecular_weight",
        r"m\.?w\.?|molecular (?:weight|mass)|mol\.? ?wt|how heavy|how many k?da(?:ltons?)?",
    ),
    ("tpsa", r"t?psa|polar surface(?: area)?"),
    ("hbd", r"hbd|h-?bond donors?|hydrogen[- ]bond donors?"),
    ("hba", r"hba|h-?bond acceptors?|hydrogen[- ]bond acceptors?"),
    ("rotatable_bonds", r"rotatable bonds?"),
    ("qed", r"qed"),
    ("formula", r"(?:molecular|chemical|sum|empirical) formula"),
    ("stereocentres", r"stereo-?cent(?:re|er)s?|chiral(?:ity)?(?: cent(?:re|er)s?)?"),
    ("rings", r"(?:aromatic )?rings? (?:count|number)|how many (?:\w+ )?rings"),
    ("charge", r"(?:net|formal) charge|charge at ph"),
    ("inchikey", r"inchi-?keys?|inchi"),
    (
        "length",
        r"length|how long|(?:how many|number of) (?:residues|amino acids|aas?)",
    ),
    ("pi", r"isoelectric(?: point)?|(?-i:pI)"),
    ("gravy", r"gravy|hydropath\w*|hydrophobicity"),
    ("extinction", r"extinction(?: coefficient)?|a280|absorbance"),
    ("instability", r"instability(?: index)?"),
    (
        "composition",
        r"how many (?:\w+ )?(?:cys\w*|lysines?|tryptophans?|tyrosines?|histidines?|prolines?"
        r"|glycines?|serines?|arginines?|methionines?|aspart\w+|glutam\w+|alanines?|valines?"
        r"|leucines?|isoleucines?|phenylalanines?|threonines?|asparagines?)"
        r"|amino[- ]acid composition",
    ),
    ("signal_peptide", r"signal (?:peptide|sequence)|secretion signal"),
    ("transmembrane", r"transmembrane (?:helix|helices|segments?|domains?)|membrane[- ]spanning"),
    ("low_complexity", r"low[- ]complexity|disorder(?:ed)? (?:region|stretch)\w*"),
)
"""Computed properties, and how they are asked for."""

THREE_LETTERS: Final = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E", "gly": "G",
    "his": "H", "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F", "pro": "P", "ser": "S",
    "thr": "T", "trp": "W", "tyr": "Y", "val": "V",
}  # fmt: skip
"""One-letter codes of amino acids by their three-letter codes."""

RESIDUES: Final = {
    "cys": "C", "lys": "K", "trp": "W", "tryptophan": "W", "tyr": "Y", "his": "H", "pro": "P",
    "gly": "G", "ser": "S", "arg": "R", "met": "M", "asp": "D", "glu": "E", "ala": "A",
    "val": "V", "leu": "L", "isoleucine": "I", "ile": "I", "phe": "F", "phenylalanine": "F",
    "thr": "T", "asn": "N", "asparagine": "N", "gln": "Q", "glutamine": "Q",
}  # fmt: skip
"""One-letter codes of amino acids by how their names begin."""


def residue_of(word: str) -> str:
    """The one-letter code of an amino acid by how its name begins; empty if it is none."""
    whole = word.lower().removesuffix("s")
    longest = sorted(RESIDUES, key=len, reverse=True)
    return next((RESIDUES[one] for one in longest if whole.startswith(one)), "")


def compiled(words: str) -> re.Pattern[str]:
    """Words as a pattern of whole words, in any case."""
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.IGNORECASE)


def singular(noun: str) -> str:
    """A noun in the singular, as far as its ending tells."""
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if noun.endswith("ases"):
        return noun[:-1]
    if noun.endswith(("ches", "shes", "xes", "sses")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
