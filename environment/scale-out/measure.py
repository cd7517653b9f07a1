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


class OnceEncoded(InformationRetrievalEvaluator):
    """Takes the vectors of a dimension from full ones that the evaluators of a sequence share: each text is encoded
    once, not once a dimension."""

    def __init__(self, full_vectors, **settings):
        super().__init__(**settings)
        self.full_vectors = full_vectors

    def embed_inputs(self, model, sentences, encode_fn_name=None, **settings):
        if encode_fn_name not in self.full_vectors:
            dim, self.truncate_dim = self.truncate_dim, None
            self.full_vectors[encode_fn_name] = super().embed_inputs(model, sentences, encode_fn_name, **settings)
            self.truncate_dim = dim
        return self.full_vectors[encode_fn_name][:, : self.truncate_dim]


class Dimensions(SequentialEvaluator):
    """One evaluator a dimension, over vectors that are encoded anew at every call."""

    def __init__(self, evaluators, full_vectors):
        super().__init__(evaluators)
        self.full_vectors = full_vectors

    def __call__(self, *arguments, **settings):
        self.full_vectors.clear()
        return super().__call__(*arguments, **settings)


def build_evaluator(rows, chunks, dims, prompts):
    """Questions of `rows` against every distinct passage of the site; relevant is the passage with that text."""
    id_of = {}
    for chunk in chunks:
        id_of.setdefault(chunk["text"], str(chunk["global_chunk_id"]))
    key_of = lambda row: f'{row["global_chunk_id"]}-{row["question_id"]}'
    full_vectors = {}
    return Dimensions(
        [
            OnceEncoded(
                full_vectors,
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
        ],
        full_vectors,
    )
