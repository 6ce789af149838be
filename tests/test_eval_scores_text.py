import csv
import os
from pathlib import Path

import numpy as np
import pytest
from world import make_graph

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores import score
from bbqa.eval.scores.text import (
    bleu_of_sums,
    bleu_parts,
    entity_bleu_parts,
    meteor_exact_and_stem,
    read_text,
    rouge_l,
)
from bbqa.kg.names import NameIndex

HYPOTHESES = [
    "The enzyme binds two zinc ions and cleaves peptides.",
    "It is a kinase of the cell membrane.",
    "There is no such function.",
    "It takes part in the repair of DNA.",
]
REFERENCES = [
    "The enzyme binds one zinc ion and cleaves long peptides.",
    "It is a tyrosine kinase that spans the cell membrane.",
    "It transports sugar into the cell.",
    "It takes part in the repair of broken DNA.",
]


def bleu(hypotheses, references, order, tokens=None):
    parts = [bleu_parts(h, [r], tokens=tokens) for h, r in zip(hypotheses, references, strict=True)]
    return bleu_of_sums(np.sum(parts, axis=0, keepdims=True), order=order)[0]


def numbers(texts, golds, names=None, **response):
    answered = [
        (Item(str(i), Form.TEXT, "What is it?", (gold,)), Response(text=text, **response))
        for i, (text, gold) in enumerate(zip(texts, golds, strict=True))
    ]
    found = score(answered, condition="bbqa", names=names, resampled=20)
    return {one.metric: one for one in found if one.bin == "all"}


# BLEU


def test_bleu_by_hand():
    # a b c d against a b c e: 3/4 words and 2/3 pairs are shared
    assert bleu(["a b c d"], ["a b c e"], 2) == pytest.approx(100 * (3 / 4 * 2 / 3) ** (1 / 2))


def test_an_order_without_any_shared_n_gram_counts_half_of_one():
    # 3/4, 2/3, 1/2, and of one quadruple half a one
    expected = 100 * (3 / 4 * 2 / 3 * 1 / 2 * 1 / 2) ** (1 / 4)
    assert bleu(["a b c d"], ["a b c e"], 4) == pytest.approx(expected)


def test_a_text_that_is_too_short_is_punished():
    # 3 words against 6, all of them right: exp(1 - 6/3)
    assert bleu(["a b c"], ["a b c d e f"], 2) == pytest.approx(100 * np.exp(-1))


@pytest.mark.parametrize("order", [2, 4])
def test_bleu_is_sacrebleus(order):
    from sacrebleu.metrics.bleu import BLEU

    theirs = BLEU(max_ngram_order=order).corpus_score(HYPOTHESES, [REFERENCES]).score
    assert bleu(HYPOTHESES, REFERENCES, order) == pytest.approx(theirs)


@pytest.mark.parametrize("order", [2, 4])
def test_bleu_over_given_tokens_is_nltks_which_molecule_captioning_is_scored_by(order):
    from nltk.translate.bleu_score import corpus_bleu

    theirs = corpus_bleu(
        [[reference.split()] for reference in REFERENCES],
        [hypothesis.split() for hypothesis in HYPOTHESES],
        weights=(1 / order,) * order,
    )
    assert bleu(HYPOTHESES, REFERENCES, order, tokens=str.split) == pytest.approx(100 * theirs)


def test_bleu_of_identical_texts_is_100_and_of_strange_ones_nothing():
    assert bleu(REFERENCES, REFERENCES, 4) == pytest.approx(100)
    assert bleu(["w x y z"], ["a b c d"], 2) == 0


def test_the_nearest_of_several_references_gives_the_length():
    assert bleu_parts("a b c", ["a b c d e f", "a b"])[:2] == (3, 2)


def test_bleu_of_an_empty_text_is_nothing_and_of_no_text_is_unknown():
    assert bleu([""], ["a b c"], 2) == 0
    assert np.isnan(bleu_of_sums(np.zeros((1, 10)), order=2)[0])


# ROUGE and METEOR


def test_rouge_l_by_hand():
    # police the gunman: 3 of 4 words on either side
    assert rouge_l("police kill the gunman", ["police killed the gunman"]) == pytest.approx(0.75)


def test_rouge_l_takes_the_best_reference():
    assert rouge_l("a b", ["x y", "a b"]) == 1
    assert rouge_l("", ["a b"]) == 0


def test_meteor_by_hand():
    # all 3 words match in one piece: 1 - .5 * (1/3)^3
    assert meteor_exact_and_stem("The cat sat.", ["the cat sat"]) == pytest.approx(1 - 0.5 / 27)


def test_meteor_matches_stems_and_knows_no_synonyms():
    # one match in one piece of one: 1 - .5
    assert meteor_exact_and_stem("binding", ["binds"]) == pytest.approx(0.5)
    assert meteor_exact_and_stem("car", ["automobile"]) == 0
    assert meteor_exact_and_stem("", ["a"]) == 0


# entities


