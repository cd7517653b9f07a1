"""The one-process form of scale-out/train.py, for figures to lay beside ours.

    python environment/reference-train.py --work data/work/sample --model <folder> --seed 42 --output reference.json
"""

import runpy
import sys
from pathlib import Path

folder = Path(__file__).parent / "scale-out"
sys.path.insert(0, str(folder))
runpy.run_path(str(folder / "train.py"), run_name="__main__")
