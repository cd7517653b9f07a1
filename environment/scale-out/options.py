"""Settings of a run: those that notebook 06 has recorded, or the sample profile's, each changed by a flag."""

import argparse
import json
from pathlib import Path

SAMPLE = {
    "dims": [384, 256, 128, 64],
    "selection_dim": 128,
    "epochs": 3,
    "batch_size": 32,
    "accumulation": 1,
    "lr": 2e-5,
    "warmup": 0.1,
    "max_updates": 0,
    "seed": 42,
    "precision": "bf16",
}


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trains on the notebooks' dataset with sentence-transformers.")
    parser.add_argument("--work", type=Path, required=True, help="data/work/<profile>")
    parser.add_argument("--model", help="the base model; <work>/base where not given")
    parser.add_argument("--output", type=Path, help="folder of the result (<work>/scale-out), or a .json file for figures alone")
    parser.add_argument("--dims", type=lambda text: [int(dim) for dim in text.split(",")])
    for name in ["selection-dim", "epochs", "batch-size", "accumulation", "max-updates", "seed"]:
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--warmup", type=float, help="share of the updates in which the rate rises")
    parser.add_argument("--precision", choices=["f32", "bf16"])
    parser.add_argument("--threads", type=int, help="of each process")
    options = parser.parse_args(arguments)
    for name, value in {**SAMPLE, **read_recorded(options.work)}.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.model = options.model or str(options.work / "base")
    options.output = options.output or options.work / "scale-out"
    if options.selection_dim not in options.dims:
        raise SystemExit(f"--selection-dim is {options.selection_dim}; it must be one of --dims: {options.dims}")
    return options


def read_recorded(work: Path) -> dict:
    """What the newest run of notebook 06 was told, in this script's names."""
    files = sorted((work / "runs").glob("*/settings.json"), key=lambda file: file.stat().st_mtime)
    if not files:
        return {}
    recorded = json.loads(files[-1].read_text(encoding="utf8"))
    given = recorded["options"]
    names = {"batchSize": "batch_size", "maxUpdates": "max_updates"}
    options = {names.get(name, name): value for name, value in given.items() if names.get(name, name) in SAMPLE}
    if "selectBy" in given:
        options["selection_dim"] = int(given["selectBy"].split("_")[1])
    return {**options, "precision": recorded["precision"]}
