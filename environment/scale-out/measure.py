"""Reads what the notebooks wrote, and measures a model on it as notebook 07 does."""

import hashlib
import json
from pathlib import Path

from sentence_transformers import util
from sentence_transformers.evaluation import InformationRetrievalEvaluator, SequentialEvaluator

SETS = ["train", "validation", "seen", "unseen"]


def read_lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf8").splitlines()]


def read_rows(work: Path) -> dict[str, list[dict]]:
    """The rows of each set of `dataset/`."""
    missing = [name for name in SETS if not (work / "dataset" / f"{name}.jsonl").exists()]
    if missing:
        raise SystemExit(f"{work}/dataset has no {missing[0]}.jsonl: run notebook 04 first")
    return {name: read_lines(work / "dataset" / f"{name}.jsonl") for name in SETS}


def hash_test_data(work: Path) -> str:
    """The same hash as `hashTestData` of mrl/evaluation: notebook 07 compares figures of the same data only."""
    files = ["chunks.jsonl", "dataset/seen.jsonl", "dataset/unseen.jsonl"]
    sums = [hashlib.sha256((work / file).read_bytes()).hexdigest() for file in files]
    return hashlib.sha256(",".join(sums).encode()).hexdigest()


def prompts_of(model) -> dict[str, str]:
    """The model's prompts for questions and passages, chosen as mrl/encoder chooses them."""
    passages = [model.prompts.get(name) or "" for name in ["document", "passage", "corpus"]]
    return {"anchor": model.prompts.get("query") or "", "positive": next(filter(None, passages), "")}


def build_evaluator(rows, chunks, dims, prompts):
    """Questions of `rows` against every distinct passage of the site; relevant is the passage with that text."""
    id_of = {}
    for chunk in chunks:
        id_of.setdefault(chunk["text"], str(chunk["global_chunk_id"]))
    key_of = lambda row: f'{row["global_chunk_id"]}-{row["question_id"]}'
    return SequentialEvaluator(
        [
            InformationRetrievalEvaluator(
                queries={key_of(row): row["question"] for row in rows},
                corpus={passage_id: text for text, passage_id in id_of.items()},
                relevant_docs={key_of(row): {id_of[row["text"]]} for row in rows},
                name=f"dim_{dim}",
                truncate_dim=dim,
                query_prompt=prompts["anchor"] or None,
                corpus_prompt=prompts["positive"] or None,
                score_functions={"cosine": util.cos_sim},
                write_csv=False,
            )
            for dim in dims
        ]
    )
