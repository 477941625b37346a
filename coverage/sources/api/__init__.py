"""The ThreatOps Detection Rules API as a source of rules.

`endpoint` is where the rules are, `client` asks one question and gets one answer, `page` reads what an answer says
about itself, `paging` asks until all rules are there. Importing this package imports requests.
"""

from __future__ import annotations

from coverage.model import Progress, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.api.client import DEFAULT_LIMITS, ApiClient, ApiLimits
from coverage.sources.api.endpoint import Endpoint
from coverage.sources.api.paging import read_all
from coverage.sources.records import rules_from_records

__all__ = ["SOURCE", "ApiLimits", "fetch"]

SOURCE = "ThreatOps API"
_WHERE = "detection-rules"


def fetch(
    base_url: str, *, token: str | None = None, progress: Progress = no_progress, limits: ApiLimits = DEFAULT_LIMITS
) -> RuleSet:
    """Read all rules of the Detection Rules API at `base_url`, e.g. `https://api.example.com`.

    `token` is sent as a bearer token, to the origin of `base_url` only; it goes before a user name and password in
    the URL. `progress` is called in this thread after each page. A rule's `origin` is its id in the API. An API
    without rules gives an empty set. A doubt says where the API did not show that it gave all of its rules.

    Raises SourceError where nothing, or knowingly only a part, could be read: one sentence, without secrets.
    """
    endpoint = Endpoint.parse(base_url)
    with ApiClient(endpoint, token=token, limits=limits) as client:
        records, doubts = read_all(client, endpoint, progress=progress, limits=limits)
    rules, issues = rules_from_records(records, source=SOURCE, where=_WHERE, origin_is_id=True)
    builder = RuleSetBuilder(doubts=doubts)
    builder.extend(rules, issues)
    return builder.build()
