"""What ``--json`` prints is what docs/json.md says."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from world import KINASE, make_resources

from bbqa.ask import ask
from bbqa.schema import Answer, Claim, Dropped, Evidence, Hit, Hop, Input, Step

DOC = (Path(__file__).parent.parent / "docs" / "json.md").read_text()


@pytest.mark.parametrize("record", [Answer, Evidence, Claim, Dropped, Input, Hit, Hop, Step])
def test_every_field_is_documented(record):
    words = set(re.findall(r"`([a-z_.\[\]]+)`", DOC))
    words |= {part.removesuffix("[]") for word in words for part in word.split(".")}
    assert {field.name for field in fields(record)} <= words


def test_an_answer_survives_json(tmp_path):
    answer = ask("What does this protein do?", seq=KINASE, use_llm=False,
                 resources=make_resources(tmp_path))  # fmt: skip
    value = json.loads(json.dumps(answer.to_json()))
    assert value["status"] == "answered"
    assert value["question"]["inputs"][0]["label"] == "protein_1"
    numbers = {item["number"] for item in value["evidence"]}
    assert all(set(claim["citations"]) <= numbers for claim in value["claims"])


def test_an_answer_of_before_evidence_had_triples_is_read(tmp_path):
    answer = ask("What does this protein do?", seq=KINASE, use_llm=False,
                 resources=make_resources(tmp_path))  # fmt: skip
    value = json.loads(json.dumps(answer.to_json()))
    assert any(item["triple"] for item in value["evidence"])
    assert Answer.from_json(value).evidence == answer.evidence
    for item in value["evidence"]:
        for name in ("triple", "value", "also"):
            del item[name]
        for hop in item["hops"]:
            del hop["triple"]
    known = Answer.from_json(value)
    assert all(item.triples == () and item.values == () for item in known.evidence)
