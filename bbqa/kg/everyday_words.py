"""Words that a question uses as words although a node of the graph is called so, too."""

from __future__ import annotations

from typing import Final

GENERIC: Final = frozenset(
    """
    abnormality acquired activities activity acute affected antibodies antibody associated
    association bilateral bind binding binds biological body carrier causes cell cells cellular
    central change chronic class common complete complex component compound compounds condition
    conditions congenital diffuse disease diseases disorder disorders drug drugs effect effects
    enzyme enzymes expression familial family focal frequent function functions gene general
    generalized genes genetic group healthy hereditary human inheritance inhibitor inhibitors
    involved isolated kinase kinases lateral ligand ligands localization localized location
    mediated medicine member membrane-bound mild moderate molecule molecules mutation mutations
    natural normal onset organ organism other part partner partners pathway pathways pattern
    peptide phenotype phenotypes position primary process processes profound progressive protein
    proteins pure rare receptor receptors recurrent region regulation related response role roles
    secondary sequence severe signal signaling signalling signals sign signs similar small source
    specific sporadic stable structure substance substrate substrates symptom symptoms syndrome
    syndromes system target targets test tissue transient treatment type unilateral variable
    variant variants
    """.split()  # noqa: SIM905
)
"""What questions ask for or describe with: as a single word, never the name of a node."""

GENES_TOO: Final = frozenset(
    """
    ace ache act ado afar ago aid air alas alien all am amid amp an ape apex apple april apt arc
    arch aria ark arm armadillo arms art arts as ask ass aura bad bank bar bars base bash bat best
    bet bid bike bit bite blame blast bog bomb boo bop brag bravo bright cad cage call calm cam
    camel camp can cap caper caprice caps car cardinal carp cars cart cash cask cast cat cats cell
    champ chasm chat chimp chip chisel chop chrome cia cinema clamp clan clap clasp clip clock co
    coaster cob cocoa cod coil comet cop cope cot cox cpa cram crept crest crop cryptic cs cut
    damage dams dance danger dapper dc ddt dear deepest deft delta dents digit dine dip do dos
    dragon dream duet duo ears ego elks end enigma enrage era eras err face fact fad fame fan fast
    fat fate fats feat fell fib fig find fir fish fix flame flap flash flip flower foe fog for
    fruitless fry fur gal gala gale gap gas gasp gem genesis get gig gilt glut go goat goofy grab
    grasp great gremlin gripe grit gulp hamlet hang hare harp has hat he heal heed hes hi hiker
    hint hip his hits hole hop hops hub hug hunk ice iceberg idol ids if ii ilk imp impact in ins
    iota itch jab jamb jerky ken kid killer kin kit ko lab lad lag lamp lap lard large lark laser
    lax led lets liar lifeguard light lime limit lip lit lobe lord lsd lust lyric mad mail mall
    maps mar mare mark mars mart mask mass mast mat matt mauve memo men met mi mice minion mink
    minor mint mire mist mob molt mop mr mrs mu mud musk mustang muted nag nags nail nap ne nest
    net nets nip nobody not nuance nude numb nut oaf oasis oboe odd of ok oks on opt os out oval
    ox pa pace pact pad paint pal palm pals panda pander pang pants pap papa papas par parrot pars
    particle pate peas pen pep peps per perk permit pesky pi pigs pilot pin pinch pins pint pis
    pitchfork plane plod poem pole poll pomp post pr prey prism pros prune pry puma race rage rain
    ram ramp ran rank rap rasp ray red rest rhino rifle rig rim rip rod sac sacs sag sage sail
    saki sang sap saps sari sat sc scar scraps scythe sea secret sect sell sera set sex sharp she
    ship shot simple sin sip sit ski skip sky slack slam slap slat slick slim slob slug sly smile
    smit snail snap snip solo son soul spar spasm spat spatial spice spin spring stamp star
    staring stars steel stellar step sting stop storm strap stud sup sw swan swap tag tango tank
    tap tape taps tars task taut tax thank tie tied timeless tip tnt top toupee trade trail traits
    tramp trance trap treacle tribal trim trimmer trio trip tub tuba tube tug tuna tweak twinkle
    twist twister type ufo up ups van viii vip visa vista warp wars warts was wasp wave whip
    whistle wire wish wiz yap yes yeti zeta zip
    """.split()  # noqa: SIM905
)
"""English words that are also symbols or synonyms of human genes.

A gene is meant only where upper and lower case are the gene's own (WAS, REST, CAT).

Source: the words that HGNC's symbols and synonyms share with Debian's wamerican-small 2020.12.07,
in lower case.
"""
