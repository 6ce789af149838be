"""What a bridge computes, against its formula in numpy; how well it did, counted by hand."""

import math
import random

import numpy as np
import pytest
import torch
from bridge_world import ACTS_ON, BINDS, HAS_FUNCTION, HAS_ROLE, IN_DISEASE, IN_PROCESS
from world import WordEncoder

from bbqa.bridge.model import HEADS, Bridge, Shape
from bbqa.bridge.ranking import filtered_ranks
from bbqa.bridge.settings import KINDS
from bbqa.bridge.train import info_nce, read_words
from bbqa.bridge.triples import Link
from bbqa.schema import NodeType, Relation

torch.set_num_threads(1)
INPUTS = {NodeType.PROTEIN: 24, NodeType.DRUG: 20}
D, W = 32, 16
LINKS = [HAS_FUNCTION, IN_PROCESS, IN_DISEASE, BINDS, ACTS_ON, ACTS_ON.reverse, HAS_ROLE]
LINKS += [HAS_FUNCTION.reverse, HAS_ROLE.reverse]


def make_bridge(kind, layers=2, seed=0):
    """A bridge whose numbers are all at work: no bias and no place is zero."""
    torch.manual_seed(seed)
    bridge = Bridge(Shape(kind, INPUTS, dimension=D, width=W, layers=layers, dropout=0.3)).eval()
    with torch.no_grad():
        for parameter in bridge.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return bridge


def heads_of(link, count=3):
    size = INPUTS.get(link.head, D)
    numbers = random.Random(7)
    return np.array([[numbers.gauss(0, 1) for _ in range(size)] for _ in range(count)], np.float32)


def words_for(link):
    return read_words(link, WordEncoder())


def carried(bridge, link, heads):
    with torch.inference_mode():
        return bridge(torch.from_numpy(heads), link, words_for(link)).numpy()


def weights_of(bridge):
    return {name: value.numpy().astype(np.float64) for name, value in bridge.state_dict().items()}


# the formula, written a second time


