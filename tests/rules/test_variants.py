"""What `varied` refuses, and what nobody can know; the recorded cases are in test_layers."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.errors import RuleError, Unknown
from inspector.graph import Layer
from inspector.infer import _apply
from inspector.rules import layer_rule
from inspector.rules.rule import Spec, bound, spec_of


def spec_with(class_name: str, dtype: Any, shape=(None, 8), **config: Any) -> Spec:
    layer = Layer("layer", class_name, {**config, "dtype": dtype})
    rule = layer_rule(class_name)
    assert rule is not None
    return spec_of(rule, layer, bound(rule, (shape,), {"value": shape}), {}, _apply)


def policy(class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.dtype_policies", "class_name": class_name, "config": config}


@pytest.mark.parametrize(
    "dtype",
    [
        policy("GPTQDTypePolicy", mode="gptq/4/128", source_name="float32"),
        policy("AWQDTypePolicy", mode="awq/4/128", source_name="float32"),
        policy("DTypePolicyMap", default_policy=None, policy_map={}),
        "gptq/4/128_from_float32",
    ],
)
def test_what_nobody_can_know(dtype):
    with pytest.raises(Unknown):
        spec_with("Dense", dtype, units=5)


def test_quantised_projections_are_not_settled():
    dtype = policy("QuantizedDTypePolicy", mode="int8", source_name="float32")
    with pytest.raises(Unknown):
        spec_with("MultiHeadAttention", dtype, (None, 5, 8), num_heads=2, key_dim=4)


def test_refused_mode():
    dtype = policy("QuantizedFloat8DTypePolicy", mode="float8", source_name="float32")
    with pytest.raises(RuleError, match="Embedding has no mode float8"):
        spec_with("Embedding", dtype, input_dim=10, output_dim=4)


@pytest.mark.parametrize(
    "dtype",
    ["float32", "mixed_bfloat16", None, policy("DTypePolicy", name="mixed_float16")],
)
def test_plain_types_change_no_count(dtype):
    assert spec_with("Dense", dtype, units=5).formula == "n_in·n_out + n_out"


def test_formulas():
    assert spec_with("Dense", "float32", units=5, lora_rank=2).formula == (
        "n_in·n_out + n_out + n_in·rank + rank·n_out"
    )
    assert spec_with("Dense", "int4/4_from_float32", units=5).arithmetic == ("5 + 8·3 + 2·2·5 + 8")
