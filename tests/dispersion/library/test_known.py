"""Published values, and what contradicts them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dispersion.errors import InputError
from dispersion.library import Known, for_instances, read_known

Write = Callable[..., Path]
FILE = """# rounded as published, "as usual"
instance,n,p,best_known,proven
Geo 100 2.txt,100,10,96.6572,yes
# a remark between
Geo 100 2.txt,100,11,13.79,no
"Ran, 1.txt",100,10,75,yes
"""


def test_values_come_with_the_precision_they_are_printed_in(write: Write) -> None:
    """Half a unit of the last digit is the tolerance; comments and further columns are left alone."""
    known = read_known(write("k.csv", FILE))
    assert known == {
        ("Geo 100 2.txt", 10): Known(96.6572, True, 0.5e-4),
        ("Geo 100 2.txt", 11): Known(13.79, False, 0.5e-2),
        ("Ran, 1.txt", 10): Known(75.0, True, 0.5),
    }


def test_a_cell_may_hold_several_lines(write: Write) -> None:
    """As in notes; the lines of faults are those of the file all the same."""
    text = 'instance,p,best_known,note\n# remark\na,2,5,"long\nnote"\nb,2,'
    assert read_known(write("k.csv", text + "6,\n"))["b", 2].value == 6.0
    with pytest.raises(InputError, match=r"line 5: best_known must be a number, got 'six'"):
        read_known(write("k.csv", text + "six,\n"))


def test_a_value_printed_in_full_leaves_room_for_the_last_bits(write: Write) -> None:
    """Seventeen digits are not held against the eighteenth; without the column nothing is proven."""
    [known] = read_known(write("k.csv", "instance,p,best_known\na,2,96.65720822177805\n")).values()
    assert known.tolerance == pytest.approx(96.7e-9, rel=0.01)
    assert not known.proven


@pytest.mark.parametrize(
    ("proven", "objective", "bound", "told"),
    [
        (True, 10.004, 10.004, []),
        (True, 9.996, 9.996, []),
        (True, 8.0, 12.0, []),
        (True, None, None, []),
        (True, 9.0, 9.99, ["proved that nothing exceeds 9.99, the published optimum is 10.0"]),
        (True, 10.01, 11.0, ["found 10.01, the published optimum is 10.0"]),
        (False, 10.01, 11.0, []),  # better than published
        (False, 9.0, 9.0, ["proved that nothing exceeds 9.0, the published best value is 10.0"]),
    ],
)
def test_contradictions(
    proven: bool, objective: float | None, bound: float | None, told: list[str]
) -> None:
    """A bound below any published value is wrong; a value above it only if it was proven best."""
    assert Known(10.0, proven, 0.005).contradictions(objective, bound) == told


def test_better_is_more_than_rounding() -> None:
    """A record is above what rounds to the published value."""
    assert not Known(10.0, False, 0.005).beaten_by(10.004)
    assert Known(10.0, False, 0.005).beaten_by(10.006)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "' is empty"),
        ("# only this\n", "': it has no column 'instance'"),
        ("instance,best_known\na,5\n", "', line 1: it has no column 'p'"),
        ("# x\ninstance,p,value\na,5,6\n", "', line 2: it has no column 'best_known'"),
        ("instance,p,best_known\na,ten,5\n", "', line 2: p must be a whole number, got 'ten'"),
        ("instance,p,best_known\na,1,5\n", "', line 2: p must be at least 2, got 1"),
        ("instance,p,best_known\na,10,\n", "', line 2: best_known must be a number, got ''"),
        ("instance,p,best_known\na,10\n", "', line 2: best_known must be a number, got ''"),
        ("instance,p,best_known\n\n#\na,10,NaN\n", "', line 4: best_known must be finite, got 'NaN'"),
        ("instance,p,best_known\na,10,1e999\n", "', line 2: best_known must be"),
        ("instance,p,best_known\na,2,1\na,2,2\n", "', line 3: 'a' with p = 2 comes a second time"),
        (
            "instance,p,best_known,proven\na,2,1,yes\na,2,1,no\n",
            "', line 3: 'a' with p = 2 comes a second time with another value or another word of "
            "proven (1.0, proven, then 1.0); leave one out.",
        ),
        (
            "instance,p,best_known,proven\na,2,1,maybe\n",
            "', line 2: proven must be yes or no (or true, false, 1, 0, optimal, open), got 'maybe'.",
        ),
        ("instance,p,best_known,proven\na,2,1,2\n", "', line 2: proven must be yes or no"),
        (
            'instance,p,best_known\na,2,"81,5"\n',
            "', line 2: best_known must be a number (with a decimal point), got '81,5'.",
        ),
        (
            "instance,p,p,best_known\na,2,3,4\n",
            "', line 1: it has two columns 'p'; needed are instance",
        ),
        ("instance,p,best_known\na,2,1_0\n", "', line 2: best_known must be a number, got '1_0'."),
        (f"instance,p,best_known\na,{'9' * 5000},1\n", "', line 2: p is out of all bounds, got '999"),
        (f"instance,p,best_known\na,2,{'9' * 5000}\n", "', line 2: best_known must be"),
        (f"instance,p,best_known\na,2,{'x' * 500_000}\n", "': it is no csv file (field larger than"),
        (b"\xff\xfe\x00", "': it is text in UTF-16; save it as UTF-8."),
    ],
)
def test_files_that_cannot_be_used(content: str | bytes, told: str, write: Write) -> None:
    """The line and what is wrong with it are named, and of long cells only the beginning."""
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        read_known(write("k.csv", content))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("word", "proven"),
    [
        *((word, True) for word in ("yes", "Yes", "YES ", " y", "True", "1", "optimal", "Proven")),
        *((word, False) for word in ("no", "No", "false", "FALSE", "0", "n", "", "  ", "open")),
    ],
)
def test_the_usual_words_for_yes_and_no(word: str, proven: bool, write: Write) -> None:
    """In any case, with blanks around; nothing is no."""
    [known] = read_known(write("k.csv", f"Instance, P ,best_known,PROVEN\na,3,81,{word}\n")).values()
    assert known == Known(81.0, proven, 0.5)


def test_semicolons_bring_decimal_commas(write: Write) -> None:
    """As spreadsheets write them in many countries."""
    [known] = read_known(write("k.csv", "instance;p;best_known;proven\na.csv;3;81,25;Yes\n")).values()
    assert known == Known(81.25, True, 0.005)


def test_two_equal_rows_are_one(write: Write) -> None:
    """Copies do not contradict each other."""
    assert len(read_known(write("k.csv", "instance,p,best_known\na,2,1\na,2,1\n"))) == 1


NAMES = ["a.csv", "b.txt", "b.csv", "plain", "geo, n = 9, seed = 1"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a.csv", "a.csv"),
        ("a", "a.csv"),
        ("data/a.csv", "a.csv"),
        ("C:\\data\\a", "a.csv"),
        ("a.txt", "a.txt"),
        ("plain.csv", "plain"),
        ("b.txt", "b.txt"),
        ("x/b.csv", "b.csv"),
        ("geo, n = 9, seed = 1", "geo, n = 9, seed = 1"),
        ("c", "c"),
    ],
)
def test_names_with_and_without_folder_and_extension(written: str, name: str) -> None:
    """The exact name goes first, then the file name, then what is left without its extension."""
    value = Known(1.0, False, 0.5)
    assert for_instances({(written, 3): value}, NAMES) == {(name, 3): value}


def test_names_that_could_be_several() -> None:
    """They are not guessed, and two names of one instance must agree."""
    one, other = Known(1.0, False, 0.5), Known(2.0, False, 0.5)
    with pytest.raises(
        InputError, match=r"of 'b' could be that of 'b\.txt' or 'b\.csv'; write the whole"
    ):
        for_instances({("b", 3): one}, NAMES)
    with pytest.raises(InputError, match=r"'a\.csv' with p = 3 comes a second time"):
        for_instances({("a", 3): one, ("a.csv", 3): other}, NAMES)
