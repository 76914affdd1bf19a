"""A study in a file, and every way to get it wrong."""

import argparse
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.config import NOT_OF_A_STUDY, actions, as_toml, read_config
from dispersion.compare.cli.options import Options
from dispersion.compare.cli.parser import parser
from dispersion.errors import InputError
from dispersion.terminal.parsing import real_number, whole_number

Write = Callable[[str], Path]
NAMES = st.characters(codec="utf-8", exclude_characters="\0")  # of files, networks and layers
SAMPLES: dict[str, list[object]] = {
    "scheduler": ["tcp://a:1"],  # where any text will not do; by key
    "budget": ["macs=0.5", "params=0.4"],
    "keep": [0.8, 0.6],
    "input-format": ["points"],
    "metric": ["cosine"],
    "objective": ["max-sum"],
    "quota": ["a=2", "b=1:"],
    "stay": ["conv1=3,7"],
    "go": ["conv1=3", "conv2=0"],
    "recover": ["bn", "ft"],
    "solvers": ["clique", "tabu"],
    "test-images": [7],
    "unreachable": ["largest"],
}
COMPANY = {"p": ["--instance", "a.txt"], "known": ["--instance", "a.txt"]}  # options that need another
OF_FILES = ("input-format", "symmetric", "coordinates", "label", "nodes", "unreachable")
COMPANY |= {
    key: ["--instance", "a.txt"] for key in (*OF_FILES, "required", "excluded", "groups", "quota")
}
COMPANY |= {key: ["--budget", "macs=0.5"] for key in ("allocation", "criterion")}
COMPANY["export"] = ["--solvers", "kuby"]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a config; returns its path."""

    def call(text: str) -> Path:
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return call


def sample(key: str, action: argparse.Action) -> list[object]:
    """Values of an option that are not its default; two if it takes several."""
    if action.choices is not None:
        return [next(choice for choice in action.choices if choice != action.default)]
    numbers = {whole_number: [7, 5], real_number: [0.75, 0.25]}
    made = SAMPLES.get(key, list(numbers.get(action.type, ["a b", "-c"])))  # type: ignore[call-overload]
    return made if action.nargs == "+" else made[:1]


def spoken(action: argparse.Action, values: Sequence[object]) -> list[str]:
    """The same on the command line."""
    option = action.option_strings[-1]
    if action.nargs == 0:
        return [option]
    return [f"{option}={values[0]}"] if len(values) == 1 else [option, *map(str, values)]


def outcome(arguments: Sequence[str]) -> Options | str:
    """What comes of a command line: its options, or the message, whoever is to blame."""
    try:
        return parse(arguments)
    except InputError as error:
        return re.sub(r"^.*\.toml, line \d+ \([a-z-]+\): ", "", str(error))


@pytest.mark.parametrize("key", actions(parser()))
def test_every_option_can_stand_in_a_file(key: str, write: Write) -> None:
    """A file with one key does what the option does, and what is written down asks for the same."""
    action, company = actions(parser())[key], COMPANY.get(key, [])
    values = [value for value in sample(key, action) if value != "-c"]
    value = True if action.nargs == 0 else values if action.nargs == "+" else values[0]
    path = write(tomli_w.dumps({key: value}))
    said = parse([*company, *spoken(action, values)])
    assert outcome([*company, "--config", str(path)]) == said
    assert said != parse(company), "the sample is the default; give another above"
    again = parse(["--config", str(write(as_toml(said.settings)))])
    assert again == (said if key != "out" else parse([]))


def test_what_cannot_stand_in_a_file() -> None:
    """Only help, version and the file itself."""
    made = parser()
    assert {action.dest for action in made._actions} == {
        *(action.dest for action in actions(made).values()),
        *NOT_OF_A_STUDY,
    }


def test_values_that_look_like_options(write: Write) -> None:
    """What the command line could hardly say, a file says easily."""
    path = write('out = "--keep"\nlayers = "-1"\nmethods = ["-x", "a b"]\n')
    options = parse(["--config", str(path)])
    assert options.out == Path("--keep")
    assert options.subject.layers == "-1"  # type: ignore[union-attr]
    assert options.subject.methods == ("-x", "a b")  # type: ignore[union-attr]


def test_one_value_need_not_be_a_list(write: Write) -> None:
    """keep = 0.25 is keep = [0.25]."""
    assert parse(["--config", str(write("keep = 0.25"))]) == parse(["--keep", "0.25"])


def test_the_command_line_counts_more(write: Write) -> None:
    """It wins option by option, and over what it excludes in the file as well."""
    path = str(write('keep = [0.8, 0.6]\ntime-limit = 5\nverbose = true\nmodel = "resnet56"\n'))
    assert parse(["--config", path, "--time-limit", "7", "-q"]) == parse(
        ["--keep", "0.8", "0.6", "--time-limit", "7", "-q", "--model", "resnet56"]
    )
    assert parse(["--config", path, "--budget", "macs=0.5"]) == parse(
        ["--budget", "macs=0.5", "--time-limit", "5", "-v", "--model", "resnet56"]
    )
    assert parse(["--instance", "a", "--config", path]) == parse(
        ["--instance", "a", "--time-limit", "5", "-v"]
    )
    path = str(write('instance = "a"\np = 3\nbudget = "macs=0.5"'))
    assert parse(["--config", path, "--model", "vgg16"]) == parse(["--budget", "macs=0.5"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "time_limit = 3",
            "line 1 (time_limit): unknown option 'time_limit'; did you mean time-limit?",
        ),
        ("\n# keep = 1\nkep = 1", "line 3 (kep): unknown option 'kep'; did you mean keep"),
        ("keep = [\n  0.5,\n  1.5,\n]", "line 1 (keep): --keep must lie in (0, 1], got 1.5."),
        ('out = """\nkeep = 3\n"""\nkeep = 3', "line 4 (keep): --keep must lie in (0, 1], got 3."),
        ("seed = 1\ntime-limit = 0", "line 2 (time-limit): the time limit must be more than 0 seconds"),
        (
            "time-limit = nan",
            "line 1 (time-limit): the time limit must be more than 0 seconds, got nan",
        ),
        ('time-limit = "soon"', "line 1 (time-limit): takes a number, not 'soon'."),
        ("threads = 1.5", "line 1 (threads): takes a whole number, not 1.5."),
        ("threads = [1]", "line 1 (threads): takes text or a number, not a list."),
        ("keep = [[0.5]]", "line 1 (keep): takes text or a number, not a list."),
        ("seed = true", "line 1 (seed): takes text or a number, not true or false."),
        ("seed = 2026-11-21", "line 1 (seed): takes text or a number, not a date or a time."),
        ("keep = []", "line 1 (keep): takes at least one value."),
        ("latency = 1", "line 1 (latency): takes true or false, not 1."),
        ('format = "xml"', "line 1 (format): unknown choice 'xml'; known: csv, json, markdown, table."),
        (
            'metric = "euclidian"',
            "line 1 (metric): unknown metric 'euclidian'; did you mean euclidean?",
        ),
        (
            "[network]\nkeep = 0.5",
            "line 1 (network): options have no tables; write every key at the top",
        ),
        ('config = "a.toml"', "line 1 (config): unknown option 'config'"),
        (
            'keep = 0.5\n\nbudget = "macs=0.5"',
            "line 1 (keep) and line 3 (budget): --keep and --budget exclude each other",
        ),
        (
            'instance = "a"\nlayers = "all"',
            "line 1 (instance) and line 2 (layers): --layers is about networks; leave it out",
        ),
        ("keep = 0.5\nkeep = 0.6", "line 2, 'keep = 0.6': Cannot overwrite a value"),
        ("seed = 1\nkeep =\nseed = 2", "line 2, 'keep =': Invalid value"),
    ],
)
def test_what_is_wrong_is_told_with_key_and_line(text: str, told: str, write: Write) -> None:
    """The file, the line, the key, the offending value, and what was probably meant."""
    path = write(text)
    with pytest.raises(InputError) as raised:
        parse(["--config", str(path)])
    assert str(raised.value).startswith(str(path))
    assert told in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """An absent file and one of something else are named, each in one sentence."""
    with pytest.raises(InputError, match=r"cannot read the config nothing\.toml: No such file"):
        parse(["--config", "nothing.toml"])
    (tmp_path / "image.toml").write_bytes(b"\x89PNG\r\n\xff")
    with pytest.raises(InputError, match=r"image\.toml is not a TOML file: 'utf-8' codec can't"):
        parse(["--config", str(tmp_path / "image.toml")])


def test_the_file_is_not_blamed_for_the_command_line(write: Write) -> None:
    """What is wrong with the command line alone is told as ever."""
    with pytest.raises(InputError) as raised:
        parse(["--config", str(write("seed = 3")), "--threads", "0"])
    assert str(raised.value).startswith("threads must be at least 1, got 0")


def test_names_that_are_known_later_are_found_again(write: Write) -> None:
    """What is found unknown once torch is loaded is still told with its line."""
    path = write('seed = 1\nmodel = "vgg61"\nmethods = ["l1", "l7"]\n')
    config = parse(["--config", str(path)]).config
    assert config is not None
    assert config.blamed("unknown network 'vgg61'; did you mean vgg16?") == f"{path}, line 2 (model): "
    assert config.blamed("unknown criterion 'l7'") == f"{path}, line 3 (methods): "
    assert config.blamed("the disk is full") == ""


def test_a_file_from_elsewhere(tmp_path: Path) -> None:
    """A mark of the byte order and other ends of lines do no harm, nor does an empty file."""
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xef\xbb\xbfseed = 3\r\nkeep = 0.25\r\n")
    assert parse(["--config", str(path)]) == parse(["--seed", "3", "--keep", "0.25"])
    path.write_bytes(b"")
    assert parse(["--config", str(path)]) == parse([])


def test_defaults_are_written_down() -> None:
    """Whoever has other defaults gets the same study; how many jobs suit is for each machine to say."""
    written = tomllib.loads(as_toml(parse(["--instance", "a"]).settings))
    assert "greedy" in written["solvers"]
    assert written["time-limit"] == 5.0
    assert written["instance"] == ["a"]
    assert not {"keep", "model", "out", "config", "quiet", "jobs"} & written.keys()


@given(st.text(NAMES, min_size=1), st.floats(allow_nan=False), st.integers(0, 2**31 - 4))
def test_any_value_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, name, limit, seed
) -> None:
    """Texts, floats and integers come back from a file to the last bit."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    content = {"layers": name, "time-limit": limit, "seed": seed}
    path.write_text(as_toml(content), encoding="utf-8")
    assert read_config(path, parser()).values == {
        "layers": {"layers": name},
        "time-limit": {"time_limit": limit},
        "seed": {"seed": seed},
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("p = 0x" + "f" * 5000, "takes a whole number, not a number of about 6,021 digits"),
        ("time-limit = 0b" + "1" * 20_000, "not a number of about 6,021 digits"),
        ("p = " + "9" * 5000, "a number has too many digits"),
        ("p = " + "[" * 100_000, "brackets are nested too deeply"),
        ("p = " + "{a=" * 10_000, "line 1"),
        ("p = 1979-05-27", "takes text or a number, not a date or a time"),
        ("p = [[3]]", "takes text or a number, not a list"),
        ("model = [1]", "takes text or a number, not a list"),
        ('out = "a\\u0000b"', r"'a\\x00b' has a character that no name can have"),
        ('p = "１２"', "takes a whole number, not '１２'"),
        ("latency = 1", "takes true or false, not 1"),
        ("seed = nan", "takes a whole number, not nan"),
    ],
)
def test_values_of_odd_kinds(line: str, told: str, write: Write) -> None:
    """One sentence of bounded length, with the line."""
    with pytest.raises(InputError, match=told) as raised:
        parse(["--config", str(write(line))])
    assert "line 1" in str(raised.value)
    assert len(str(raised.value)) < 500
