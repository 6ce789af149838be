"""What engineered proteins are made of: tags, cleavage sites, and common fusion partners.

The tags are found in the residues alone; the partners are proteins of the reference that carry a
common name there is no record of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bbqa.stretches import Stretch


@dataclass(frozen=True, slots=True)
class Tag:
    """A short sequence that is added to recombinant proteins.

    Attributes:
        name: What it is called.
        purpose: What it is for, as the end of "it is ...".
        pattern: Its residues, as a regular expression.
        is_site: Whether it is a site where a protease cuts.
    """

    name: str
    purpose: str
    pattern: str
    is_site: bool = False


@dataclass(frozen=True, slots=True)
class FoundTag:
    """A tag and where it stands."""

    tag: Tag
    place: Stretch


@dataclass(frozen=True, slots=True)
class Partner:
    """A protein that is often fused to others or used as a reporter.

    Attributes:
        name: What it is called.
        origin: The species that it is from.
        use: What it is used for.
        sequence: Its residues where the reference lacks it.
    """

    name: str
    origin: str
    use: str
    sequence: str = ""


_PURIFY: Final = "used for purification and detection"
_DETECT: Final = "an epitope used for detection and purification with antibodies"
TAGS: Final = (
    Tag("polyhistidine (His) tag", "used for purification on immobilised nickel or cobalt",
        r"H{6,}"),
    Tag("3xFLAG tag", _DETECT, r"DYKDHDGDYKDHDIDYKDDDDK"),
    Tag("FLAG tag", _DETECT, r"DYKDDDDK"),
    Tag("HA tag", _DETECT, r"YPYDVPDYA"),
    Tag("Myc tag", _DETECT, r"EQKLISEEDL"),
    Tag("V5 tag", _DETECT, r"GKPIPNPLLGLDST"),
    Tag("Strep-tag II", f"{_PURIFY} with Strep-Tactin", r"WSHPQFEK"),
    Tag("Twin-Strep-tag", f"{_PURIFY} with Strep-Tactin",
        r"WSHPQFEKGGGSGGGSGGSAWSHPQFEK"),
    Tag("T7 tag", _DETECT, r"MASMTGGQQMG"),
    Tag("S-tag", f"{_PURIFY} with S-protein", r"KETAAAKFERQHMDS"),
    Tag("VSV-G tag", _DETECT, r"YTDIEMNRLGK"),
    Tag("HSV tag", _DETECT, r"QPELAPEDPED"),
    Tag("Glu-Glu tag", _DETECT, r"EYMPME"),
    Tag("AviTag", "biotinylated by the ligase BirA", r"GLNDIFEAQKIEWHE"),
    Tag("SpyTag", "bound covalently by SpyCatcher", r"AHIVMVDAYKPTK"),
    Tag("ALFA tag", "bound by a nanobody for detection and purification", r"SRLEEELRRRLTE"),
    Tag("calmodulin-binding peptide", f"{_PURIFY} with calmodulin",
        r"KRRWKKNFIAVSAANRFKKISSSGAL"),
    Tag("1D4 tag", _DETECT, r"TETSQVAPA$"),
    Tag("thrombin site", "cut by thrombin", r"LVPRGS", is_site=True),
    Tag("TEV site", "cut by TEV protease", r"E[NTS]LYFQ[GS]", is_site=True),
    Tag("3C (PreScission) site", "cut by human rhinovirus 3C protease", r"LEVLFQGP", is_site=True),
    Tag("enterokinase site", "cut by enterokinase", r"(?<!DYK)(?<!DY)DDDDK", is_site=True),
    Tag("factor Xa site", "cut by factor Xa", r"I[ED]GR(?![PR])", is_site=True),
    Tag("2A peptide", "where the ribosome skips a bond, so that two proteins are made",
        r"D[VI]E[ST]NPGP", is_site=True),
)  # fmt: skip
"""Source: their makers' and suppliers' descriptions, as reviewed by Terpe, Appl. Microbiol.
Biotechnol. 60:523 (2003), doi:10.1007/s00253-002-1158-6."""

_TOO_COMMON: Final = frozenset({"factor Xa site", "enterokinase site", "Glu-Glu tag"})
"""Short ones that occur by chance; they count only beside another tag."""

PARTNERS: Final = {
    "P42212": Partner("green fluorescent protein (GFP)", "Aequorea victoria",
                      "a fluorescent reporter"),
    "P08515": Partner("glutathione S-transferase (GST)", "Schistosoma japonicum",
                      "a purification tag that binds glutathione"),
    "P0AEX9": Partner("maltose-binding protein (MBP)", "Escherichia coli",
                      "a purification and solubility tag that binds amylose"),
    "Q12306": Partner("the ubiquitin-like protein Smt3 (SUMO)", "Saccharomyces cerevisiae",
                      "a solubility tag cleaved by Ulp1"),
    "P08659": Partner("firefly luciferase", "Photinus pyralis", "a luminescent reporter"),
    "P27652": Partner("Renilla luciferase", "Renilla reniformis", "a luminescent reporter"),
    "P00722": Partner("beta-galactosidase (LacZ)", "Escherichia coli", "an enzymatic reporter"),
    "P05804": Partner("beta-glucuronidase (GUS)", "Escherichia coli", "an enzymatic reporter"),
    "P62593": Partner("TEM-1 beta-lactamase", "Escherichia coli",
                      "the ampicillin resistance marker of plasmids"),
    "P00552": Partner("aminoglycoside phosphotransferase (NPTII)", "Escherichia coli",
                      "the kanamycin and G418 resistance marker"),
    "P62577": Partner("chloramphenicol acetyltransferase (CAT)", "Escherichia coli",
                      "a resistance marker and reporter"),
    "P00557": Partner("hygromycin-B phosphotransferase", "Escherichia coli",
                      "the hygromycin resistance marker"),
    "P13249": Partner("puromycin N-acetyltransferase", "Streptomyces alboniger",
                      "the puromycin resistance marker"),
    "P00573": Partner("T7 RNA polymerase", "bacteriophage T7", "used for transcription"),
    "P00720": Partner("T4 lysozyme (endolysin)", "bacteriophage T4",
                      "a fusion partner for crystallisation"),
    "P00644": Partner("staphylococcal nuclease", "Staphylococcus aureus", ""),
    "P0ABE7": Partner("cytochrome b562", "Escherichia coli",
                      "a fusion partner for crystallisation (BRIL)"),
    "P22629": Partner("streptavidin", "Streptomyces avidinii", "binds biotin"),
    "P38507": Partner("protein A", "Staphylococcus aureus", "binds antibodies"),
    "Q99ZW2": Partner("CRISPR-associated endonuclease Cas9", "Streptococcus pyogenes",
                      "used for genome editing"),
}  # fmt: skip
"""Proteins of UniProt by accession, with names and species that the graph's reference lacks.

