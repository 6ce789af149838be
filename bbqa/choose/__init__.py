"""One of several options as the answer to a question, by evidence first.

The options are linked to nodes of the graph, and whatever is known or follows of the inputs speaks
for some of them; what a structure alone decides is calculated. The likeliest option is chosen,
unless not knowing is likelier still; the probabilities then tell the best guess. A language model
picks from the numbered evidence where there is a text to answer from, and, with the drivers
``asked`` and ``native``, where evidence leaves the choice open; its pick is weighed together with
the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from bbqa.answer.draft import cited_text
from bbqa.ask import Clock, open_resources
from bbqa.choose.calculated import calculate, is_calculated
from bbqa.choose.context import sentences_of
from bbqa.choose.offered import link_options, read_options
from bbqa.choose.pick import Pick, pick
from bbqa.choose.search import search
from bbqa.choose.statement import polarity, search_statement
from bbqa.choose.support import LEAST, trust_in
from bbqa.choose.telling import claims_from, deciding, kinship, status_of, why
from bbqa.choose.weigh import Weighed, weigh
from bbqa.prompts import prompt_files
from bbqa.question.read import read_question
from bbqa.record import make_record
from bbqa.schema import Answer, Evidence, Question

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.settings import Settings

__all__ = ["Choice", "choose", "choose_from"]

TIED: Final = 0.05
"""Between options whose probabilities differ by less a model may pick."""
ASKING: Final = ("asked", "native")
"""Drivers that let the model pick where evidence leaves a choice open. Where the default model was
asked, 33 of 128 choices among four were right, which is chance: by default it is not asked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The option chosen, and why.

    Attributes:
        option: Word for word; empty if bbqa does not know.
        probabilities: Of each option, in their order; what lacks to 1 is that none is known to be
            right. The highest is the best guess, also where ``option`` is empty.
        confidence: The highest of them.
        how: ``evidence``, or ``model`` where the model's pick decided.
        why: In a sentence or two, with numbers of evidence.
        answer: The answer in words, with all its evidence.
    """

    option: str
    probabilities: tuple[float, ...]
    confidence: float
    how: str
    why: str
    answer: Answer

    def to_json(self) -> dict[str, Any]:
        """The choice as plain dictionaries and lists, ready for ``json.dumps``."""
        return asdict(self)


def choose(
    text: str,
    options: Sequence[str],
    *,
    seq: str | Sequence[str] = (),
    smiles: str | Sequence[str] = (),
    context: str = "",
    translate: bool = False,
    use_llm: bool = True,
    settings: Settings | None = None,
    resources: Resources | None = None,
) -> Choice:
    """The option that answers a question about proteins and molecules, grounded in evidence.

    Args:
        text: The question in words; with options such as yes and no, a statement to be checked.
        options: From two to twenty.
        seq: Amino-acid sequences, FASTA files or accessions.
        smiles: SMILES, InChI or drug names.
        context: A text to answer from; its sentences become evidence.
        translate: Translate nucleotide sequences instead of refusing them.
        use_llm: Let the language model pick, where it may; see the module.
        settings: Settings; default: as ``load_settings()`` finds them.
        resources: Opened resources to use again; opened from the settings otherwise.

    Raises:
        InputError: The question, an option or an input cannot be used as it is.
        BbqaError: Something that answering needs is missing; a failing language model is not
            such a case.
    """
    clock = Clock()
    offered = read_options(options)
    # 1. what is the question about?
    with clock("inputs"):
        resources = resources or open_resources(settings)
        question = read_question(text, _several(seq), _several(smiles), resources, translate)
    # 2. fetch and build what is not there yet
    with clock("prepare"):
        resources.prepare()
    # 3. all that could decide between the options
    with clock("evidence"):
        evidence = _evidence(question, offered, resources, context=context)
    # 4. weigh it, and ask the model where it leaves the choice open
    with clock("answer"):
        choice = choose_from(
            question, offered, evidence, resources, context=context, use_llm=use_llm
        )
    return replace(choice, answer=replace(choice.answer, timings_s=clock.timings))


def _evidence(
    question: Question, options: Sequence[str], resources: Resources, *, context: str
) -> list[Evidence]:
    """What is found for a question; beside a text to answer from, of attached inputs alone."""
    if context.strip() and not question.attached:
        return []
    if is_calculated(question.text, options) and (found := calculate(question, resources)):
        return found
    if polarity(options) is not None:
        return search_statement(question, resources)
    asked = resources.router.route(question).types
    return search(question, link_options(options, resources, asked=asked), resources)


def choose_from(
    question: Question,
    options: Sequence[str],
    evidence: Sequence[Evidence],
    resources: Resources,
    *,
    context: str = "",
    use_llm: bool = True,
) -> Choice:
    """The option that some evidence speaks for.

    Args:
        question: The question with its inputs.
        options: From two to twenty.
        evidence: Numbered items, nothing else is searched for.
        resources: Graph, names, encoder and, where it is asked, the language model.
        context: A text to answer from; its sentences are numbered after the evidence.
        use_llm: Let the language model pick, where it may; see the module.

    Raises:
        InputError: An option cannot be used as it is.
    """
    offered = read_options(options)
    items = list(evidence)
    first = max((item.number for item in items), default=0) + 1
    quoted = sentences_of(context, question, offered, resources, first=first)
    items += quoted
    weighed = weigh(question, offered, items, resources)
    picked = None
    may_pick = bool(quoted) or (resources.settings.driver in ASKING and _is_open(weighed))
    if use_llm and may_pick and any(trust_in(item) >= LEAST for item in items):
        picked = pick(question.text, offered, _in_turn(weighed, items), resources.llm)
        weighed = weighed if picked.place is None else weighed.picked(picked.place)
    return _choice(question, offered, items, weighed, picked, resources)


def _is_open(weighed: Weighed) -> bool:
    """Whether evidence speaks for no option, or for two of them alike."""
    spoken_for = weighed.judged or weighed.supports[weighed.best].items
    first, second = sorted(weighed.probabilities, reverse=True)[:2]
    return not spoken_for or first - second < TIED


def _in_turn(weighed: Weighed, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Evidence as a model should read it: what speaks for no option, then options in turn."""
    speaking = [one.items for one in weighed.supports]
    turns = [item for turn in zip_longest(*speaking) for item in turn if item is not None]
    others = [item for item in evidence if item not in turns and (item.probability or 1.0) >= LEAST]
    return [*others, *dict.fromkeys(turns)]


