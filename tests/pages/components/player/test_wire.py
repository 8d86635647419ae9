"""The message to the player, read byte by byte as the player reads it."""

from __future__ import annotations

import dataclasses
import json
import math
import struct
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pages
from pages.components.player.data import PlayerData
from pages.components.player.events import MOST_CLIPS
from pages.components.player.wire import pack, to_codes
from rnn_core.config import SPECS, Config
from rnn_core.recording import SNAPSHOT_BYTES, SNAPSHOTS, snapshot_updates
from rnn_core.tasks import reading
from rnn_core.training import starting_params
from tests.pages.players import player_data_of, unpack
from tests.pages.records import run

NAN, INF = np.nan, np.inf

ARTICLE = reading.read(reading.ARTICLE)


@pytest.fixture(scope="module")
def shown() -> PlayerData:
    return player_data_of(run(clip="off"), run(clip_threshold=0.2), ARTICLE)


def with_track(shown: PlayerData, **changes: Any) -> PlayerData:
    return shown._replace(tracks=(shown.tracks[0]._replace(**changes), shown.tracks[1]))


def values(message: dict[str, Any], name: str) -> np.ndarray:
    """States as the player reads them: code times scale, and nan for what is not finite."""
    codes, scale = message["arrays"][f"{name}.h"], message["arrays"][f"{name}.h_scale"]
    assert codes.dtype == np.int16
    states = codes.astype(float) * scale.astype(float)[:, None, None]
    return np.where(codes == -32768, NAN, states)


def test_the_header_is_padded_json_and_every_array_begins_at_a_multiple_of_eight_bytes(shown: PlayerData) -> None:
    message = pack(shown)
    (length,) = struct.unpack("<I", message[:4])
    assert (4 + length) % 8 == 0
    head = json.loads(message[4 : 4 + length].decode("utf-8"))
    end = 4 + length
    for place in head["arrays"].values():  # in the order of the header, without gaps but for the padding
        assert place["offset"] == end
        end += int(np.prod(place["shape"])) * np.dtype(place["dtype"]).itemsize
        end += -end % 8
    assert end == len(message)
    place = head["arrays"]["B.dh_norm"]
    numbers = struct.unpack_from(f"<{np.prod(place['shape'])}d", message, place["offset"])
    np.testing.assert_array_equal(numbers, shown.tracks[1].dh_norm.ravel())


def test_the_header_says_all_that_is_not_an_array(shown: PlayerData) -> None:
    head = unpack(pack(shown))
    head.pop("arrays")
    events = head.pop("events")
    twins = head.pop("twins")
    assert head == {
        "format": 1,
        "words": list(ARTICLE.words),
        "pair": None,
        "rest": "were from India",
        "asked": "were",
        "subject": 2,
        "trained_length": 14,
        "updates": 100,
        "units": 8,
        "cell": "vanilla",
        "activation": "tanh",
        "state_limit": 1.0,
        "gradient_range": list(shown.gradient_range),
        "lost": 0.01,
    }
    common = {"updates": 100, "snapshots": 101, "ended": None}
    assert twins == [
        {"name": "A · without clipping", "clip": "no clipping", "threshold": None} | common,
        {"name": "B · with clipping", "clip": "norm, threshold 0.2", "threshold": 0.2} | common,
    ]
    assert events == [event._asdict() for event in shown.events]
    assert events


def test_the_arrays_come_back_as_they_were_and_states_to_half_a_code(shown: PlayerData) -> None:
    message = unpack(pack(shown))
    for name, track in zip("AB", shown.tracks, strict=True):
        for sent, array, dtype in (
            ("shown", track.shown, "int32"),
            ("p", track.p_were, "float32"),
            ("dh_norm", track.dh_norm, "float64"),
            ("loss", track.loss, "float32"),
            ("accuracy", track.accuracy, "float32"),
            ("norm", track.grad_norm, "float32"),
            ("norm_clipped", track.grad_norm_clipped, "float32"),
            ("clipped", track.clipped, "uint8"),
        ):
            found = message["arrays"][f"{name}.{sent}"]
            assert found.dtype == dtype
            np.testing.assert_array_equal(found, array.astype(dtype))
        largest = np.abs(track.h).max(axis=(1, 2))
        error = np.abs(values(message, name) - track.h).max(axis=(1, 2))
        assert (error <= 0.5001 * largest / 32767).all()
        assert error.max() > 0


def test_values_that_are_not_finite_survive_and_the_header_has_none(shown: PlayerData) -> None:
    track = shown.tracks[0]
    h, dh, p, loss, norm = (x.copy() for x in (track.h, track.dh_norm, track.p_were, track.loss, track.grad_norm))
    h[3, 2, 1], h[3, 3, 0], h[4] = NAN, -INF, INF
    dh[5, 1], dh[5, 2], p[6, 1], loss[-1], norm[-1] = INF, NAN, NAN, NAN, INF
    broken = with_track(shown, h=h, dh_norm=dh, p_were=p, loss=loss, grad_norm=norm)
    message = unpack(pack(broken))
    found = values(message, "A")
    np.testing.assert_array_equal(np.isnan(found), ~np.isfinite(h))
    finite = np.isfinite(h)
    np.testing.assert_allclose(found[finite], h[finite], atol=0.51 / 32767)
    for name, array in (("dh_norm", dh), ("p", p), ("loss", loss), ("norm", norm)):
        sent = message["arrays"][f"A.{name}"]
        np.testing.assert_array_equal(sent, array.astype(sent.dtype))
    assert message["arrays"]["A.norm"].dtype == np.float32
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack(shown._replace(state_limit=INF))


