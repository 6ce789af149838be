"""A file is there whole or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bbqa.whole import whole


def test_a_file_is_put_in_its_place_once_it_is_written(tmp_path):
    path = tmp_path / "numbers.json"
    path.write_text("old")
    with whole(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_what_fails_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path, error):
    path = tmp_path / "numbers.json"
    path.write_text("old")
    with pytest.raises(type(error)), whole(path) as unfinished:
        unfinished.write_text("ne")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_many_may_write_one_file(tmp_path):
    path = tmp_path / "numbers.json"

    def write(number):
        with whole(path) as unfinished:
            unfinished.write_text(str(number) * 1000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))
    assert path.read_text() in {str(number) * 1000 for number in range(200)}
    assert list(tmp_path.iterdir()) == [path]
