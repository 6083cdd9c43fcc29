"""Records what PyTorch prints of its modules, and how it counts them.

Run it from the root of the project, in an environment with torch:

    python -m tools.modules            write tests/golden/modules_pytorch.jsonl anew
    python -m tools.modules --check    report what this PyTorch says otherwise
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "modules_pytorch.jsonl"
CASES = """
nn.Conv2d(3, 8, 5)
nn.Conv2d(3, 8, (3, 5), stride=2, padding=1, bias=False)
nn.Conv2d(16, 32, 3, groups=4)
nn.Conv2d(32, 32, 3, padding=1, groups=32)
nn.Conv1d(4, 8, 3, dilation=2)
nn.Conv3d(1, 4, (3, 3, 1))
nn.ConvTranspose1d(8, 4, 4, 2)
nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False)
nn.ConvTranspose2d(16, 8, 3, 2, 1, 1, 4)
nn.ConvTranspose3d(2, 6, 3)
nn.Linear(784, 128)
nn.Linear(128, 10, bias=False)
nn.Bilinear(3, 4, 5)
nn.Bilinear(3, 4, 5, False)
nn.Embedding(10000, 64, padding_idx=0)
nn.EmbeddingBag(100, 16, mode="sum")
nn.BatchNorm1d(64)
nn.BatchNorm2d(8)
nn.BatchNorm2d(8, affine=False)
nn.BatchNorm3d(8, track_running_stats=False)
nn.InstanceNorm2d(4)
nn.InstanceNorm2d(4, affine=True, track_running_stats=True)
nn.LayerNorm(64)
nn.LayerNorm((4, 5), bias=False)
nn.LayerNorm((4, 5), elementwise_affine=False)
nn.RMSNorm(64)
nn.GroupNorm(4, 64)
nn.GroupNorm(4, 64, affine=False)
nn.PReLU()
nn.PReLU(8)
nn.LSTM(8, 32)
nn.LSTM(8, 32, 2, batch_first=True, bidirectional=True)
nn.LSTM(8, 32, 2, bias=False, dropout=0.2)
nn.LSTM(8, 32, proj_size=16)
nn.LSTM(8, 32, num_layers=3, bidirectional=True, proj_size=16)
nn.GRU(16, 32)
nn.GRU(16, 32, bidirectional=True)
nn.GRU(16, 32, num_layers=2, bias=False)
nn.RNN(5, 6)
nn.RNN(5, 6, 2, "relu")
nn.LSTMCell(3, 4)
nn.GRUCell(3, 4, bias=False)
nn.RNNCell(3, 4)
nn.MultiheadAttention(64, 4)
nn.MultiheadAttention(64, 4, bias=False)
nn.TransformerEncoderLayer(64, 4, 128)
nn.TransformerEncoderLayer(64, 4, 128, bias=False)
nn.TransformerDecoderLayer(64, 4, 128)
nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128), 3)
nn.Transformer(32, 4, 2, 2, 64)
nn.Sequential(nn.Conv2d(3, 8, 5), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2))
nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.Dropout(0.5), nn.Linear(128, 10))
nn.ModuleList([nn.Linear(4, 4) for _ in range(5)])
nn.ModuleDict({"a": nn.Linear(3, 4), "b": nn.Sequential(nn.Conv1d(2, 3, 1))})
nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.GELU()), nn.ModuleList([nn.GRU(3, 4)]))
nn.ReLU()
nn.AdaptiveAvgPool2d((1, 1))
nn.Upsample(scale_factor=2)
nn.Softmax(dim=1)
nn.Identity()
nn.CrossEntropyLoss()
"""
_CONSTRUCTED = ("for _", "ModuleDict", "ModuleList", "Transformer(", "TransformerEncoder(")


def lines() -> Iterator[dict[str, Any]]:
    """One line for each print, and one for each constructor that is no program."""
    import torch
    from torch import nn

    warnings.simplefilter("ignore")
    for case in CASES.strip().splitlines():
        module = eval(case, {"nn": nn})  # noqa: S307 - our own list
        count = {
            "params": sum(weight.numel() for weight in module.parameters()),
            "buffers": sum(buffer.numel() for buffer in module.buffers()),
            "torch": torch.__version__.partition("+")[0],
        }
        yield {"text": str(module), **count}
        if not any(word in case for word in _CONSTRUCTED):
            yield {"text": case, **count}


def main() -> int:
    """Write or check the recorded lines; 1 when a check found a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="report differences, write nothing")
    text = "".join(f"{json.dumps(line)}\n" for line in lines())
    if not parser.parse_args().check:
        GOLDEN.write_text(text, encoding="utf-8")
        return 0
    differs = GOLDEN.read_text("utf-8") != text
    print("modules_pytorch.jsonl differs" if differs else "the same", file=sys.stderr)
    return int(differs)


if __name__ == "__main__":
    raise SystemExit(main())
