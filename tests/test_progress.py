"""Progress: bars on a terminal, few lines elsewhere, nothing when quiet."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bbqa.progress import (
    Plain,
    Progress,
    Rich,
    Silent,
    in_words,
    open_progress,
    seconds_in_words,
)


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(terminal: Terminal) -> str:
    return terminal.getvalue()


@pytest.fixture(autouse=True)
def a_terminal_that_can_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def make_rich() -> tuple[Rich, Terminal]:
    terminal = Terminal()
    return Rich(Console(file=terminal, force_terminal=True, width=100)), terminal


def test_quiet_is_silent_and_a_pipe_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(open_progress(quiet=True), Silent)
    assert isinstance(open_progress(), Plain)


def test_a_terminal_gets_bars_unless_it_is_dumb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    assert isinstance(open_progress(), Rich)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_progress(), Plain)


def test_silent_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with Silent() as progress:
        progress.say("hello")
        bar = progress.bar("work", 10)
        bar.advance(5)
        bar.move_to(10)
    assert capfd.readouterr() == ("", "")


def test_plain_lines_go_to_stderr_and_never_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    Plain().say("looking")
    assert capsys.readouterr() == ("", "looking\n")


def test_plain_writes_one_line_at_the_start_and_one_at_the_end() -> None:
    stream, clock = io.StringIO(), Clock()
    bar = Plain(stream, clock=clock).bar("terms", 1000, unit="terms")
    for _ in range(1000):
        clock.now += 0.002
        bar.advance(1)
    assert stream.getvalue().splitlines() == ["terms: 1,000 terms", "terms: done in 2 s"]


def test_plain_lines_are_five_seconds_and_ten_percent_apart() -> None:
    stream, clock = io.StringIO(), Clock()
    bar = Plain(stream, clock=clock).bar("model", 1_000_000_000, unit="B")
    for _ in range(99):  # 1 % a second
        clock.now += 1
        bar.advance(10_000_000)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "model: 1.0 GB"
    assert lines[1] == "model: 10%, 100.0 MB of 1.0 GB, 1 min 30 s left"
    assert len(lines) == 10


def test_plain_does_not_count_what_was_there_before_as_speed() -> None:
    stream, clock = io.StringIO(), Clock()
    bar = Plain(stream, clock=clock).bar("model", 1000, unit="B")
    bar.move_to(500)
    clock.now += 10
    bar.move_to(600)
    assert stream.getvalue().splitlines()[1] == "model: 60%, 600 bytes of 1.0 kB, 40 s left"


def test_plain_gives_a_sign_of_life_when_it_is_slow() -> None:
    stream, clock = io.StringIO(), Clock()
    bar = Plain(stream, clock=clock).bar("model", 1_000_000, unit="B")
    for _ in range(35):
        clock.now += 1
        bar.advance(10)
    assert stream.getvalue().splitlines()[1:] == [
        "model: 0%, 300 bytes of 1.0 MB, 27 h 46 min left"
    ]


def test_plain_can_go_back_and_end_a_second_time() -> None:
    stream, clock = io.StringIO(), Clock()
    bar = Plain(stream, clock=clock).bar("file", 10)
    bar.move_to(10)
    bar.move_to(10)
    bar.move_to(0)
    bar.move_to(10)
    assert stream.getvalue().count("done") == 2


def test_rich_shows_bytes_with_title_and_amount() -> None:
    progress, terminal = make_rich()
    with progress:
        bar = progress.bar("model [1.5b]", 2_000_000, unit="B")
        bar.advance(500_000)
        bar.move_to(2_000_000)
    assert "model [1.5b]" in drawn(terminal)
    assert "2.0 MB of 2.0 MB" in drawn(terminal)


def test_rich_counts_what_is_not_bytes() -> None:
    progress, terminal = make_rich()
    bar = progress.bar("index", 1200, unit="terms")
    bar.move_to(1200)
    assert "1,200 terms of 1,200 terms" in drawn(terminal)


def test_rich_stops_drawing_when_the_last_bar_is_full() -> None:
    progress, terminal = make_rich()
    first, second = progress.bar("first", 1), progress.bar("second", 1)
    first.advance(1)
    second.advance(1)
    ended = drawn(terminal)
    assert ended.endswith("\x1b[?25h")  # the cursor is visible again
    progress.close()
    assert drawn(terminal) == ended


def test_rich_draws_again_when_a_full_bar_goes_back() -> None:
    progress, terminal = make_rich()
    with progress:
        bar = progress.bar("model", 10, unit="B")
        bar.move_to(10)
        shown = len(drawn(terminal))
        bar.move_to(3)
    assert "3 bytes of 10 bytes" in drawn(terminal)[shown:]


def test_rich_gives_the_terminal_back_when_work_fails() -> None:
    progress, terminal = make_rich()
    with pytest.raises(ZeroDivisionError), progress:
        progress.bar("doomed", 10).advance(1)
        raise ZeroDivisionError
    assert drawn(terminal).endswith("\x1b[?25h")


def test_rich_writes_text_as_it_is() -> None:
    progress, terminal = make_rich()
    progress.say("trying [2] of 3: https://example.org/a.bin")
    assert drawn(terminal) == "trying [2] of 3: https://example.org/a.bin\n"


@pytest.mark.parametrize("progress", [Silent(), Plain(io.StringIO()), make_rich()[0]])
def test_all_three_are_a_progress(progress: Progress) -> None:
    progress.say("x")
    progress.bar("y", 0).move_to(0)


def test_amounts_and_durations_read_as_people_write_them() -> None:
    assert in_words(1_117_320_768, "B") == "1.1 GB"
    assert in_words(12345, "terms") == "12,345 terms"
    assert in_words(62) == "62"
    assert [seconds_in_words(s) for s in (7.6, 80, 7500)] == ["8 s", "1 min 20 s", "2 h 5 min"]
