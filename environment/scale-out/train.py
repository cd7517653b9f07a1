"""Trains the same model on the same dataset with sentence-transformers, in one process or many.

    python environment/scale-out/train.py --work data/work/sample
    torchrun --nproc-per-node 4 environment/scale-out/train.py --work data/work/sample

Reads chunks.jsonl, dataset/ and the settings of the newest run in the work folder, measures both test sets before
and after, and writes a folder with `model/` (for SentenceTransformer or loadModel) and `results.json`, which notebook
07 lays beside its own figures. Every process gets its share of each batch, and the loss sees the passages of all of
them: updates, batches and in-batch negatives are those of one process. Only the last batch of an epoch is filled up
from the first where it cannot be shared out evenly.
"""

import json
import os
import platform
import shutil
import time

import sentence_transformers
import torch
import transformers
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers import SentenceTransformerTrainingArguments
from sentence_transformers.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
from sentence_transformers.training_args import BatchSamplers

from measure import build_evaluator, hash_test_data, prompts_of, read_lines, read_rows
from options import read_options

PROCESSES = int(os.environ.get("WORLD_SIZE", 1))
IS_FIRST = int(os.environ.get("RANK", 0)) == 0


def build_arguments(options, prompts, folder):
    has_gpu = torch.cuda.is_available()
    return SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        num_train_epochs=options.epochs,
        max_steps=options.max_updates or -1,
        per_device_train_batch_size=options.batch_size,
        # A batch is drawn whole, so that it holds no text twice, and then shared out among the processes.
        accelerator_config={"split_batches": True},
        gradient_accumulation_steps=options.accumulation,
        learning_rate=options.lr,
        lr_scheduler_type="cosine",
        warmup_steps=options.warmup,
        bf16=options.precision == "bf16",
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        prompts=prompts if any(prompts.values()) else None,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=3,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_dim_{options.selection_dim}_cosine_ndcg@10",
        greater_is_better=True,
        logging_steps=10,
        seed=options.seed,
        report_to="none",
        use_cpu=not has_gpu,
        ddp_backend="gloo" if PROCESSES > 1 and not has_gpu else None,
        dataloader_pin_memory=False,
    )


def train(model, rows, validation, options, prompts, folder):
    dataset = Dataset.from_dict(
        {"anchor": [row["question"] for row in rows], "positive": [row["text"] for row in rows]}
    )
    ranking = MultipleNegativesRankingLoss(model, gather_across_devices=PROCESSES > 1)
    SentenceTransformerTrainer(
        model=model,
        args=build_arguments(options, prompts, folder),
        train_dataset=dataset,
        loss=MatryoshkaLoss(model, ranking, matryoshka_dims=options.dims),
        evaluator=validation,
    ).train()


def describe(options, rows, seconds):
    return {
        "seed": options.seed,
        "precision": options.precision,
        "processes": PROCESSES,
        "rows": len(rows["train"]),
        "trainingSeconds": round(seconds, 1),
        "options": {
            name: getattr(options, name)
            for name in ["dims", "selection_dim", "epochs", "batch_size", "accumulation", "lr", "warmup", "max_updates"]
        },
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "sentence-transformers": sentence_transformers.__version__,
        },
    }


def write_result(output, model, result):
    """The figures come last: a folder that has them is complete."""
    text = json.dumps(result, indent=1) + "\n"
    file = output if output.suffix == ".json" else output / "results.json"
    if file != output:
        file.unlink(missing_ok=True)
        shutil.rmtree(output / "model", ignore_errors=True)
        model.save_pretrained(str(output / "model"))
    temporary = file.with_name(file.name + ".tmp")
    temporary.write_text(text, encoding="utf8")
    temporary.replace(file)


def main():
    options = read_options()
    if options.batch_size % PROCESSES != 0:
        raise SystemExit(f"--batch-size is {options.batch_size}; it must be a multiple of the {PROCESSES} processes")
    if options.threads:
        torch.set_num_threads(options.threads)
    rows = read_rows(options.work)
    chunks = read_lines(options.work / "chunks.jsonl")
    model = SentenceTransformer(options.model, device=None if torch.cuda.is_available() else "cpu")
    prompts = prompts_of(model)
    evaluators = {
        name: build_evaluator(rows[name], chunks, options.dims, prompts) for name in rows if name != "train"
    }
    measure = lambda: {name: evaluators[name](model) for name in ["seen", "unseen"]} if IS_FIRST else {}
    base = measure()
    checkpoints = options.output.with_name(options.output.name + ".checkpoints")
    started = time.time()
    train(model, rows["train"], evaluators["validation"], options, prompts, checkpoints)
    seconds = time.time() - started
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
    if IS_FIRST:
        result = {"data": hash_test_data(options.work), **describe(options, rows, seconds)}
        write_result(options.output, model, {**result, "base": base, "tuned": measure()})
        shutil.rmtree(checkpoints, ignore_errors=True)


if __name__ == "__main__":
    main()
