"""Whether bbqa answers what it can and abstains where it must: ``eval/sets/abstention.jsonl``.

    python -m bbqa.eval.abstention [--split dev|test] [--no-llm] [--limit N] [--folder FOLDER]
        [--again]

Every reply is written down as it comes, so that an interrupted run goes on where it was, and can
be judged anew without asking again.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.eval.labelled import (
    RESULTS,
    SPLITS,
    in_words,
    opened,
    rate,
    read_rows,
    what_was_run,
    write_results,
)
from bbqa.eval.replies import FAILED, Asker, Cited, Reply, Row, Said, asked
from bbqa.progress import Progress, Silent
from bbqa.schema import AnswerStatus, Kind, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

AIM: Final = 0.9
ABSTAINED: Final = frozenset(
    {
        AnswerStatus.NO_EVIDENCE,
        AnswerStatus.NOT_HELD,
        AnswerStatus.UNKNOWN_NAME,
        AnswerStatus.FALSE_PREMISE,
        AnswerStatus.OUT_OF_SCOPE,
    }
)
RANDOM: Final = "random"
FALSE_PREMISE: Final = "false premise"

_HEDGED = re.compile(
    r"\b(?:may|might|could|perhaps|possibly|probably|likely|predict\w*|suggest\w*)\b", re.IGNORECASE
)
_DENIED = re.compile(
    r"\bno (?:\w+ ){0,2}(?:records?|evidence|sources?|edges?)\b|\bnothing (?:is )?recorded\b"
    r"|\bnot (?:recorded|supported)\b|\bdoes not (?:say|support|record)\b",
    re.IGNORECASE,
)


def abstention(
    resources: Resources,
    *,
    split: str = "test",
    use_llm: bool = True,
    limit: int | None = None,
    folder: Path | None = None,
    asker: Asker | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Rates of questions handled right over one half of the set, by kind.

    Args:
        resources: Graph, indexes and models.
        split: ``dev`` or ``test``. Failures of the test half are listed by id and kind alone, so
            that nobody tunes on them.
        use_llm: Let the language model write; otherwise only the evidence speaks.
        limit: Ask so many questions, spread over the kinds; all by default.
        folder: Where replies are kept, and looked for first; nowhere by default.
        asker: Answers a question; default: ``bbqa.ask.ask``.
        progress: Where progress is reported.
    """
    rows = spread(read_rows("abstention", split), limit)
    name = f"abstention-{split}-{'llm' if use_llm else 'evidence'}.jsonl"
    replies = asked(
        rows,
        resources,
        use_llm=use_llm,
        kept=None if folder is None else folder / name,
        asker=asker,
        progress=progress or Silent(),
    )
    return summary(rows, replies, told=split == "dev") | {"split": split, "use_llm": use_llm}


