"""The pictures, sentences and sounds of five kinds of RNN: what they show is in the batch, the record and the notes."""

from __future__ import annotations

import io
import math
import wave

import numpy as np
import pytest

from pages.lessons.five_kinds.figures.flow_map import COLOUR_RANGE, flow_map, flow_map_alt, flow_map_info
from pages.lessons.five_kinds.figures.kind_diagram import kind_diagram, kind_diagram_alt, kind_diagram_info
from pages.lessons.five_kinds.figures.kinds_compared import kinds_compared, kinds_compared_alt, kinds_compared_info
from pages.lessons.five_kinds.figures.piano_roll import note_name, piano_roll, piano_roll_alt, piano_roll_info
from pages.lessons.five_kinds.figures.segments import segments, segments_alt, segments_info
from pages.lessons.five_kinds.figures.word_saliency import word_saliency, word_saliency_alt, word_saliency_info
from pages.lessons.five_kinds.sentences import shared as sentences
from pages.lessons.five_kinds.sound import RATE, SECONDS, frequency, wav
from rnn_core.config import Config
from rnn_core.experiments.kinds import KINDS, GradientFlow
from rnn_core.recording import train
from rnn_core.tasks import led, melody, sentiment
from rnn_core.types import Batch, Record


def named(figure: object, name: str) -> list[object]:
    return [trace for trace in figure.data if trace.name and trace.name.startswith(name)]


def test_a_diagram_shows_an_input_where_the_batch_has_one_and_a_loss_where_it_has_weight() -> None:
    batch = Batch(np.array([[0, 9], [3, 9], [4, 9]]), np.zeros((3, 2), int), np.array([[0, 1], [0, 1], [0.5, 0]]))
    info = kind_diagram_info(batch, ("–", "a", "b"), ("", "", "yes"), nothing=0)
    assert info.given == (False, True, True)
    assert info.read == (False, False, True)
    assert info.log_share is None
    figure = kind_diagram(info)
    assert named(figure, "an input")[0].x == (2, 3)
    assert named(figure, "nothing is read")[0].x == (1,)
    assert named(figure, "an output")[0].x == (3,)
    (lines,) = (trace for trace in figure.data if trace.mode == "lines")
    ways = {(x0, y0, x1, y1) for x0, x1, y0, y1 in zip(lines.x[::3], lines.x[1::3], lines.y[::3], lines.y[1::3])}  # noqa: B905
    assert ways == {(0, 1, 1, 1), (1, 1, 2, 1), (2, 1, 3, 1), (2, 0, 2, 1), (3, 0, 3, 1), (3, 1, 3, 2)}
    assert [note.text for note in figure.layout.annotations] == ["yes"]
    assert "Something is read at time step" in kind_diagram_alt(info)
    assert kind_diagram_info(batch, ("", "", ""), ("", "", "")).given == (True, True, True)


def test_inputs_that_are_values_are_none_where_all_are_zero() -> None:
    info = kind_diagram_info(melody.of_pairs(melody.PAIRS[:2], 8, "float64"), [""] * 8, [""] * 8)
    assert info.given == (True, *[False] * 7)
    assert info.read == (True,) * 8
    assert "read at time step 1; the loss is read at time steps 1 to 8" in kind_diagram_alt(info)


def test_states_are_coloured_by_their_gradient_and_grey_where_none_can_be_drawn() -> None:
    batch = melody.of_pairs(melody.PAIRS[:1], 3, "float64")
    norms = np.array([1e-3, 0, np.inf, 1.0])
    figure = kind_diagram(kind_diagram_info(batch, [""] * 3, [""] * 3, norms))
    (states,) = named(figure, "a state; colour")
    assert states.x == (0, 3)
    assert states.marker.color == (-3.0, 0.0)
    assert (states.marker.cmin, states.marker.cmax) == COLOUR_RANGE
    assert named(figure, "a state without a drawable gradient")[0].x == (1, 2)


@pytest.fixture(scope="module")
def record() -> Record:
    return train(KINDS["one-to-many"].config.replace(updates=6, hidden_size=4))


def test_the_heatmap_is_the_record_s_norms_with_marks_where_the_loss_is_read(record: Record) -> None:
    info = flow_map_info(record, (2, 15))
    figure = flow_map(info)
    heatmap = figure.data[0]
    np.testing.assert_allclose(heatmap.z, np.log10(record.dh_norm.T), rtol=1e-5)
    assert (heatmap.zmin, heatmap.zmax) == COLOUR_RANGE
    (marks,) = named(figure, "the loss is read here")
    assert marks.y == (2, 15)
    assert set(marks.x) == {6}
    assert "read at 2 of them" in flow_map_alt(info)
    assert not named(figure, "exactly zero")


