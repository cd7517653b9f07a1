"""Unpacks chosen members of the wheels in a folder: unpack_wheels.py <folder> <target> <strip> <pattern>..."""

import fnmatch
import pathlib
import shutil
import sys
import zipfile

folder, target, strip, *patterns = sys.argv[1:]
count = 0
for wheel in sorted(pathlib.Path(folder).glob("*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = member.filename
            if member.is_dir() or not any(fnmatch.fnmatchcase(name, p) for p in patterns):
                continue
            inner = name.rsplit("/", 1)[1] if strip == "*" else name.removeprefix(strip)
            path = pathlib.Path(target, inner)
            if path.is_absolute() != pathlib.Path(target).is_absolute() or ".." in path.parts:
                sys.exit(f"{wheel.name} holds an unsafe name: {name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, open(path, "wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            count += 1
if count == 0:
    sys.exit(f"no wheel in {folder} has a member like {', '.join(patterns)}")
