"""The floor of reading a Sigma library: parse every YAML file below a folder, and do nothing with it."""

import sys
from pathlib import Path

import yaml

count = 0
for path in Path(sys.argv[1]).rglob("*.yml"):
    with path.open("rb") as file:
        for _ in yaml.load_all(file, Loader=yaml.CSafeLoader):
            pass
    count += 1
print(count)
