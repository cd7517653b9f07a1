"""The other side of the benchmark: sentence-transformers. `python peer.py <workload.json>`; see child.mjs."""

import json
import sys
import time
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.losses import MatryoshkaLoss, MultipleNegativesRankingLoss

workload = json.loads(Path(sys.argv[1]).read_text(encoding="utf8"))
torch.set_num_threads(workload["threads"])
torch.manual_seed(42)
model = SentenceTransformer(workload["folder"], device="cpu")
prepare = getattr(model, "preprocess", None) or model.tokenize
bf16 = workload["precision"] == "bf16"


def autocast():
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16)


def tokens_of(features):
    mask = features["attention_mask"]
    return int(mask.sum()), mask.numel()


def train():
    model.train()
    loss = MatryoshkaLoss(model, MultipleNegativesRankingLoss(model), matryoshka_dims=workload["dims"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.0, fused=True)
    for batch in workload["batches"]:
        started = time.perf_counter()
        columns = [prepare([pair[key] for pair in batch]) for key in ("question", "text")]
        counts = [tokens_of(column) for column in columns]
        with autocast():
            value = loss(columns, None)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds = time.perf_counter() - started
        yield {
            "seconds": seconds,
            "realTokens": sum(real for real, _ in counts),
            "paddedTokens": sum(padded for _, padded in counts),
        }


def encode():
    for texts in workload["blocks"]:
        started = time.perf_counter()
        model.encode(texts, batch_size=32, show_progress_bar=False, normalize_embeddings=True)
        seconds = time.perf_counter() - started
        # encode sorts by length and pads each batch of 32 to its longest text.
        lengths = sorted((tokens_of(prepare([text]))[0] for text in texts), reverse=True)
        padded = sum(max(lengths[i : i + 32]) * len(lengths[i : i + 32]) for i in range(0, len(lengths), 32))
        yield {"seconds": seconds, "realTokens": sum(lengths), "paddedTokens": padded}


def peak_bytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024


def say(value):
    print(json.dumps(value), flush=True)


rounds = train() if workload["kind"] == "train" else encode()
versions = {"torch": torch.__version__, "threads": torch.get_num_threads()}
say({"ready": True, **versions})
for line in sys.stdin:
    if line.strip() != "go":
        break
    say({**next(rounds), "peakBytes": peak_bytes()})
