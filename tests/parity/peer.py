"""The other side of a comparison: does in sentence-transformers and PyTorch what a request asks for.

    python peer.py <folder>

Reads <folder>/request.json and writes vectors.safetensors, gradients.safetensors, weights.safetensors, and last
answer.json. Each part is done where the request has its key. Used live by `npm run parity`, and once for the
fixtures of `npm test`. No dropout anywhere; float32 but for the updates' arithmetic (see train); CPU.
"""

import json
import pathlib
import platform
import sys
import tempfile

import datasets
import sentence_transformers
import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, losses, util
from sentence_transformers import SentenceTransformerTrainingArguments
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator


def plain(name):
    """The name in model.safetensors: without sentence-transformers' prefixes."""
    return name.split(".model.", 1)[-1].split("auto_model.", 1)[-1]


def read_weights(model):
    return {plain(name): value.detach().clone() for name, value in model.named_parameters()}


def open_model(folder):
    model = SentenceTransformer(str(folder), device="cpu")
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


class QuietEvaluator(InformationRetrievalEvaluator):
    def store_metrics_in_model_card_data(self, *_, **__):
        pass


class LookUpModel:
    """Stands for a model: each distinct text is encoded once, so that copies of a passage tie exactly."""

    similarity_fn_name = "cosine"
    similarity = staticmethod(util.cos_sim)

    def __init__(self, vectors):
        self.vectors = vectors

    def encode(self, texts, truncate_dim=None, **_):
        return torch.stack([self.vectors[text] for text in texts])[:, :truncate_dim]

    encode_query = encode_document = encode


class Planned(torch.utils.data.BatchSampler):
    """The batches of the request, in their order."""

    def __init__(self, batches, size):
        super().__init__(range(sum(map(len, batches))), size, False)
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)

    def __len__(self):
        return len(self.batches)


def tokenise(model, texts):
    return [model.preprocess([text])["input_ids"][0].tolist() for text in texts]


def embed(model, texts):
    return model.encode(texts, convert_to_tensor=True, normalize_embeddings=True, batch_size=16)


def measure_losses(model, pairs, dims):
    """Both losses, and the gradients of the Matryoshka one."""
    model.train()
    features = lambda: [model.preprocess([pair[side] for pair in pairs]) for side in ("question", "text")]
    inner = losses.MultipleNegativesRankingLoss(model)
    with torch.no_grad():
        single = inner(features(), labels=None).item()
    loss = losses.MatryoshkaLoss(model, inner, matryoshka_dims=dims)(features(), labels=None)
    loss.backward()
    gradients = {plain(name): p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    model.eval()
    return {"mnrl": single, "matryoshka": loss.item()}, gradients


class StoredInFloat32(transformers.TrainerCallback):
    """Rounds the weights to what float32 holds after each update, as a model in float32 does."""

    def on_step_end(self, args, state, control, model=None, **_):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(parameter.float())


def train(model, pairs, dims, plan):
    """The Trainer's own loop over the request's batches: losses, rates, gradient norms; the weights change.

    It computes in float64 and keeps weights in float32. Adam divides each number of a gradient by its own size, so
    that where one happens to be near zero in float32, rounding decides its whole step: the reference must not have
    that rounding too.
    """
    model.double()
    data = datasets.Dataset.from_dict({key: [pair[key] for pair in pairs] for key in ("question", "text")})
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=1,
            per_device_train_batch_size=plan["batchSize"],
            gradient_accumulation_steps=plan["accumulation"],
            learning_rate=plan["lr"],
            lr_scheduler_type="cosine",
            warmup_steps=plan["warmup"],
            batch_sampler=lambda *_, batch_size, **__: Planned(plan["batches"], batch_size),
            save_strategy="no",
            logging_steps=1,
            report_to="none",
            use_cpu=True,
            disable_tqdm=True,
            dataloader_pin_memory=False,
        )
        loss = losses.MatryoshkaLoss(model, losses.MultipleNegativesRankingLoss(model), matryoshka_dims=dims)
        trainer = SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=loss)
        trainer.add_callback(StoredInFloat32())
        trainer.train()
        history = [entry for entry in trainer.state.log_history if "grad_norm" in entry]
    model.float().eval()
    return [{"lr": entry["learning_rate"], "gradientNorm": entry["grad_norm"]} for entry in history]


def embed_set(model, set_):
    """Each distinct text of a retrieval set with its vector."""
    texts = sorted({*set_["queries"].values(), *set_["corpus"].values()})
    return dict(zip(texts, embed(model, texts)))


def evaluate(vectors, set_, dims):
    """The evaluator's metrics at each dim. Texts are encoded once, not once a dim."""
    model = LookUpModel(vectors)
    metrics = {}
    for dim in dims:
        evaluator = QuietEvaluator(
            set_["queries"],
            set_["corpus"],
            {query: set(ids) for query, ids in set_["relevant"].items()},
            name=f"dim_{dim}",
            truncate_dim=dim,
            score_functions={"cosine": util.cos_sim},
            write_csv=False,
        )
        metrics |= {name: float(value) for name, value in evaluator(model).items()}
    return metrics


def schedule(updates, warmup):
    """The rate of each update at a highest rate of 1."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = transformers.TrainingArguments(output_dir=folder, warmup_steps=warmup, use_cpu=True)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = transformers.get_cosine_schedule_with_warmup(
        optimizer, arguments.get_warmup_steps(updates), updates
    )
    rates = []
    for _ in range(updates):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def load_published(folder):
    """Rows and columns of each split of a published dataset's folder."""
    with tempfile.TemporaryDirectory() as cache:
        found = datasets.load_dataset(str(folder), cache_dir=cache)
        return {name: {"rows": len(split), "columns": split.column_names, "first": split[0]} for name, split in found.items()}


def main(folder):
    request = json.loads((folder / "request.json").read_text(encoding="utf8"))
    torch.manual_seed(1)
    model = open_model(request["model"])
    dims = request["dims"]
    vectors = {}
    answer = {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
            "sentence-transformers": sentence_transformers.__version__,
        }
    }
    if "texts" in request:
        answer["tokens"] = tokenise(model, request["texts"])
    if "embed" in request:
        vectors["embeddings"] = embed(model, request["embed"])
    if "schedules" in request:
        answer["schedules"] = [schedule(**one) for one in request["schedules"]]
    if "retrieval" in request:
        answer["metrics"] = evaluate(embed_set(model, request["retrieval"]), request["retrieval"], dims)
    if "ties" in request:
        known = embed_set(model, request["ties"])
        answer["tiedTexts"] = list(known)
        answer["tiedMetrics"] = evaluate(known, request["ties"], dims)
        vectors["ties"] = torch.stack(list(known.values()))
    if "saved" in request:
        saved = SentenceTransformer(request["saved"]["folder"], truncate_dim=request["saved"]["dim"], device="cpu")
        vectors["saved"] = embed(saved, request["saved"]["texts"])
    if "dataset" in request:
        answer["dataset"] = load_published(request["dataset"])
    if "batch" in request:
        answer["losses"], gradients = measure_losses(model, request["batch"], dims)
        save_file(gradients, folder / "gradients.safetensors")
    if "training" in request:
        answer["updates"] = train(model, request["training"]["pairs"], dims, request["training"])
        save_file(read_weights(model), folder / "weights.safetensors")
        vectors["after"] = embed(model, request["training"]["texts"])
    if vectors:
        save_file({name: value.contiguous() for name, value in vectors.items()}, folder / "vectors.safetensors")
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
