"""The ResNet-50 of resnet50_course.py with a mistake: a shortcut that starts at the wrong tensor."""

from tensorflow.keras.initializers import glorot_uniform
from tensorflow.keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
    ZeroPadding2D,
)
from tensorflow.keras.models import Model


def identity_block(X, f, filters, stage, block):
    """Three convolutions, and a shortcut around them that changes nothing."""
    F1, F2, F3 = filters
    start = glorot_uniform(seed=0)

    # the way around: the input of the block is kept under a second name
    X_shortcut = X

    X = Conv2D(F1, 1, kernel_initializer=start, name=f"res{stage}{block}_2a")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_2a")(X)
    X = Activation("relu")(X)

    X = Conv2D(F2, f, padding="same", kernel_initializer=start, name=f"res{stage}{block}_2b")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_2b")(X)
    X = Activation("relu")(X)

    X = Conv2D(F3, 1, kernel_initializer=start, name=f"res{stage}{block}_2c")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_2c")(X)

    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


def convolutional_block(X, f, filters, stage, block, s=2):
    """Three convolutions, and one more on the shortcut, so that both ends fit."""
    F1, F2, F3 = filters
    start = glorot_uniform(seed=0)
    X_shortcut = X

    X = Conv2D(F1, 1, strides=s, kernel_initializer=start, name=f"res{stage}{block}_2a")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_2a")(X)
    X = Activation("relu")(X)

    X = Conv2D(F2, f, padding="same", kernel_initializer=start, name=f"res{stage}{block}_2b")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_2b")(X)
    X = Activation("relu")(X)

    X = Conv2D(F3, 1, kernel_initializer=start, name=f"res{stage}{block}_2c")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_2c")(X)

    X_shortcut = Conv2D(F3, 1, strides=s, kernel_initializer=start, name=f"res{stage}{block}_1")(X)
    X_shortcut = BatchNormalization(axis=3, name=f"bn{stage}{block}_1")(X_shortcut)

    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


def ResNet50(input_shape=(64, 64, 3), classes=6):
    """A stem, sixteen blocks in four stages, a classifier."""
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)

    X = Conv2D(64, 7, strides=2, kernel_initializer=glorot_uniform(seed=0), name="conv1")(X)
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D(3, strides=2)(X)

    X = convolutional_block(X, 3, [64, 64, 256], 2, "a", s=1)
    X = identity_block(X, 3, [64, 64, 256], 2, "b")
    X = identity_block(X, 3, [64, 64, 256], 2, "c")

    X = convolutional_block(X, 3, [128, 128, 512], 3, "a")
    X = identity_block(X, 3, [128, 128, 512], 3, "b")
    X = identity_block(X, 3, [128, 128, 512], 3, "c")
    X = identity_block(X, 3, [128, 128, 512], 3, "d")

    X = convolutional_block(X, 3, [256, 256, 1024], 4, "a")
    X = identity_block(X, 3, [256, 256, 1024], 4, "b")
    X = identity_block(X, 3, [256, 256, 1024], 4, "c")
    X = identity_block(X, 3, [256, 256, 1024], 4, "d")
    X = identity_block(X, 3, [256, 256, 1024], 4, "e")
    X = identity_block(X, 3, [256, 256, 1024], 4, "f")

    X = convolutional_block(X, 3, [512, 512, 2048], 5, "a")
    X = identity_block(X, 3, [512, 512, 2048], 5, "b")
    X = identity_block(X, 3, [512, 512, 2048], 5, "c")

    X = AveragePooling2D(2)(X)
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


model = ResNet50()
