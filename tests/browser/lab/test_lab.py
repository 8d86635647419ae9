"""The lab in a browser, as a visitor meets it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from pages.components.fields import FIELDS
from pages.components.widgets import show
from rnn_core.config import Config
from rnn_core.diagnostics import engagement
from rnn_core.presets import PRESETS
from rnn_core.recording import train
from rnn_core.tasks import reading
from tests.browser.lab_page import CHARTS, QUICK, LabPage
from tests.browser.player_page import PlayerPage

THRESHOLDS = [show(stop) for stop in FIELDS["clip_threshold"].stops]
ALERT = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'


def test_it_opens_on_the_lab_and_shows_that_clipping_rescues_and_what_a_verdict_means(lab: LabPage) -> None:
    lab.open()
    a, _, off, b, _, engaged = lab.badges()
    assert (a, off) == ("at chance", "clipping: off")
    assert (b, engaged) == ("solved", f"clipping: {engagement(train(Config())).kind}")
    expect(lab.charts()).to_have_count(CHARTS)
    assert lab.query == {}
    assert lab.overflow() <= 0
    lab.main.locator(".stMarkdownBadge:visible").first.hover()
    expect(lab.page.get_by_test_id("stTooltipContent").filter(has_text="standard errors").first).to_be_visible()


def test_the_mouse_moves_the_threshold_and_the_run_with_it(lab: LabPage) -> None:
    lab.open(**QUICK)
    before = lab.words()
    assert lab.drag("Clipping threshold", THRESHOLDS.index("0.05")) == "0.05"
    lab.expect_query(**QUICK, clip_threshold="0.05")
    expect(lab.main.get_by_text("The threshold 0.05")).to_be_visible()
    lab.settle()
    assert lab.words() != before
    engaged = engagement(train(Config(**QUICK, clip_threshold=0.05))).kind
    assert engaged != "never"
    assert lab.badges()[5] == f"clipping: {engaged}"


def test_the_keyboard_moves_the_threshold_stop_by_stop(lab: LabPage) -> None:
    lab.open(**QUICK)
    lab.slider("Clipping threshold").focus()
    for stop in ("0.8", "0.6"):
        lab.page.keyboard.press("ArrowLeft")
        lab.expect_query(**QUICK, clip_threshold=stop)
        expect(lab.main.get_by_text(f"The threshold {stop}")).to_be_visible()


def test_a_copied_link_shows_the_same_page_to_somebody_else(lab: LabPage, new_visitor: Callable[..., LabPage]) -> None:
    lab.open(updates=300, hidden_size=16, seed=3)
    lab.drag("Clipping threshold", THRESHOLDS.index("0.1"))
    lab.expect_query(updates=300, hidden_size=16, seed=3, clip_threshold="0.1")
    expect(lab.main.get_by_text("The threshold 0.1")).to_be_visible()
    lab.settle()
    player = PlayerPage(lab.page)
    player.drag(0.9, 0.5)
    player.button("Link to this moment").click()
    lab.expect_query(updates=300, hidden_size=16, seed=3, clip_threshold="0.1", at=150)
    other = new_visitor().follow(lab.page.url)
    assert other.words() == lab.words()
    assert other.query == lab.query
    assert PlayerPage(other.page).caption.inner_text() == player.caption.inner_text()


def test_a_link_with_a_value_written_another_way_still_means_it(lab: LabPage) -> None:
    lab.open(**QUICK, clip_threshold="0.50")
    assert lab.slider("Clipping threshold").get_attribute("aria-valuetext") == "0.50"  # as the link spells it
    expect(lab.main.get_by_text("The threshold 0.5 ")).to_be_visible()


def test_nonsense_in_a_link_gets_a_sentence_and_leaves_the_address_bar(lab: LabPage) -> None:
    lab.open(**QUICK, clip_threshold="banana", seed="1e999")
    for field in ("clip_threshold is “banana”", "seed is “1e999”"):
        expect(lab.main.get_by_text(field)).to_be_visible()
    lab.expect_query(**QUICK)
    expect(lab.charts()).to_have_count(CHARTS)


def test_a_preset_sets_the_controls_and_tells_its_story(lab: LabPage) -> None:
    preset = PRESETS["vanishing"]
    assert len(preset.changes) > 2
    lab.open(**QUICK)
    lab.choose("Preset", preset.title)
    expect(lab.main.get_by_text(preset.story)).to_be_visible()
    lab.settle()
    lab.expect_query(**{field: show(value) for field, value in preset.changes.items()})
    lab.choose("Preset", PRESETS["rescued"].title)
    expect(lab.main.get_by_text(PRESETS["rescued"].story)).to_be_visible()
    lab.settle()
    lab.expect_query()


def test_a_typed_sentence_is_read_and_an_unknown_word_is_named(lab: LabPage) -> None:
    lab.open(**QUICK)
    box = lab.page.get_by_label("Sentence", exact=True)
    box.fill("the pilots near the doctor")
    box.press("Enter")
    expect(lab.main.get_by_text("It reads 5 words here")).to_be_visible()
    expect(PlayerPage(lab.page).root.get_by_role("button", name="Word 2: pilots")).to_be_visible()
    box.fill("the artsts waited")
    box.press("Enter")
    expect(lab.main.get_by_text("“artsts”")).to_be_visible()
    expect(lab.main.get_by_text(re.compile("near matches.*artists"))).to_be_visible()
    box.fill(reading.ARTICLE)
    box.press("Enter")
    expect(lab.charts()).to_have_count(CHARTS)
    lab.expect_query(**QUICK)


def test_the_minimal_pair_shows_its_difference(lab: LabPage) -> None:
    lab.open(**QUICK)
    legend = PlayerPage(lab.page).root.locator(".legend")
    expect(legend).not_to_contain_text("pair")
    lab.page.get_by_text("Show the minimal pair").click()
    expect(legend).to_contain_text("h minus that of the pair")
    lab.expect_query(**QUICK, pair="true")


def test_the_charts_of_one_moment_come_if_asked_for(lab: LabPage) -> None:
    lab.open(**QUICK, at=0)
    expect(lab.charts()).to_have_count(CHARTS)
    lab.page.get_by_text("Charts of one moment").click()
    expect(lab.charts()).to_have_count(CHARTS + 2)
    expect(lab.main.get_by_text("after 0 updates").first).to_be_visible()
    lab.expect_query(**QUICK, at=0, charts="true")
    player = PlayerPage(lab.page)
    player.drag(0.9, 0.5)
    player.button("Link to this moment").click()
    expect(lab.main.get_by_text("after 100 updates").first).to_be_visible()
    lab.expect_query(**QUICK, at=100, charts="true")


def test_a_long_run_can_be_stopped_and_trained_on(lab: LabPage) -> None:
    link = {"updates": 50_000, "hidden_size": 8, "batch_size": 1, "seed": 5}
    stopped = lab.main.get_by_test_id("stAlert").filter(has_text="Stopped after")
    lab.page.goto(f"{lab.home}/?{'&'.join(f'{key}={value}' for key, value in link.items())}")
    lab.main.get_by_role("button", name="Stop").click()
    expect(stopped).to_be_visible()
    expect(lab.charts()).to_have_count(CHARTS)
    lab.settle()
    lab.main.get_by_role("button", name="Train on").click()
    expect(lab.main.get_by_role("progressbar")).to_be_visible()
    lab.main.get_by_role("button", name="Stop").click()
    expect(stopped).to_be_visible()


def test_moving_a_control_in_the_middle_of_a_long_run_starts_the_new_one(lab: LabPage) -> None:
    lab.page.goto(f"{lab.home}/?updates=50000&hidden_size=8&batch_size=1&seed=6")
    expect(lab.main.get_by_role("button", name="Stop")).to_be_visible()
    lab.slider("Updates U").focus()
    lab.page.keyboard.press("Home")
    PlayerPage(lab.page).wait_for(100)
    expect(lab.charts()).to_have_count(CHARTS)


@pytest.mark.parametrize("width", [390, 820])
def test_nothing_is_wider_than_a_phone(new_visitor: Callable[..., LabPage], width: int) -> None:
    phone = new_visitor(viewport={"width": width, "height": 844})
    phone.open(**QUICK, pair="true")
    expect(phone.charts()).to_have_count(CHARTS)
    assert phone.overflow() <= 0
    for chart in phone.main.locator(".js-plotly-plot").all():
        box = chart.bounding_box()
        assert box is not None
        assert 200 < box["width"] <= width


def test_the_dark_scheme_is_followed(new_visitor: Callable[..., LabPage]) -> None:
    brightness = []
    for scheme in ("light", "dark"):
        visitor = new_visitor(color_scheme=scheme).open(**QUICK)
        expect(visitor.charts()).to_have_count(CHARTS)
        colours = visitor.page.evaluate(
            """() => [getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor,
                      getComputedStyle(document.querySelector('.js-plotly-plot .xtitle')).fill]"""
        )
        brightness.append([sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours])
    (light_paper, light_ink), (dark_paper, dark_ink) = brightness
    assert light_paper > light_ink
    assert dark_paper < dark_ink


def test_back_and_forward_keep_the_page_alive(lab: LabPage) -> None:
    lab.open(**QUICK)
    lab.drag("Clipping threshold", THRESHOLDS.index("0.05"))
    lab.expect_query(**QUICK, clip_threshold="0.05")
    lab.settle()
    lab.open(**QUICK, seed=9)
    lab.page.go_back()
    lab.settle()
    expect(lab.main.get_by_text("The threshold 0.05")).to_be_visible()
    lab.page.go_forward()
    lab.settle()
    lab.expect_query(**QUICK, seed=9)
    expect(lab.main.get_by_text("The threshold 1 ")).to_be_visible()
    expect(lab.charts()).to_have_count(CHARTS)


def test_markup_in_a_link_is_text_and_runs_nothing(lab: LabPage) -> None:
    lab.open(**QUICK, sentence=ALERT, clip_threshold=ALERT, noun=ALERT)
    expect(lab.main.get_by_text("does not know the word")).to_be_visible()
    expect(lab.page.get_by_label("Sentence", exact=True)).to_have_value(ALERT)
    expect(lab.main.get_by_text("clip_threshold is “<img")).to_be_visible()
    assert lab.page.evaluate("window.hurt") is None
    assert lab.main.locator("img[src=x]").count() == 0


def test_visitors_do_not_disturb_each_other(new_visitor: Callable[..., LabPage]) -> None:
    one, other = new_visitor(), new_visitor()
    one.open(**QUICK)
    other.open(**QUICK, spectral_radius="0.2")
    seen = other.words()
    one.drag("Clipping threshold", THRESHOLDS.index("0.05"))
    expect(one.main.get_by_text("The threshold 0.05")).to_be_visible()
    other.settle()
    assert other.words() == seen
    other.expect_query(**QUICK, spectral_radius="0.2")
    assert other.slider("Clipping threshold").get_attribute("aria-valuetext") == "1"
