"""Records what a real `model.summary()` prints, beside the model that it was printed for.

Run it from the root of the project, in an environment with Keras:

    python -m tools.summaries                  write tests/golden/summaries/ anew
    python -m tools.summaries --check          report what this Keras prints otherwise
    python -m tools.summaries --to DIR --keras write elsewhere, with .keras files for to_json()

Every sample is saved, loaded again and then printed: the text belongs to the file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from inspector.live.child import summary_text

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "summaries"
WIDTH = 100
VARIANTS: dict[str, dict[str, bool]] = {
    "plain": {},
    "nested": {"expand_nested": True},
    "trainable": {"show_trainable": True, "expand_nested": True},
}
Build = Callable[[], Any]
SAMPLES: dict[str, Build] = {}


def sample(build: Build) -> Build:
    """Register a function that builds a model, under its own name."""
    SAMPLES[build.__name__] = build
    return build


@sample
def chain() -> Any:
    """Every call takes one tensor and gives it to one: no column of connections."""
    from keras import Input, Model, layers

    x = door = Input((28, 28, 1), name="image")
    x = layers.Conv2D(8, 5, activation="relu", name="conv")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return Model(door, layers.Dense(10, name="head")(x), name="chain")


@sample
def sequential() -> Any:
    """A Sequential model that knows its input."""
    from keras import Input, Sequential, layers

    parts = [Input((64,)), layers.Dense(32, name="a"), layers.Dropout(0.5), layers.Dense(2)]
    return Sequential(parts, name="sequential")


@sample
def unbuilt() -> Any:
    """A Sequential model that was never told its input."""
    from keras import Sequential, layers

    parts = [layers.Conv2D(4, 3), layers.ReLU(), layers.MaxPooling2D(), layers.Flatten()]
    parts += [layers.Add(), layers.Dropout(0.1), layers.Embedding(10, 3), layers.Dense(2)]
    return Sequential(parts, name="unbuilt")


@sample
def shared() -> Any:
    """One layer called three times, on inputs of two kinds."""
    from keras import Input, Model, layers

    left, right = Input((16,), name="left"), Input((16,), name="right")
    twin = layers.Dense(16, name="twin")
    a, b = twin(left), twin(right)
    joined = layers.Concatenate(name="joined")([a, b, twin(a)])
    return Model([left, right], layers.Dense(1, name="score")(joined), name="shared")


@sample
def same_layer_in_a_chain() -> Any:
    """A chain that passes one layer twice."""
    from keras import Input, Model, layers

    door = Input((8,), name="x")
    again = layers.Dense(8, name="again")
    return Model(door, again(again(door)), name="same_layer_in_a_chain")


@sample
def many_doors() -> Any:
    """Several inputs, one of them unused, and several outputs."""
    from keras import Input, Model, layers

    image, length, unused = Input((8, 8, 3)), Input((1,), name="length"), Input((2,), name="no")
    flat = layers.Flatten(name="flat")(image)
    both = layers.Concatenate(name="both")([flat, length])
    first, second = layers.Dense(3, name="first")(both), layers.Dense(1, name="second")(flat)
    doors = {"image": image, "length": length, "no": unused}
    return Model(list(doors.values()), {"b": second, "a": first}, name="many_doors")


@sample
def two_ends() -> Any:
    """A trunk that parts in two: no call takes two tensors, and yet it is no chain."""
    from keras import Input, Model, layers

    door = Input((6,), name="x")
    trunk = layers.Dense(5, name="trunk")(door)
    ends = [layers.Dense(2, name="left")(trunk), layers.Dense(3, name="right")(trunk)]
    return Model(door, ends, name="two_ends")


@sample
def end_on_the_way() -> Any:
    """A chain that also gives what it makes half way."""
    from keras import Input, Model, layers

    door = Input((6,), name="x")
    half = layers.Dense(5, name="half")(door)
    return Model(door, [half, layers.Dense(2, name="whole")(half)], name="end_on_the_way")


@sample
def states() -> Any:
    """Recurrent layers that give their states, and take them."""
    from keras import Input, Model, layers

    words, spoken = Input((None,), name="words"), Input((None,), name="spoken")
    embed = layers.Embedding(50, 8, mask_zero=True, name="embed")
    _, h, c = layers.LSTM(8, return_state=True, name="encoder")(embed(words))
    decoder = layers.LSTM(8, return_sequences=True, return_state=True, name="decoder")
    seen, *_ = decoder(embed(spoken), initial_state=[h, c])
    both = layers.Bidirectional(layers.GRU(4, return_state=True), name="both")(seen)
    return Model([words, spoken], [layers.Dense(50, name="next")(seen), both[0]], name="states")


@sample
def nested() -> Any:
    """Models inside a model: one called twice, one Sequential, one inside another."""
    from keras import Input, Model, Sequential, layers

    inner_door = Input((4,), name="inner_door")
    deep = Sequential([Input((4,)), layers.Dense(4, name="deepest")], name="deep")
    inner = Model(inner_door, layers.Dense(4, name="on_top")(deep(inner_door)), name="inner")
    tail = Sequential([Input((4,)), layers.Dense(3), layers.ReLU()], name="tail")
    x = door = Input((4,), name="door")
    x = layers.Add(name="twice")([inner(x), inner(inner(x))])
    return Model(door, tail(x), name="nested")


@sample
def frozen() -> Any:
    """A frozen model inside, and a frozen layer beside it."""
    from keras import Input, Model, layers

    base_door = Input((6, 6, 3), name="base_door")
    x = layers.Conv2D(4, 3, name="conv")(base_door)
    base = Model(base_door, layers.BatchNormalization(name="norm")(x), name="base")
    base.trainable = False
    door = Input((6, 6, 3), name="door")
    x = layers.GlobalMaxPooling2D(name="pool")(base(door))
    x = layers.Dense(5, name="cold", trainable=False)(x)
    return Model(door, layers.Dense(1, name="warm")(x), name="frozen")


@sample
def thawed() -> Any:
    """A layer set free in a frozen model: Keras trains it, whatever the model's own flag says."""
    from keras import Input, Model, layers

    base_door = Input((4,), name="base_door")
    cold = layers.Dense(4, name="cold")(base_door)
    base = Model(base_door, layers.Dense(3, name="warm")(cold), name="base")
    base.trainable = False
    base.get_layer("warm").trainable = True
    steps = layers.TimeDistributed(base, trainable=False, name="steps")
    door = Input((5, 4), name="door")
    return Model(door, steps(door), name="thawed")


