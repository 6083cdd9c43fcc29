"""The channels of the MobileNets: recorded for alpha 1, derived for any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.readers.entries import Entry, configured, inserted, named, source, without


def multiplied(entries: Sequence[Entry], alpha: float, depth_multiplier: int) -> list[Entry]:
    """MobileNet with `alpha` times the filters, and several to a channel of each depthwise one."""
    changed = []
    for entry in entries:
        if entry["class_name"] == "DepthwiseConv2D":
            changed.append(configured(entry, depth_multiplier=depth_multiplier))
        elif entry["class_name"] == "Conv2D" and entry["name"] != "conv_preds":
            changed.append(configured(entry, filters=int(entry["config"]["filters"] * alpha)))
        else:
            changed.append(entry)
    return changed


def widened(entries: Sequence[Entry], alpha: float, version: int) -> list[Entry]:
    """MobileNetV2 or V3 of another width: a block that keeps its channels adds its input."""
    filters = {
        entry["name"]: entry["config"]["filters"]
        for entry in entries
        if entry["class_name"] == "Conv2D"
    }
    stem = next(iter(filters))
    width = eights(filters[stem] * alpha) if version == 2 else filters[stem]
    ours = {stem: width, **_blocks(filters, width, alpha, version)}
    changed = [
        configured(entry, filters=ours[entry["name"]]) if entry["name"] in ours else entry
        for entry in entries
    ]
    flowing = width
    for name in ours:
        if name.endswith("project"):
            changed = _summed(changed, name.removesuffix("project"), flowing == ours[name])
            flowing = ours[name]
    return changed


def eights(value: float) -> int:
    """`value` as a multiple of 8, never less than nine tenths of it.

    >>> eights(11), eights(12), eights(18)
    (16, 16, 24)
    """
    near = max(8, int(value + 4) // 8 * 8)
    return near if near >= 0.9 * value else near + 8


def _blocks(filters: Mapping[str, int], width: int, alpha: float, version: int) -> dict[str, int]:
    """The filters of every convolution after the stem, from those recorded for alpha 1."""
    ours: dict[str, int] = {}
    recorded = next(iter(filters.values()))  # the channels that flow into a block for alpha 1
    hidden = width  # the channels inside a block
    for name, count in list(filters.items())[1:]:
        if name.endswith("expand"):
            hidden = ours[name] = eights(width * (count / recorded))
        elif name.endswith("squeeze_excite_conv"):
            ours[name] = eights(hidden * 0.25)
        elif name.endswith("squeeze_excite_conv_1"):
            ours[name] = hidden
        elif name.endswith("project"):
            scaled = count * alpha
            width = ours[name] = eights(int(scaled) if version == 2 else scaled)
            recorded = count
        elif name == "conv_1":
            ours[name] = eights(width * 6)
        elif name in ("Conv_1", "conv_2"):  # never narrower than recorded
            ours[name] = eights(count * alpha) if alpha > 1 else count
    return ours


def _summed(entries: list[Entry], prefix: str, keeps: bool) -> list[Entry]:
    """A block with its sum, or without, by whether it keeps its channels and its size."""
    by_name = {entry["name"]: entry for entry in entries}
    kept = keeps and by_name[f"{prefix}depthwise"]["config"]["strides"] == [1, 1]
    name = f"{prefix}add"
    if kept and name not in by_name:
        first = by_name.get(f"{prefix}expand") or by_name[f"{prefix}depthwise"]
        last = f"{prefix}project_BN" if f"{prefix}project_BN" in by_name else f"{prefix}project_bn"
        like = next(entry for entry in entries if entry["name"].endswith("_add"))
        return inserted(entries, named(like, name, [source(first), last]), after=last)
    if name in by_name and not kept:
        return without(entries, name)
    return entries
