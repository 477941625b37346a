"""Coverage -> what there is to say about one technique."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.ids import technique_id
from coverage.mapping import columns_of
from coverage.model import Rule, count_rules
from coverage.score import Coverage, Level, TechniqueCoverage


@dataclass(frozen=True, slots=True)
class SubTechniqueDetail:
    """A sub-technique with its own level, over the same tactics as its parent's detail."""

    technique_id: str
    name: str
    level: Level
    rule_count: int


@dataclass(frozen=True, slots=True)
class TechniqueDetail:
    """One technique, in one cell or over all tactics.

    `cells` are all cells of the technique, whichever one the figures are of; it is empty where the matrix does not
    show the technique. `direct` counts the rules that name this very id, the others name a sub-technique.
    """

    technique_id: str
    name: str
    url: str
    platforms: tuple[str, ...]
    cells: tuple[TechniqueCoverage, ...]
    level: Level
    potential_level: Level
    rules: tuple[Rule, ...]
    disabled: tuple[Rule, ...]
    direct: int
    sub_techniques: tuple[SubTechniqueDetail, ...]

    @property
    def rule_count(self) -> int:
        """The number of rules that count."""
        return count_rules(self.rules)

    @property
    def disabled_count(self) -> int:
        """The number of rules that would count if they were enabled."""
        return count_rules(self.disabled)


def find_technique(coverage: Coverage, text: str) -> str | None:
    """The active technique that a text means, a revoked id followed to its replacement; None if there is none."""
    technique = technique_id(text)
    return None if technique is None else coverage.catalog.attack.meant(technique)


def technique_detail(coverage: Coverage, technique: str, tactic: str | None = None) -> TechniqueDetail:
    """The detail of an active technique: of its cell under `tactic` (a tactic id), or over all tactics."""
    cells = coverage.of_technique(technique)
    chosen = next((cell for cell in cells if cell.tactic.id == tactic), None)
    if chosen is not None:
        rules, disabled, direct = chosen.rules, chosen.disabled, chosen.direct
    else:
        rules = coverage.technique_rules.get(technique, ())
        disabled = coverage.technique_disabled.get(technique, ())
        direct = coverage.technique_direct.get(technique, 0)
    level = coverage.settings.level
    known = coverage.catalog.attack.techniques[technique]
    return TechniqueDetail(
        technique_id=technique,
        name=coverage.catalog.technique_name(technique),
        url=f"https://attack.mitre.org/techniques/{technique.replace('.', '/')}/",
        platforms=known.platforms,
        cells=cells,
        level=level(count_rules(rules)),
        potential_level=level(count_rules(rules) + count_rules(disabled)),
        rules=rules,
        disabled=disabled,
        direct=direct,
        sub_techniques=tuple(_sub_techniques(coverage, technique, chosen)),
    )


def _sub_techniques(coverage: Coverage, technique: str, cell: TechniqueCoverage | None) -> list[SubTechniqueDetail]:
    catalog = coverage.catalog
    if cell is not None and catalog.shows_sub_techniques:
        return [
            SubTechniqueDetail(sub.technique_id, sub.technique_name, sub.level, sub.rule_count)
            for sub in cell.sub_techniques
        ]
    found: list[SubTechniqueDetail] = []
    for sub in catalog.attack.sub_techniques.get(technique, ()):
        rules = coverage.technique_rules.get(sub, ())
        count = count_rules(
            rule for rule in rules if cell is None or cell.tactic.id in columns_of(catalog, rule.tactics, sub)
        )
        found.append(SubTechniqueDetail(sub, catalog.technique_name(sub), coverage.settings.level(count), count))
    return found
