"""What applications do to pictures, inside the model: by attribute, by import, under another name."""

import keras
from keras.applications.densenet import preprocess_input as dense_input
from keras.applications.mobilenet_v3 import preprocess_input as nothing
from keras.applications.resnet50 import preprocess_input

pictures = keras.Input((64, 64, 3))
scaled = keras.applications.mobilenet_v2.preprocess_input(pictures)
model = keras.Model(pictures, keras.layers.Conv2D(2, 3)(scaled))
caffe = keras.Model(pictures, keras.layers.Conv2D(2, 3)(preprocess_input(pictures)))
torch = keras.Model(pictures, keras.layers.Conv2D(2, 3)(dense_input(pictures)))
as_it_is = keras.Model(pictures, keras.layers.Conv2D(2, 3)(nothing(pictures)))
first = keras.Input((3, 64, 64))
turned = keras.Model(first, preprocess_input(first, data_format="channels_first"))
