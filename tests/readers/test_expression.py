"""Architectures with arguments: what is understood, and whole messages for what is not."""

from __future__ import annotations

import pytest
import typer.main

import inspector
from inspector.cli.app import _OWN_FLAGS, app
from inspector.cli.arguments import ARCHITECTURE_FLAGS
from inspector.errors import ReadError
from inspector.readers import zoo
from inspector.readers.expression import Call, called, folded, value_of

TEXTS = {
    "resnet50()": Call("resnet50"),
    " ResNet50 ( ) ": Call("resnet50"),
    "resnet50(False)": Call("resnet50", (False,)),
    "efficientnet-b0(classes=10)": Call("efficientnetb0", (), (("classes", 10),)),
    "keras.applications.ResNet50(weights=None)": Call("resnet50", (), (("weights", None),)),
    "tf.keras.applications.resnet50.ResNet50()": Call("resnet50"),
    "mobilenet_v2(input_shape=(64,\n 64, 3))": Call(
        "mobilenetv2", (), (("input_shape", (64, 64, 3)),)
    ),
    "mobilenet(alpha=-0.5, name='a(b)')": Call(
        "mobilenet", (), (("alpha", -0.5), ("name", "a(b)"))
    ),
    r"vgg16(weights='C:\models\vgg.h5')": Call("vgg16", (), (("weights", "C:\\models\x0bgg.h5"),)),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_call_is_understood(text):
    assert called(text) == TEXTS[text]
    assert called(str(called(text))) == TEXTS[text]


@pytest.mark.parametrize(
    "text",
    [
        "resnet50",
        "model (1).keras",
        "resnet50 (1).keras",
        "torchvision.models.resnet50(1)",
        "resnet51()",
        "",
        "(",
        "f()",
    ],
)
def test_what_calls_no_architecture_is_left_alone(text):
    assert called(text) is None


_QUOTES = (
    'quote it, as in "ResNet50(include_top=False)", or write flags: resnet50 --include-top false'
)
_LITERALS = "write numbers, texts, True, False, None, and tuples of them"
_DEFAULT = (
    "add weights=None, or the flag --weights none; "
    'where weights is left out, Keras takes weights="imagenet"'
)
_SHAPES = "as in input_shape=(64, 64, 3) or --input-shape 64,64,3"
_SHAPE = (
    "ResNet50: input_shape expects (height, width, channels): "
    "whole numbers, or None for a height and width not known; received "
)
REFUSED = {
    "resnet50(include_top=False": ("ResNet50(…): is no call: '(' was never closed", _QUOTES),
    "resnet50(classes=10": ("ResNet50(…): is no call: '(' was never closed", _QUOTES),
    "resnet50()()": ("ResNet50(…): is more than one call", _QUOTES),
    "resnet50() + 1": ("ResNet50(…): is more than one call", _QUOTES),
    "resnet50(classes=1, classes=2)": (
        "ResNet50(…): gives an argument twice, or in a ** dictionary",
        _QUOTES,
    ),
    "resnet50(**{'classes': 1})": (
        "ResNet50(…): gives an argument twice, or in a ** dictionary",
        _QUOTES,
    ),
    "resnet50(classes=n)": (
        "ResNet50: classes would have to be evaluated, and nothing is; received 'n'",
        _LITERALS,
    ),
    "resnet50(__import__('os').getcwd())": (
        "ResNet50: argument 1 would have to be evaluated, and nothing is; "
        "received \"__import__('os').getcwd()\"",
        _LITERALS,
    ),
    "resnet50(include_top=false)": (
        "ResNet50: include_top would have to be evaluated, and nothing is; received 'false'",
        "Python writes True, False and None",
    ),
    "resnet50(input_tensor=Input((64, 64, 3)))": (
        "ResNet50: input_tensor would have to be evaluated, and nothing is; "
        "received 'Input((64, 64, 3))'",
        "give input_shape=(height, width, channels) instead",
    ),
    "resnet50(input_tensor=5)": (
        "ResNet50: takes no input_tensor here: there is no program that a tensor could come from; "
        "received 5",
        f"give input_shape instead, {_SHAPES}",
    ),
    "resnet50(clases=10)": (
        "ResNet50: takes no argument clases; received 10",
        "did you mean classes?",
    ),
    "resnet50(alpha=1)": (
        "ResNet50: takes no argument alpha; received 1",
        "it takes include_top, weights, input_tensor, input_shape, pooling, classes, "
        "classifier_activation, name",
    ),
    "resnet50(True, include_top=False)": (
        "ResNet50: include_top is given twice, by position and by name; received False",
        "give it once",
    ),
    "resnet50(1, 2, 3, 4, 5, 6, 7, 8, 9)": (
        "ResNet50: takes at most 8 arguments; received 9",
        "in this order: include_top, weights, input_tensor, input_shape, pooling, classes, "
        "classifier_activation, name",
    ),
    "resnet50(include_top='false')": (
        "ResNet50: include_top expects True or False; received 'false'",
        "as in include_top=False or --include-top false",
    ),
    "resnet50(classes=10)": (
        'ResNet50: with weights="imagenet" and the top, classes is 1000; received 10',
        _DEFAULT,
    ),
    "resnet50(weights=None, classes=0)": (
        "ResNet50: classes expects a whole number above 0; received 0",
        "as in classes=10 or --classes 10",
    ),
    "resnet50(weights='imagnet')": (
        'ResNet50: weights is neither None nor "imagenet" nor the path of a file; '
        "received 'imagnet'",
        "as in weights=None or --weights none",
    ),
    "resnet50(weights=1)": (
        'ResNet50: weights expects None, "imagenet" or a path; received 1',
        "as in weights=None or --weights none",
    ),
    "resnet50(classifier_activation='relu')": (
        "ResNet50: with weights, classifier_activation is None or softmax; received 'relu'",
        _DEFAULT,
    ),
    "resnet50(input_shape=(64, 64, 3))": (
        'ResNet50: with weights="imagenet" and the top, input_shape is (224, 224, 3); '
        "received (64, 64, 3)",
        "leave the top out with include_top=False or --include-top false, or " + _DEFAULT,
    ),
    "resnet50(False, input_shape=(64, 64, 1))": (
        'ResNet50: with weights="imagenet", input_shape has 3 channels; received (64, 64, 1)',
        _DEFAULT,
    ),
    "resnet50(False, input_shape=(64, 64))": (f"{_SHAPE}(64, 64)", _SHAPES),
    "resnet50(False, input_shape=(64, 64, None))": (f"{_SHAPE}(64, 64, None)", _SHAPES),
    "resnet50(False, input_shape=(64, 0, 3))": (f"{_SHAPE}(64, 0, 3)", _SHAPES),
    "resnet50(False, input_shape=64)": (f"{_SHAPE}64", _SHAPES),
    "resnet50(False, input_shape=(31, 64, 3))": (
        "ResNet50: input_shape is at least 32 by 32; received (31, 64, 3)",
        "no model of Keras is built for less",
    ),
    "xception(False, None, None, (71, 70, 3))": (
        "Xception: input_shape is at least 71 by 71; received (71, 70, 3)",
        "no model of Keras is built for less",
    ),
    "inceptionv3(False, None, None, (74, 75, 3))": (
        "InceptionV3: input_shape is at least 75 by 75; received (74, 75, 3)",
        "no model of Keras is built for less",
    ),
    "resnet50(weights=None, input_shape=(None, 64, 3))": (
        "ResNet50: with the top, input_shape is known in full; received (None, 64, 3)",
        "give its height and width, or leave the top out: include_top=False",
    ),
    "mobilenetv2(weights=None, include_top=False, input_shape=(64, None, 3))": (
        "MobileNetV2: with a known height, the width has to be known too: Keras pads by both; "
        "received (64, None, 3)",
        "give both, or None for both",
    ),
    "nasnetlarge(include_top=False)": (
        'NASNetLarge: with weights="imagenet", input_shape is known in full; '
        "received (None, None, 3)",
        f"give input_shape, or {_DEFAULT}",
    ),
    "resnet50(False, pooling='sum')": (
        'ResNet50: pooling expects None, "avg" or "max"; received \'sum\'',
        'as in pooling="avg" or --pooling avg; Keras would quietly leave out any other',
    ),
    "resnet50(name='a/b')": (
        "ResNet50: name expects a text without a slash; received 'a/b'",
        'as in name="mine" or --name mine',
    ),
    "mobilenetv2(alpha=0.9)": (
        'MobileNetV2: with weights="imagenet", alpha is one of 0.35, 0.5, 0.75, 1.0, 1.3, 1.4; '
        "received 0.9",
        _DEFAULT,
    ),
    "mobilenet(depth_multiplier=2)": (
        'MobileNet: with weights="imagenet", depth_multiplier is 1; received 2',
        _DEFAULT,
    ),
    "mobilenet(weights=None, dropout=2)": (
        "MobileNet: dropout expects a number from 0 to 1; received 2",
        "as in dropout=0.2 or --dropout 0.2",
    ),
    "mobilenetv3small(minimalistic=True, alpha=0.75)": (
        'MobileNetV3Small: with weights="imagenet", alpha is one of 1.0; received 0.75',
        _DEFAULT,
    ),
    "efficientnetb0(name='mine')": (
        'EfficientNetB0: with weights="imagenet", name is efficientnetb0: '
        "Keras looks for them by it; received 'mine'",
        _DEFAULT,
    ),
    "efficientnetv2s(weights=None, name='mine')": (
        "EfficientNetV2S: is built by its name in Keras, which here is efficientnetv2-s; "
        "received 'mine'",
        "leave name out",
    ),
    "convnexttiny(weights=None, name=None)": (
        "ConvNeXtTiny: expects a name; received None",
        'as in name="mine" or --name mine',
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_keras_refuses_is_refused_in_whole_sentences(text):
    with pytest.raises(ReadError) as refused:
        inspector.load(text)
    assert (str(refused.value), refused.value.hint) == REFUSED[text]


@pytest.mark.parametrize(
    "arguments",
    ["(" * 5_000 + ")" * 5_000, "-" * 9_000 + "1", "'\0'", "9" * 5_000, "a" * 20_000, "[" * 90],
)
def test_hostile_arguments_are_refused(arguments):
    with pytest.raises(ReadError):
        inspector.load(f"resnet50(classes={arguments})")


def test_an_unknown_architecture_suggests_near_ones():
    with pytest.raises(ReadError) as refused:
        inspector.load("resnet51(include_top=False)")
    assert str(refused.value) == "resnet51(include_top=False): names no file and no architecture"
    assert "resnet50" in refused.value.hint


def test_a_width_that_no_add_can_join_is_refused_as_keras_does():
    with pytest.raises(inspector.InspectError, match="NASNetMobile"):
        inspector.load("nasnetmobile(include_top=False, weights=None, input_shape=(None, 64, 3))")


def test_a_file_of_that_name_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resnet50(1)").write_text("no model")
    with pytest.raises(ReadError, match="is no model file"):
        inspector.load("resnet50(1)")


# --- flags --------------------------------------------------------------------------------------

WORDS = {
    "resnet50 --include-top false --input-shape 64,64,3": [
        "resnet50(include_top=False, input_shape=(64, 64, 3))"
    ],
    "resnet50 --json --classes=10 --weights none": [
        "resnet50(classes=10, weights=None)",
        "--json",
    ],
    "--classes 10 resnet50": ["resnet50(classes=10)"],
    "resnet50 vgg16 --classes 10": ["resnet50", "vgg16(classes=10)"],
    "resnet50 --classes 9 vgg16 --classes 10": ["resnet50(classes=9)", "vgg16(classes=10)"],
    "mobilenetv3small --minimalistic --alpha -1": ["mobilenetv3small(minimalistic=True, alpha=-1)"],
    "mobilenet --minimalistic --json": ["mobilenet(minimalistic=True)", "--json"],
    "MobileNet_V2 --name 5 --pooling avg": ["mobilenetv2(name='5', pooling='avg')"],
    "model.keras --classes 10": ["model.keras", "--classes", "10"],
    "resnet50 --strict": ["resnet50", "--strict"],
}


@pytest.mark.parametrize("words", WORDS)
def test_flags_are_folded_into_the_call(words):
    assert folded(words.split(), ARCHITECTURE_FLAGS) == WORDS[words]


VALUES = {
    ("input_shape", "(None, None, 3)"): (None, None, 3),
    ("input_shape", "96x96x1"): (96, 96, 1),
    ("input_shape", "64,64,"): (64, 64),
    ("input_shape", "64"): 64,
    ("include_top", "False"): False,
    ("include_top", "0"): 0,
    ("weights", "none"): None,
    ("weights", "5"): "5",
    ("classifier_activation", "none"): None,
    ("classes", "ten"): "ten",
    ("alpha", ".5"): 0.5,
    ("alpha", "1e-1"): 0.1,
}


@pytest.mark.parametrize(("argument", "text"), VALUES)
def test_the_text_of_a_flag_means_a_value(argument, text):
    assert value_of(argument, text) == VALUES[argument, text]


def test_every_argument_of_an_architecture_is_a_flag():
    arguments = {name for key in zoo.architectures() for name in zoo.recorded(key)["arguments"]}
    assert {f"--{name.replace('_', '-')}" for name in arguments} == ARCHITECTURE_FLAGS


def test_no_command_takes_a_flag_of_architectures_for_its_own_but_those_listed():
    commands = typer.main.get_command(app())
    own = {
        name: frozenset(flag for option in command.params for flag in option.opts)
        & ARCHITECTURE_FLAGS
        for name, command in commands.commands.items()
    }
    assert {name: flags for name, flags in own.items() if flags} == _OWN_FLAGS


def test_every_command_understands_the_flags(graphinspect):
    flags = ["--include-top", "false", "--input-shape", "160,160,3"]
    for command in ("count", "params", "summary"):
        run = graphinspect(command, "mobilenetv2", *flags)
        assert (run.code, run.err) == (0, "")
        assert "2,257,984" in run.out
    assert (
        graphinspect("mobilenetv2", *flags).out == graphinspect("count", "mobilenetv2", *flags).out
    )
    quoted = "mobilenetv2(include_top=False, input_shape=(160, 160, 3))"
    assert graphinspect(quoted).out == graphinspect("mobilenetv2", *flags).out


def test_a_wrong_flag_ends_with_two_and_a_hint(graphinspect):
    run = graphinspect("count", "vgg16", "--classes", "10")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        'error: VGG16: with weights="imagenet" and the top, classes is 1000; received 10\n'
        f"hint: {_DEFAULT}\n"
    )
