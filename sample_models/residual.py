"""A small residual network: the shortcut carries the input of each block past its main path."""

from keras import Input, Model, layers


def block(X, filters, stride, name):
    """Two convolutions and a shortcut; a projection where the shape changes."""
    X_shortcut = X
    X = layers.Conv2D(filters, 3, strides=stride, padding="same", name=f"{name}_conv1")(X)
    X = layers.BatchNormalization(name=f"{name}_bn1")(X)
    X = layers.Activation("relu", name=f"{name}_relu1")(X)
    X = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv2")(X)
    X = layers.BatchNormalization(name=f"{name}_bn2")(X)
    if stride > 1:
        X_shortcut = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_project")(X_shortcut)
        X_shortcut = layers.BatchNormalization(name=f"{name}_project_bn")(X_shortcut)
    X = layers.Add(name=f"{name}_add")([X, X_shortcut])
    return layers.Activation("relu", name=f"{name}_out")(X)


X_input = Input(shape=(32, 32, 3), name="image")
X = layers.Conv2D(16, 3, padding="same", name="stem_conv")(X_input)
X = layers.BatchNormalization(name="stem_bn")(X)
X = layers.Activation("relu", name="stem_relu")(X)
X = block(X, 16, 1, "block1")
X = block(X, 32, 2, "block2")
X = block(X, 64, 2, "block3")
X = layers.GlobalAveragePooling2D(name="pool")(X)
X = layers.Dense(10, activation="softmax", name="classes")(X)

model = Model(inputs=X_input, outputs=X, name="residual")
