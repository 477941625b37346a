"""The floor of reading an Elastic library: parse every TOML file below a folder, and do nothing with it."""

import sys
import tomllib
from pathlib import Path

count = 0
for path in Path(sys.argv[1]).rglob("*.toml"):
    with path.open("rb") as file:
        tomllib.load(file)
    count += 1
print(count)
