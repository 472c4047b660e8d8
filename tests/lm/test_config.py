"""What a run is told: plain values from whatever dress, refused at once or the same after a file."""

import json
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from passk_lab.lm import BaseConfig, Countdown, Shape, TrainConfig

DRESSED = {
    "seed": [np.int64(3), 3.0, np.array(3), np.uint8(3)],
    "rate": [np.float32(1e-3), np.float64(1e-3), Fraction(1, 1000), np.array(1e-3)],
    "n": [np.int64(32), 32.0, np.float32(32)],
    "clip": [1, np.float16(1), float("inf")],
    "orders": [np.int16(60), None],
    "judged": [np.int64(2), None],
    "base_seed": [np.int64(2), 0.0, None],
    "parameters": [{"ddof": np.int64(1)}, {"eps": np.float32(0.25)}, MappingProxyType({"ddof": 1})],
    "mechanisms": [{"novelty": {"strength": np.float32(0.5)}}, MappingProxyType({"novelty": MappingProxyType({})})],
    "base": [Path("base.safetensors"), np.str_("collapsed")],
    "task": [Countdown(np.int64(3), 30.0)],
    "gradient": [np.str_("sampled")],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in DRESSED.items() for value in values])
def test_a_config_comes_back_from_a_file_as_it_was(name, value):
    config = TrainConfig(**{name: value})
    written = json.dumps(config.to_json())
    assert TrainConfig.from_json(json.loads(written)) == config
    assert TrainConfig.from_json(config.to_json()) == config
    kept = getattr(config, name)
    assert type(kept) in (int, float, str, dict, Countdown, type(None)), type(kept)
    assert config.label


def test_numbers_are_kept_as_what_they_are():
    config = TrainConfig(n=32.0, seed=np.int64(3), rate=np.float32(1e-3), parameters={"eps": np.float32(0.25)})
    assert (config.n, config.seed, config.rate) == (32, 3, float(np.float32(1e-3)))
    assert [type(x) for x in (config.n, config.seed, config.rate, config.parameters["eps"])] == [int, int, float, float]
    assert TrainConfig(objective="tang-std", parameters={"std": np.True_}, n=4, watch=4).parameters == {"std": True}
    assert TrainConfig(objective="maxrl", parameters={"order": None}).label == "maxrl (order = None)"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n": True}, "n came as True/False"),
        ({"n": 8.5}, r"n = 8\.5"),
        ({"seed": "3"}, r"seed must be whole numbers.*int\("),
        ({"seed": None}, r"seed = None.*pass a number"),
        ({"rate": True}, "rate must be a number, but got True"),
        ({"rate": "0.1"}, "rate must be a number, but got '0.1'"),
        ({"rate": 1j}, "rate must be a number"),
        ({"mechanisms": {"novelty": 3}}, "novelty must be a dict by name"),
        ({"mechanisms": ["novelty"]}, "mechanisms must be a dict by name"),
        ({"parameters": [4]}, "parameters must be a dict by name"),
        ({"parameters": {"ddof": "one"}}, "parameters: ddof must be a number, but got 'one'"),
        ({"base": 5}, "base is the path of a checkpoint"),
        ({"base_seed": 3}, "base_seed names a bundled model, 0, 1, 2, not 3"),
        ({"device": None}, "device must be a text"),
        ({"objective": "\ud800"}, "objective holds half a character"),
        ({"gradient": ["exact"]}, "gradient is one of sampled"),
    ],
)
def test_what_would_fail_later_is_refused_at_once(given, said):
    with pytest.raises(ValueError, match=said) as caught:
        TrainConfig(**given)
    assert str(caught.value).endswith(".")


def test_a_file_that_was_edited_is_refused_in_a_sentence():
    for values, said in (
        ([1], "a config must be a dict"),
        ({"speed": 1}, "'speed' is not a setting"),
        ({"task": 3}, "task must be a Countdown"),
        ({"task": {"numbers": 3, "colour": "red"}}, "'colour' is not a part of a task"),
    ):
        with pytest.raises(ValueError, match=said):
            TrainConfig.from_json(values)


def test_the_base_and_its_shape_too():
    config = BaseConfig(steps=np.int64(3), rate=np.float32(0.001), shape=Shape(64.0, np.int8(2)), orders=60.0)
    assert [type(x) for x in (config.steps, config.rate, config.shape.width, config.orders)] == [int, float, int, int]
    with pytest.raises(TypeError, match="shape must be a Shape"):
        BaseConfig(shape=64)