def test_zeros_and_what_is_not_finite_are_marked_on_the_heatmap(record: Record) -> None:
    norms = record.dh_norm.copy()
    norms[2, 3], norms[4, 5] = 0, np.nan
    marked = train(record.config.replace(updates=6))
    object.__setattr__(marked, "dh_norm", norms)
    figure = flow_map(flow_map_info(marked, (1,)))
    for name in ("exactly zero", "not finite"):
        assert named(figure, name)
    zero, bad = (trace.z for trace in figure.data[1:] if trace.type == "heatmap")
    assert np.argwhere(np.asarray(zero) == 1).tolist() == [[3, 2]]
    assert np.argwhere(np.asarray(bad) == 1).tolist() == [[5, 4]]


def a_way(norm: list[float], read: tuple[int, ...], ratio: float, recurrent: float = 0.1) -> GradientFlow:
    return GradientFlow(read, np.array(norm), ratio, recurrent)


def test_the_sentence_on_the_way_says_whether_the_gradient_grows_or_shrinks(record: Record) -> None:
    grows = sentences.way_sentence(a_way([9, 8, 4, 2], (1, 2, 3), 4.0), record)
    assert "read at all 3 time steps" in grows
    assert "**grows**" in grows
    assert "is 4 times" in grows
    shrinks = sentences.way_sentence(a_way([9, 1, 4, 8], (3,), 0.125), record)
    assert "read at 1 of 3 time steps" in shrinks
    assert "**shrinks**" in shrinks
    assert "is 0.125 times" in shrinks
    alone = sentences.way_sentence(a_way([0.5, 0.25], (1,), 1.0, 0.0), record)
    assert "one time step" in alone
    assert r"\rVert$ is 0.25" in alone
    assert alone.endswith("is 0.")
    assert "No gradient arrived" in sentences.way_sentence(a_way([1, 1, 0], (2,), math.nan), record)


def test_the_largest_state_is_named_with_its_numbers() -> None:
    said = sentences.largest_sentence(a_way([99, 2, 7, 3], (3,), 1.0))
    assert "largest at $t = 2$: 7." in said
    assert "At $h_1$ it is 2, at $h_{3}$ 3." in said


def test_kinds_are_compared_at_their_states_relative_to_the_last() -> None:
    found = {
        "one": a_way([3, 2], (1,), 1.0),
        "sum": a_way([9, 8, 6, 2], (1, 2, 3), 5.0),
        "end": a_way([1, 1, 2, 4], (3,), 0.2),
    }
    info = kinds_compared_info(found)
    np.testing.assert_array_equal(info.share[1], [4, 3, 1])
    np.testing.assert_array_equal(info.place[1], [0, 0.5, 1])
    np.testing.assert_array_equal(info.place[0], [1])
    figure = kinds_compared(info)
    assert [trace.name for trace in figure.data] == list(found)
    assert figure.layout.yaxis.type == "log"
    assert "sum: 4 at h_1, at most 4" in kinds_compared_alt(info)
    said = sentences.ways_sentences(found)
    assert said[0] == "The gradient grows on its way back in: sum."
    assert said[1] == "It shrinks on its way back in: end."
    assert "more than once (sum)" in said[2]
    assert "read once (end)" in said[2]
    rows = sentences.ways_table(found)
    assert [row["largest ‖∂L/∂hₜ‖ at"] for row in rows] == ["t = 1", "t = 1", "t = 3"]
    assert [row["loss read at"] for row in rows] == ["1 of them", "3 of them", "1 of them"]


def test_a_roll_has_right_notes_wrong_notes_and_the_end_of_training() -> None:
    info = piano_roll_info(np.array([0, 2, 3, 5]), np.array([0, 2, 4, 5]), 3)
    figure = piano_roll(info)
    assert named(figure, "the scale")[0].y == (0, 2, 4, 5)
    assert (named(figure, "played, right")[0].x, named(figure, "played, right")[0].y) == ((1, 2, 4), (0, 2, 5))
    assert (named(figure, "played, wrong")[0].x, named(figure, "played, wrong")[0].y) == ((3,), (3,))
    assert [shape.x0 for shape in figure.layout.shapes] == [3.5]
    assert not piano_roll(info._replace(trained=4)).layout.shapes
    assert "3 are right" in piano_roll_alt(info)
    assert [note_name(note) for note in (0, 1, 12, 27)] == ["C4", "C♯4", "C5", "D♯6"]


