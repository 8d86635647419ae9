"""From slider to picture: what a visitor waits between letting go of the threshold and the last chart painted."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest

from pages.components.controls import STOPS, show

from .lab_page import CHARTS, LabPage

THRESHOLDS = [show(stop) for stop in STOPS["clip_threshold"]]
VISITED = ["0.6", "0.8", "1.2", "1.5", "2", "2.5", "3", "4"]

_WATCH = """() => {
    window.watched = {released: NaN, changed: NaN, painted: NaN};
    window.addEventListener('pointerup', () => { watched.released = performance.now(); }, true);
    new MutationObserver(changes => {
        const element = node => node.nodeType === 1 ? node : node.parentElement;
        const inChart = node => element(node)?.closest('[data-testid="stPlotlyChart"]');
        if (!changes.some(change => inChart(change.target) || [...change.addedNodes].some(inChart))) return;
        watched.changed = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => { watched.painted = performance.now(); }));
    }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
"""Note when the mouse lets go, and when the second frame after the last change inside any chart was painted."""

_NEW_PICTURE = """([charts, threshold]) => {
    const shown = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
    const named = shown.flatMap(chart => [...chart.querySelectorAll('text')].map(text => text.textContent))
        .filter(text => text.startsWith('threshold '));
    const idle = !document.querySelector('[data-stale="true"], [data-testid="stProgress"]')
        && document.querySelector('[data-testid="stApp"]').getAttribute('data-test-script-state') !== 'running';
    const still = performance.now() - watched.changed > 700 && watched.painted > watched.changed;
    return shown.length === charts && idle && still && watched.changed > watched.released
        && named.length > 0 && named.every(text => text === `threshold ${threshold}`)
        && watched.painted - watched.released;
}"""
"""Milliseconds from letting go to the last chart, once every chart that names the threshold names the new one."""


@pytest.mark.quiet
def test_training_does_not_dominate_the_way_from_slider_to_picture(
    lab: LabPage, record_property: Callable[[str, object], None]
) -> None:
    lab.open(seed=77)
    lab.page.evaluate(_WATCH)

    def milliseconds(threshold: str) -> float:
        assert lab.drag("Clipping threshold", THRESHOLDS.index(threshold)) == threshold
        answer = lab.page.wait_for_function(_NEW_PICTURE, arg=[CHARTS, threshold])
        return float(answer.json_value())

    trained, cached = [], []
    for first, second in zip(VISITED[::2], VISITED[1::2], strict=True):  # each once to train, once more to show again
        trained += [milliseconds(first), milliseconds(second)]
        cached += [milliseconds(first), milliseconds(second)]
    with_training, without = statistics.median(trained), statistics.median(cached)
    ratio = with_training / without
    record_property("from slider to picture, training included", f"{with_training:.0f} ms, median of {len(trained)}")
    record_property("from slider to picture, records cached", f"{without:.0f} ms, median of {len(cached)}")
    record_property("ratio", f"{ratio:.2f}")
    assert ratio < 2, f"trained: {trained}, cached: {cached}"