@sample
def operations() -> Any:
    """Operations of `keras.ops` between layers, and a layer that attends to two tensors."""
    from keras import Input, Model, layers, ops

    query, value = Input((5, 8), name="query"), Input((7, 8), name="value")
    seen = layers.MultiHeadAttention(2, 4, name="attend")(query, value, key=value)
    mixed = ops.relu(seen * 2.0 + query)[:, 0]
    halves = ops.split(mixed, 2, axis=-1)
    return Model([query, value], ops.concatenate([halves[1], halves[0]]), name="operations")


@sample
def types() -> Any:
    """Variables of other types than float32."""
    from keras import Input, Model, layers

    door = Input((8,), name="x")
    x = layers.Dense(8, dtype="float16", name="half")(door)
    x = layers.Dense(8, dtype="mixed_bfloat16", name="mixed")(x)
    x = layers.Dense(8, dtype="bfloat16", name="brain")(x)
    return Model(door, layers.Dense(300, dtype="float64", name="double")(x), name="types")


@sample
def names() -> Any:
    """Names that a table cannot take as they are."""
    from keras import Input, Model, layers

    door = Input((4,), name="a name with spaces")
    long = layers.Dense(4, name="a_name_that_is_far_too_long_for_the_column_it_stands_in")(door)
    wide = layers.Dense(4, name="größe_層")(door)
    both = layers.Add(name="sum │ of")([long, wide])  # Keras takes brackets here for markup:
    marked = layers.Dense(4, name="[bold]not markup[-1] (really)")(both)  # so it comes last
    return Model(door, marked, name="names [red] (all)")


# --- files --------------------------------------------------------------------------------------


def saved(model: Any, name: str, folder: Path, as_keras: bool) -> Any:
    """`model` written into `folder`, and what Keras reads from there."""
    import keras

    if as_keras:
        path = folder / f"{name}.keras"
        model.save(path)
        return keras.saving.load_model(path)
    text = model.to_json()
    (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    return keras.models.model_from_json(text)


def texts(model: Any, name: str) -> Iterator[tuple[str, str]]:
    """File names and the texts that Keras prints."""
    for variant, options in VARIANTS.items():
        yield f"{name}.{variant}.txt", summary_text(model, WIDTH, **options)


def write(folder: Path, as_keras: bool) -> None:
    """Write every sample and its texts into `folder`."""
    import keras

    folder.mkdir(parents=True, exist_ok=True)
    for name, build in SAMPLES.items():
        keras.utils.clear_session()
        model = saved(build(), name, folder, as_keras)
        for file_name, text in texts(model, name):
            (folder / file_name).write_text(text, encoding="utf-8")


def check(folder: Path) -> int:
    """Report the recorded texts that this Keras prints otherwise; returns how many."""
    import keras

    found = 0
    for name in SAMPLES:
        recorded = (folder / f"{name}.json").read_text(encoding="utf-8")
        for file_name, text in texts(keras.models.model_from_json(recorded), name):
            if (folder / file_name).read_text(encoding="utf-8") != text:
                found += 1
                print(f"{file_name} differs", file=sys.stderr)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the recorded texts; 1 when a check found a difference."""
    parser = argparse.ArgumentParser(prog="python -m tools.summaries", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--to", type=Path, default=GOLDEN, help="the folder to write or check")
    parser.add_argument("--keras", action="store_true", help="save as .keras, not as to_json()")
    parser.add_argument("--check", action="store_true", help="report differences, write nothing")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if options.check:
        return 1 if check(options.to) else 0
    write(options.to, options.keras)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
