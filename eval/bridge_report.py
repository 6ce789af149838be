"""The bridge's table as a page: rankings by relation, aims, calibration, hubs, two pictures.

Every number on the page comes out of ``bridge.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from statistics import mean
from typing import Final

from bbqa.errors import MissingExtraError
from bbqa.eval.ranking_metrics import Record
from bbqa.picture import Load, Mark, picture

SPLITS: Final = {
    "cold": "Inputs whose whole family or scaffold was kept back",
    "warm": "Inputs kept back singly, with relatives in training",
    "transductive": "Edges kept back, both ends known by other edges",
    "new-terms": "Terms of which no edge was seen, for inputs of training",
    "unseen-relation": "A relation that training has not seen",
}
BRIDGES: Final = ("linear", "mlp", "transformer")
KGE: Final = ("transe", "distmult", "complex", "rotate", "transh", "transr", "transd")
FUSED: Final = "fused"
ORDER: Final = ("random", "prior", "alignment", "alignment+prior", "distant alignment+prior",
                "tanimoto", "tanimoto+prior", "knn", *KGE, *BRIDGES)  # fmt: skip
"""From the simplest row to the last; what is not named here comes before ``fused``."""
FUNCTIONS: Final = ("molecular_function", "biological_process", "cellular_component")
SHOWN: Final[Mapping[str, Mark]] = {
    "random": Mark("#999999", "|", size=8),
    "prior": Mark("#777777", "s", filled=False),
    "alignment+prior": Mark("#0072B2", "^", filled=False),
    "tanimoto+prior": Mark("#0072B2", "v", filled=False),
    "knn:kmers": Mark("#009E73", "x"),
    "knn:morgan": Mark("#009E73", "+"),
    "mlp": Mark("#E69F00", "D", filled=False),
    FUSED: Mark("#D55E00", "o"),
}


class Results:
    """All records, found by what they are of."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = list(records)
        self._found = {(r.relation, r.split, r.bin, r.row, r.metric): r for r in self.records}

    def get(
        self, relation: str, split: str, row: str, *, bin: str = "all", metric: str = "mrr"
    ) -> Record | None:
        """The record, or None if there is none or it does not apply."""
        found = self._found.get((relation, split, bin, row, metric))
        return found if found is not None and found.value is not None else None

    def values(self, field: str, **where: str) -> list[str]:
        """Different values of a field among the records that fit, in order."""
        fit = [r for r in self.records if all(getattr(r, k) == v for k, v in where.items())]
        return list(dict.fromkeys(str(getattr(r, field)) for r in fit))

    def rows(self, **where: str) -> list[str]:
        """Rows among the records that fit, from the simplest to the fused one."""
        return sorted(self.values("row", **where), key=_place)


def report(source: Path, to: Path, *, load: Load = import_module) -> None:
    """Write ``bridge.md`` and, with matplotlib, ``bridge-mrr.svg`` and ``bridge-calibration.svg``.

    Args:
        source: ``bridge.json``.
        to: The folder.
        load: How matplotlib is imported; without it the page says that there are no pictures.
    """
    stored = json.loads(source.read_text())
    names = [field.name for field in fields(Record)]
    results = Results(Record(**{name: r[name] for name in names}) for r in stored["records"])
    pictures = _pictures(results, to, load)
    parts = [
        "# The bridge's table\n\nMade by `bbqa bridge eval` from `bridge.json`; what each row and "
        "split is stands in docs/bridge.md. Filtered MRR unless something else is said, the best "
        "row of a line in bold. `n/a`: the row says nothing of such inputs.",
        *pictures,
        *_aims(results),
        *(part for split in SPLITS for part in _split(results, split)),
        *_detail(results),
        *_hubs(results),
        "## What was run\n\n```\n" + json.dumps(stored["about"], indent=1) + "\n```",
    ]
    (to / "bridge.md").write_text("\n\n".join(parts) + "\n")


