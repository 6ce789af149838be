import random
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from bbqa.errors import ArtifactError, IndexMismatchError
from bbqa.retrieve.alignment import AlignmentIndex, percent
from bbqa.retrieve.blosum import PAIR_SCORES, encode
from bbqa.retrieve.kmer_files import BUILD_HINT
from bbqa.retrieve.kmers import (
    ALONE_BELOW,
    KEPT_OF_PROTEIN,
    MIN_WORD_SCORE,
    PATTERN,
    Hits,
    _best_of_each,
    _supported,
    similar_words,
)
from bbqa.retrieve.pairwise import align, align_letters, find_ends
from bbqa.retrieve.significance import (
    BACKGROUND,
    LAMBDA,
    K,
    _ungapped_lambda,
    bit_score,
    chance_identity,
    composition_factor,
    expected,
)

LETTERS = "ARNDCQEGHILKMFPSTWYV"


@dataclass(frozen=True)
class Proteins:
    """A reference made of strings."""

    sequences: tuple[str, ...]

    @cached_property
    def residues(self):
        return np.frombuffer("".join(self.sequences).encode(), np.uint8)

    @cached_property
    def offsets(self):
        return np.cumsum([0, *map(len, self.sequences)]).astype(np.int32)

    def accession(self, index):
        return f"T{index:05}"


def natural(length, rng):
    """A random sequence with the composition of proteins."""
    return "".join(rng.choices(LETTERS, weights=BACKGROUND.tolist(), k=length))


def changed(sequence, rate, rng):
    """Substitutions at a rate, and now and then a gap on either side."""
    out = []
    for letter in sequence:
        lot = rng.random()
        if lot < rate:
            out.append(rng.choice(LETTERS))
        elif lot < 1.03 * rate:
            out.append(letter + natural(rng.choice((1, 4, 20)), rng))
        elif lot > 1 - 0.03 * rate:
            continue
        else:
            out.append(letter)
    return "".join(out)


def make_proteins(families=40, members=5, seed=0):
    rng = random.Random(seed)
    founders = [natural(rng.randrange(80, 400), rng) for _ in range(families)]
    rates = [0.1 + 0.12 * n for n in range(members - 1)]
    return Proteins(
        tuple(
            s for founder in founders for s in (founder, *(changed(founder, r, rng) for r in rates))
        )
    )


@pytest.fixture(scope="module")
def proteins():
    return make_proteins()


@pytest.fixture(scope="module")
def index(proteins, tmp_path_factory):
    return AlignmentIndex.build(proteins, tmp_path_factory.mktemp("index") / "alignment")


# searching


def test_a_protein_of_the_reference_is_found_first_and_whole(index, proteins):
    best = index.search(proteins.sequences[10])[0]
    assert (best.row, best.accession) == (10, "T00010")
    assert best.identity == best.query_coverage == best.target_coverage == 1
    assert (best.query_start, best.query_end) == (0, len(proteins.sequences[10]))
    assert best.evalue < 1e-30


def test_a_sequence_with_two_of_five_residues_replaced_still_finds_its_protein(index, proteins):
    rng = random.Random(1)
    for row in range(0, 200, 25):
        assert index.search(changed(proteins.sequences[row], 0.4, rng))[0].row == row


def test_searching_finds_what_exhaustive_search_finds(index, proteins):
    rng = random.Random(2)
    queries = [changed(proteins.sequences[row], 0.3, rng) for row in range(0, 200, 10)]
    for query in queries:
        assert index.search(query, k=5) == index.search_exhaustively(query, k=5)


def test_homologues_come_best_first_and_at_most_k(index, proteins):
    found = index.search(proteins.sequences[0], k=3)
    assert len(found) == 3
    assert [h.bits for h in found] == sorted((h.bits for h in found), reverse=True)


def test_the_same_query_gives_the_same_answer(index, proteins):
    assert index.search(proteins.sequences[3]) == index.search(proteins.sequences[3])


