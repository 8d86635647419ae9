"""From slider to picture: what a visitor waits between letting go of the threshold and the last chart painted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from pages.components.fields import FIELDS
from pages.components.widgets import show
from rnn_core.config import Config
from rnn_core.diagnostics import history
from rnn_core.recording import train
from rnn_core.tasks.agreement import PLURAL_PROBE, SINGULAR_PROBE
from tests.browser.lab_page import CHARTS, LabPage

THRESHOLDS = [show(stop) for stop in FIELDS["clip_threshold"].stops]
VISITED = ["0.6", "0.8", "1.2", "1.5", "2", "2.5", "3", "4"]

_WATCH = """() => {
    window.watched = {released: NaN, changed: NaN, painted: NaN, player: NaN};
    window.addEventListener('pointerup', () => { watched.released = performance.now(); }, true);
    const everything = {subtree: true, childList: true, attributes: true, characterData: true};
    const note = () => {
        watched.changed = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => { watched.painted = performance.now(); }));
    };
    new MutationObserver(changes => {
        const element = node => node.nodeType === 1 ? node : node.parentElement;
        const inChart = node => element(node)?.closest('[data-testid="stPlotlyChart"]');
        if (changes.some(change => inChart(change.target) || [...change.addedNodes].some(inChart))) note();
    }).observe(document.body, everything);
    const isolated = document.querySelector('[data-testid="stBidiComponentIsolated"]');
    new MutationObserver(() => {
        watched.player = performance.now();
        note();
    }).observe(isolated.shadowRoot, everything);
}"""
"""Note when the mouse lets go, and when the second frame after the last change inside any chart, or in the player, was
painted."""

_NEW_PICTURE = """([charts, threshold]) => {
    const shown = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
    const named = shown.flatMap(chart => [...chart.querySelectorAll('text')].map(text => text.textContent))
        .filter(text => text.startsWith('threshold '));
    const idle = !document.querySelector('[data-stale="true"], [data-testid="stProgress"]')
        && document.querySelector('[data-testid="stApp"]').getAttribute('data-test-script-state') !== 'running';
    const still = performance.now() - watched.changed > 700 && watched.painted > watched.changed;
    return shown.length === charts && idle && still && watched.player > watched.released
        && named.length > 0 && named.every(text => text === `threshold ${threshold}`)
        && watched.painted - watched.released;
}"""
"""Milliseconds from letting go to the last chart, once every chart that names the threshold names the new one."""


@pytest.mark.quiet
def test_a_new_run_costs_little_more_than_its_training_on_the_way_from_slider_to_picture(
    lab: LabPage, record_property: Callable[[str, object], None]
) -> None:
    """With everything that the lab draws if asked for: the charts of one moment, and the minimal pair.

    What a visitor waits more for a run than for kept records is the training, and reading the sentence and its pair.
    """
    lab.open(seed=77, charts="true", pair="true")
    trained, cached = _medians(lab, VISITED, CHARTS + 2)
    alone = statistics.median(_milliseconds_of_training(seed) for seed in range(77, 80))
    record_property("from slider to picture, training included", f"{trained:.0f} ms, median of {len(VISITED)}")
    record_property("from slider to picture, records cached", f"{cached:.0f} ms, median of {len(VISITED)}")
    record_property("training alone", f"{alone:.0f} ms, median of 3")
    record_property("ratio of what a run adds to its training alone", f"{(trained - cached) / alone:.2f}")
    assert trained - cached < 2 * alone


def _milliseconds_of_training(seed: int) -> float:
    """What one worker takes for the run and for reading the sentence, and its pair, at all snapshots."""
    began = time.perf_counter()
    record = train(Config(seed=seed))
    for tokens in (PLURAL_PROBE, SINGULAR_PROBE):
        history(record.config, record.probe_params, tokens, 1)
    return 1000 * (time.perf_counter() - began)


@pytest.mark.quiet
def test_how_long_the_way_is_on_the_page_as_it_opens(
    lab: LabPage, record_property: Callable[[str, object], None]
) -> None:
    """Reported alone: the less a page draws, the larger is the share of the same training."""
    lab.open(seed=78)
    trained, cached = _medians(lab, VISITED[:4], CHARTS)
    record_property("the same on the page as it opens", f"{trained:.0f} ms, with cached records {cached:.0f} ms")


def _medians(lab: LabPage, visited: list[str], charts: int) -> tuple[float, float]:
    """Milliseconds from letting go of the threshold to the picture: training included, and with cached records."""
    lab.page.evaluate(_WATCH)

    def milliseconds(threshold: str) -> float:
        assert lab.drag("Clipping threshold", THRESHOLDS.index(threshold)) == threshold
        answer = lab.page.wait_for_function(_NEW_PICTURE, arg=[charts, threshold])
        return float(answer.json_value())

    trained, cached = [], []
    for first, second in zip(visited[::2], visited[1::2], strict=True):  # each once to train, once more to show again
        trained += [milliseconds(first), milliseconds(second)]
        cached += [milliseconds(first), milliseconds(second)]
    return statistics.median(trained), statistics.median(cached)
