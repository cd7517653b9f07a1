"""Joins the numbered parts of a zipped model folder and unpacks it: join_model.py <parts> <target>."""

import pathlib
import shutil
import sys
import zipfile

parts, target = map(pathlib.Path, sys.argv[1:])
joined = parts / "model.zip"
with open(joined, "wb") as out:
    for part in sorted(parts.glob("*.zip.0*")):
        with open(part, "rb") as source:
            shutil.copyfileobj(source, out, 1 << 20)
        part.unlink()
with zipfile.ZipFile(joined) as archive:
    names = [n for n in archive.namelist() if n.endswith("model.safetensors")]
    if not names:
        sys.exit("the joined archive holds no model.safetensors")
    top = names[0][: -len("model.safetensors")]
    for member in archive.infolist():
        name = member.filename
        if member.is_dir() or not name.startswith(top) or name.endswith("desktop.ini"):
            continue
        path = target / name[len(top) :]
        if ".." in path.parts:
            sys.exit(f"the archive holds an unsafe name: {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, open(path, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