def test_close_homologues_can_be_hidden(index, proteins):
    found = index.search(proteins.sequences[0], max_identity=0.8)
    assert found
    assert all(h.identity <= 0.8 for h in found)
    assert 0 not in [h.row for h in found]


def test_proteins_can_be_left_out(index, proteins):
    every = index.search(proteins.sequences[0], k=3)
    without = index.search(proteins.sequences[0], k=3, without={every[0].row})
    assert len(without) == 3
    assert [h.row for h in without[:2]] == [h.row for h in every[1:]]


def test_a_sequence_is_compared_with_any_proteins(index, proteins):
    query = proteins.sequences[0]
    assert index.compare(query, [5, 1]) == [index.align(query, row).homologue for row in (5, 1)]
    assert index.compare(query, []) == []


def test_what_chance_would_give_is_left_out(index):
    stranger = natural(300, random.Random(99))
    assert index.search(stranger) == index.search_exhaustively(stranger) == []
    assert index.search_exhaustively(stranger, max_evalue=1e9)


@pytest.mark.parametrize("sequence", ["", "M", "MKTAYI", "XXXXXXXXXXXX", "BZJXUOBZJX"])
def test_a_sequence_without_a_word_finds_nothing(index, sequence):
    assert index.search(sequence) == []


def test_a_reference_without_proteins_finds_nothing(tmp_path):
    index = AlignmentIndex.build(Proteins(()), tmp_path / "alignment")
    assert index.search(natural(120, random.Random(3))) == []


def test_ambiguous_letters_are_accepted_and_never_identical_to_another_x(tmp_path):
    rng = random.Random(3)
    whole = natural(120, rng)
    noted = whole[:40] + "XBZJUO" + whole[46:]
    index = AlignmentIndex.build(Proteins((noted, natural(90, rng))), tmp_path / "alignment")
    best = index.search(noted)[0]
    assert best.row == 0
    assert best.query_coverage == 1
    assert best.identity == pytest.approx(119 / 120)


def test_rare_amino_acids_are_scored_as_their_nearest():
    assert encode(b"UOJ").tolist() == encode(b"CKL").tolist()


@pytest.mark.parametrize("repeat", ["Q", "GPP", "SR", "EEDEK", "PQQ"])
def test_low_complexity_is_no_homology(tmp_path, repeat):
    rng = random.Random(4)
    with_repeat = natural(150, rng) + repeat * 20 + natural(150, rng)
    index = AlignmentIndex.build(Proteins((with_repeat, natural(200, rng))), tmp_path / "alignment")
    assert index.search(repeat * 25) == []
    assert index.search_exhaustively(repeat * 25) == []
    assert index.search(with_repeat)[0].row == 0


def test_a_protein_of_few_letters_is_still_found_as_itself(tmp_path):
    rng = random.Random(8)
    mucins = ["".join(rng.choices("STPAG", weights=(5, 5, 2, 1, 1), k=300)) for _ in range(2)]
    index = AlignmentIndex.build(Proteins(tuple(mucins)), tmp_path / "alignment")
    for row, mucin in enumerate(mucins):
        assert [h.row for h in index.search(mucin)] == [row]
        assert [h.row for h in index.search(changed(mucin, 0.2, rng))] == [row]
        assert index.search(mucin) == index.search_exhaustively(mucin)


def test_each_domain_of_a_very_long_query_finds_its_relatives(tmp_path):
    rng = random.Random(5)
    domains = [natural(150, rng) for _ in range(3)]
    index = AlignmentIndex.build(
        Proteins(tuple(natural(100, rng) + d + natural(60, rng) for d in domains)), tmp_path / "a"
    )
    filler = [natural(2500, rng) for _ in range(3)]
    query = "".join(f + changed(d, 0.3, rng) for f, d in zip(filler, domains, strict=True))
    found = {h.row: h for h in index.search(query)}
    assert set(found) == {0, 1, 2}
    assert all(2500 * (n + 1) - 200 <= h.query_start for n, h in found.items())


