"""What each rule must find, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.answers.lint import lint_program
from inspector.symbolic.outside import run_source

ROOT = Path(__file__).resolve().parents[3]
HEAD = "from keras import Input, Model, Sequential, layers\nfrom keras.layers import *\n"


def found(text, head=HEAD):
    data = (head + text).encode()
    return lint_program(run_source(data, "program.py", wiring=True), data).findings


def told(findings):
    """What a finding comes down to: its code, and its line."""
    return [(one.code, one.line) for one in findings]


def case(reason, *rest):
    return pytest.param(*rest, id=reason)


BLOCK = """
def block(X, filters):
    X_shortcut = X
    X = Conv2D(filters, 3, padding="same", activation="relu")(X)
    X = Conv2D(filters, 3, padding="same")(X)
    {middle}
    X = Add()([X, {merged}
    return Activation("relu")(X)

inputs = Input((16, 16, 8))
X = block(inputs, 8)
X = block(X, {filters})
model = Model(inputs, X)
"""
LOOP = """
inputs = Input((16, 16, 8))
x = inputs
for filters in (8, 8, 8):
    skip = x
    x = Conv2D(filters, 3, padding="same", activation="relu")(x)
    skip = Conv2D(filters, 1)({read}
    x = Add()([x, skip])
model = Model(inputs, x)
"""
# A comment marks the line that must be found, and what is found there.
FINDS = [
    case(
        "a projection of the main path where one of the input was saved",
        BLOCK.format(
            middle="X_shortcut = Conv2D(filters, 1)(X)  # GI101", merged="X_shortcut])", filters=16
        ),
    ),
    case(
        "the same under other names and with a plus",
        """
inputs = Input((16, 16, 8))
h = inputs
res = h
h = Conv2D(8, 3, padding="same")(h)
res = Conv2D(8, 1)(h)  # GI101
out = h + res
model = Model(inputs, out)
""",
    ),
    case(
        "a helper function is given the wrong name",
        """
def conv_bn(t, n):
    t = Conv2D(n, 1)(t)
    return BatchNormalization()(t)

def block(x):
    shortcut = x
    x = conv_bn(x, 8)
    x = Activation("relu")(x)
    shortcut = conv_bn(x, 8)  # GI101
    return Add()([x, shortcut])

inputs = Input((16, 16, 8))
model = Model(inputs, block(inputs))
""",
    ),
    case(
        "the saved name is not read at all, and the main path is added to itself",
        BLOCK.format(middle="pass", merged="X])  # GI101", filters=8),
    ),
    case(
        "in a loop",
        LOOP.format(read="x)  # GI101"),
    ),
    case(
        "only one side of a branch is wrong",
        """
def block(x, filters, project):
    shortcut = x
    x = Conv2D(filters, 3, padding="same")(x)
    if project:
        shortcut = Conv2D(filters, 1)(x)  # GI101
    return Add()([x, shortcut])

inputs = Input((16, 16, 8))
x = block(inputs, 8, False)
model = Model(inputs, block(x, 8, True))
""",
    ),
    case(
        "a projected branch is thrown away by the normalization after it",
        """
inputs = Input((16, 16, 8))
x = Conv2D(16, 3, padding="same")(inputs)
side = Conv2D(16, 1)(inputs)
side = BatchNormalization()(x)  # GI101
x = Add()([x, side])
model = Model(inputs, x)
""",
    ),
    case(
        "an Add of one tensor with itself",
        """
inputs = Input((8,))
x = Dense(4, activation="relu")(inputs)
x = Add()([x, x])  # GI102
model = Model(inputs, x)
""",
    ),
    case(
        "a difference of one tensor with itself",
        """
inputs = Input((8,))
x = subtract([inputs, inputs])  # GI102
model = Model(inputs, x)
""",
    ),
    case(
        "an Add of two sizes",
        """
inputs = Input((16, 16, 8))
main = Conv2D(8, 3, strides=2, padding="same")(inputs)
main = BatchNormalization()(main)
x = Add()([main, inputs])  # GI103
model = Model(inputs, x)
""",
    ),
    case(
        "a U-Net whose sizes do not come back",
        """
inputs = Input((30, 30, 1))
a = Conv2D(8, 3, padding="same", activation="relu")(inputs)
b = MaxPooling2D()(a)
b = Conv2D(8, 3, padding="same", activation="relu")(b)
c = MaxPooling2D()(b)
c = UpSampling2D()(c)
x = Concatenate()([c, b])  # GI103
model = Model(inputs, x)
""",
    ),
    case(
        "a layer that leads to no output",
        """
inputs = Input((8,))
x = Dense(4, activation="relu")(inputs)
extra = Dense(4, activation="relu")(x)
extra = Dense(2)(extra)  # GI104
model = Model(inputs, Dense(1)(x))
""",
    ),
    case(
        "a dropout whose result is dropped",
        """
inputs = Input((8,))
x = Dense(4, activation="relu")(inputs)
Dropout(0.5)(x)  # GI104
model = Model(inputs, Dense(1)(x))
""",
    ),
    case(
        "a block overwritten by the next, which reads another name",
        """
inputs = Input((8,))
h = Dense(8, activation="relu")(inputs)
x = Dense(8, activation="relu")(h)
x = Dense(8, activation="relu")(h)  # GI105
model = Model(inputs, Dense(1)(x))
""",
    ),
    case(
        "what a function gives is overwritten",
        """
def block(t):
    t = Conv2D(8, 3, padding="same")(t)
    return LayerNormalization()(t)

inputs = Input((8, 8, 8))
x = block(inputs)
x = block(inputs)  # GI105
model = Model(inputs, x)
""",
    ),
    case(
        "an input that feeds nothing",
        """
a, b = Input((8,), name="a"), Input((8,), name="b")  # GI106
x = Dense(4)(a)
x = Concatenate()([x, a])
model = Model([a, b], x)
""",
    ),
    case(
        "an input that no model has",
        """
image = Input((8, 8, 3))
table = Input((5,))  # GI106
model = Model(image, Flatten()(image))
""",
    ),
    case(
        "a convolution made for 3 channels is called on 8",
        """
inputs = Input((16, 16, 3))
conv = Conv2D(8, 3, padding="same", activation="relu")
x = conv(inputs)
x = conv(x)  # GI107
model = Model(inputs, x)
""",
    ),
    case(
        "one BatchNormalization twice on one path",
        """
bn = BatchNormalization()
inputs = Input((16, 16, 8))
x = bn(Conv2D(8, 3)(inputs))
x = Activation("relu")(x)
x = bn(Conv2D(8, 3)(x))  # GI107
model = Model(inputs, x)
""",
    ),
    case(
        "axis 1 where the channels are last",
        """
inputs = Input((16, 16, 8))
x = Conv2D(4, 3)(inputs)
x = Activation("relu")(x)
x = BatchNormalization(axis=1)(x)  # GI108
model = Model(inputs, x)
""",
    ),
    case(
        "axis 3 where the channels are first",
        """
inputs = Input((8, 16, 16))
x = Conv2D(4, 3, data_format="channels_first")(inputs)
x = BatchNormalization(axis=3)(x)  # GI108
model = Model(inputs, x)
""",
    ),
    case(
        "a softmax layer after a Dense that has one",
        """
inputs = Input((8,))
x = Dense(5, activation="softmax")(inputs)
x = Activation("softmax")(x)  # GI109
model = Model(inputs, x)
""",
    ),
    case(
        "the same in a Sequential",
        """
model = Sequential([Input((8,)), Dense(5, activation="softmax")])
model.add(Softmax())  # GI109
""",
    ),
    case(
        "an activation as a statement",
        """
inputs = Input((8,))
x = Dense(4)(inputs)
Activation("relu")(x)  # GI110
model = Model(inputs, Dense(1)(x))
""",
    ),
    case(
        "an activation under a name that nothing reads",
        """
inputs = Input((8, 8, 3))
x = Conv2D(4, 3)(inputs)
y = ReLU()(x)  # GI110
x = BatchNormalization()(x)
model = Model(inputs, x)
""",
    ),
    case(
        "one Dense without an activation among others that have one",
        """
model = Sequential([Input((8,)), Dense(64, activation="relu")])
model.add(Dense(64))  # GI110
model.add(Dense(32, activation="relu"))
model.add(Dense(1))
""",
    ),
    case(
        "frozen between two trainings, and not compiled again",
        """
base = Sequential([Input((8,)), Dense(8, activation="relu")])
model = Sequential([base, Dense(1)])
model.compile("adam", "mse")
model.fit([1], [1])
base.trainable = False  # GI111
model.fit([1], [1])
""",
    ),
    case(
        "a misspelled flag",
        """
base = Sequential([Input((8,)), Dense(8, activation="relu")])
base.trainble = False  # GI111
model = Sequential([base, Dense(1)])
""",
    ),
]


@pytest.mark.parametrize("text", FINDS)
def test_it_must_find(text):
    lines = (HEAD + text).split("\n")
    marked = [(line.split("# ")[1], n) for n, line in enumerate(lines, 1) if "# GI" in line]
    assert marked
    assert told(found(text)) == marked


LEAVES = [
    case(
        "a block as it should be",
        BLOCK.format(
            middle="X_shortcut = Conv2D(filters, 1)(X_shortcut)", merged="X_shortcut])", filters=16
        ),
    ),
    case("an identity block", BLOCK.format(middle="pass", merged="X_shortcut])", filters=8)),
    case("a loop as it should be", LOOP.format(read="skip)")),
    case(
        "both names mean the same tensor when the other one is read",
        """
def block(X):
    X_shortcut = X
    X_shortcut = Conv2D(8, 1)(X)
    X = Conv2D(8, 3, padding="same")(X)
    return Add()([X, X_shortcut])

inputs = Input((16, 16, 8))
model = Model(inputs, block(inputs))
""",
    ),
    case(
        "a shortcut behind the first normalization, as ResNet v2 has it",
        """
def block(x, filters):
    pre = Activation("relu")(BatchNormalization()(x))
    shortcut = Conv2D(filters, 1)(pre)
    x = Conv2D(filters, 3, padding="same")(pre)
    return Add()([shortcut, x])

inputs = Input((16, 16, 8))
model = Model(inputs, block(inputs, 16))
""",
    ),
    case(
        "what a loop keeps in a list, for a second loop to join",
        """
def down(t, n):
    t = Conv2D(n, 3, padding="same", activation="relu")(t)
    return MaxPooling2D()(t), t

inputs = x = Input((16, 16, 8))
skips = []
for n in (8, 16):
    x, skip = down(x, n)
    skips.append(skip)
for skip in reversed(skips):
    x = UpSampling2D()(x)
    x = Concatenate()([x, skip])
model = Model(inputs, x)
""",
    ),
    case(
        "a name that is saved, replaced and never merged",
        """
inputs = Input((16,))
x = inputs
first = x
x = Dense(8, activation="relu")(x)
first = Dense(4, activation="relu")(x)
model = Model(inputs, [x, first])
""",
    ),
    case(
        "a dense block, where the name moves on",
        """
inputs = Input((8, 8, 4))
x = inputs
for _ in range(3):
    y = Conv2D(4, 3, padding="same", activation="relu")(x)
    x = Concatenate()([x, y])
model = Model(inputs, x)
""",
    ),
    case(
        "a grey image made into three channels, and a square",
        """
inputs = Input((8, 8, 1))
x = Concatenate()([inputs, inputs, inputs])
x = Multiply()([x, x])
model = Model(inputs, x)
""",
    ),
    case(
        "an Add that broadcasts",
        """
inputs = Input((16, 16, 8))
gate = GlobalAveragePooling2D(keepdims=True)(inputs)
model = Model(inputs, Add()([inputs, gate]))
""",
    ),
    case(
        "a head that a second model takes",
        """
inputs = Input((8,))
x = Dense(4, activation="relu")(inputs)
embedding = Dense(2)(x)
model = Model(inputs, Dense(1)(x))
encoder = Model(inputs, embedding)
""",
    ),
    case(
        "a tensor that a function of the backend takes",
        """
from keras import backend as K
inputs = Input((8,))
x = Dense(4, activation="relu")(inputs)
probe = Dense(2)(x)
model = Model(inputs, Dense(1)(x))
look = K.function([inputs], [probe])
""",
    ),
    case(
        "a loss of operations",
        """
from keras import ops
inputs = Input((8,))
mean, spread = Dense(2)(inputs), Dense(2)(inputs)
loss = ops.sum(ops.square(mean) + ops.exp(spread))
model = Model(inputs, mean + spread)
""",
    ),
    case(
        "states of a recurrent layer that nobody needs",
        """
inputs = Input((5, 8))
x, state_h, state_c = LSTM(4, return_state=True)(inputs)
model = Model(inputs, Dense(1)(x))
""",
    ),
    case(
        "a program that shows layers and makes no model",
        """
inputs = Input((8,))
x = Dense(4)(inputs)
x = Dense(4)(inputs)
""",
    ),
    case(
        "a name that begins with an underscore",
        """
inputs = Input((8,))
x = Dense(4, activation="relu")(inputs)
_ = Dense(2)(x)
model = Model(inputs, Dense(1)(x))
""",
    ),
    case(
        "an input that is an output",
        """
inputs, key = Input((8,)), Input((1,))
model = Model([inputs, key], [Dense(1)(inputs), key])
""",
    ),
    case(
        "two branches that share a layer",
        """
shared = Sequential([Input((8,)), Dense(4), BatchNormalization()])
tower, bn = Dense(4, activation="relu"), BatchNormalization()
a, b = Input((8,)), Input((8,))
left, right = bn(tower(shared(a))) if False else tower(a), tower(b)
left, right = bn(left), bn(right)
model = Model([a, b], Concatenate()([left, right]))
""",
    ),
    case(
        "one layer again and again on one path",
        """
step = Dense(8, activation="tanh")
inputs = Input((8,))
x = inputs
for _ in range(4):
    x = step(x)
model = Model(inputs, x)
""",
    ),
    case(
        "one convolution on images of two sizes",
        """
conv = Conv2D(8, 3, padding="same")
a, b = Input((16, 16, 3)), Input((32, 32, 3))
model = Model([a, b], [conv(a), conv(b)])
""",
    ),
    case(
        "axis 1 where the channels are first, axis 3 where they are last",
        """
a, b = Input((8, 16, 16)), Input((16, 16, 8))
x = BatchNormalization(axis=1)(Conv2D(4, 3, data_format="channels_first")(a))
y = BatchNormalization(axis=3)(Conv2D(4, 3)(b))
model = Model([a, b], [x, y])
""",
    ),
    case(
        "axis 1 after the axes were exchanged",
        """
inputs = Input((16, 16, 8))
x = Permute((3, 1, 2))(Conv2D(4, 3)(inputs))
model = Model(inputs, BatchNormalization(axis=1)(x))
""",
    ),
    case(
        "attention weights, and the softmax of the classes",
        """
inputs = Input((8,))
weights = Dense(8, activation="softmax")(inputs)
x = Multiply()([inputs, weights])
model = Model(inputs, Dense(3, activation="softmax")(x))
""",
    ),
    case(
        "a bottleneck of two matrices",
        """
model = Sequential([Input((64,)), Dense(64, activation="relu")])
model.add(Dense(4))
model.add(Dense(64, activation="relu"))
""",
    ),
    case(
        "activations and normalizations in layers of their own",
        """
model = Sequential([Input((8,)), Dense(64, activation="relu")])
model.add(Dense(64))
model.add(BatchNormalization())
model.add(Dense(64))
model.add(ReLU())
model.add(Dense(1))
""",
    ),
    case(
        "fine-tuning in two stages, each compiled",
        """
base = Sequential([Input((8,)), Dense(8, activation="relu")])
base.trainable = False
model = Sequential([base, Dense(1)])
model.compile("adam", "mse")
model.fit([1], [1])
base.trainable = True
for layer in base.layers[:1]:
    layer.trainable = False
model.compile("adam", "mse")
model.fit([1], [1])
""",
    ),
    case(
        "frozen before the first training, which Keras 3 sees",
        """
base = Sequential([Input((8,)), Dense(8, activation="relu")])
model = Sequential([base, Dense(1)])
model.compile("adam", "mse")
base.trainable = False
model.fit([1], [1])
""",
    ),
    case(
        "a GAN, whose discriminator is frozen in the model around it",
        """
noise, image = Input((4,)), Input((8,))
generator = Model(noise, Dense(8)(noise))
discriminator = Model(image, Dense(1)(image))
discriminator.compile("adam", "mse")
discriminator.trainable = False
gan = Model(noise, discriminator(generator(noise)))
gan.compile("adam", "mse")
for _ in range(2):
    discriminator.train_on_batch([1], [1])
    gan.train_on_batch([1], [1])
""",
    ),
]


@pytest.mark.parametrize("text", LEAVES)
def test_it_must_leave_alone(text):
    assert told(found(text)) == []
