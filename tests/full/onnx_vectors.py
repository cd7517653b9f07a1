"""Vectors of texts, each model by sentence-transformers on PyTorch, by its ONNX backend, and by ONNX Runtime alone.

    python onnx_vectors.py request.json    {folder: texts} → prints {folder: {torch, onnx, runtime}}
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from sentence_transformers import SentenceTransformer


def run_alone(folder, model, texts):
    """The file without any library around it: tokenise, run, pool, normalise."""
    file = str(Path(folder) / "onnx" / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    tokens = model.tokenizer(texts, padding=True, truncation=True, max_length=model.max_seq_length, return_tensors="np")
    names = [value.name for value in session.get_inputs()]
    zeros = numpy.zeros_like(tokens["input_ids"])
    output = session.run(None, {name: tokens.get(name, zeros).astype(numpy.int64) for name in names})[0]
    mask = tokens["attention_mask"][:, :, None]
    pooled = output[:, 0] if model[1].pooling_mode == "cls" else (output * mask).sum(1) / mask.sum(1)
    return pooled / numpy.linalg.norm(pooled, axis=1, keepdims=True)


def main():
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf8"))
    answer = {}
    for folder, texts in request.items():
        torch_model = SentenceTransformer(folder, device="cpu")
        onnx_model = SentenceTransformer(
            folder, device="cpu", backend="onnx", model_kwargs={"file_name": "onnx/model.onnx"}
        )
        vectors = {
            "torch": torch_model.encode(texts, normalize_embeddings=True),
            "onnx": onnx_model.encode(texts, normalize_embeddings=True),
            "runtime": run_alone(folder, torch_model, texts),
        }
        answer[folder] = {name: numpy.asarray(value).tolist() for name, value in vectors.items()}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