def test_repeats_of_one_protein_leave_room_for_others():
    proteins = np.repeat([7, 3, 5], [50_000, 40, 2])
    scores = np.concatenate([np.full(50_000, 90), np.full(40, 50), [20, 30]])
    chosen = proteins[_best_of_each(proteins, scores)]
    assert np.bincount(chosen)[[7, 3, 5]].tolist() == [KEPT_OF_PROTEIN, KEPT_OF_PROTEIN, 2]


def test_of_many_hits_only_those_with_another_near_their_diagonal_stay():
    lonely = Hits(np.zeros(ALONE_BELOW, np.int64), 100 * np.arange(ALONE_BELOW))
    pair = Hits(np.array([10, 40]), np.array([1030, 1065]))
    both = Hits(np.append(lonely.query, pair.query), np.append(lonely.target, pair.target))
    found = _supported(both)
    assert sorted(zip(found.query.tolist(), found.target.tolist(), strict=True)) == [
        (10, 1030),
        (40, 1065),
    ]
    assert len(_supported(lonely)) == 0
    assert len(_supported(pair)) == 2


def test_similar_words_are_exactly_those_that_score_enough():
    query = encode(b"MKWVTFISLLXWCHY")
    found = similar_words(query)
    rng = np.random.default_rng(0)
    for position in (0, 3, 8):
        word = query[position + np.array(PATTERN)]
        mine = found[found.position == position]
        if (word >= 20).any():
            assert len(mine) == 0
            continue
        others = rng.integers(0, 20, (20_000, 5))
        scores = PAIR_SCORES[word, others].sum(axis=1)
        codes = others @ (20 ** np.arange(4, -1, -1))
        known = dict(zip(mine.code.tolist(), mine.score.tolist(), strict=True))
        assert len(known) == len(mine)
        for code, score in zip(codes.tolist(), scores.tolist(), strict=True):
            assert known.get(code) == (score if score >= MIN_WORD_SCORE else None)


# alignment


def slow_smith_waterman(a, b):
    """The recurrence as it is written in books, gaps 11 + 1 for each residue."""
    scores = PAIR_SCORES[np.ix_(encode(a.encode()), encode(b.encode()))].tolist()
    best, above = 0, [(0, -99)] * (len(b) + 1)
    for row in scores:
        line, left = [(0, -99)], -99
        for j, pair in enumerate(row):
            down = max(above[j + 1][1] - 1, above[j + 1][0] - 12)
            left = max(left - 1, line[j][0] - 12)
            line.append((max(0, above[j][0] + pair, down, left), down))
        best, above = max(best, *(h for h, _ in line)), line
    return best


def score_of(upper, lower):
    """Score of a printed alignment."""
    score, gap = 0, ""
    for a, b in zip(upper, lower, strict=True):
        now = "upper" if a == "-" else "lower" if b == "-" else ""
        if now:
            score -= 1 if now == gap else 12
        else:
            score += int(PAIR_SCORES[encode(a.encode())[0], encode(b.encode())[0]])
        gap = now
    return score


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.7])
def test_alignments_have_the_score_of_the_textbook_and_their_own_letters(rate):
    rng = random.Random(int(100 * rate))
    for _ in range(5):
        query = natural(rng.randrange(20, 150), rng)
        target = natural(30, rng) + changed(query, rate, rng) + natural(10, rng)
        ends = find_ends(query.encode(), [target.encode()])
        (local,) = align(query.encode(), ends)
        upper, lower = align_letters(query.encode(), ends[0])
        assert local.score == slow_smith_waterman(query, target) == score_of(upper, lower)
        assert upper.replace("-", "") == query[local.query_start : local.query_end]
        assert lower.replace("-", "") == target[local.target_start : local.target_end]
        assert local.columns == len(upper)
        assert local.identical == sum(a == b for a, b in zip(upper, lower, strict=True))


def test_a_gap_of_five_costs_sixteen():
    (end,) = find_ends(b"WWWWWWWWWW", [b"WWWWWHHHHHWWWWW"])
    assert end.score == 10 * 11 - 16
    assert align_letters(b"WWWWWWWWWW", end) == ("WWWWW-----WWWWW", "WWWWWHHHHHWWWWW")


