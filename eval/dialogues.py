"""Whether a chat understands follow-ups: ``eval/sets/dialogues.jsonl``.

    python -m bbqa.eval.dialogues [--split dev|test] [--llm] [--show]

Each dialogue is held by ``bbqa.chat`` from its first line to its last. A follow-up is understood
if its answer is about the right things and cites what answers it; no words are compared.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bbqa.chat import Chat
from bbqa.errors import BbqaError
from bbqa.eval.abstention import ABSTAINED
from bbqa.eval.labelled import (
    SPLITS,
    in_words,
    opened,
    rate,
    read_rows,
    what_was_run,
    write_results,
)
from bbqa.schema import AnswerStatus
from bbqa.session import open_session

if TYPE_CHECKING:
    from bbqa.resources import Resources

Row = Mapping[str, Any]
ATTACH: Final = {"seq": "/seq", "smiles": "/smiles"}
"""The command that attaches what a turn brings."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A follow-up and what came of it.

    Attributes:
        id: Of the dialogue, and the place of the turn in it: ``d07.2``.
        kind: The kind of the dialogue.
        typed: What was typed.
        taken: The question as it was taken; empty where it was refused.
        wrong: Why it was not understood; empty if it was.
    """

    id: str
    kind: str
    typed: str
    taken: str
    wrong: str


def dialogues(
    resources: Resources, *, split: str = "test", use_llm: bool = False
) -> list[Followed]:
    """The follow-ups of one half of the set, each judged.

    Args:
        resources: Graph, indexes and models.
        split: ``dev`` or ``test``.
        use_llm: Let the language model take part.
    """
    rows = read_rows("dialogues", split)
    return [turn for row in rows for turn in held(row, resources, use_llm=use_llm)]


def held(row: Row, resources: Resources, *, use_llm: bool = False) -> Iterator[Followed]:
    """The follow-ups of one dialogue: all its questions but the first."""
    terminal = _Script(list(map(_line, row["turns"])))
    with open_session(resources.settings.home, kept=False) as session:
        terminal.outcome = lambda: session.turns[-1] if session.turns else None
        Chat(resources, session, terminal, use_llm=use_llm).run()
    asked = [
        (turn, came) for turn, came in zip(row["turns"], terminal.came, strict=True)
        if "typed" in turn
    ]  # fmt: skip
    for place, (turn, came) in enumerate(asked[1:], start=1):
        taken = came["taken"] if came is not None else ""
        why = why_wrong(turn, came)
        yield Followed(f"{row['id']}.{place}", row["kind"], turn["typed"], taken, why)


def _line(turn: Row) -> str:
    """What is typed at a turn: a question, or a command that attaches something."""
    given = next(((ATTACH[key], turn[key]) for key in ATTACH if key in turn), None)
    return str(turn["typed"]) if given is None else " ".join(given)


class _Script:
    """A terminal at which lines are typed that were written before; nothing is shown.

    Attributes:
        came: For each line the session's turn that it made, or None.
        outcome: The session's last turn.
    """

    interactive = False

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = iter(lines)
        self.came: list[Any] = []
        self.outcome: Any = lambda: None

    def read(self) -> Iterator[str]:
        """The next line; when the one after it is asked for, what came of it is known."""
        line = next(self._lines, None)
        if line is None:
            raise EOFError
        before = self.outcome()
        yield line
        after = self.outcome()
        self.came.append(None if after is before or after == before else after)

    def confirm(self, question: str) -> bool:
        """Whatever is asked, the answer is yes."""
        return True

    def say(self, text: str, *, style: str = "") -> None:
        """Nobody reads it."""

    def complain(self, error: BbqaError) -> None:
        """Nobody reads it."""


def why_wrong(turn: Row, came: Row | None) -> str:
    """Why a follow-up was not understood, in words; empty if it was.

    Args:
        turn: What was typed; ``about``, ids or labels of what it has to be about; ``stale``, ids
            that it must no longer be about; ``gold``, ids one of which has to be cited; ``not``,
            ids none of which may be cited; ``status``, how it may end.
        came: The session's turn; None where the follow-up was refused.
    """
    if came is None or came["answer"] is None:
        return "refused" if came is None else f"failed: {came['error']}"
    return next(_faults(turn, came["answer"]), "")


def _faults(turn: Row, answer: Row) -> Iterator[str]:
    """All that is wrong with the answer to a follow-up."""
    about = {given[key] for given in answer["question"]["inputs"] for key in ("label", "value")}
    cited = set(_cited(answer))
    if missing := set(turn.get("about", ())) - about:
        yield f"not about {', '.join(sorted(missing))}"
    if stale := set(turn.get("stale", ())) & about:
        yield f"still about {', '.join(sorted(stale))}"
    if "gold" in turn and not set(turn["gold"]) & cited:
        yield f"cites nothing that answers it ({answer['status']})"
    if false := set(turn.get("not", ())) & cited:
        yield f"cites {', '.join(sorted(false))}"
    may_end = turn.get("status", frozenset(AnswerStatus) - ABSTAINED)
    if answer["status"] not in may_end:
        yield f"status {answer['status']}"


def _cited(answer: Row) -> Iterator[str]:
    """Node ids and labels of inputs that the sentences of an answer cite."""
    numbers = {number for claim in answer["claims"] for number in claim["citations"]}
    for item in answer["evidence"]:
        if item["number"] in numbers:
            yield from item["nodes"]
            yield item["about"]


def summary(followed: Sequence[Followed], *, told: bool) -> dict[str, Any]:
    """The share of follow-ups understood, by kind; what failed in words only if ``told``."""
    kinds = dict.fromkeys(turn.kind for turn in followed)
    return {
        "understood": rate(not turn.wrong for turn in followed),
        "by_kind": {
            kind: rate(not turn.wrong for turn in followed if turn.kind == kind) for kind in kinds
        },
        "failures": [_failure(turn, told) for turn in followed if turn.wrong],
    }


def _failure(turn: Followed, told: bool) -> dict[str, str]:
    failure = {"id": turn.id, "kind": turn.kind}
    if told:
        failure |= {"typed": turn.typed, "taken": turn.taken, "why": turn.wrong}
    return failure


# writing


def main() -> None:
    """Measure, and put what was measured into ``eval/results/dialogues.json``."""
    options = _options()
    results: dict[str, Any] = {}
    with opened() as (resources, progress):
        head = what_was_run(("python -m bbqa.eval.dialogues", *sys.argv[1:]), resources.graph.hash)
        for split in (options.split,) if options.split else SPLITS:
            followed = dialogues(resources, split=split, use_llm=options.llm)
            results[split] = summary(followed, told=split == "dev")
            progress.say(f"{split}: {in_words(results[split]['understood'])}")
            for kind, of_kind in results[split]["by_kind"].items():
                progress.say(f"  {kind}: {in_words(of_kind)}")
            if options.show:
                _show(followed)
        if not options.split:
            model = resources.settings.llm if options.llm else None
            write_results("dialogues", {**head, "model": model, **results})


def _show(followed: Iterable[Followed]) -> None:
    for turn in followed:
        print(f"{turn.id:6} {'ok' if not turn.wrong else turn.wrong}")
        print(f"       {turn.typed} -> {turn.taken}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--split", choices=SPLITS, help="one half; nothing is written then")
    parser.add_argument("--llm", action="store_true", help="let the language model take part")
    parser.add_argument("--show", action="store_true", help="print each follow-up")
    return parser.parse_args()


if __name__ == "__main__":
    main()
