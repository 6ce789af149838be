"""Words that a question uses as words although a node of the graph is called so, too."""

from __future__ import annotations

from typing import Final

_GENERIC: Final = frozenset(
    """
    abnormality acceptor acid acquired activities activity acute affected agent agonist all
    antagonist antibodies antibody application associated association atc base behavior behaviour
    bilateral bind binding biological body bp buffer carrier causes cc cell cellular central change
    child chronic class code common complete complex component compound condition congenital diffuse
    disease disorder dissociation donor drug effect enzyme ever excluded expression familial family
    focal frequency frequent function gene general generalized genetic go great group healthy
    hereditary hormone host hpo human id indicator inheritance inhibitor intensity involved ip
    isolated kinase label lateral learning left ligand list localisation localization localized
    location mediated medicine member membrane-bound metabolite mf mild moderate molecule mutation
    natural normal number onset ordering orf organ organism other overview part partner pathway
    pattern peptide periodic peripheral pharmaceutical phenotype please pls position primary probe
    process processes profound progressive prolonged protein pure rare read reagent receptor
    recurrent region regulation related response right role secondary sequence severe severity short
    sign signal signaling signalling similar skeleton small soft source specific sporadic stable
    stereotyped sterile structure substance substrate summary symptom syndrome system target test
    thanks tissue transient transport treatment type unilateral variable variant various
    """.split()  # noqa: SIM905
) | {
    "amino acid",
    "biological process",
    "biological role",
    "cellular component",
    "gene ontology",
    "molecular function",
}
GENERIC: Final = _GENERIC | {f"{word}s" for word in _GENERIC if len(word) > 2}
"""What questions ask for or describe with: as a single word, never the name of a node."""

EVERYDAY: Final = frozenset(
    """
    ace ache act ad add ado afar ago aid aids aim air alas alien alms am amid amp amps an ape apex
    apple april apt arc arch aria ark arm armadillo arms art arts as ash ask ass at aura bad bag
    bank bar bark bars bash bat be best bet bid bike bit bite blame blast blot boat bog bomb boo
    bop botch brag bravo bright cables cad cage call calm cam camel camp can canvas cap cape caped
    caper caprice caps car cardinal carp cars cart cash cask cast cat cats cc champ char chasm
    chat chime chimp chip chisel chop chops chrome cia cinema clamp clan clap clasp clip clock co
    coaster cob cocoa cod coil cold coma comet cop cope cot cox cpa cram crash crept crest crop cry
    cryptic cs cut damage dams dance danger dapper dc ddt dear deepest deft delta dents digit dine
    dip disc do doors dos dragon dream duet dug duo ears edict ego elk elks end enigma enrage era
    eras err es face fact fad fads falls fame fan fast fat fate fats feat fell fez fib fig find
    fir fires fish fix flame flap flash flip flower fm foe fog for fruitless fry fur gal gala gale
    gap gas gasp gem genesis get gig gilt gist glow glut gnat go goat goo goofy grab grasp great
    gremlin grid gripe grit gulp had hamlet hang hare harp has hat he heal heed hes hi hiker hint
    hip his hit hits ho hole hop hops hub hug hunk ice iceberg id idol ids if ii ilk imp impact in
    ins iota itch jab jamb jerky jet ken kid killer kin kit ko lab lad lag lamb lamp lands lap
    lard large lark laser lath lax led lets liar lifeguard light lime limit lip lit lobe lord lsd
    lust lyric mad mail mall map maps mar march mare mark mars mart mas mask mass mast mat matt
    mauve md memo men mend met mi mice minion mink minor mint mire mist mob molt mop mover mows mr
    mrs ms mu mud mug musk mustang muted nag nags nail nap ne nest net nets nip nobody nod nor not
    nuance nude numb nut oaf oak oasis oboe odd of ohs ok oks on opt os out oval ox pa pace pact
    pad paint pal palm pals pan panda pandas pander pang pants pap papa papas par park parrot pars
    particle pas past pate peas pen pep peps per perching perk permit pesky pi pigs pilot pin
    pinch pins pint pis pitchfork plan plane plod poem pole poll pomp porters post pots pr prey
    prism prop pros prune pry puma race rage rain ram ramp ran rank rap rasp ray re ream red rest
    rhino rifle rig rim rip rod sac sacs sag sage sail saki sang sap saps sari sat sc scan scar
    scraps scythe sea secret sect sell sera set sex sharp she ship shot simple sin sip sips sit
    ski skip sky slack slam slap slat slick slim slob slug sly smile smit snail snap snare snip
    sod sods solo son sos soul spar spasm spat spatial spice spin splash spring spurt stamp star
    staring stars steel stellar step sting stop storm strap stud sup sw swan swap tag tango tank
    tap tape taps tar tars task taut tax tb ten thank thyroid tie tied timeless tip tnt top toss
    toupee trade trail traits tramp trance trap traps treacle trek tribal trim trimmer trio trip
    tub tuba tube tug tuna tweak twinkle twist twister ufo up ups van vd verge viii vip visa vista
    warp wars warts was wasp wave whims whip whistle win wire wish wiz yap yes yeti zeta zip
    """.split()  # noqa: SIM905
)
"""English words that are also symbols of human genes or acronyms of diseases and phenotypes.

A node is meant only where upper and lower case are its own (WAS, REST, CAT, AIDS).

Source: the words that the starter graph's symbols, synonyms and acronyms, and HGNC's, share with
Debian's wamerican-small 2020.12.07, in lower case; some twenty acronyms that MONDO writes in lower
case are added.
"""