@pytest.mark.parametrize("gap", [10, 50, 200, 900])
def test_long_gaps_are_followed(gap):
    rng = random.Random(gap)
    left, right, between = natural(400, rng), natural(400, rng), natural(gap, rng)
    for query, target in (
        (left + right, left + between + right),
        (left + between + right, left + right),
    ):
        (local,) = align(query.encode(), find_ends(query.encode(), [target.encode()]))
        assert local.identical == local.pairs == 800
        assert local.columns == 800 + gap


def test_beyond_the_widest_band_the_last_part_is_told():
    rng = random.Random(6)
    left, right, between = natural(900, rng), natural(800, rng), natural(1500, rng)
    (local,) = align(
        (left + right).encode(),
        find_ends((left + right).encode(), [(left + between + right).encode()]),
    )
    assert (local.query_start, local.target_start) == (900, 2400)
    assert local.identical == 800


def test_many_targets_at_once_are_aligned_as_one_by_one(proteins):
    query = proteins.sequences[0].encode()
    targets = [s.encode() for s in proteins.sequences[:60]]
    ends = find_ends(query, targets)
    assert align(query, ends) == [align(query, [end])[0] for end in ends]


def test_two_sequences_without_a_single_scoring_pair_have_no_alignment():
    ends = find_ends(b"WWWW", [b"PPPP"])
    (local,) = align(b"WWWW", ends)
    assert local.columns == local.score == 0
    assert local.identity == 0
    assert align_letters(b"WWWW", ends[0]) == ("", "")


def test_an_alignment_prints_in_blocks_with_positions(tmp_path):
    rng = random.Random(7)
    protein = natural(100, rng)
    index = AlignmentIndex.build(Proteins((natural(50, rng), protein)), tmp_path / "alignment")
    shown = index.align(protein[20:95], 1)
    head, first, second = str(shown).split("\n\n")
    assert head.startswith("T00001: 100 % identity, ")
    assert first.splitlines() == [
        f"query       1 {protein[20:80]} 60",
        f"              {protein[20:80]}",
        f"target     21 {protein[20:80]} 80",
    ]
    assert second.splitlines()[2] == f"target     81 {protein[80:95]} 95"


def test_the_match_line_tells_same_similar_and_different(tmp_path):
    index = AlignmentIndex.build(Proteins(("WWWWKWWPWW",)), tmp_path / "alignment")
    shown = index.align("WWWWRWWGWW", 0)
    assert shown.match_line == "WWWW+WW WW"


# significance


def test_bits_and_evalues_are_those_of_karlin_and_altschul():
    assert bit_score(100) == pytest.approx((0.267 * 100 - np.log(0.041)) / np.log(2))
    assert expected(bit_score(100), 250, 10**7) == pytest.approx(
        K * 250 * 10**7 * np.exp(-LAMBDA * 100)
    )


def test_the_ungapped_lambda_of_average_proteins_is_that_of_blast():
    assert _ungapped_lambda(BACKGROUND[None], BACKGROUND[None])[0] == pytest.approx(
        0.3176, abs=2e-4
    )


def test_average_composition_changes_nothing_and_one_letter_alone_takes_all():
    average = np.round(1e4 * BACKGROUND).astype(int)
    glutamines = np.zeros(20, int)
    glutamines[LETTERS.index("Q")] = 60
    factors = composition_factor(np.array([average, glutamines]), np.array([average, glutamines]))
    assert factors == pytest.approx([1, 0], abs=1e-3)


def test_identity_by_chance_is_that_of_pairs_drawn_at_random():
    counts = np.zeros((2, 20), int)
    counts[0, 0], counts[1, :2] = 30, 20
    assert chance_identity(counts, counts) == pytest.approx([1, 0.5])
    assert chance_identity(counts[:1], counts[1:]) == pytest.approx([0.5])


# files


