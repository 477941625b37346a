"""The README is true: commands, pages, settings and the map of the code."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from coverage import config
from tests.shared import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(
    path.name if path.is_file() else f"{path.name}/"
    for path in (ROOT / "coverage").iterdir()
    if not path.name.startswith("__")
)
SETTINGS = sorted(set(re.findall(r'setting\("(\w+)"\)', (ROOT / "coverage" / "config.py").read_text())))
COMMANDS = re.findall(
    r"^    (\w+) ",
    subprocess.check_output([sys.executable, "-m", "coverage", "--help"], cwd=ROOT, text=True),
    re.MULTILINE,
)


@pytest.mark.parametrize("module", MODULES)
def test_the_map_of_the_code_names_every_module(module):
    assert re.search(rf"`(?:coverage/)?{re.escape(module)}`", README)


def test_the_map_of_the_code_names_nothing_that_is_not_there():
    named = re.findall(r"`((?:coverage|tests|pages|docs)/[\w/.-]*|\w+\.py)`", README)
    missing = [name for name in named if not any((ROOT / folder / name).exists() for folder in ("", "coverage"))]
    assert len(named) > 20
    assert [name for name in missing if not name.startswith(("browser", "benchmarks"))] == []


@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "pages").glob("*.py")))
def test_every_page_is_in_the_readme(page):
    assert re.search(rf"\*\*{page.replace('_', ' ')}\*\*", README, re.IGNORECASE)


def test_every_setting_is_in_the_readme():
    assert len(SETTINGS) > 3
    assert [name for name in SETTINGS if f"| `{name}` |" not in README] == []
    assert f"({config.DEFAULT_MAX_AGE:.0f})" in README


def test_every_command_is_in_the_readme():
    assert "score" in COMMANDS
    assert [name for name in COMMANDS if f"`{name} " not in README] == []


def test_both_commands_stand_on_the_first_screen():
    first_screen = "\n".join(README.splitlines()[:20])
    for command in ("uv run --no-dev streamlit run app.py", "uv run pytest"):
        assert f"python3 -m pip install uv && {command}" in first_screen


def test_ci_runs_the_readme_s_command():
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_picture_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_what_is_resolved_is_pinned_by_a_date():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["uv"].keys() >= {"exclude-newer", "package"}
    assert "uv.lock" in (ROOT / ".gitignore").read_text().split()


def test_nothing_else_stands_at_the_top_of_the_repository():
    git = shutil.which("git")
    done = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False) if git else None
    if done is None or done.returncode or not done.stdout:
        pytest.skip("git does not tell here what belongs to the project and what only lies beside it")
    assert {path.partition("/")[0] for path in done.stdout.splitlines()} == {
        *(".ci", ".gitignore", ".streamlit", "LICENSE", "README.md", "app.py", "coverage", "docs", "pages"),
        *("pyproject.toml", "tests"),
    }