def spread(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """At most ``limit`` rows, at even distances."""
    if limit is None or limit >= len(rows):
        return list(rows)
    return [rows[i * len(rows) // limit] for i in range(limit)]


# judging


def why_wrong(row: Row, reply: Reply) -> str:
    """Why a question was not handled right, in words; empty if it was."""
    if reply.status == FAILED:
        return f"failed: {reply.text}"
    return _answered_wrong(row, reply) if row["answerable"] else _abstained_wrong(row, reply)


def _answered_wrong(row: Row, reply: Reply) -> str:
    if reply.status != AnswerStatus.ANSWERED:
        return f"status {reply.status}"
    cited = [item for said in reply.said for item in said.cited if item.kind != Kind.IDENTITY]
    if not any(_is_gold(item, row) for item in cited):
        return "no sentence cites what answers the question"
    if row.get("says") and not any(words in reply.text for words in row["says"]):
        return f"none of {', '.join(row['says'])} is said"
    return ""


def _is_gold(item: Cited, row: Row) -> bool:
    """Whether a statement holds the answer."""
    if not row["gold"]:
        return item.status == Status.COMPUTED
    beside = {row["together"]} if "together" in row else set()
    return beside <= set(item.nodes) and bool(set(row["gold"]) & set(item.nodes))


def _abstained_wrong(row: Row, reply: Reply) -> str:
    if row["kind"] == FALSE_PREMISE:
        corrected = reply.status == AnswerStatus.FALSE_PREMISE or _DENIED.search(reply.text)
        return "" if corrected else f"status {reply.status}, and the premise is not corrected"
    if reply.status in ABSTAINED:
        return ""
    if row["kind"] == RANDOM and reply.status == AnswerStatus.UNSURE:
        stated = [said.text for said in reply.said if not _is_guess(said)]
        return f"stated without hedge: {stated[0]}" if stated else ""
    return f"status {reply.status}"


def _is_guess(said: Said) -> bool:
    """Whether a sentence is a hedged prediction, or about what was computed from the input."""
    if said.status == Status.COMPUTED:
        return True
    return said.status == Status.PREDICTED and _HEDGED.search(said.text) is not None


def summary(rows: Sequence[Row], replies: Sequence[Reply], *, told: bool) -> dict[str, Any]:
    """Rates by kind, statuses, times, and what failed; in words only where it may be ``told``."""
    judged = [(row, reply, why_wrong(row, reply)) for row, reply in zip(rows, replies, strict=True)]
    kinds = dict.fromkeys(row["kind"] for row in rows)
    seconds = sorted(reply.seconds for reply in replies)
    return {
        "answerable": rate(not why for row, _, why in judged if row["answerable"]),
        "unanswerable": rate(not why for row, _, why in judged if not row["answerable"]),
        "by_kind": {
            kind: rate(not why for row, _, why in judged if row["kind"] == kind) for kind in kinds
        },
        "statuses": _statuses(judged),
        "median_s": seconds[len(seconds) // 2] if seconds else None,
        "llm_calls_per_question": round(
            sum(reply.llm_calls for reply in replies) / max(len(replies), 1), 2
        ),
        "commits": sorted({reply.commit for reply in replies}),
        "failures": [_failure(row, reply, why, told) for row, reply, why in judged if why],
    }


def _statuses(judged: Sequence[tuple[Row, Reply, str]]) -> dict[str, dict[str, int]]:
    """How many replies to each kind of question had each status."""
    table: dict[str, dict[str, int]] = {}
    for row, reply, _ in judged:
        counts = table.setdefault(row["kind"], {})
        counts[reply.status] = counts.get(reply.status, 0) + 1
    return table


def _failure(row: Row, reply: Reply, why: str, told: bool) -> dict[str, Any]:
    failure = {"id": row["id"], "kind": row["kind"]}
    if told:
        failure |= {"question": row["question"], "why": why, "text": reply.text}
    return failure


# writing


def main() -> None:
    """Measure, and put what was measured into ``eval/results/abstention.json``."""
    options = _options()
    with opened() as (resources, progress):
        folder = options.folder or resources.settings.home / "eval"
        if options.again:
            for path in folder.glob("abstention-*.jsonl"):
                path.unlink()
        for split in (options.split,) if options.split else SPLITS:
            for use_llm in (False,) if options.no_llm else (False, True):
                found = abstention(
                    resources,
                    split=split,
                    use_llm=use_llm,
                    limit=options.limit,
                    folder=folder,
                    progress=progress,
                )
                _tell(found, progress)
                if options.limit is None:
                    _write(found, resources)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--split", choices=SPLITS, help="one half; both by default")
    parser.add_argument("--no-llm", action="store_true", help="measure the evidence alone")
    parser.add_argument("--limit", type=int, help="ask so many questions; nothing is written")
    parser.add_argument("--folder", type=Path, help="where replies are kept")
    parser.add_argument("--again", action="store_true", help="forget the replies that are kept")
    return parser.parse_args()


def _tell(found: Mapping[str, Any], progress: Progress) -> None:
    who = "with the language model" if found["use_llm"] else "evidence only"
    for what in ("answerable", "unanswerable"):
        progress.say(f"{found['split']}, {who}, {what}: {in_words(found[what])}")
    for kind, of_kind in found["by_kind"].items():
        progress.say(f"  {kind}: {in_words(of_kind)}")


def _write(found: Mapping[str, Any], resources: Resources) -> None:
    """Put one run beside the others of the file, in place of an earlier one of its kind."""
    path = RESULTS / "abstention.json"
    results: dict[str, Any] = {"aim": AIM}
    if path.exists():
        results = json.loads(path.read_text(encoding="utf-8"))
    writer = "llm" if found["use_llm"] else "evidence_only"
    head = what_was_run(("python -m bbqa.eval.abstention", *sys.argv[1:]), resources.graph.hash)
    model = resources.settings.llm if found["use_llm"] else None
    results.setdefault(found["split"], {})[writer] = {**head, "model": model, **found}
    write_results("abstention", results)


if __name__ == "__main__":
    main()
