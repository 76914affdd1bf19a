"""What the command lines share."""

import argparse

import pytest

from dispersion.errors import InputError
from dispersion.terminal.parsing import Parser, real_number, usable, whole_number


def made() -> Parser:
    parser = Parser(prog="x")
    parser.add_argument("--p", type=whole_number, nargs="+")
    parser.add_argument("--time", type=real_number)
    parser.add_argument("--name")
    return parser


@pytest.mark.parametrize("text", ["１２", "1_000", "٣", "", " ", "1.5", "0x10", "9" * 5000, "one"])
def test_no_whole_number(text: str) -> None:
    """Digits of other scripts and underscores are likelier a mistake than meant."""
    with pytest.raises(InputError, match="argument --p: invalid int value") as caught:
        made().parse_args(["--p", text])
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("-1", -1), ("+7", 7), (" 3 ", 3)])
def test_whole_numbers(text: str, value: int) -> None:
    """As Python reads them."""
    assert whole_number(text) == value


@pytest.mark.parametrize("text", ["１.5", "1_0.5", "1,5", "", "--"])
def test_no_number(text: str) -> None:
    """Nor these."""
    with pytest.raises(InputError):
        made().parse_args([f"--time={text}"])


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "é\ud9ff"])
def test_no_name_of_anything(text: str) -> None:
    """Half characters and NUL are refused wherever they stand; stray bytes of a file name are not."""
    with pytest.raises(argparse.ArgumentTypeError, match="has a character that no name can have"):
        usable(text)
    for words in (["--name", text], [f"--name={text}"], [text]):
        with pytest.raises(InputError, match="has a character that no name can have"):
            made().parse_args(words)
    assert usable("caf\udce9\x1b\n") == "caf\udce9\x1b\n"


@pytest.mark.parametrize("option", ["--p", "--time", "--name"])
def test_two_dashes_are_no_value(option: str) -> None:
    """Python 3.11 takes them out of the value and leaves an empty list."""
    with pytest.raises(InputError, match=f"argument {option}: "):
        made().parse_args([f"{option}=--"])


def test_long_values_are_told_in_short() -> None:
    """A million characters are not printed back."""
    with pytest.raises(InputError) as caught:
        made().parse_args(["--no" + "x" * 10**6])
    assert len(str(caught.value)) < 400
