"""Claims against facts: borne out, denied, or not spoken of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bbqa.ground.claims import PRONOUN, Claimed, Reading, Things
from bbqa.ground.facts import Fact, Name, Record, Sureness
from bbqa.ground.marking import Mark, Sign
from bbqa.ground.relations import SYMMETRIC
from bbqa.schema import Verdict


@dataclass(slots=True)
class Judged:
    """What the evidence says of some claims.

    Attributes:
        verdict: Whether it bears them out.
        reason: Why not, in words.
        hedge: How sure the sentence may sound at most; None where it is no surer than that.
        borne_by: Numbers of the items that bear them out.
    """

    verdict: Verdict = Verdict.SUPPORTED
    reason: str = ""
    hedge: Sureness | None = None
    borne_by: set[int] = field(default_factory=set)


def judge(readings: Sequence[Reading], record: Record) -> Judged:
    """The verdict on a sentence: each of its phrases must be borne out in one reading."""
    total = Judged()
    for reading in readings:
        judged = _best(_judge_all(claims, record) for claims in reading if claims)
        if judged.verdict is not Verdict.SUPPORTED:
            return judged
        total.borne_by |= judged.borne_by
        if judged.hedge is not None:
            total.hedge = min(judged.hedge, total.hedge or judged.hedge)
    return total


def judge_numbers(marks: Sequence[Mark], record: Record) -> Judged:
    """The verdict on a sentence that tells nothing but a number of one thing."""
    nothing = Judged(Verdict.UNSUPPORTED, "it says nothing that can be checked")
    things = [m.things or PRONOUN for m in marks if m.sign in (Sign.THING, Sign.PRONOUN)]
    said = [m.quantity for m in marks if m.quantity is not None]
    if len(things) != 1 or not said or any(m.sign is Sign.NOT for m in marks):
        return nothing
    own = [f for f in record.facts if f.quantities and _is(things[0], f.agent, f, record)]
    bearing = {
        fact.number
        for fact in own
        if all(any(one.says(known) for known in fact.quantities) for one in said)
    }
    if bearing:
        return Judged(borne_by=bearing)
    if any(one.measures(known) for one in said for fact in own for known in fact.quantities):
        return Judged(Verdict.CONTRADICTED, "number not in the evidence it cites")
    return nothing


def _best(judged: Iterable[Judged]) -> Judged:
    listed = list(judged)
    if not listed:
        return Judged(Verdict.UNSUPPORTED, "it relates nothing that can be checked")
    order = (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.UNSUPPORTED)
    return min(listed, key=lambda one: order.index(one.verdict))


def _judge_all(claims: Sequence[Claimed], record: Record) -> Judged:
    total = Judged()
    for claim in claims:
        judged = _judge_one(claim, record)
        if judged.verdict is not Verdict.SUPPORTED:
            return judged
        total.borne_by |= judged.borne_by
        if judged.hedge is not None:
            total.hedge = min(judged.hedge, total.hedge or judged.hedge)
    return total


def _judge_one(claim: Claimed, record: Record) -> Judged:
    """The verdict on one claim by the facts that speak of the same two things."""
    pair = [fact for fact in record.facts if _same_pair(claim, fact, record)]
    bearing = [fact for fact in pair if _says(claim, fact, record)]
    agreeing = [fact for fact in bearing if fact.negated == claim.negated]
    if not agreeing:
        return _missing(claim, bearing, pair, record)
    measured = [fact for fact in agreeing if _numbers_fit(claim, fact, record)]
    if not measured:
        numbers = ", ".join(f"{q.value:g} {q.unit}".strip() for q in claim.quantities)
        other = any(
            said.measures(known)
            for said in claim.quantities
            for f in agreeing
            for known in f.quantities
        )
        verdict = Verdict.CONTRADICTED if other else Verdict.UNSUPPORTED
        return Judged(verdict, f"number not in the evidence it cites: {numbers}")
    best = max(fact.certainty for fact in measured)
    if claim.insists and best < Sureness.PLAIN:
        return Judged(Verdict.UNSUPPORTED, "it is surer than its evidence, which says probably")
    return Judged(
        hedge=best if claim.certainty > best else None,
        borne_by={fact.number for fact in measured},
    )


def _missing(
    claim: Claimed, bearing: Sequence[Fact], pair: Sequence[Fact], record: Record
) -> Judged:
    """Why no fact bears a claim out."""
    if bearing:
        return Judged(Verdict.CONTRADICTED, "it denies what its evidence affirms, or the reverse")
    if claim.negated:
        weak = [fact for fact in pair if not fact.negated]
        if weak and claim.cue.weak:
            return Judged(Verdict.CONTRADICTED, "it denies what its evidence affirms")
        return Judged(Verdict.UNSUPPORTED, "no evidence it cites denies that")
    families = claim.cue.forward | claim.cue.backward
    if any(fact.family in families and fact.family not in SYMMETRIC for fact in pair):
        return Judged(Verdict.CONTRADICTED, "the evidence it cites says it the other way round")
    told = f"{_named(claim.left, record)} {claim.words} {_named(claim.right, record)}"
    if pair:
        fact = pair[0]
        return Judged(
            Verdict.UNSUPPORTED,
            f"{told!r} is not what its evidence says, which is {fact.family.value!r}",
        )
    return Judged(Verdict.UNSUPPORTED, f"no evidence it cites says that {told!r}")


def _named(things: Things, record: Record) -> str:
    return "it" if things == PRONOUN else " ".join(min(things))


def _same_pair(claim: Claimed, fact: Fact, record: Record) -> bool:
    """Whether a fact speaks of the two things of a claim, either way round."""
    return (
        _is(claim.left, fact.agent, fact, record) and _is(claim.right, fact.patient, fact, record)
    ) or (
        _is(claim.left, fact.patient, fact, record) and _is(claim.right, fact.agent, fact, record)
    )


def _says(claim: Claimed, fact: Fact, record: Record) -> bool:
    """Whether a fact is of the claim's kind and direction, whatever it denies."""
    if claim.cue.weak:
        return not fact.negated or claim.negated
    ahead = _is(claim.left, fact.agent, fact, record) and _is(
        claim.right, fact.patient, fact, record
    )
    behind = _is(claim.left, fact.patient, fact, record) and _is(
        claim.right, fact.agent, fact, record
    )
    if fact.family in SYMMETRIC:
        return fact.family in claim.cue.forward | claim.cue.backward
    return (ahead and fact.family in claim.cue.forward) or (
        behind and fact.family in claim.cue.backward
    )


def _is(things: Things, thing: Name, fact: Fact, record: Record) -> bool:
    """Whether a word of the sentence may mean a thing of a fact."""
    if things == PRONOUN:
        return thing == record.subjects.get(fact.number)
    return bool(things & record.names.get(thing, {thing})) or thing in things


def _numbers_fit(claim: Claimed, fact: Fact, record: Record) -> bool:
    """Whether every number of a claim is one of the fact's, or of the same item's."""
    if not claim.quantities:
        return True
    known = [q for f in record.facts if f.number == fact.number for q in f.quantities]
    return all(any(said.says(one) for one in known) for said in claim.quantities)
