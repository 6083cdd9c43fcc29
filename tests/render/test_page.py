"""The page in a real browser, from a file and with the network off."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from inspector import api
from inspector.render.page.data import page_data

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def browser():
    """A headless browser without a network; skipped, visibly, where there is none."""
    if not BROWSER or not DRIVER:
        pytest.skip("no Chromium with its driver is installed")
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
    )
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, tmp_path):
    """Open the page of a model; at the end, nothing was complained of and nothing requested."""
    opened = []

    def go(model, fragment: str = "", width: int = 1400, height: int = 900):
        file = tmp_path / "page.html"
        file.write_text(api.view(model), "utf-8")
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get_log("performance")
        browser.get(f"{file.as_uri()}{fragment}")
        browser.execute_async_script("setTimeout(arguments[0], 20)")  # for the table
        opened.append(file.as_uri())
        return browser

    yield go
    assert browser.get_log("browser") == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {
        message["params"]["request"]["url"].partition("#")[0]
        for message in asked
        if message["method"] == "Network.requestWillBeSent"
    }
    assert urls <= {*opened, "about:blank"}


def by_id(browser, name: str):
    return browser.find_element("id", name)


def group(browser, title: str) -> int:
    return browser.execute_script("return groups.findIndex(g => g.title === arguments[0])", title)


def header(browser, title: str):
    return browser.find_element("css selector", f'[data-group="{group(browser, title)}"]')


def texts(browser) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll('#world text')].map(t => t.textContent)"
    )


def test_typing_a_name_finds_the_layer_and_takes_its_number_apart(page):
    browser = page("resnet50")
    box = by_id(browser, "find")
    box.send_keys("conv4_block3_2_conv")
    assert (
        by_id(browser, "hits")
        .find_elements("tag name", "li")[0]
        .text.startswith("conv4_block3_2_conv")
    )
    box.send_keys("\ue007")
    assert by_id(browser, "sum").text == "3·3·256·256 + 256 = 590,080"
    assert "layer=conv4_block3_2_conv" in browser.current_url
    assert "✓ model.summary() 590,080" in by_id(browser, "details").text
    chosen = browser.find_element("css selector", ".row.on").rect
    frame = by_id(browser, "drawing").rect
    assert frame["x"] < chosen["x"] < frame["x"] + frame["width"]
    assert frame["y"] < chosen["y"] < frame["y"] + frame["height"]
    assert browser.find_element("css selector", "tr.on td").text == "conv4_block3_2_conv"


def test_titles_fold_and_stay_under_the_pointer(page):
    browser = page("resnet50")
    assert "conv4_block1" not in texts(browser)
    before = header(browser, "conv4").rect
    header(browser, "conv4").click()
    after = header(browser, "conv4").rect
    assert "conv4_block1" in texts(browser)
    assert header(browser, "conv4").get_attribute("aria-expanded") == "true"
    assert abs(before["y"] - after["y"]) <= 1
    header(browser, "conv4").click()
    assert "conv4_block1" not in texts(browser)


def test_the_page_is_small_and_ready_at_once(page):
    browser = page("resnet50")
    assert len(api.view("resnet50").encode()) < 400_000
    ready: list[float] = []
    while not ready or (min(ready) >= 300 and len(ready) < 10):  # other work slows it down
        browser.refresh()
        ready.append(float(browser.execute_script("return document.documentElement.dataset.ready")))
    assert min(ready) < 300, ready


def test_a_link_leads_to_a_layer_and_a_theme(page):
    browser = page("resnet50", "#layer=conv1_conv&theme=dark&by=params")
    assert by_id(browser, "sum").text == "7·7·3·64 + 64 = 9,472"
    assert browser.execute_script("return document.documentElement.dataset.theme") == "dark"
    assert by_id(browser, "by").get_attribute("value") == "params"


def test_the_keyboard_reaches_everything(page):
    browser = page("resnet50")
    send = browser.find_element("tag name", "body").send_keys
    send("/")
    assert browser.execute_script("return document.activeElement.id") == "find"
    browser.switch_to.active_element.send_keys("conv1_conv\ue007")
    send("\ue015")  # down
    assert "layer=conv1_bn" in browser.current_url
    send("\ue013")  # up
    assert "layer=conv1_conv" in browser.current_url
    for _ in range(6):
        browser.switch_to.active_element.send_keys("\ue015")
    assert browser.switch_to.active_element.get_attribute("class") == "gh"
    browser.switch_to.active_element.send_keys("\ue007")
    assert browser.switch_to.active_element.get_attribute("aria-expanded") == "true"
    browser.switch_to.active_element.send_keys("\ue00c")  # escape
    assert "layer=" not in browser.current_url


def test_details_tell_the_names_of_python_and_their_lines(page):
    course = Path(__file__).resolve().parents[2] / "sample_models" / "resnet50_course.py"
    browser = page(str(course), "#layer=max_pooling2d")
    rows = [row.text for row in by_id(browser, "python").find_elements("css selector", "tr")]
    assert rows == [
        "X₅ resnet50_course.py:82 in ResNet50",
        "X_shortcut₁ resnet50_course.py:50 in ResNet50 › convolutional_block",
    ]


def test_columns_sort_and_rows_choose(page):
    browser = page("resnet50")
    browser.find_element("css selector", '[data-sort="p"]').click()
    first = browser.find_element("css selector", "#table tbody tr")
    # The largest kernel: 3·3·512·512 + 512 in each block of the last stage.
    assert first.find_element("tag name", "td").text == "conv5_block1_2_conv"
    assert "2,359,808" in first.text
    first.click()
    assert by_id(browser, "sum").text == "3·3·512·512 + 512 = 2,359,808"


def test_the_ways_to_the_inputs_and_the_outputs_are_lit(page):
    browser = page("resnet50", "#layer=conv2_block1_1_conv")
    lit = browser.execute_script(
        "return [...document.querySelectorAll('.row.lit')].map(r => layers[r.dataset.layer].path)"
    )
    assert {"conv1_conv", "conv2_block1_add", "predictions"} <= set(lit)
    assert "conv2_block1_0_conv" not in lit  # the branch beside it


@pytest.mark.parametrize("model", ["resnet50", "inceptionv3", "nasnetmobile"])
def test_nothing_overlaps_when_all_is_open(page, model):
    browser = page(model)
    browser.execute_script("reopen(groups.map((_, n) => n).slice(1))")
    boxes = browser.execute_script("""
        const found = [];
        const walk = (part, x, y) => part.boxes.forEach((b) => {
          if (b.inner) walk(b.inner, x + b.x + (b.w - b.inner.w) / 2, y + b.y + HEADER);
          else if (!b.tag) found.push([x + b.x, y + b.y, b.w, b.h]);
        });
        walk(drawn, 0, 0);
        return found;""")
    boxes.sort()
    for place, (x, y, w, h) in enumerate(boxes):
        for x1, y1, _, h1 in boxes[place + 1 :]:
            if x1 >= x + w:
                break
            assert y1 >= y + h or y >= y1 + h1


def test_five_thousand_layers_are_usable(page, tmp_path):
    browser = page(long_model(tmp_path, 1_000))
    assert float(browser.execute_script("return document.documentElement.dataset.ready")) < 2_000
    assert len(browser.find_elements("css selector", "#table tbody tr")) < 100
    by_id(browser, "find").send_keys("dense_700")
    took = browser.execute_script(
        "const begun = performance.now(); choose(hits[0]); return performance.now() - begun"
    )
    assert by_id(browser, "sum").text == "4·4 + 4 = 20"
    assert took < 2_000


def test_hostile_names_run_nothing(page, tmp_path):
    name = "</script><img src=x onerror=document.title='hit'>\"'&amp;\u202e"
    browser = page(long_model(tmp_path, 2, name))
    assert browser.title != "hit"
    assert browser.execute_script("return document.images.length") == 0
    by_id(browser, "find").send_keys("onerror")
    by_id(browser, "find").send_keys("\ue007")
    assert "<img src=x onerror=document.title='hit'>" in by_id(browser, "details").text


def test_a_phone_shows_drawing_and_details(page):
    browser = page("resnet50", "#layer=conv4_block3_2_conv", 390, 844)
    assert by_id(browser, "details").rect["height"] > 200
    assert by_id(browser, "drawing").rect["height"] > 250
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= 390


def long_model(tmp_path, blocks: int, name: str = "dense"):
    """Blocks of five layers in a row: dense, norm, relu, dense, add."""
    layers = [saved("InputLayer", "in", batch_shape=[None, 4])]
    last = "in"
    for place in range(blocks):
        chain = [last]
        steps = (
            ("Dense", name),
            ("BatchNormalization", "norm"),
            ("ReLU", "relu"),
            ("Dense", "out"),
        )
        for class_name, word in steps:
            config = {"units": 4} if class_name == "Dense" else {}
            layers.append(saved(class_name, f"{word}_{place}", chain[-1], **config))
            chain.append(f"{word}_{place}")
        layers.append(saved("Add", f"add_{place}", [chain[-1], last]))
        last = f"add_{place}"
    config = {"name": "long", "trainable": True, "layers": layers}
    config |= {"input_layers": [["in", 0, 0]], "output_layers": [[last, 0, 0]]}
    path = tmp_path / "long.json"
    document = {"module": "keras.src.models.functional", "class_name": "Functional"}
    path.write_text(json.dumps(document | {"config": config}))
    return path


def saved(class_name: str, name: str, inputs=None, **config):
    def tensor(layer):
        history = {"shape": [None, 4], "dtype": "float32", "keras_history": [layer, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": history}

    args = (
        []
        if inputs is None
        else [[tensor(each) for each in inputs] if isinstance(inputs, list) else tensor(inputs)]
    )
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, "trainable": True, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [{"args": args, "kwargs": {}}] if args else [],
    }


# ---- without a browser ----------------------------------------------------------------------


@pytest.mark.parametrize("model", ["resnet50", "sample_models/twins.keras", "nasnetmobile"])
def test_every_call_stands_in_one_group(model):
    loaded = api.load(model)
    data = page_data(loaded)
    places = [tuple(item) if isinstance(item, list) else item for group in data["groups"]
              for item in group["items"]]  # fmt: skip
    groups = sorted(-item for item in places if not isinstance(item, tuple) and item < 0)
    assert groups == list(range(1, len(data["groups"])))
    shown = {item[0] if isinstance(item, tuple) else item for item in places}
    shown |= {group["layer"] for group in data["groups"] if "layer" in group}
    assert {place for place in shown if place >= 0} == set(range(len(list(loaded.walk()))))


def test_equal_blocks_are_laid_out_once():
    data = page_data(api.load("resnet50"))
    blocks = [group for group in data["groups"] if group.get("kind") == "block"]
    assert len(blocks) == 16
    assert len({group["region"] for group in blocks}) == 2


def test_no_lane_or_box_stands_in_two_ranks():
    for region in page_data(api.load("nasnetmobile"))["regions"]:
        order = [item for rank in region["ranks"] for item in rank]
        assert sorted(order) == list(range(len(region["x"])))
        rank_of = {item: place for place, rank in enumerate(region["ranks"]) for item in rank}
        for _, *way in region["wires"]:
            assert all(rank_of[b] == rank_of[a] + 1 for a, b in pairwise(way))


def test_the_page_may_load_nothing():
    text = api.view("sample_models/twins.keras")
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", text)
    assert "@import" not in text
    assert "</script" not in text.split('id="data"')[1].split("</script>")[0]


def test_the_command_writes_the_page_and_leaves_the_browser_alone(graphinspect, tmp_path):
    file = tmp_path / "a.html"
    run = graphinspect("view", "vgg16", "-o", file, "--no-open")
    assert (run.code, run.out) == (0, f"{file}\n")
    assert file.read_text("utf-8").startswith("<!doctype html>")
