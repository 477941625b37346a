"""Files that were not read, by the issues that name them."""

from coverage.model import Issue, IssueKind
from coverage.quality.unread import unread_files


def test_each_file_that_an_issue_names_as_a_whole_is_one():
    issues = [
        Issue(IssueKind.UNREADABLE, "", "a.yml", "Broken."),
        Issue(IssueKind.NOT_A_RULE, "", "a.yml", "Nothing."),
        Issue(IssueKind.UNREADABLE, "", "a.yml", "Broken.", feed="Other"),
        Issue(IssueKind.UNREADABLE, "", "a.yml#2", "One document."),
        Issue(IssueKind.NO_SEVERITY, "r", "b.yml", "The rule states no severity."),
    ]
    assert unread_files(issues) == {("", "a.yml"), ("Other", "a.yml")}
