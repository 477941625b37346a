"""What the visitor chose in the sidebar, as values."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.figures import Palette
from coverage.mapping import Match
from coverage.model import Severity
from coverage.score import Settings

_VALUES_SHOWN = 3  # of one filter


@dataclass(frozen=True, slots=True)
class MatrixChoice:
    """A matrix: a catalog over an ATT&CK version, narrowed to `platforms` (none: all) and to tactics."""

    catalog: str
    attack_version: str
    platforms: tuple[str, ...] = ()
    pre_compromise: bool = True


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices. A percentage is good from `good_from` and fair from `fair_from`."""

    matrix: MatrixChoice
    settings: Settings
    fair_from: int
    good_from: int
    colour_blind_safe: bool
    dark: bool
    colours: Palette

    def colour(self, percent: int | None) -> str:
        """The colour of a percentage."""
        if percent is None or percent < self.fair_from:
            return self.colours.bad
        return self.colours.good if percent >= self.good_from else self.colours.fair

    def deviations(self) -> list[str]:
        """In words, what makes these figures other than the specification's own."""
        found: list[str] = []
        usual = Settings()
        if self.matrix.platforms:
            found.append(f"only {', '.join(self.matrix.platforms)}")
        if not self.matrix.pre_compromise:
            found.append("without the pre-compromise tactics")
        only = self.settings.only
        for what, values in (("tenant", only.tenants), ("log source", only.logsources), ("tag", only.tags)):
            if values:
                found.append(f"only {what} {_listed(sorted(values, key=str.casefold))}")
        if self.settings.severities != usual.severities:
            chosen = [severity for severity in Severity if severity in self.settings.severities]
            found.append(f"only {', '.join(chosen)} rules")
        if self.settings.potential:
            found.append("disabled rules counted as if enabled")
        if self.settings.match is Match.EXACT:
            found.append("sub-techniques not rolled up")
        if self.settings.full != usual.full:
            found.append(f"full from {self.settings.full} {'rule' if self.settings.full == 1 else 'rules'}")
        return found


def _listed(values: list[str]) -> str:
    """One of several values, in words; the first few of many."""
    if len(values) > _VALUES_SHOWN:
        values = [*values[:_VALUES_SHOWN], f"{len(values) - _VALUES_SHOWN} more"]
    return " or ".join(filter(None, (", ".join(values[:-1]), *values[-1:])))
