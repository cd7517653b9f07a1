"""Trains the same model on the same dataset with sentence-transformers, to lay its figures beside ours.

    python reference-train.py --work data/work/sample --model <folder> --seed 42 --output reference.json

Reads chunks.jsonl and dataset/*.jsonl, takes the settings of the sample profile as defaults, measures both test
sets with InformationRetrievalEvaluator before and after, and writes the metrics with versions and times.
"""

import argparse
import json
import platform
import tempfile
import time
from pathlib import Path

import torch
import sentence_transformers
import transformers
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers import SentenceTransformerTrainingArguments
from sentence_transformers.evaluation import InformationRetrievalEvaluator, SequentialEvaluator
from sentence_transformers.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
from sentence_transformers.training_args import BatchSamplers


def read_lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf8").splitlines()]


def build_evaluator(rows, chunks, dims):
    """Questions of `rows` against every distinct passage of the site; relevant is the passage with that text."""
    id_of = {}
    for chunk in chunks:
        id_of.setdefault(chunk["text"], str(chunk["global_chunk_id"]))
    corpus = {passage_id: text for text, passage_id in id_of.items()}
    queries = {f'{row["global_chunk_id"]}-{row["question_id"]}': row["question"] for row in rows}
    relevant = {f'{row["global_chunk_id"]}-{row["question_id"]}': {id_of[row["text"]]} for row in rows}
    return SequentialEvaluator(
        [
            InformationRetrievalEvaluator(
                queries,
                corpus,
                relevant,
                name=f"dim_{dim}",
                truncate_dim=dim,
                score_functions={"cosine": sentence_transformers.util.cos_sim},
                write_csv=False,
            )
            for dim in dims
        ]
    )


def train(model, rows, validation, dims, options, folder):
    dataset = Dataset.from_dict(
        {"anchor": [row["question"] for row in rows], "positive": [row["text"] for row in rows]}
    )
    arguments = SentenceTransformerTrainingArguments(
        output_dir=folder,
        num_train_epochs=options.epochs,
        per_device_train_batch_size=options.batch_size,
        gradient_accumulation_steps=options.accumulation,
        learning_rate=options.lr,
        lr_scheduler_type="cosine",
        warmup_steps=options.warmup,
        bf16=options.precision == "bf16",
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=3,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_dim_{options.selection_dim}_cosine_ndcg@10",
        greater_is_better=True,
        logging_steps=10,
        seed=options.seed,
        report_to="none",
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=False,
    )
    loss = MatryoshkaLoss(model, MultipleNegativesRankingLoss(model), matryoshka_dims=dims)
    SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=dataset, loss=loss, evaluator=validation
    ).train()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dims", default="384,256,128,64")
    parser.add_argument("--selection-dim", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--accumulation", type=int, default=1)
    parser.add_argument("--lr", type=float, default=2e-5)
    parser.add_argument("--warmup", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="bf16")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dims = [int(dim) for dim in options.dims.split(",")]

    chunks = read_lines(options.work / "chunks.jsonl")
    rows = {
        name: read_lines(options.work / "dataset" / f"{name}.jsonl")
        for name in ["train", "validation", "seen", "unseen"]
    }
    evaluators = {name: build_evaluator(rows[name], chunks, dims) for name in rows if name != "train"}
    model = SentenceTransformer(options.model, device=None if torch.cuda.is_available() else "cpu")

    def measure():
        return {name: evaluators[name](model) for name in ["seen", "unseen"]}

    base = measure()
    started = time.time()
    with tempfile.TemporaryDirectory() as folder:
        train(model, rows["train"], evaluators["validation"], dims, options, folder)
    seconds = time.time() - started
    result = {
        "seed": options.seed,
        "precision": options.precision,
        "rows": len(rows["train"]),
        "trainingSeconds": round(seconds, 1),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "sentence-transformers": sentence_transformers.__version__,
        },
        "base": base,
        "tuned": measure(),
    }
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