def _split(results: Results, split: str) -> Iterator[str]:
    for bin_name in sorted(results.values("bin", split=split, metric="mrr"), key=_all_first):
        where = {"split": split, "bin": bin_name, "metric": "mrr"}
        rows = results.rows(**where)
        lines = []
        for relation in results.values("relation", **where):
            found = [results.get(relation, split, row, bin=bin_name) for row in rows]
            heads = max((r.n for r in found if r), default=0)
            if heads:
                lines.append([_arrow(relation), str(heads), *_best_bold(found)])
        if lines:
            title = (
                f"## {split}: {SPLITS[split]}" if bin_name == "all" else f"### {split}, {bin_name}"
            )
            yield f"{title}\n\n" + _table(["relation", "inputs", *rows], lines)


def _detail(results: Results) -> Iterator[str]:
    """Numbers with their intervals."""
    for metric in ("mrr", "hit@10", "fmax", "weighted_fmax"):
        for split in ("cold", "warm"):
            rows = results.rows(split=split, metric=metric, bin="all")
            lines = [
                [
                    _arrow(relation),
                    *(_interval(results.get(relation, split, row, metric=metric)) for row in rows),
                ]
                for relation in results.values("relation", split=split, metric=metric, bin="all")
            ]
            if lines:
                yield f"## {metric} with 95 % intervals, {split}\n\n" + _table(
                    ["relation", *rows], lines
                )


def _aims(results: Results) -> Iterator[str]:
    lines = [
        *_kge_aim(results),
        *_never_below(results),
        *_hard_aims(results),
        *_function_means(results),
        *_calibration(results),
    ]
    yield "## Aims\n\n" + _table(["what", "measured", "aim", ""], lines)


def _kge_aim(results: Results) -> Iterator[list[str]]:
    means = {}
    for row in (*BRIDGES, *KGE):
        found = [
            results.get(relation, "transductive", row)
            for relation in results.values("relation", split="transductive")
        ]
        if found and all(found):
            means[row] = mean(r.value for r in found if r and r.value is not None)
    bridge = max((means[row] for row in BRIDGES if row in means), default=None)
    kge = max((means[row] for row in KGE if row in means), default=None)
    if bridge is not None and kge is not None:
        what = "best bridge by best knowledge-graph embedding, mean MRR, transductive"
        yield _aim(what, bridge / kge, 1.76)


def _never_below(results: Results) -> Iterator[list[str]]:
    for split in ("cold", "warm"):
        below = []
        relations = results.values("relation", split=split, metric="mrr", row=FUSED, bin="all")
        for relation in relations:
            fused = results.get(relation, split, FUSED)
            others = [
                results.get(relation, split, row)
                for row in results.values("row", split=split, relation=relation, metric="mrr")
                if row != FUSED
            ]
            best = max((r for r in others if r), key=lambda r: r.value or 0, default=None)
            if fused and best and (fused.high or 0) < (best.value or 0):
                below.append(f"{_arrow(relation)} ({best.row})")
        said = ", ".join(below) or "none"
        met = "met" if not below else "missed"
        what = f"{split}: relations where fused's interval lies below the best single row"
        yield [what, f"{said} of {len(relations)}", "none", met]


def _hard_aims(results: Results) -> Iterator[list[str]]:
    for relation in results.values("relation", split="cold", metric="mrr", row=FUSED):
        drug = relation.startswith("drug >")
        opponents = ("tanimoto", "tanimoto+prior") if drug else ("alignment", "alignment+prior")
        name = "new scaffold" if drug else "<30"
        fused = results.get(relation, "cold", FUSED, bin=name)
        for row, aim in zip(opponents, (1.25, 1.15), strict=True):
            other = results.get(relation, "cold", row, bin=name)
            if fused and other and fused.value is not None and other.value:
                yield _aim(
                    f"{_arrow(relation)}, {name}: fused by {row}", fused.value / other.value, aim
                )


