"""Runs that nobody ran, in the format of real ones: for tests of reports, and to look at them."""

import json
import random
from pathlib import Path

from bbqa.eval.benchmarks import Condition, Form, Item, Response
from bbqa.eval.runs.line import to_line
from bbqa.eval.scores import score

CONDITIONS = ("closed-book", "random-evidence", "copy", "no-bridge", "bbqa", "gold-evidence")
SKILL = dict(zip(CONDITIONS, (0.15, 0.1, 0.5, 0.55, 0.62, 0.9), strict=True))
KINDS = ("function", "process", "location", "disease", "pathway", "drug target", "multi-hop")
IDENTITIES = ("< 30 %", "30 to 50 %", "50 to 70 %", "> 70 %")
TERMS = {f"GO:{4000 + i:07d}": f"{a} {b} activity" for i, (a, b) in enumerate(
    (a, b)
    for a in ("protein kinase", "lipid", "histone", "calcium channel", "ubiquitin", "peptide")
    for b in ("binding", "inhibitor", "transferase", "receptor", "regulator")
)}  # fmt: skip


def make_items(count, *, form=Form.ENTITIES, seed=0):
    """Items of a benchmark, one in twelve of them without an answer."""
    rng = random.Random(seed)
    items = []
    for number in range(count):
        gold = tuple(rng.sample(sorted(TERMS), rng.randint(1, 4)))
        options = tuple(TERMS[id] for id in rng.sample(sorted(TERMS), 4))
        chosen = {Form.ENTITIES: gold, Form.CHOICE: options[:1], Form.TEXT: (TERMS[gold[0]] * 3,)}
        items.append(
            Item(
                id=f"made-{number:05d}",
                form=form,
                question=f"What does protein {number} do in the cell, and what does it bind to?",
                gold=() if number % 12 == 5 else chosen[form],
                seq=("MKTAYIAKQR" * rng.randint(5, 60),),
                options=options if form is Form.CHOICE else (),
                evidence=tuple(f"protein {number} enables {TERMS[id]}" for id in gold)
                if number % 12 != 5
                else (),
                bins={"kind": KINDS[number % 7], "identity": IDENTITIES[number % 4]},
            )
        )
    return items


def make_response(item, condition, rng):
    """What an answerer of some skill may say."""
    if rng.random() < 0.01:
        return Response(error="LLMError: the model gave nothing in 60 s", seconds=60.0)
    confidence = rng.random()
    if condition in ("bbqa", "no-bridge") and confidence < (0.2 if item.answerable else 0.7):
        return Response(text="Nothing was found of what was asked for.", abstained=True,
                        seconds=1.2, answer=_answer(item, (), "no_evidence"))  # fmt: skip
    right = rng.random() < SKILL.get(condition, 0.3) * (0.5 + confidence)
    nodes = tuple(rng.sample(sorted(TERMS), rng.randint(1, 3)))
    if right and item.form is Form.ENTITIES:
        nodes = (*item.gold[: rng.randint(1, 4)], *nodes[:1])
    choice = ""
    if item.form is Form.CHOICE:
        choice = item.gold[0] if right and item.gold else item.options[-1]
    text = " ".join(f"protein enables {TERMS[id]} [{n}]." for n, id in enumerate(nodes, start=1))
    own = condition in ("bbqa", "no-bridge", "gold-evidence")
    return Response(
        text=text,
        choice=choice,
        nodes=nodes,
        ranked=nodes,
        confidence=round(confidence, 3) if own or item.form is Form.CHOICE else None,
        answer=_answer(item, nodes, "answered") if own else None,
        llm_calls=0 if condition == "copy" else 2,
        prompt_tokens=812,
        completion_tokens=93,
        seconds=rng.uniform(0.5, 9),
    )


def _answer(item, nodes, status):
    evidence = [
        {
            "number": n,
            "statement": f"protein_1 enables {TERMS[id]}",
            "kind": "alignment",
            "status": ("inferred", "curated", "predicted")[n % 3],
            "source": "GOA human, IDA",
            "release": "2019-01-29",
            "nodes": ["P00001", id],
            "type": "molecular_function",
            "score": 0.9,
            "probability": 0.71 if n % 3 == 2 else None,
            "because": "48 % identity to P00533, E 2e-80",
            "about": "protein_1",
        }
        for n, id in enumerate(nodes, start=1)
    ]
    dropped = {
        "text": "It is a lamp.",
        "citations": [1],
        "reason": "no lamp",
        "verdict": "unsupported",
    }
    return {
        "question": {"text": item.question, "inputs": []},
        "status": status,
        "text": "",
        "claims": [{"text": TERMS[id], "citations": [n], "status": "curated"}
                   for n, id in enumerate(nodes, start=1)],
        "dropped": [dropped] if nodes[1:] else [],
        "evidence": evidence,
        "written_by": "a test",
    }  # fmt: skip


def write_run(folder, items, condition, *, responses=None, names=TERMS, resampled=200, **record):
    """A run's folder with all its files; ``record`` goes into its record."""
    rng = random.Random(condition)
    responses = responses or [make_response(item, condition, rng) for item in items]
    folder.mkdir(parents=True)
    card = {
        "name": "made-qa",
        "title": "Made questions about proteins",
        "modality": "protein",
        "metric": "entity F1",
        "source": "nowhere: made for tests, https://example.org",
        "licence": "Apache-2.0",
        "citation": "Nobody, Made questions, 2026",
        "leaks": "None of it stands anywhere.",
    }
    stored = {
        "benchmark": card,
        "condition": condition,
        "state": "done",
        "items": len(items),
        "split": "test",
        "seed": 0,
        "llm": {"name": "qwen2.5-coder-1.5b", "driver": "plan"},
        "run": {"settings": {"k": 10}, "versions": {"bbqa": "0.1.0", "python": "3.11.7"}},
        "sessions": [
            {
                "started": f"2026-11-23T0{len(condition) % 10}:00:00+00:00",
                "commit": "0123456789ab",
                "machine": {"cpu": "A processor", "cores": 2, "memory_gib": 8.0},
            }
        ],
    }
    (folder / "record.json").write_text(json.dumps(stored | record))
    lines = [
        json.dumps(to_line(n, item, response, names, failed=False))
        for n, (item, response) in enumerate(zip(items, responses, strict=True), start=1)
    ]
    (folder / "items.jsonl").write_text("".join(f"{line}\n" for line in lines))
    pairs = list(zip(items, responses, strict=True))
    scores = score(pairs, condition=condition, meteor=False, resampled=resampled)
    slots = ("condition", "bin", "metric", "value", "low", "high", "n")
    told = [{name: getattr(one, name) for name in slots} for one in scores]
    (folder / "scores.json").write_text(json.dumps({"scores": told}))
    return folder


def write_runs(folder, count, *, conditions=CONDITIONS, form=Form.ENTITIES, **record):
    """A run of each condition over the same items."""
    items = make_items(count, form=form)
    return [
        write_run(Path(folder) / f"made-{Condition(name)}", items, name, **record)
        for name in conditions
    ]
