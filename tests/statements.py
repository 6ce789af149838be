"""Statements of evidence, written out in tests, with the triples that they state."""

import re
from dataclasses import replace

from bbqa.schema import Certainty, Evidence, Hop, InputRelation, Kind, Kinship, Triple, Value

# words between subject and object, relation, whether the subject is the head
_WORDS = (
    ("enables", "molfunc_protein", True),
    ("is enabled by", "molfunc_protein", False),
    ("takes part in the pathway", "pathway_protein", True),
    ("takes part in", "bioprocess_protein", True),
    ("involves", "bioprocess_protein", False),
    ("is found in", "cellcomp_protein", True),
    ("contains", "cellcomp_protein", False),
    ("is an(?= (?:integral|intrinsic|extrinsic) component)", "cellcomp_protein", True),
    ("interacts with", "protein_protein", True),
    ("is associated with(?: the phenotype| the mode of inheritance)?", "disease_protein", True),
    (
        "does not have the (?:phenotype|mode of inheritance)",
        "disease_phenotype_negative",
        True,
    ),
    ("is not a (?:phenotype|mode of inheritance) of", "disease_phenotype_negative", False),
    ("has the (?:phenotype|mode of inheritance)", "disease_phenotype_positive", True),
    ("is a (?:phenotype|mode of inheritance) of", "disease_phenotype_positive", False),
    ("has recorded activity on", "drug_protein", True),
    ("is acted on by", "drug_protein", False),
    ("is indicated for", "indication", True),
    ("is treated with", "indication", False),
    ("has the role", "drug_role", True),
    ("is a role of", "drug_role", False),
    ("belongs to the drug class", "drug_class", True),
    ("is a kind (?:or part )?of", "class_class", True),
    ("includes", "class_class", False),
    ("is part of", "cellcomp_protein", True),
    ("has the part", "cellcomp_protein", False),
    ("has the same skeleton, with other stereochemistry, as", "stereoisomer", True),
    ("resembles", "resembles", True),
    ("is identical to", "is", True),
)
_KIN = re.compile(
    r"^(?P<name>.+?), (?:the|an?) (?:nearest human )?"
    r"(?P<via>homologue|analogue|stereoisomer|salt or ester|parent compound) of "
    r"(?P<of>.+?)(?: \((?P<how>[^()]*)\))?,?$"
)
_TITLE = re.compile(r"^(?P<name>.+?) \((?P<inside>.+)\)$")
_ALIKE = re.compile(
    r"^(?P<label>.+?)(?: \((?P<length>\d+) residues\))? is (?P<share>\d+) % identical to "
    r"(?P<title>.+) over (?P<over>\d+) % of its length$"
)
_IS = re.compile(
    r"^(?P<label>\S+)(?: \((?P<length>\d+) residues\))? is (?:identical to )?(?P<titles>.+)$"
)
_ANCHOR = re.compile(r"^(?P<label>.+?) (?P<how>is|resembles|has the form) (?P<name>.+?)(?: \(.*)?$")


def stated(item: Evidence) -> Evidence:
    """The item with the triples that its statement states, if it has none yet."""
    if item.triples or item.kind in (Kind.TEXT, Kind.PROPERTY, Kind.DEFINITION):
        return item
    if item.hops:
        return replace(item, hops=tuple(_hop(hop) for hop in item.hops))
    if item.kind is Kind.IDENTITY:
        triples = _identity(item)
    elif match := _ALIKE.match(item.statement):
        triples = [_alike(match, item)]
    else:
        triples = _facts(item)
    if not triples:
        return item
    main, nodes = triples[0], item.nodes
    if item.kind is Kind.FACT and not nodes:
        ends = (main.head, main.tail)
        nodes = ends if item.statement.startswith(main.head_name) else ends[::-1]
    return replace(item, triple=main, also=tuple(triples[1:]), nodes=nodes)


def _hop(hop: Hop) -> Hop:
    if not hop.relation:
        match = _ANCHOR.match(hop.statement)
        is_start = hop.start == match["label"]
        node = hop.end if is_start else hop.start
        relation = InputRelation.IS if match["how"] == "is" else InputRelation.RESEMBLES
        triple = Triple(
            match["label"], relation, node, head_name=match["label"], tail_name=match["name"]
        )
        return replace(hop, triple=triple)
    [triple, *_] = _read(hop.statement, hop.start, hop.end, "")
    return replace(hop, triple=triple)