Source: UniProt."""

OUTSIDE: Final = (
    Partner(
        "mCherry",
        "Discosoma, engineered",
        "a red fluorescent reporter",
        "MVSKGEEDNMAIIKEFMRFKVHMEGSVNGHEFEIEGEGEGRPYEGTQTAKLKVTKGGPLPFAWDILSPQFMYGSKAYVKHPADIPDYLKLSFP"
        "EGFKWERVMNFEDGGVVTVTQDSSLQDGEFIYKVKLRGTNFPSDGPVMQKKTMGWEASSERMYPEDGALKGEIKQRLKLKDGGHYDAEVKTTY"
        "KAKKPVQLPGAYNVNIKLDITSHNEDYTIVEQYERAEGRHSTGGMDELYK",
    ),
    Partner(
        "thioredoxin (Trx)",
        "Escherichia coli",
        "a solubility tag",
        "MSDKIIHLTDDSFDTDVLKADGAILVDFWAEWCGPCKMIAPILDEIADEYQGKLTVAKLNIDQNPGTAPKYGIRGIPTLLLFKNGEVAATKVG"
        "ALSKGQLKEFLDANLA",
    ),
)
"""Partners of which the reference has no entry. Source: UniProt X5DSL3, P0AA25."""


def find_tags(sequence: str) -> list[FoundTag]:
    """Tags and cleavage sites in order of their place; none within another.

    >>> [(found.tag.name, str(found.place)) for found in find_tags("MDYKDDDDKGS")]
    [('FLAG tag', '2-9')]
    """
    found = [
        FoundTag(tag, Stretch(match.start() + 1, match.end()))
        for tag in TAGS
        for match in re.finditer(tag.pattern, sequence)
    ]
    widest = sorted(found, key=lambda one: (one.place.start - one.place.end, one.place.start))
    kept: list[FoundTag] = []
    for one in widest:
        if not any(_overlap(one.place, other.place) for other in kept):
            kept.append(one)
    sure = [one for one in kept if one.tag.name not in _TOO_COMMON]
    chosen = kept if any(not one.tag.is_site for one in sure) else sure
    near = [one for one in chosen if one.tag.name not in _TOO_COMMON or _is_near(one, sure)]
    return sorted(near, key=lambda one: one.place.start)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one.start <= other.end and other.start <= one.end


def _is_near(one: FoundTag, others: list[FoundTag], within: int = 25) -> bool:
    """Whether a short pattern stands close to a tag that is no chance."""
    return any(
        max(one.place.start, other.place.start) - min(one.place.end, other.place.end) <= within
        for other in others
    )