def _choice(  # noqa: PLR0917 - called once, just above
    question: Question,
    options: tuple[str, ...],
    evidence: list[Evidence],
    weighed: Weighed,
    picked: Pick | None,
    resources: Resources,
) -> Choice:
    """The choice that the weights come to, in words."""
    by_model = picked is not None and weighed.knows and picked.place == weighed.best
    items = deciding(weighed, picked, evidence) if weighed.knows else []
    number = max((item.number for item in evidence), default=0) + 1
    kin = kinship(weighed, resources.graph, number=number) if items else None
    if kin is not None:
        evidence, items = [*evidence, kin], [*items, kin]
    numbered = {item.number: item for item in evidence}
    claims = tuple(claims_from(items, numbered, question, resources.names))
    option = options[weighed.best] if weighed.knows else ""
    written_by = resources.llm.name if by_model else "summary"
    reason = why(weighed, options, picked, claims)
    answer = Answer(
        question=question,
        status=status_of(weighed, claims),
        text=" ".join(_sentences(map(cited_text, claims), option, reason)),
        claims=claims,
        dropped=(),
        evidence=tuple(item for item in evidence if trust_in(item) >= LEAST),
        written_by=written_by,
        note=picked.step.note if picked is not None and picked.step.failed else "",
        steps=() if picked is None else (picked.step,),
        record=make_record(
            graph_hash=resources.graph.hash,
            models={**resources.models_opened(), "writer": written_by},
            prompts=prompt_files(),
            settings=resources.settings.public(),
        ),
    )
    probabilities = tuple(round(p, 6) for p in weighed.probabilities)
    how = "model" if by_model else "evidence"
    return Choice(option, probabilities, max(probabilities), how, reason, answer)


def _sentences(claims: Iterator[str], option: str, reason: str) -> Iterator[str]:
    """The cited sentences, then what follows from them."""
    told = list(claims)
    yield from told
    if not told:
        yield reason
    if option:
        yield f"Of the options: {option.rstrip('.')}."


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value
