"""Columns that were guessed and are corrected on the page, for uploads and the operator's tables."""

import io
import json

import pytest
from openpyxl import Workbook

HEADER = ["Rule", "Mapping", "Prio", "Ref"]
ROWS = [["First", "T1059.001", "high", "r-1"], ["Second", "T1110", "low", "r-2"]]
HOSTILE = ["Rule <b>x</b>", "**Mapping** :smile:", "&lt;Prio", "[x](http://y)"]


def as_csv(header=HEADER):
    return "\n".join(",".join(row) for row in [header, *ROWS]).encode()


def as_json(header=HEADER):
    return json.dumps([dict(zip(header, row, strict=True)) for row in ROWS]).encode()


def as_xlsx(header=HEADER):
    book = Workbook()
    for row in [["Our rules"], header, *ROWS]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


FILES = {"rules.csv": as_csv, "rules.json": as_json, "rules.xlsx": as_xlsx}
each_format = pytest.mark.parametrize("name", FILES)


def words(test):
    return "\n".join(str(each.value) for each in (*test.markdown, *test.warning, *test.caption))


def unfolded(test, name="upload"):
    """The page with the first table's columns in sight."""
    test.session_state[f"{name}_columns_0_open"] = True
    return test.run()


def link_of(test):
    """The parameters of the page's URL."""
    return {name: value[0] if isinstance(value, list) else value for name, value in test.query_params.items()}


@pytest.fixture
def upload(open_page):
    """Uploads files on a page of a new visitor."""

    def upload_it(*files, page="app.py", **parameters):
        test = open_page(page, source="upload", **parameters)
        test.file_uploader(key="upload_files").set_value([(name, data, "") for name, data in files]).run()
        assert list(test.exception) == []
        return unfolded(test)

    return upload_it


def choose(test, field, *places, number=0):
    key = f"upload_columns_{number}_{field}"
    if field in ("techniques", "tactics"):
        test.multiselect(key=key).set_value(list(places)).run()
    else:
        test.selectbox(key=key).set_value(places[0] if places else -1).run()
    assert list(test.exception) == []
    return test


@each_format
@pytest.mark.parametrize("header", [HEADER, HOSTILE], ids=["plain", "hostile"])
def test_a_table_without_a_column_for_techniques_is_read_once_one_is_chosen(upload, open_page, name, header):
    test = upload((name, FILES[name](header)))
    assert any("Choose the one that names them" in warning.value for warning in test.warning)
    assert test.multiselect(key="upload_columns_0_techniques").value == []
    choose(test, "techniques", 1)
    assert "**2 rules** from Upload" in words(test)
    assert list(test.warning) == []
    assert test.multiselect(key="upload_columns_0_techniques").value == [1]
    choose(test, "severity", 2)
    choose(test, "name", 0)
    choose(test, "rule_id", 3)
    table = open_page("pages/rules.py", **link_of(test)).dataframe[0].value
    assert table["name"].tolist() == ["First", "Second"]
    assert table["rule_id"].tolist() == ["r-1", "r-2"]
    assert table["severity"].tolist() == ["high", "low"]


def test_the_banner_says_where_to_choose(upload):
    (banner,) = [each for each in upload(("rules.csv", as_csv())).warning if each.proto.title]
    assert "Choose it under *Columns* in the sidebar" in banner.value


def test_what_was_guessed_is_shown_with_some_cells(upload):
    test = upload(("rules.csv", as_csv(["Title", "Technique", "Level", "ID"])))
    assert test.multiselect(key="upload_columns_0_techniques").value == [1]
    assert test.selectbox(key="upload_columns_0_severity").value == 2
    assert test.selectbox(key="upload_columns_0_enabled").value == -1
    assert test.selectbox(key="upload_columns_0_name").options == ["No column", "Title", "Technique", "Level", "ID"]
    assert "T1059.001 · T1110" in "\n".join(each.proto.body for each in test.get("html"))


def test_a_field_can_be_given_no_column_and_the_guess_comes_back(upload):
    test = upload(("rules.csv", as_csv(["Title", "Technique", "Level", "ID"])))
    choose(test, "severity")
    assert test.query_params["upload_columns"].endswith(".severity")
    assert test.selectbox(key="upload_columns_0_severity").value == -1
    test.button(key="upload_columns_0_guess").click().run()
    assert "upload_columns" not in test.query_params
    assert test.selectbox(key="upload_columns_0_severity").value == 2