def _function_means(results: Results) -> Iterator[list[str]]:
    """The same over the three kinds of function: ratios of their mean MRR."""
    relations = [
        relation
        for relation in results.values("relation", split="cold", metric="mrr", row=FUSED)
        if relation.startswith("gene/protein >") and relation.endswith(FUNCTIONS)
    ]
    for row, aim in (("alignment", 1.25), ("alignment+prior", 1.15)):
        pairs = [[results.get(r, "cold", w, bin="<30") for w in (FUSED, row)] for r in relations]
        if len(pairs) == len(FUNCTIONS) and all(r for pair in pairs for r in pair):
            fused, other = (
                mean(r.value for r in found if r and r.value is not None)
                for found in zip(*pairs, strict=True)
            )
            if other:
                yield _aim(f"mean of the three functions, <30: fused by {row}", fused / other, aim)


def _calibration(results: Results) -> Iterator[list[str]]:
    for split in ("cold", "warm"):
        for relation in results.values("relation", split=split, metric="ece"):
            error = results.get(relation, split, FUSED, metric="ece")
            if error and error.value is not None:
                met = "met" if error.value <= 0.05 else "missed"
                what = f"{_arrow(relation)}, {split}: expected calibration error, first ten"
                yield [what, f"{error.value:.3f}", "0.05", met]
            sure = results.get(relation, split, FUSED, metric="sure_precision")
            share = results.get(relation, split, FUSED, metric="sure_share")
            what = f"{_arrow(relation)}, {split}: right among what is not speculative"
            if sure and sure.value is not None and share and share.value is not None:
                met = "met" if sure.value >= 0.9 else "missed"
                shown = f"{sure.value:.3f} ({share.value:.0%} of the first ten)"
                yield [what, shown.replace("%", " %"), "0.90", met]
            elif share:
                yield [what, "n/a (all of the first ten are speculative)", "0.90", ""]


def _hubs(results: Results) -> Iterator[str]:
    rows = results.values("row", metric="hub_skewness", split="cold")
    lines = []
    for relation in results.values("relation", metric="hub_skewness", split="cold"):
        cells = []
        for row in rows:
            skew = results.get(relation, "cold", row, metric="hub_skewness")
            share = results.get(relation, "cold", row, metric="hub_largest_share")
            cells.append(f"{skew.value:.1f} / {share.value:.2f}" if skew and share else "n/a")
        lines.append([_arrow(relation), *cells])
    if lines:
        yield (
            "## Hubs\n\nSkewness of how often a candidate is among the first ten, and the largest "
            "share of inputs that have the same one there; cold.\n\n"
            + _table(["relation", *rows], lines)
        )


def _pictures(results: Results, to: Path, load: Load) -> list[str]:
    """Lines of the page that show the pictures, or say why there are none."""
    drawn = []
    try:
        if _draw_rankings(results, to / "bridge-mrr.svg", load):
            drawn.append("![MRR by relation, cold](bridge-mrr.svg)")
        if _draw_calibration(results, to / "bridge-calibration.svg", load):
            drawn.append("![Reliability by relation](bridge-calibration.svg)")
    except MissingExtraError as error:
        drawn.append(f"No pictures: {error.message} ({error.hint}).")
    return drawn


def _draw_rankings(results: Results, to: Path, load: Load) -> bool:
    relations = results.values("relation", split="cold", metric="mrr", row=FUSED, bin="all")
    if not relations:
        return False
    with picture(to, width=7.2, height=1.2 + 0.52 * len(relations), load=load) as sheet:
        axes = sheet.subplots()
        for band in range(0, len(relations), 2):
            axes.axhspan(band - 0.5, band + 0.5, color="#f3f3f3", zorder=0)
        for row, mark in SHOWN.items():
            found = [(i, name, results.get(name, "cold", row)) for i, name in enumerate(relations)]
            points = [
                (i + _offset(results, name, row), r.value, *_ends(r))
                for i, name, r in found
                if r and r.value is not None
            ]
            if points:
                y, x, low, high = zip(*points, strict=True)
                spread = [
                    [value - end for value, end in zip(x, low, strict=True)],
                    [end - value for value, end in zip(x, high, strict=True)],
                ]
                keywords = mark.keywords()
                axes.errorbar(
                    x, y, xerr=spread, linestyle="", elinewidth=0.9, label=row, **keywords
                )
        axes.set_yticks(range(len(relations)), [_arrow(r) for r in relations])
        axes.set_ylim(len(relations) - 0.5, -0.5)
        axes.set_xlim(left=-0.005)  # what is almost 0 is seen whole
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("filtered MRR with 95 % intervals, inputs whose family was kept back")
        sheet.legend(loc="outside upper center", ncols=4, fontsize=8)
    return True


