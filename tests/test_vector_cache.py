"""Vectors on disk: encoded once, kept through a kill, damage noticed, NaN refused."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bbqa.encoders.cache import encode_cached, key_of
from bbqa.errors import ArtifactError
from bbqa.progress import Silent
from bbqa.schema import Modality

TEXTS = [f"PROTEIN{number:04d}" * (1 + number % 5) for number in range(600)]


class LetterEncoder:
    """Vectors of a text's bytes; counts what it is asked for, and takes its time."""

    name = "letters"
    modality = Modality.PROTEIN
    dimension = 8
    licence = "none"
    hash = "letters-1"

    def __init__(self, pause_s=0.0, nan_for=""):
        self.encoded = []
        self.pause_s = pause_s
        self.nan_for = nan_for

    def encode(self, texts, progress=None):
        self.encoded += texts
        time.sleep(self.pause_s)
        rows = [np.resize(np.frombuffer(text.encode(), np.uint8), 8) for text in texts]
        vectors = np.array(rows, np.float32).reshape(-1, 8) / 7
        for row, text in enumerate(texts):
            if text == self.nan_for:
                vectors[row, 3] = np.nan
        return vectors


class Ear(Silent):
    """A progress that remembers what it was told."""

    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


def files_in(folder):
    return sorted(folder.rglob("*.npz"))


def test_vectors_are_the_encoders_own_in_the_order_of_the_texts(tmp_path):
    vectors = encode_cached(TEXTS, LetterEncoder(), tmp_path)
    assert vectors.dtype == np.float32
    assert (vectors == LetterEncoder().encode(TEXTS)).all()


def test_what_is_on_disk_is_not_encoded_again(tmp_path):
    first = encode_cached(TEXTS, LetterEncoder(), tmp_path)
    again = LetterEncoder()
    assert (encode_cached(TEXTS[::-1], again, tmp_path) == first[::-1]).all()
    assert again.encoded == []
    encode_cached([*TEXTS[:5], "NEW"], again, tmp_path)
    assert again.encoded == ["NEW"]


def test_a_text_given_twice_is_encoded_once(tmp_path):
    encoder = LetterEncoder()
    vectors = encode_cached(["A", "B", "A"], encoder, tmp_path)
    assert sorted(encoder.encoded) == ["A", "B"]
    assert (vectors[0] == vectors[2]).all()


def test_no_texts_give_no_vectors(tmp_path):
    assert encode_cached([], LetterEncoder(), tmp_path).shape == (0, 8)


def test_another_encoder_has_vectors_of_its_own(tmp_path):
    other = LetterEncoder()
    other.hash = "letters-2"
    encode_cached(["A"], LetterEncoder(), tmp_path)
    encode_cached(["A"], other, tmp_path)
    assert other.encoded == ["A"]
    assert key_of("A", "letters-1") != key_of("A", "letters-2")


def test_a_damaged_file_is_set_aside_and_its_texts_are_encoded_again(tmp_path):
    expected = encode_cached(TEXTS, LetterEncoder(), tmp_path, texts_per_file=128)
    cut_off, altered, *_ = files_in(tmp_path)
    cut_off.write_bytes(cut_off.read_bytes()[:500])
    content = bytearray(altered.read_bytes())
    content[-600] ^= 255  # a bit that turned over inside the vectors
    altered.write_bytes(content)
    encoder, ear = LetterEncoder(), Ear()
    assert (encode_cached(TEXTS, encoder, tmp_path, ear) == expected).all()
    assert len(encoder.encoded) == 256
    assert len(ear.said) == 2
    assert f"{cut_off} is damaged" in "".join(ear.said)
    assert len(list(tmp_path.rglob("*.npz.bad"))) == 2


def test_a_file_of_another_dimension_is_set_aside(tmp_path):
    encode_cached(["A"], LetterEncoder(), tmp_path)
    wider = LetterEncoder()
    wider.dimension = 9
    wider.encode = lambda texts: np.ones((len(texts), 9), np.float32)
    assert encode_cached(["A"], wider, tmp_path).shape == (1, 9)


@pytest.mark.parametrize("at", [0, 333, 599])
def test_nan_in_a_vector_stops_with_the_text_and_keeps_the_rest(tmp_path, at):
    with pytest.raises(ArtifactError, match=f"letters gave NaN .* for text {at} \\('PROT"):
        encode_cached(TEXTS, LetterEncoder(nan_for=TEXTS[at]), tmp_path)
    again = LetterEncoder()
    encode_cached(TEXTS, again, tmp_path)
    assert TEXTS[at] in again.encoded
    kept = len(TEXTS) - len(again.encoded)
    # longest first: the steps before the bad one are kept, and the good ones of its own
    before = sum(len(text) > len(TEXTS[at]) for text in TEXTS)
    assert kept >= before


def test_ctrl_c_keeps_what_is_encoded(tmp_path):
    encoder = LetterEncoder()
    calls = []

    def stop_at_third(texts):
        calls.append(texts)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return LetterEncoder.encode(encoder, texts)

    encoder.encode = stop_at_third
    with pytest.raises(KeyboardInterrupt):
        encode_cached(TEXTS, encoder, tmp_path)
    again = LetterEncoder()
    encode_cached(TEXTS, again, tmp_path)
    assert len(again.encoded) == len(TEXTS) - 128


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_vector_cache import TEXTS, LetterEncoder
from bbqa.encoders.cache import encode_cached
encode_cached(TEXTS, LetterEncoder(pause_s=0.1), Path(sys.argv[1]), texts_per_file=64)
"""


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", KILLED, tmp_path, Path(__file__).parent])
    deadline = time.monotonic() + 60
    while len(files_in(tmp_path)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    finished = len(files_in(tmp_path))
    assert 3 <= finished < 10
    rest = LetterEncoder()
    vectors = encode_cached(TEXTS, rest, tmp_path)
    assert len(rest.encoded) == len(TEXTS) - 64 * finished
    assert (vectors == encode_cached(TEXTS, LetterEncoder(), tmp_path / "other")).all()
