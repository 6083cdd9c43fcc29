"""Run in a process of its own: executes printed programs in a real Keras and says what came out.

Reads `[[program, …], …]` as JSON from standard input; writes one JSON line.
"""

import importlib
import json
import math
import os
import sys


def counts(model):
    """The numbers below a summary, and the footer itself."""
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    learned, fixed = (
        sum(math.prod(w.shape) for w in weights)
        for weights in (model.trainable_weights, model.non_trainable_weights)
    )
    text = "\n".join(lines)
    footer = [line.strip() for line in text.splitlines() if "params: " in line]
    return {"trainable": learned, "non_trainable": fixed, "footer": footer}


def answer(program):
    namespace = {}
    exec(program, namespace)  # noqa: S102 - what the test is about
    model = namespace["model"]
    return {**counts(model), "json": model.to_json() if "json" in sys.argv else ""}


def main():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    out = os.dup(1)
    os.dup2(2, 1)
    programs = json.load(sys.stdin)
    name = "tf_keras" if "legacy" in sys.argv else "keras"
    keras = importlib.import_module(name)
    answers = []
    for program in programs:
        keras.backend.clear_session()
        try:
            answers.append(answer(program))
        except Exception as error:
            answers.append({"error": f"{type(error).__name__}: {error}"})
    with os.fdopen(out, "w") as stream:
        stream.write("\n" + json.dumps([keras.__version__, answers]) + "\n")


if __name__ == "__main__":
    main()