def _offset(results: Results, relation: str, row: str) -> float:
    """Where in the band of a relation a row stands: those that it has are spread evenly."""
    present = [name for name in SHOWN if results.get(relation, "cold", name)]
    return 0.76 * ((present.index(row) + 0.5) / len(present) - 0.5)


def _ends(record: Record) -> tuple[float, float]:
    """Of the interval; where there is none, the value itself."""
    value = record.value or 0.0
    return (
        value if record.low is None else record.low,
        value if record.high is None else record.high,
    )


def _draw_calibration(results: Results, to: Path, load: Load) -> bool:
    """A panel for each relation; bins of fewer than 30 say little and are left out."""
    marks = {"cold": Mark("#D55E00", "o", size=5), "warm": Mark("#0072B2", "s", False, 5)}
    bins = [r for r in results.records if r.metric == "frequency" and r.n >= 30]
    relations = list(dict.fromkeys(r.relation for r in bins))
    if not relations:
        return False
    columns = min(4, len(relations))
    lines = -(-len(relations) // columns)
    with picture(to, width=1.85 * columns + 0.5, height=1.95 * lines + 0.6, load=load) as sheet:
        panels = sheet.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
        for axes, relation in zip(panels.flat, relations, strict=False):
            axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
            for split, mark in marks.items():
                mine = [r for r in bins if (r.relation, r.split) == (relation, split)]
                points = sorted((float(r.bin.removeprefix("p ")), r.value or 0.0) for r in mine)
                if points:
                    axes.plot(
                        *zip(*points, strict=True), linewidth=0.8, label=split, **mark.keywords()
                    )
            axes.set_title(_arrow(relation), fontsize=7.5)
            axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
            axes.set_aspect("equal")
        for axes in list(panels.flat)[len(relations) :]:
            axes.set_axis_off()
        shown = {label: handle for axes in panels.flat for handle, label in zip(
            *axes.get_legend_handles_labels(), strict=True)}  # fmt: skip
        sheet.legend(shown.values(), shown, loc="outside upper right", ncols=2, fontsize=8)
        sheet.supxlabel("probability that was told", fontsize=9)
        sheet.supylabel("share that the graph records", fontsize=9)
    return True


def _aim(what: str, ratio: float, aim: float) -> list[str]:
    return [what, f"{ratio:.2f}", f"{aim:.2f}", "met" if ratio >= aim else "missed"]


def _best_bold(found: Sequence[Record | None]) -> list[str]:
    values = [r.value for r in found if r and r.value is not None]
    best = max(values, default=None)
    cells = []
    for record in found:
        if record is None or record.value is None:
            cells.append("n/a")
        else:
            text = f"{record.value:.3f}".removeprefix("0")
            cells.append(f"**{text}**" if record.value == best else text)
    return cells


def _interval(record: Record | None) -> str:
    if record is None or record.value is None:
        return "n/a"
    numbers = [
        f"{x:.3f}".removeprefix("0")
        for x in (record.value, record.low, record.high)
        if x is not None
    ]
    return numbers[0] if len(numbers) < 3 else f"{numbers[0]} ({numbers[1]}–{numbers[2]})"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _arrow(relation: str) -> str:
    """``gene/protein > molfunc_protein > molecular_function`` as protein → molecular function."""
    head, _, tail = relation.split(" > ")
    words = [end.replace("gene/protein", "protein").replace("_", " ") for end in (head, tail)]
    return " → ".join(words)


def _place(row: str) -> tuple[int, bool]:
    """The place of a row in a table; those on further encoders stand after the one without."""
    base, encoder, _ = row.partition(":")
    if row == FUSED:
        return len(ORDER) + 1, False
    return (ORDER.index(base) if base in ORDER else len(ORDER)), bool(encoder)


def _all_first(name: str) -> tuple[bool, str]:
    return name != "all", name
