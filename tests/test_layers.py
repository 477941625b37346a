"""Which part of the code may import which, read from the sources and seen in a fresh interpreter."""

import ast
import importlib.util
import subprocess
import sys

import pytest

from tests.shared import ROOT

CORE = (
    "coverage.ids",
    "coverage.model",
    "coverage.errors",
    "coverage.filters",
    "coverage.join",
    "coverage.resolution",
    "coverage.mapping",
    "coverage.score",
    "coverage.catalog",
)
"""The counting itself: values in, values out. It knows nothing of sources, pages and commands."""

HEAVY = ("streamlit", "pandas", "numpy", "plotly", "requests", "sqlalchemy", "psycopg")
"""What takes long to import and is of no use to `python -m coverage` on a folder of rules."""

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted([*(ROOT / "coverage").rglob("*.py"), *(ROOT / "pages").glob("*.py"), *ROOT.glob("*.py")])
}
"""The product's modules by their dotted names; tests are not among them."""


def imports(module):
    """The dotted names that a module imports anywhere, also inside a function or by name at run time."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def is_in(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_imports_are_found_wherever_they_stand(tmp_path, monkeypatch):
    source = tmp_path / "module.py"
    source.write_text(
        "import a.b\n"
        "from . import c\n"
        "from ..d import e as f\n"
        "def g():\n    import h\n    importlib.import_module('i')\n    __import__('j')\n"
    )
    monkeypatch.setitem(MODULES, "coverage.sources.module", source)
    found = imports("coverage.sources.module")
    assert {"a.b", "coverage.sources.c", "coverage.d.e", "h", "i", "j"} <= found


@pytest.mark.parametrize("module", MODULES)
def test_only_the_page_imports_streamlit(module):
    allowed = is_in(module, ["coverage.ui", "app", "pages"])
    assert allowed or not [name for name in imports(module) if is_in(name, ["streamlit"])]


@pytest.mark.parametrize("module", [module for module in MODULES if is_in(module, CORE)])
def test_the_core_imports_nothing_of_the_product_but_itself(module):
    ours = {name for name in imports(module) if is_in(name, ["coverage"])} - {"coverage"}
    assert sorted(name for name in ours if not is_in(name, CORE)) == []


@pytest.mark.parametrize("module", [module for module in MODULES if is_in(module, ["coverage"])])
def test_nothing_but_the_page_imports_the_page(module):
    assert is_in(module, ["coverage.ui"]) or not [name for name in imports(module) if is_in(name, ["coverage.ui"])]


@pytest.mark.skipif("coverage.cli" not in MODULES, reason="the command line is not written yet")
def test_the_command_line_loads_nothing_heavy():
    script = "import sys; import coverage.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "coverage.cli" in loaded
    assert [name for name in HEAVY if name in loaded] == []
