"""A free text against reference texts: BLEU, ROUGE-L, METEOR, and BLEU over entities.

All of them run from 0 to 100. Texts of who abstained or failed count as empty; citations such as
"[1, 2]" are taken out before texts are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores.entities import linked
from bbqa.eval.scores.quantities import asks_for_number
from bbqa.eval.scores.statistics import Floats, Measure, Summed, divided, mean_of

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics.bleu import BLEU

    from bbqa.kg.names import NameIndex

ORDERS: Final = (2, 4)
"""Longest n-grams of the two BLEU scores."""

METRICS: Final = {
    **{
        f"BLEU-{order}": (
            f"Corpus BLEU, 0 to 100, up to {order}-grams, by sacrebleu: tokens as mteval-v13a, "
            "case kept, exponential smoothing (Papineni et al., ACL 2002; Post, WMT 2018)."
        )
        for order in ORDERS
    },
    "ROUGE-L": (
        "F1 of the longest common subsequence, 0 to 100, best reference, mean over items, by "
        "rouge-score: words of letters and digits in lower case, no stemming (Lin, 2004)."
    ),
    "METEOR (no synonyms)": (
        "METEOR, 0 to 100, best reference, mean over items, by nltk with exact and stem matches "
        "alone; no WordNet, so lower than published METEOR (Lavie, Agarwal, WMT 2007)."
    ),
    "Entity-BLEU": (
        "Corpus BLEU, 0 to 100, over the ids of the entities that answer and reference name, each "
        "once, in whatever order: unigram precision times brevity penalty (after Wu et al., "
        "arXiv:2505.20354; linked to bbqa's graph, so not comparable with theirs)."
    ),
}

_CITATION: Final = re.compile(r"\s*\[\d+(?:(?:, ?|-)\d+)*\]")
_WORD: Final = re.compile(r"[a-z0-9]+")

Tokens = Callable[[str], Sequence[str]]


def numbers_of(
    item: Item, response: Response, *, names: NameIndex | None = None, meteor: bool = True
) -> Mapping[str, float]:
    """Scores of one text and what corpus scores are summed from; nothing for anything else.

    Args:
        item: With its references as gold.
        response: With the text.
        names: Names of the graph's nodes, for Entity-BLEU.
        meteor: Whether METEOR is wanted, the slowest of them.
    """
    if item.form is not Form.TEXT or not item.answerable or asks_for_number(item):
        return {}
    text = read_text(response)
    numbers = {f"bleu {i}": part for i, part in enumerate(bleu_parts(text, item.gold))}
    numbers["ROUGE-L"] = rouge_l(text, item.gold)
    if meteor:
        numbers["METEOR (no synonyms)"] = meteor_exact_and_stem(text, item.gold)
    if names is not None:
        named = set(response.nodes) if text else set()
        right = [linked(gold, item.question, names, item.types) for gold in item.gold]
        parts = entity_bleu_parts(named, right)
        numbers |= {f"entity bleu {i}": part for i, part in enumerate(parts)}
    return numbers


def read_text(response: Response) -> str:
    """The text that is compared: without citations, empty if it abstained or failed."""
    if response.error or response.abstained:
        return ""
    return _CITATION.sub("", response.text).strip()


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """BLEU of the corpus, means of the others, and Entity-BLEU where names were given."""
    found: list[Measure] = []
    if "bleu 0" in columns:
        parts = np.column_stack([columns[f"bleu {i}"] for i in range(2 + 2 * max(ORDERS))])
        found += [Summed(f"BLEU-{n}", parts, partial(bleu_of_sums, order=n)) for n in ORDERS]
    found += [
        mean_of(metric, columns[metric], scale=100)
        for metric in ("ROUGE-L", "METEOR (no synonyms)")
        if metric in columns
    ]
    if "entity bleu 0" in columns:
        parts = np.column_stack([columns[f"entity bleu {i}"] for i in range(4)])
        found.append(Summed("Entity-BLEU", parts, partial(bleu_of_sums, order=1)))
    return found


# BLEU


def bleu_parts(
    text: str, references: Sequence[str], *, tokens: Tokens | None = None
) -> tuple[float, ...]:
    """What BLEU of a corpus is summed from: both lengths, then n-grams shared and written.

    Args:
        text: One text.
        references: What it is compared with; the nearest in length gives the second length.
        tokens: How texts are cut, where a benchmark has its own way; mteval-v13a otherwise.
    """
    if tokens is not None:
        text, *references = (" ".join(tokens(one)) for one in (text, *references))
    score = _bleu("13a" if tokens is None else "none").sentence_score(text, list(references))
    return (score.sys_len, score.ref_len, *score.counts, *score.totals)


@cache
def _bleu(tokenize: str) -> BLEU:
    from sacrebleu.metrics.bleu import BLEU

    # Effective order changes the score of one text, which is not used, and silences a warning.
    return BLEU(tokenize=tokenize, max_ngram_order=max(ORDERS), effective_order=True)


def bleu_of_sums(sums: Floats, *, order: int) -> Floats:
    """BLEU, 0 to 100, of sums of ``bleu_parts``, [R, 2 + 2 x longest] -> [R].

    The same as ``sacrebleu.corpus_bleu`` of the summed texts, for many resamples at once: the
    m-th order without any shared n-gram counts as 1 / 2^m of one.

    Args:
        sums: System length, reference length, shared n-grams, written n-grams.
        order: Longest n-grams that count.

    Source: Chen, Cherry, WMT 2014, smoothing method 3.
    """
    length, reference = sums[:, 0], sums[:, 1]
    longest = (sums.shape[1] - 2) // 2
    shared, written = sums[:, 2 : 2 + order], sums[:, 2 + longest : 2 + longest + order]
    halvings = np.cumsum(shared == 0, axis=1)
    smoothed = np.where(shared > 0, shared, 0.5**halvings)
    possible = (shared > 0).any(axis=1) & (written > 0).all(axis=1)
    precision = divided(smoothed, written, nothing=1.0)
    short = divided(reference, length, nothing=1.0)
    brevity = np.minimum(1.0, np.exp(1 - np.maximum(short, 1.0)))
    found = 100 * brevity * np.exp(np.log(precision).mean(axis=1))
    return np.where(reference > 0, np.where(possible, found, 0.0), np.nan)


def entity_bleu_parts(
    named: set[str], references: Sequence[Sequence[str]]
) -> tuple[float, float, float, float]:
    """Both lengths, shared entities and named entities; NaN where no reference names any.

    The paper computes BLEU over entities in whatever order; n-grams of more than one entity have
    an order, so only single ones count here.
    """
    known = [Counter(set(reference)) for reference in references if reference]
    if not known:
        return (np.nan,) * 4
    nearest = min((abs(len(right) - len(named)), len(right)) for right in known)[1]
    shared = len(named & set().union(*known))
    return float(len(named)), float(nearest), float(shared), float(len(named))


# ROUGE and METEOR


def rouge_l(text: str, references: Sequence[str]) -> float:
    """F1 of the longest common subsequence of words with the best reference, 0 to 1."""
    scores = _rouge().score_multi(list(references), text)
    return float(scores["rougeL"].fmeasure)


@cache
def _rouge() -> RougeScorer:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=False)


def meteor_exact_and_stem(text: str, references: Sequence[str]) -> float:
    """METEOR with the best reference, 0 to 1; words match if equal or of equal stem."""
    from nltk.translate.meteor_score import meteor_score

    words, *known = (_WORD.findall(one.lower()) for one in (text, *references))
    if not words:
        return 0.0
    return float(meteor_score(known, words, wordnet=_NoSynonyms()))


class _NoSynonyms:
    """A WordNet that knows no word: its data would have to be downloaded."""

    def synsets(self, word: str) -> list[object]:
        """No meanings."""
        return []