def linear(w, name, x):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def normed(w, name, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    unit = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return unit * w[f"{name}.weight"] + w[f"{name}.bias"]


def gelu(x):
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def linear_residual(w, projected, words, layers):
    return linear(w, "residual.context", words.reshape(1, -1))


def mlp_residual(w, projected, words, layers):
    state = linear(w, "residual.first", normed(w, "residual.norm", projected))
    state = gelu(state + words.reshape(1, -1) @ w["residual.context.weight"].T)
    for layer in range(layers - 1):
        state = gelu(linear(w, f"residual.hidden.{layer}", state))
    return linear(w, "residual.last", state)


def transformer_residual(w, projected, words, layers):
    head = linear(w, "residual.into", projected)
    asked = linear(w, "residual.words", words)
    tokens = np.stack([np.concatenate([h[None], asked]) for h in head]) + w["residual.places"]
    for layer in range(layers):
        block = f"residual.blocks.layers.{layer}"
        tokens = tokens + attention(w, f"{block}.self_attn", normed(w, f"{block}.norm1", tokens))
        hidden = gelu(linear(w, f"{block}.linear1", normed(w, f"{block}.norm2", tokens)))
        tokens = tokens + linear(w, f"{block}.linear2", hidden)
    return linear(w, "residual.out", tokens[:, 0])


def attention(w, name, x):
    query, key, value = np.split(
        x @ w[f"{name}.in_proj_weight"].T + w[f"{name}.in_proj_bias"], 3, axis=-1
    )
    each = W // HEADS
    mixed = []
    for head in range(HEADS):
        mine = slice(head * each, (head + 1) * each)
        shares = softmax(query[..., mine] @ key[..., mine].swapaxes(1, 2) / math.sqrt(each))
        mixed.append(shares @ value[..., mine])
    return linear(w, f"{name}.out_proj", np.concatenate(mixed, axis=-1))


RESIDUALS = {
    "linear": linear_residual,
    "mlp": mlp_residual,
    "transformer": transformer_residual,
}


def by_formula(bridge, link, heads, layers):
    w, words = weights_of(bridge), words_for(link).numpy().astype(np.float64)
    projected = heads.astype(np.float64)
    if link.head in INPUTS:
        projected = projected @ w[f"project.{link.head.name.lower()}.weight"].T
    pointed = projected + RESIDUALS[bridge.shape.kind](w, projected, words, layers)
    return pointed / np.linalg.norm(pointed, axis=1, keepdims=True)


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_bridge_equals_the_formula(kind, layers):
    bridge = make_bridge(kind, layers)
    for link in (HAS_FUNCTION, ACTS_ON, HAS_FUNCTION.reverse):
        heads = heads_of(link)
        expected = by_formula(bridge, link, heads, layers)
        assert np.abs(carried(bridge, link, heads) - expected).max() < 1e-5


@pytest.mark.parametrize("link", LINKS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_every_link_gives_unit_vectors_in_text_space(kind, link):
    pointed = carried(make_bridge(kind), link, heads_of(link, count=5))
    assert pointed.shape == (5, D)
    assert pointed.dtype == np.float32
    assert np.linalg.norm(pointed, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_or_relation_not_trained_on_can_be_asked_for_by_its_words(kind):
    bridge = make_bridge(kind)
    new = Link(NodeType.PROTEIN, Relation.DISEASE_PHENOTYPE_ABSENT, NodeType.DRUG_CLASS)
    heads = heads_of(new)
    pointed = carried(bridge, new, heads)
    assert np.linalg.norm(pointed, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert np.abs(pointed - carried(bridge, HAS_FUNCTION, heads)).max() > 0.01


def test_words_are_the_text_encoders_scaled_to_numbers_about_one():
    words = words_for(HAS_ROLE).numpy()
    own = WordEncoder().encode(["drug", "has the role", "role of a chemical"])
    assert words == pytest.approx(own * math.sqrt(32), abs=1e-6)
    assert words.std() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_one_head_does_not_depend_on_the_others(kind):
    bridge, heads = make_bridge(kind), heads_of(ACTS_ON, count=6)
    alone = np.concatenate([carried(bridge, ACTS_ON, head[None]) for head in heads])
    assert alone == pytest.approx(carried(bridge, ACTS_ON, heads), abs=1e-6)


def test_the_linear_bridge_moves_every_head_alike():
    bridge, heads = make_bridge("linear"), heads_of(HAS_FUNCTION)
    with torch.inference_mode():
        projected = bridge.project["protein"](torch.from_numpy(heads))
        moved = bridge.residual(projected, words_for(HAS_FUNCTION))
    assert moved.shape == (1, D)


def test_parameters_are_counted():
    bridge = Bridge(Shape("linear", INPUTS, dimension=D, width=W))
    assert bridge.parameters_count == (24 + 20) * D + 3 * D * D + D


def test_the_papers_size_can_be_built():
    shape = Shape("transformer", {NodeType.PROTEIN: 2560, NodeType.DRUG: 512}, 768, 768, 6)
    with torch.device("meta"):
        count = Bridge(shape).parameters_count
    assert 30e6 < count < 60e6


# the loss


def test_the_loss_equals_one_computed_by_hand():
    scores = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]])
    true = torch.tensor([[True, True, False], [False, False, True]])
    # Each true column against itself and the false ones; the other true one is left out.
    first = [math.log(1 + math.exp(0 - 2)), math.log(1 + math.exp(0 - 1))]
    second = math.log(1 + math.exp(0 - 1) + math.exp(3 - 1))
    expected = (sum(first) / 2 + second) / 2
    assert info_nce(scores, true).item() == pytest.approx(expected, abs=1e-6)


def test_with_one_true_column_the_loss_is_cross_entropy():
    torch.manual_seed(0)
    scores, column = torch.randn(5, 7), torch.tensor([3, 0, 6, 6, 2])
    true = torch.nn.functional.one_hot(column, 7).bool()
    expected = torch.nn.functional.cross_entropy(scores, column)
    assert info_nce(scores, true).item() == pytest.approx(expected.item(), abs=1e-6)


def test_a_true_column_never_counts_as_a_wrong_one():
    true = torch.tensor([[True, True, False]])
    low = info_nce(torch.tensor([[1.0, -9.0, 0.0]]), true)
    scores = torch.tensor([[1.0, 9.0, 0.0]], requires_grad=True)
    info_nce(scores, true).backward()
    # A higher score of one true column only lowers the loss; it takes nothing from the other.
    assert scores.grad[0, 1] <= 0
    assert scores.grad[0, 0] == pytest.approx(-0.5 / (1 + math.e), abs=1e-6)
    assert info_nce(scores, true) < low


def test_a_row_without_any_true_column_counts_nothing():
    scores = torch.tensor([[2.0, 1.0], [5.0, -5.0]])
    true = torch.tensor([[True, False], [False, False]])
    assert info_nce(scores, true).item() == pytest.approx(math.log(1 + math.exp(-1)), abs=1e-6)


def test_where_every_column_is_true_there_is_nothing_to_learn():
    scores = torch.randn(4, 1, requires_grad=True)
    loss = info_nce(scores, torch.ones(4, 1, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert scores.grad.tolist() == [[0.0]] * 4


# ranks


def test_ranks_leave_other_true_ones_out_and_count_half_of_ties():
    scores = np.array([0.9, 0.8, 0.7, 0.7, 0.7, 0.1])
    assert filtered_ranks(scores, np.array([1, 5])).tolist() == [2, 5]
    assert filtered_ranks(scores, np.array([0, 1])).tolist() == [1, 1]
    # Two false ones tie with number 2, so it stands between ranks 3 and 5.
    assert filtered_ranks(scores, np.array([2])).tolist() == [4]
    assert filtered_ranks(scores, np.array([2, 3])).tolist() == [3.5, 3.5]


def test_scores_without_any_difference_earn_the_rank_of_chance():
    assert filtered_ranks(np.zeros(101), np.array([17])).tolist() == [51]
    assert filtered_ranks(np.zeros(3), np.array([0, 1, 2])).tolist() == [1, 1, 1]
