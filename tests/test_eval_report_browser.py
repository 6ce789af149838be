"""The report in a real browser, should there be one."""

import json
import shutil
import time

import pytest
from report_world import CONDITIONS, write_runs
from test_eval_report import poisoned

from bbqa.eval.benchmarks import Form
from bbqa.eval.report import report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not both installed"
)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(service=Service(DRIVER), options=options)
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    runs = write_runs(folder / "a", 60, conditions=CONDITIONS[2:5], resampled=20)
    card = {"name": "made-choice", "title": "Made choices", "metric": "accuracy"}
    runs += write_runs(
        folder / "b", 12, conditions=("bbqa", "chance"), form=Form.CHOICE, resampled=20,
        benchmark=card,
    )  # fmt: skip
    return report(runs, folder / "report.html", resampled=50).as_uri()


@pytest.fixture
def opened(browser, url):
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(url)
    return browser


def run(browser, script):
    return browser.execute_script(script)


def choose(browser, list_, value):
    run(browser, f"""
        const list = document.querySelector({json.dumps(list_)});
        list.value = {json.dumps(value)};
        list.dispatchEvent(new Event("change", {{ bubbles: true }}));
    """)  # fmt: skip


def search(browser, words):
    run(browser, f"""
        const box = document.getElementById("search");
        box.value = {json.dumps(words)};
        box.dispatchEvent(new Event("input", {{ bubbles: true }}));
    """)  # fmt: skip
    time.sleep(0.4)


def count(browser):
    return int(run(browser, "return document.getElementById('count').textContent.split(' ')[0]"))


ROWS = """return [...document.querySelectorAll("#b0 table.scores tbody tr")]
    .filter((row) => row.offsetHeight).map((row) => [row.cells[0].innerText.trim(),
    row.cells[1].innerText.trim(), Number(row.cells[3].dataset.v)])"""


def test_it_opens_without_an_error_and_asks_for_nothing_else(opened):
    assert opened.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    asked = [one["params"]["request"]["url"] for one in sent
             if one["method"] == "Network.requestWillBeSent"]  # fmt: skip
    assert set(asked) <= {opened.current_url}
    assert run(opened, "return performance.getEntriesByType('resource').length") == 0
    assert count(opened) == 72


def test_the_table_sorts_both_ways(opened):
    click = "document.querySelector('#b0 table.scores th.main .sort').click()"
    run(opened, click)
    down = [row[2] for row in run(opened, ROWS)]
    run(opened, click)
    up = [row[2] for row in run(opened, ROWS)]
    assert len(down) == 3
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)
    assert run(opened, "return document.querySelector('#b0 th.main').ariaSort") == "ascending"


def test_the_table_shows_the_bins_that_are_chosen(opened):
    choose(opened, "#b0 select[data-choose=bin]", "bin:identity: < 30 %")
    assert {row[1] for row in run(opened, ROWS)} == {"identity: < 30 %"}
    choose(opened, "#b0 select[data-choose=bin]", "kind:kind")
    assert len({row[1] for row in run(opened, ROWS)}) == 7
    other = "return [...document.querySelectorAll('#b1 tr[data-bin]')].every((row) => row.hidden ||"
    assert run(opened, f"{other} row.dataset.bin === 'all')")


def test_metrics_are_shown_by_group(opened):
    shown = "return document.querySelector('#b0 table.scores .g-cost').offsetWidth"
    assert run(opened, shown) == 0
    choose(opened, "#b0 select[data-choose=group]", "cost")
    assert run(opened, shown) > 0


def test_differences_and_plots_follow_the_metric(opened):
    choose(opened, "#b0 select[data-choose=metric]", "MRR")
    rows = run(opened, """return [...document.querySelectorAll("#b0 tr[data-metric]")]
        .filter((row) => row.offsetHeight).map((row) => row.cells[2].innerText)""")  # fmt: skip
    assert rows == ["MRR", "MRR"]
    shown = run(opened, """return [...document.querySelectorAll("#b0 figure[data-metric]")]
        .filter((one) => one.offsetHeight).map((one) => one.dataset.metric)""")  # fmt: skip
    assert set(shown) == {"MRR"}