def test_tables_with_the_same_columns_are_corrected_together_and_others_on_their_own(upload):
    other = b"Title,Attack notes\nThird,T1003\n"
    test = upload(("a.csv", as_csv()), ("b.csv", other), ("c.json", as_json()))
    labels = [each.label for each in test.expander if "Columns of" in each.label]
    assert labels == ["Columns of a\\.csv and 1 table like it", "Columns of b\\.csv"]
    choose(test, "techniques", 1)
    assert "**4 rules** from Upload" in words(test)
    choose(test, "techniques", 1, number=1)
    assert "**5 rules** from Upload" in words(test)


def test_a_correction_survives_a_reload_and_belongs_to_one_visitor(upload, open_page):
    test = choose(upload(("rules.csv", as_csv())), "techniques", 1)
    link = link_of(test)
    fresh = unfolded(open_page(**link))
    assert "**2 rules** from Upload" in words(fresh)
    assert fresh.multiselect(key="upload_columns_0_techniques").value == [1]
    other = open_page(**{name: value for name, value in link.items() if name != "upload_columns"})
    assert "made-up rules" in other.warning[0].proto.title
    assert other.multiselect(key="upload_columns_0_techniques").value == []


def test_a_link_that_makes_no_sense_leaves_the_guess(upload, open_page):
    data = as_csv(["Title", "Technique", "Level", "ID"])
    link = link_of(upload(("rules.csv", data)))
    test = open_page(**link, upload_columns="nonsense")
    assert len(test.toast) == 1
    assert "**2 rules** from Upload" in words(test)
    assert "upload_columns" not in test.query_params


def test_the_operator_s_table_can_be_corrected_by_each_visitor(open_page, monkeypatch, tmp_path):
    (tmp_path / "rules.csv").write_bytes(as_csv())
    (tmp_path / "other.yml").write_text("title: x\nid: y\nlevel: high\ntags: [attack.t1047]\ndetection: {a: b}\n")
    monkeypatch.setenv("COVERAGE_SOURCE", str(tmp_path))
    test = open_page()
    assert "**1 rule** from Rule library" in words(test)
    test.multiselect(key="library_columns_0_techniques").set_value([1]).run()
    assert "**3 rules** from Rule library" in words(test)
    assert "**1 rule** from Rule library" in words(open_page())


def test_a_source_without_tables_asks_for_nothing(open_page, upload):
    assert [each.key for each in open_page().multiselect if "columns" in str(each.key)] == []
    sigma = b"title: x\nid: y\nlevel: high\ntags: [attack.t1047]\ndetection: {a: b}\n"
    assert [each.key for each in upload(("a.yml", sigma)).multiselect if "columns" in str(each.key)] == []


def test_the_columns_of_the_side_before_are_corrected_on_their_own(open_page):
    test = open_page("pages/compare.py", before_rules="upload")
    test.file_uploader(key="before_upload_files").set_value([("rules.csv", as_csv(), "")]).run()
    assert any("no column for techniques" in words(test).replace("\\", "") for _ in test.warning)
    test.multiselect(key="before_upload_columns_0_techniques").set_value([1]).run()
    assert list(test.exception) == []
    assert "before_upload_columns" in test.query_params
    assert test.multiselect(key="before_upload_columns_0_techniques").value == [1]
    assert any("2 rules" in each.value for each in test.caption)


def test_of_many_headers_those_without_techniques_are_on_offer(upload):
    files = [(f"t{number}.csv", f"id,technique,column {number}\n{number},T1486,x\n".encode()) for number in range(7)]
    test = upload(*files, ("zz.csv", b"Regel,Abdeckung\nEins,T1059\n"))
    labels = [each.label.replace("\\", "") for each in test.sidebar.expander]
    assert [label for label in labels if label.startswith("Columns of")] == [
        *(f"Columns of t{number}.csv" for number in range(4)),
        "Columns of zz.csv",
    ]
    assert "3 more table headers: upload such tables alone to see them." in words(test)


def test_the_page_says_that_files_were_not_read(upload):
    test = upload(("one.csv", b"id,technique\n1,T1486\n"), ("two.json", b"{"), ("three.yml", b"title: [\n"))
    assert "2 files not fully read" in words(test)
    assert "not fully read" not in words(upload(("one.csv", b"id,technique\n1,T1486\n")))