def test_entity_bleu_by_hand():
    # 1 of the 2 named is right, 3 would have been: 1/2 * exp(1 - 3/2)
    parts = np.array([entity_bleu_parts({"a", "b"}, [("a", "c", "d")])])
    assert bleu_of_sums(parts, order=1)[0] == pytest.approx(100 * 0.5 * np.exp(-0.5))


def test_entity_bleu_forgets_order_and_repeats():
    parts = np.array([entity_bleu_parts({"b", "a"}, [("a", "b", "a")])])
    assert bleu_of_sums(parts, order=1)[0] == pytest.approx(100)


def test_a_reference_that_names_no_entity_is_left_out():
    assert np.isnan(entity_bleu_parts({"a"}, [()])).all()


def test_entity_bleu_links_references_to_the_graph():
    names = NameIndex(make_graph())
    golds = ["It takes part in apoptosis.", "It is an analgesic.", "Nobody knows."]
    found = numbers(["", "", ""], golds, names)["Entity-BLEU"]
    assert (found.value, found.n) == (0, 2)
    right = [
        (Item("x", Form.TEXT, "?", (golds[0],)), Response(text="Apoptosis.", nodes=("GO:0000004",)))
    ]
    scores = score(right, condition="bbqa", names=names, resampled=5)
    assert next(one for one in scores if one.metric == "Entity-BLEU").value == pytest.approx(100)


# a run


def test_all_text_scores_run_from_0_to_100():
    found = numbers(REFERENCES, REFERENCES)
    assert found["BLEU-2"].value == pytest.approx(100)
    assert found["BLEU-4"].value == pytest.approx(100)
    assert found["ROUGE-L"].value == pytest.approx(100)
    assert 99 < found["METEOR (no synonyms)"].value < 100
    assert "Entity-BLEU" not in found


def test_an_interval_of_bleu_holds_its_value():
    found = numbers(HYPOTHESES * 10, REFERENCES * 10)["BLEU-2"]
    assert found.low < found.value < found.high
    assert found.n == 40


@pytest.mark.parametrize("how", [{"abstained": True}, {"error": "timeout"}])
def test_who_abstains_or_fails_has_written_nothing(how):
    found = numbers(REFERENCES, REFERENCES, **how)
    assert found["BLEU-4"].value == found["ROUGE-L"].value == 0


def test_citations_are_no_words_of_an_answer():
    assert (
        read_text(Response(text="It binds zinc [1, 2]. It cuts [3].")) == "It binds zinc. It cuts."
    )


# published numbers

PREDICTIONS = "molt5-small-smiles2caption.txt"
VOCABULARY = "scibert_scivocab_uncased.txt"


def published(name):
    folder = os.environ.get("BBQA_BENCHMARK_DATA")
    if not folder:
        pytest.skip("BBQA_BENCHMARK_DATA names no folder of benchmark files")
    found = next(Path(folder).rglob(name), None)
    if found is None:
        pytest.skip(f"{name} is not in {folder}")
    return found


@pytest.mark.parametrize("order", [2, 4])
def test_bleu_of_real_captions_is_that_of_the_scorer_of_chebi_20(order):
    """MolT5's scorer, by which results on ChEBI-20 are published, calls nltk's corpus BLEU.

    Each caption is scored against the next one's; numbers of such texts are nowhere published.
    """
    from nltk.translate.bleu_score import corpus_bleu

    with published("chebi20_validation.txt").open(encoding="utf-8") as lines:
        captions = [line["description"] for line in csv.DictReader(lines, delimiter="\t")]
    texts, truths = captions[:-1], captions[1:]
    words = [[[truth.split()] for truth in truths], [text.split() for text in texts]]
    theirs = 100 * corpus_bleu(*words, weights=[1 / order] * order)
    assert bleu(texts, truths, order, str.split) == pytest.approx(theirs, abs=1e-9)
    assert 1 < theirs < 40
    assert len(texts) == 3_300


def test_published_predictions_of_molt5_small_have_their_published_bleu():
    """MolT5-Small on ChEBI-20: BLEU-2 .519, BLEU-4 .436.

    Predictions: https://github.com/blender-nlp/MolT5, predictions/. They are cut into the word
    pieces of SciBERT, whose vocabulary is vocab.txt of allenai/scibert_scivocab_uncased. Numbers:
    Edwards et al., EMNLP 2022, arXiv:2204.11817, molecule captioning.
    """
    from tokenizers import BertWordPieceTokenizer

    predictions, vocabulary = published(PREDICTIONS), published(VOCABULARY)
    pieces = BertWordPieceTokenizer(str(vocabulary), lowercase=True)

    def tokens(text):
        return pieces.encode(text, add_special_tokens=False).tokens[:510]

    with predictions.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    outputs = [row["output"].removeprefix("[CLS] ") for row in rows]
    truths = [row["ground truth"] for row in rows]
    assert bleu(outputs, truths, 2, tokens) == pytest.approx(51.9, abs=0.05)
    assert bleu(outputs, truths, 4, tokens) == pytest.approx(43.6, abs=0.05)