@pytest.mark.parametrize("value", [1e39, 1e-39, 1e-320, 1e300])
@pytest.mark.parametrize("name", ["grad_norm", "grad_norm_clipped", "loss"])
def test_what_single_precision_cannot_hold_is_sent_in_double(shown: PlayerData, name: str, value: float) -> None:
    values = getattr(shown.tracks[0], name).copy()
    values[7], values[8] = value, 0
    sent = {"grad_norm": "norm", "grad_norm_clipped": "norm_clipped", "loss": "loss"}[name]
    message = unpack(pack(with_track(shown, **{name: values})))
    assert message["arrays"][f"A.{sent}"].dtype == np.float64
    np.testing.assert_array_equal(message["arrays"][f"A.{sent}"], values)
    assert message["arrays"][f"B.{sent}"].dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1e-319, 1e-44, 1e-37, 3e-34, 1e-33, 1e-7, 1, 5.3, 1e30, 3e38, 1e100, 1e300])
def test_codes_of_states_of_any_size_are_right_to_half_a_code(size: float, dtype: Any) -> None:
    with np.errstate(over="ignore", under="ignore"):
        h = (np.random.default_rng(0).uniform(-1, 1, (3, 40, 5)) * size).astype(dtype)
        h[0, 0, 0], h[0, 0, 1] = size, -size
    h[1] *= dtype(0.01)
    codes, scale = to_codes(h)
    finite = np.isfinite(h)
    assert ((codes == -32768) == ~finite).all()
    units = scale.astype(float)[:, None, None]
    assert (units > 0).all()
    assert (np.abs(codes * units - h)[finite] <= 0.501 * np.broadcast_to(units, h.shape)[finite]).all()
    assert scale.dtype == (np.float64 if size > 1e38 * 32767 and dtype is np.float64 else np.float32)
    if 1e-30 < size < 1e38:
        assert np.abs(codes).max(axis=(1, 2)).tolist() == [32767] * 3


def test_equal_data_are_equal_bytes_and_others_are_not(shown: PlayerData) -> None:
    a, b = (dataclasses.replace(run(**changes)) for changes in ({"clip": "off"}, {"clip_threshold": 0.2}))
    again = player_data_of(a, b, ARTICLE)
    assert again is not shown
    assert pack(again) == pack(shown)
    assert pack(shown._replace(asked="was")) != pack(shown)


def test_the_typed_words_arrive_whatever_their_letters(shown: PlayerData) -> None:
    rest = "were 😀 </script> “in” Ōsaka"
    message = pack(shown._replace(rest=rest))
    assert unpack(message)["rest"] == rest
    for length in range(20):  # the padding and the offsets follow
        assert unpack(pack(shown._replace(rest="x" * length)))["arrays"]["A.shown"].tolist() == list(range(101))


def test_three_hundred_updates_of_twenty_words_and_32_units_take_less_than_two_megabytes() -> None:
    changes = {"updates": 300, "sentence_length": 20, "hidden_size": 32}
    words = (
        "near the pilot the artists who performed yesterday had the name of the teacher and followed the doctors today"
    )
    read = reading.read(words + " and were")
    assert len(read.words) == 20
    found = player_data_of(run(clip="off", **changes), run(**changes), read)
    assert found.tracks[0].h.shape == (300, 21, 32)
    message = pack(found)
    assert len(message) < 2_000_000
    assert len(message) > 2 * 300 * 21 * 32 * 2


def test_the_largest_data_that_the_bounds_allow_are_far_below_what_the_server_sends_at_once(shown: PlayerData) -> None:
    """Weights W_hh alone limit the snapshots of a wide network, so that S·H is at most that of the widest with all."""
    settings = tomllib.loads((Path(pages.__file__).parents[1] / ".streamlit" / "config.toml").read_text())
    widest = math.isqrt(SNAPSHOT_BYTES // (4 * SNAPSHOTS))
    S, T, H, U = SNAPSHOTS, reading.LONGEST, widest, int(SPECS["updates"].high or 0)
    changes: dict[str, Any] = {name: np.ones((S, T + 1)) for name in ("p_were", "pair_p_were", "dh_norm")}
    for name in ("loss", "accuracy", "grad_norm", "grad_norm_clipped"):
        changes[name] = np.full(U, 1e300)  # needs double precision
    changes |= {"shown": np.arange(S), "h": np.ones((S, T + 1, H)), "clipped": np.ones(U, bool)}
    a, b = (track._replace(**changes) for track in shown.tracks)
    events = shown.events[:1] * (2 * MOST_CLIPS)
    size = len(pack(shown._replace(tracks=(a, b), events=events, updates=U)))
    assert 10e6 < size < 0.5 * settings["server"]["maxMessageSize"] * 1e6
    assert all(snapshots * H <= S * widest for H, snapshots in snapshots_of_wide_networks().items())


def snapshots_of_wide_networks() -> dict[int, int]:
    sizes = {H: Config(updates=50_000, hidden_size=H) for H in (64, 80, 96, 128, 200, 256)}
    return {
        H: len(snapshot_updates(config, sum(W.nbytes for W in starting_params(config).values())))
        for H, config in sizes.items()
    }