def test_what_is_said_of_a_melody_counts_its_notes() -> None:
    info = piano_roll_info(np.array([0, 2, 3, 5]), np.array([0, 2, 4, 5]), 15)
    said = sentences.melody_sentence(info, held_out=False)
    assert said.startswith("3 of 4 notes are right. The first wrong one is at time step 3: D♯4 instead of E4.")
    assert "was in training: what is right here may be recalled" in said
    assert "nobody ever told it" not in said
    assert "nobody ever told it" in sentences.melody_sentence(info._replace(trained=2), held_out=False)
    whole = sentences.melody_sentence(info._replace(played=info.right), held_out=True)
    assert whole.startswith("All 4 notes are right.")
    assert "never held this pair" in whole


def test_bars_stand_for_the_answer_that_a_word_speaks_for() -> None:
    worth, fall = np.array([-2.0, 3.0, 0.0]), np.array([0.5, 4.0, 0.0])
    info = word_saliency_info(("not", "good", "the"), worth, fall, ("no", "yes"))
    figure = word_saliency(info)
    assert (named(figure, "speaks for yes")[0].x, named(figure, "speaks for yes")[0].y) == (("1",), (3.0,))
    assert (named(figure, "speaks for no")[0].x, named(figure, "speaks for no")[0].y) == (("0",), (-2.0,))
    assert list(figure.layout.xaxis.ticktext) == ["not", "good", "the"]
    assert named(figure, "measured, without the word")[0].y == (0.5, 4.0, 0.0)
    assert "to first order: not -2, good +3" in word_saliency_alt(info)
    assert "without the word: not +0.5, good +4" in word_saliency_alt(info)


def test_what_is_said_of_a_sentence_names_the_answer_the_rules_and_the_word_worth_most() -> None:
    info = word_saliency_info(("not", "good"), np.array([-4.0, 3.0]), np.array([1.0, 5.0]), sentiment.ANSWERS)
    right = sentences.sentiment_sentence(np.array([0.9, 0.1]), 0, info)
    assert "**criticism** with probability 0.900" in right
    assert "By the rules of the corpus it is criticism." in right
    assert "to first order: “not” (word 1), for criticism." in right
    assert "by leaving it out: “good” (word 2), for praise." in right
    assert "**that is wrong**: it is praise" in sentences.sentiment_sentence(np.array([0.9, 0.1]), 1, info)
    assert "nothing decides" in sentences.sentiment_sentence(np.array([0.9, 0.1]), None, info)
    assert sentences.probability(np.array([0.9999, 0.0001])) == "a probability above 0.999"


def test_segments_are_drawn_as_they_are_lit() -> None:
    info = segments_info(led.DIGITS[7], np.eye(10)[7])
    widths = {trace.hovertemplate.split(":")[0]: trace.line.width for trace in segments(info).data}
    assert {name for name, width in widths.items() if width > 10} == {"top", "upper right", "lower right"}
    assert set(widths) == set(led.SEGMENTS)
    assert segments_alt(info).endswith("The network sees a 7.")


def test_a_note_an_octave_up_has_twice_the_frequency_and_a_is_440() -> None:
    assert frequency(12) == pytest.approx(2 * frequency(0))
    assert frequency(9) == pytest.approx(440, abs=0.01)


def test_the_sound_plays_the_notes_one_after_the_other() -> None:
    notes = [0, 9, 27]
    with wave.open(io.BytesIO(wav(notes))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    each = int(RATE * SECONDS)
    assert len(samples) == 3 * each
    assert 10_000 < np.abs(samples).max() < 32_767
    for k, note in enumerate(notes):
        tone = samples[k * each : (k + 1) * each]
        assert abs(tone[0]) < 100
        assert abs(tone[-1]) < 100
        spectrum = np.abs(np.fft.rfft(tone, 8 * each))
        assert spectrum.argmax() * RATE / (8 * each) == pytest.approx(frequency(note), rel=0.005)


def test_marks_put_each_slice_beside_its_rules() -> None:
    kind = KINDS["many-to-one"]
    record = train(Config(task="sentiment", updates=1, hidden_size=2))
    said = sentences.marks_sentence(kind, record)
    first, second = (record.evaluation[name] for name in kind.slices)
    assert f"Right on fresh sentences: **{first.accuracy:.1%}**" in said
    assert f"last clause {first.baselines['last clause']:.1%}" in said
    assert (
        f"On clauses that disagree: **{second.accuracy:.1%}** (last clause: {second.baselines['last clause']:.1%})."
        in said
    )