def _identity(item):
    match = _IS.match(item.statement)
    if match is None:
        return []
    nodes = [*item.nodes, *[""] * 9]
    values = [Value("length", int(match["length"]), "residues")] if match["length"] else []
    found = []
    for node, title in zip(nodes, re.split(r"(?<=\)) and ", match["titles"]), strict=False):
        name, synonyms = _titled(title)
        found.append(
            Triple(
                item.about,
                InputRelation.IS,
                node or name,
                head_name=item.about,
                tail_name=name,
                synonyms=synonyms,
                values=(*values, Value("identity", 100, "%")),
            )
        )
    return found


def _titled(title):
    match = _TITLE.match(title)
    if match is None:
        return title, ()
    first, _, rest = match["inside"].partition(", ")
    return match["name"], tuple(part for part in (first, rest) if part)


def _alike(match, item):
    name, synonyms = _titled(match["title"])
    values = [
        Value("identity", int(match["share"]), "%"),
        Value("coverage", int(match["over"]), "%"),
    ]
    if match["length"]:
        values.append(Value("length", int(match["length"]), "residues"))
    node = item.nodes[0] if item.nodes else name
    return Triple(
        match["label"],
        InputRelation.RESEMBLES,
        node,
        via=Kinship.HOMOLOGUE,
        head_name=match["label"],
        tail_name=name,
        synonyms=synonyms,
        values=tuple(values),
    )


def _facts(item):
    text, _, others = re.sub(r", as (?:do|does) ", "\n", item.statement).partition("\n")
    found, subject = [], ""
    for part in text.split(", which "):
        ends = _ends(item, list(item.nodes), subject)
        triples = _read(f"{subject} {part}".strip(), *ends, item.about)
        if not triples:
            return []
        found += triples
        names = triples[0].head_name, triples[0].tail_name
        subject = names[1] if names[0] == (subject or names[0]) else names[0]
    for name in re.split(r", | and ", others) if others else ():
        same = replace(found[0], certainty=Certainty.RECORDED, via=Kinship.ANALOGUE)
        found.append(replace(same, head=name, head_name=name))
    return found


def _ends(item, nodes, subject):
    if subject or item.kind is not Kind.FACT:
        return "", (nodes[0] if nodes and not subject else "")
    return [*nodes, "", ""][:2]


def _read(text, one, other, about):
    """Triples of one statement: the main one, then what its relatives are to the input."""
    values = ()
    if match := re.match(r"^(.+) \(Tanimoto ([\d.]+)\)$", text):
        text, values = match[1], (Value("Tanimoto", float(match[2])),)
    splits = [
        (m.start(), place, text[: m.start()], text[m.end() :])
        for place, (words, _, _) in enumerate(_WORDS)
        for m in re.finditer(rf" {words} ", text)
    ]
    if not splits:
        return []

    def rank(split):
        return split[2].split(" prob")[0] != about, split[0], split[1]

    _, place, before, after = min(splits, key=rank)
    _, relation, is_head = _WORDS[place]
    certainty = Certainty.RECORDED
    for certain in (Certainty.PROBABLE, Certainty.POSSIBLE):
        adverb = {"probable": " probably", "possible": " possibly"}[certain]
        if before.endswith(adverb):
            before, certainty = before.removesuffix(adverb), certain
    if match := re.match(r"^(\w+) \((\d+) residues\)$", before):
        before = match[1]
        values = (*values, Value("length", int(match[2]), "residues"))
    kin, ends, names, synonyms = [], [], [], ()
    for written, node in ((before, one), (after, other)):
        match = _KIN.match(written)
        name = match["name"] if match else written
        if match:
            kin.append(_kinship(match, node or name))
        elif written is after and relation in ("resembles", "stereoisomer"):
            name, synonyms = _titled(written)
        names.append(name)
        ends.append(node or name)
    if not is_head:
        ends, names = ends[::-1], names[::-1]
    main = Triple(
        ends[0],
        relation,
        ends[1],
        negated=relation == "disease_phenotype_negative",
        certainty=certainty,
        via=kin[0].via if kin else "",
        head_name=names[0],
        tail_name=names[1],
        synonyms=synonyms,
        values=values,
    )
    return [main, *kin]


def _kinship(match, node):
    numbers = re.findall(r"[\d.]+", match["how"] or "")
    names = ("identity", "coverage") if match["via"] == "homologue" else ("Tanimoto",)
    units = ("%", "%") if match["via"] == "homologue" else ("",)
    values = tuple(Value(q, float(n), u) for q, n, u in zip(names, numbers, units, strict=False))
    return Triple(
        node,
        InputRelation.RESEMBLES,
        match["of"],
        via=Kinship(match["via"]),
        head_name=match["name"],
        tail_name=match["of"],
        values=values,
    )