def test_an_index_that_is_missing_says_how_to_build_it(proteins, tmp_path):
    with pytest.raises(IndexMismatchError, match=r"no alignment index in .*nowhere") as error:
        AlignmentIndex.open(proteins, tmp_path / "nowhere")
    assert error.value.hint == BUILD_HINT == "bbqa index build"


def test_an_index_of_other_sequences_is_refused(tmp_path):
    AlignmentIndex.build(make_proteins(3, 2), tmp_path / "alignment")
    with pytest.raises(IndexMismatchError, match=r"has sequences \w{12}; expected \w{12}") as error:
        AlignmentIndex.open(make_proteins(3, 2, seed=1), tmp_path / "alignment")
    assert error.value.hint == BUILD_HINT


def test_an_index_of_another_version_is_refused(tmp_path):
    folder = tmp_path / "alignment"
    AlignmentIndex.build(make_proteins(3, 2), folder)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 0'))
    with pytest.raises(IndexMismatchError, match="has version 0; expected 1"):
        AlignmentIndex.open(make_proteins(3, 2), folder)


@pytest.mark.parametrize("name", ["places.npy", "starts.npy", "manifest.json"])
@pytest.mark.parametrize("shortened", [True, False])
def test_a_damaged_index_is_noticed_and_built_anew(tmp_path, name, shortened):
    folder, few = tmp_path / "alignment", make_proteins(3, 2)
    AlignmentIndex.build(few, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:-40] if shortened else b"")
    with pytest.raises(IndexMismatchError, match="is damaged"):
        AlignmentIndex.open(few, folder)
    assert AlignmentIndex.build(few, folder).search(few.sequences[4])[0].row == 4


def test_an_index_built_twice_is_identical(tmp_path):
    few = make_proteins(3, 2)
    for name in ("a", "b"):
        AlignmentIndex.build(few, tmp_path / name)
    for name in ("places.npy", "starts.npy", "manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


class Interrupting:
    """A progress whose bar stands for Ctrl-C in the middle of the work."""

    def say(self, text):
        pass

    def bar(self, title, total, *, unit=""):
        return self

    def advance(self, amount):
        pass

    def move_to(self, completed):
        raise KeyboardInterrupt


def test_an_interrupted_build_leaves_nothing_and_the_next_one_works(tmp_path):
    few, folder = make_proteins(3, 2), tmp_path / "alignment"
    with pytest.raises(KeyboardInterrupt):
        AlignmentIndex.build(few, folder, Interrupting())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    assert AlignmentIndex.build(few, folder).search(few.sequences[4])[0].row == 4


def test_a_folder_that_cannot_be_written_is_an_error_with_a_way_out(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ArtifactError, match="cannot write the alignment index to ") as error:
        AlignmentIndex.build(make_proteins(3, 2), tmp_path / "file" / "alignment")
    assert "free 13 MB there, or set BBQA_HOME" in error.value.hint


def test_two_processes_may_build_at_once(tmp_path):
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from pathlib import Path\n"
        "from test_alignment import AlignmentIndex, make_proteins\n"
        "few = make_proteins(3, 2)\n"
        "index = AlignmentIndex.build(few, Path(sys.argv[1]) / 'alignment')\n"
        "print(index.search(few.sequences[4])[0].row)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [run.communicate()[0].strip() for run in runs] == ["4", "4"]


def test_progress_of_building_is_reported(tmp_path):
    reported = []

    class Listening:
        def say(self, text):
            pass

        def bar(self, title, total, *, unit=""):
            reported.append((title, total))
            return self

        def advance(self, amount):
            pass

        def move_to(self, completed):
            reported.append(completed)

    AlignmentIndex.build(make_proteins(3, 2), tmp_path / "alignment", Listening())
    (title, total), *steps = reported
    assert title == "Index of protein words"
    assert steps == sorted(steps)
    assert steps[-1] == total > 0


def test_an_identity_below_one_is_never_rounded_up_to_100_percent():
    assert percent(277 / 278) == "99.6"
    assert percent(34_349 / 34_350) == "99.9"
    assert [percent(share) for share in (1.0, 0.994, 0.5)] == ["100", "99", "50"]