def test_plots_have_marks_that_can_be_seen(opened):
    figures = run(opened, """return [...document.querySelectorAll("figure.plot")]
        .filter((one) => one.offsetHeight).map((one) => ({
          title: one.querySelector("svg > title").textContent,
          told: one.querySelector("svg > desc").textContent,
          marks: [...one.querySelectorAll(".mark, .bar")].map((mark) => {
            const box = mark.getBoundingClientRect();
            return [box.width, box.height, getComputedStyle(mark).fill];
          })}))""")  # fmt: skip
    titles = [one["title"] for one in figures]
    assert {"entity F1", "entity F1 by kind", "Risk and coverage", "accuracy",
            "Confidence and truth"} <= set(titles)  # fmt: skip
    for one in figures:
        assert one["told"]
        assert one["marks"], one["title"]
        assert all(wide > 0.3 and high > 1 and fill != "none" for wide, high, fill in one["marks"])


def test_search_and_filters_find_items(opened):
    search(opened, "made-00007 PROTEIN")
    assert count(opened) == 2  # the benchmarks have the same ids
    choose(opened, "#choose select[data-choose=sheet]", "0")
    search(opened, "made-00042")
    assert count(opened) == 1
    run(opened, "document.querySelector('.item summary').click()")
    time.sleep(0.2)
    assert "made-00042" in run(opened, "return document.querySelector('.item').innerText")
    run(opened, "document.querySelector('#choose button[type=reset]').click()")
    time.sleep(0.1)
    assert count(opened) == 72


def test_items_are_filtered_by_who_answered_how_and_by_bin(opened):
    choose(opened, "#choose select[data-choose=who]", "bbqa")
    choose(opened, "#choose select[data-choose=verdict]", "right")
    choose(opened, "#choose select[data-choose=who-too]", "copy")
    choose(opened, "#choose select[data-choose=verdict-too]", "wrong")
    choose(opened, "#choose select[data-choose=item-bin]", "identity: < 30 %")
    shown = run(opened, """return [...document.querySelectorAll(".item")]
        .map((one) => one.innerText)""")  # fmt: skip
    assert 0 < len(shown) == count(opened) < 60
    assert all("✓ bbqa" in text and "✗ copy" in text for text in shown)


def test_items_are_drawn_as_one_scrolls(opened):
    drawn = "return document.querySelectorAll('.item').length"
    first = run(opened, drawn)
    run(opened, "window.scrollTo(0, document.body.scrollHeight)")
    time.sleep(0.5)
    assert first == 40
    assert run(opened, drawn) == 72
    assert not run(opened, "return document.getElementById('more').offsetHeight")


def test_nothing_runs_over_the_edge_of_a_phone(opened):
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        run(opened, """for (const one of document.querySelectorAll("details")) one.open = true;""")
        time.sleep(0.3)
        assert run(opened, "return document.documentElement.scrollWidth") <= 390
        over = run(opened, """return [...document.querySelectorAll("main *")].filter((one) =>
            !one.closest(".scroll > *, svg *") && one.getBoundingClientRect().right > 390.5)
            .map((one) => one.outerHTML.slice(0, 80))""")  # fmt: skip
        assert over == []
    finally:
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_nothing_that_is_written_in_the_data_happens(browser, tmp_path):
    browser.get_log("browser")
    browser.get(poisoned(tmp_path).as_uri())
    run(browser, """for (const one of document.querySelectorAll("details")) one.open = true;""")
    time.sleep(0.3)
    assert browser.get_log("browser") == []
    assert run(browser, "return window.pwned") is None
    assert run(browser, "return document.querySelectorAll('img, base, #items script').length") == 0
    assert "</script><script>" in run(
        browser, "return document.querySelector('.item .asked').textContent"
    )
