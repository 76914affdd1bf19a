"""What the command can be asked: every option, its default, and every way to get it wrong."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion import __version__
from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.options import InstanceOptions, NetworkOptions, Options
from dispersion.compare.cli.parser import parser
from dispersion.errors import InputError, UnknownNameError
from dispersion.study.tables import FORMATS
from solvers import Limits, list_solvers

NETWORK = NetworkOptions(
    model="vgg16",
    weights=None,
    layers="inner",
    metric="euclidean",
    space="weights",
    keep=(0.5,),
    budget=(),
    allocation="uniform",
    criterion=None,
    methods=(),
    stay=(),
    go=(),
    data=None,
    test_images=None,
    calibration_images=1000,
    lr=0.01,
    train_images=None,
    recover=("ls",),
    epochs=3,
    latency=False,
    device="cpu",
)
DEFAULTS = Options(
    subject=NETWORK,
    objective="max-min",
    solvers=("clique", "cp-sat", "grasp", "greedy", "kuby", "random", "tabu"),
    limits=Limits(seconds=5.0, threads=1, seed=0),
    random_seeds=3,
    jobs=1,
    out=None,
    export=None,
    recheck=None,
    format="table",
)


def test_defaults() -> None:
    """Nothing asked is the main job: all solvers on the inner layers of VGG-16, half kept."""
    assert parse([]) == DEFAULTS


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        (["--model", "torchvision:resnet50"], {"model": "torchvision:resnet50"}),
        (["--weights", "a/b.pt"], {"weights": Path("a/b.pt")}),
        (["--data", "cifar10"], {"data": "cifar10"}),
        (["--layers", "all"], {"layers": "all"}),
        (["--keep", "0.25", "1"], {"keep": (0.25, 1.0)}),
        (["--keep", "0.5", "0.25", "0.50", "5e-1"], {"keep": (0.5, 0.25)}),
        (["--keep", "0.8,0.6,0.4", "0.2,0.8"], {"keep": (0.8, 0.6, 0.4, 0.2)}),
        (["--budget", "macs=0.5,macs=0.3"], {"budget": ("macs=0.5", "macs=0.3")}),
        (
            ["--budget", "params=0.4", "--allocation", "curves"],
            {"budget": ("params=0.4",), "allocation": "curves"},
        ),
        (
            ["--budget", "macs=0.5", "--allocation", "global", "--criterion", "whc:variant=hc"],
            {"budget": ("macs=0.5",), "allocation": "global", "criterion": "whc:variant=hc"},
        ),
        (["--space", "contributions"], {"space": "contributions"}),
        (["--recover", "none"], {"recover": ()}),
        (["--recover", "bn,ft"], {"recover": ("bn", "ft")}),
        (["--epochs", "5"], {"epochs": 5}),
        (["--latency"], {"latency": True}),
        (["--metric", "cosine"], {"metric": "cosine"}),
        (["--methods", "l1", "whc", "l1"], {"methods": ("l1", "whc")}),
        (["--methods", "l1,whc:variant=hc"], {"methods": ("l1", "whc:variant=hc")}),
        (
            ["--methods", "css,pfp:mode=random,rows=9,l1,pfp:mode=random", "images=5", "l1,images=5"],
            {"methods": ("css", "pfp:mode=random,rows=9", "l1", "pfp:mode=random", "images=5")},
        ),
        (["--solvers", "tabu", "greedy", "tabu"], {"solvers": ("tabu", "greedy")}),
        (["--time-limit", "0.5"], {"limits": Limits(0.5, 1, 0)}),
        (["--gap", "0.01"], {"limits": Limits(5.0, 1, 0, gap=0.01)}),
        (["--threads", "1000000"], {"limits": Limits(5.0, 1_000_000, 0), "jobs": 1}),
        (["--seed", "7"], {"limits": Limits(5.0, 1, 7)}),
        (["--random-seeds", "1"], {"random_seeds": 1}),
        (["--engine-seeds", "4"], {"engine_seeds": 4}),
        (["--repeat", "5"], {"repeat": 5}),
        (["--jobs", "5"], {"jobs": 5}),
        (["--test-images", "100"], {"test_images": 100}),
        (["--test-images", "all"], {"test_images": "all"}),
        (["--calibration-images", "2"], {"calibration_images": 2}),
        (["--train-images", "3"], {"train_images": 3}),
        (["--lr", "1e-3"], {"lr": 1e-3}),
        (["--out", "there"], {"out": Path("there")}),
        (["--export", "models"], {"export": Path("models")}),
        (["--recheck", "0.5"], {"recheck": 0.5}),
        (["--memory", "1.5"], {"memory": 1.5}),
        (["--scheduler", "tcp://a:1"], {"scheduler": "tcp://a:1"}),
        (["--retry-failures"], {"retry_failures": True}),
        (["--device", "cuda:1"], {"device": "cuda:1"}),
        (["-v"], {"log_level": "debug"}),
        (["-v", "--quiet"], {"log_level": "warning"}),
        *((["--format", style], {"format": style}) for style in FORMATS),
    ],
)
def test_options_change_what_they_say(arguments: Sequence[str], changes: dict[str, object]) -> None:
    """Each option changes its own field and no other; repeated values count once."""
    of_network = {name: changes[name] for name in changes if hasattr(NETWORK, name)}
    others = {name: changes[name] for name in changes if name not in of_network}
    assert parse(arguments) == replace(DEFAULTS, subject=replace(NETWORK, **of_network), **others)


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        (["--instance", "a b.txt"], InstanceOptions(("a b.txt",), (), None)),
        (["--instance", "a", "b", "a", "--p", "5"], InstanceOptions(("a", "b"), (5,), None)),
        (["--p", "5", "6", "5", "--instance", "a"], InstanceOptions(("a",), (5, 6), None)),
        (["--instance", "a", "--known", "k"], InstanceOptions(("a",), (), Path("k"))),
        (
            ["--instance", "a", "--input-format", "points", "--metric", "cosine", "--symmetric", "max"],
            InstanceOptions(("a",), (), None, "points", "cosine", "max"),
        ),
        (
            ["--instance", "a", "--metric", "euclidean"],
            InstanceOptions(("a",), (), None, None, "euclidean"),
        ),
        (
            ["--instance", "a", "--coordinates", "x", "y", "--label", "b"],
            InstanceOptions(("a",), (), None, coordinates=("x", "y"), label="b"),
        ),
        (
            ["--instance", "a", "--nodes", "A", "B", "--unreachable", "7"],
            InstanceOptions(("a",), (), None, nodes=("A", "B"), unreachable=7.0),
        ),
    ],
)
def test_instances_take_the_place_of_a_network(
    arguments: Sequence[str], subject: InstanceOptions
) -> None:
    """Files, sizes and published values are kept in their order; repeated ones count once."""
    assert parse(arguments) == replace(DEFAULTS, subject=subject)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--model", "vgg16"], "--instance and --model exclude each other; leave one of them out."),
        (["--layers", "all"], "--layers is about networks; leave it out, or leave out --instance."),
        (["--keep", "0.5"], "--keep is about networks"),  # equal to the default, and said all the same
        (["--weights", "w"], "--weights is about networks"),
        (["--data", "cifar10"], "--data is about networks"),
        (["--test-images", "5"], "--test-images is about networks"),
        (["--calibration-images", "1000"], "--calibration-images is about networks"),
        (["--device", "cpu"], "--device is about networks"),
        (["--budget", "macs=0.5"], "--budget is about networks"),
        (["--space", "weights"], "--space is about networks"),
        (["--latency"], "--latency is about networks"),
        (["--p", "1"], "--p must be at least 2, got 1."),
        (["--p", "two"], "argument --p: invalid int value: 'two'; see --help."),
    ],
)
def test_networks_and_instances_do_not_mix(arguments: Sequence[str], told: str) -> None:
    """What belongs to a network is refused beside instances, even where it changes nothing."""
    with pytest.raises(InputError, match=re.escape(told)):
        parse(["--instance", "a.txt", *arguments])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--input-format", "matrices"], "unknown format 'matrices'; did you mean matrix?"),
        (["--metric", "euclidian"], "unknown metric 'euclidian'; did you mean euclidean?"),
        (["--symmetric", "median"], "argument --symmetric: invalid choice: 'median'"),
        (["--unreachable", "far"], "argument --unreachable: invalid distance value: 'far'"),
    ],
)
def test_how_files_are_read_is_checked_at_once(arguments: Sequence[str], told: str) -> None:
    """Before any file is opened; and where there is none, there is nothing to read."""
    with pytest.raises(InputError, match=re.escape(told)):
        parse(["--instance", "a.txt", *arguments])


@pytest.mark.parametrize("option", ["--input-format", "--metric", "--symmetric", "--label"])
def test_generated_instances_are_not_read(option: str) -> None:
    """They have their own distances; beside a file the option is about that."""
    value = {"--input-format": "matrix", "--metric": "cosine", "--symmetric": "min"}.get(option, "a")
    with pytest.raises(InputError, match=f"{option} is about instance files, and none is given"):
        parse(["--instance", "generate:geo:n=9,p=3", option, value])
    parse(["--instance", "generate:geo:n=9,p=3", "a.txt", option, value])


def test_a_metric_goes_with_what_it_was_meant_for(tmp_path: Path) -> None:
    """That of a network's filters is not applied to instances that the command line names instead."""
    network, files = tmp_path / "network.toml", tmp_path / "files.toml"
    network.write_text('model = "resnet56"\nmetric = "cosine"\n')
    files.write_text('instance = "b"\nmetric = "cosine"\n')
    assert parse(["--config", str(network), "--instance", "a"]).subject == InstanceOptions(
        ("a",), (), None
    )
    assert parse(["--config", str(files), "--model", "vgg16"]).subject == NETWORK
    kept = parse(["--config", str(files), "--instance", "a"]).subject
    assert kept == InstanceOptions(("a",), (), None, None, "cosine")


@pytest.mark.parametrize(
    "arguments",
    [["--p", "5"], ["--known", "k.csv"], ["--input-format", "matrix"], ["--symmetric", "mean"]],
)
def test_what_belongs_to_instances_needs_them(arguments: Sequence[str]) -> None:
    """A size or published values without instances are refused."""
    with pytest.raises(InputError, match=rf"{arguments[0]} is about instances; give them with"):
        parse(arguments)


def test_an_objective_brings_its_own_solvers() -> None:
    """Without a choice, those of the objective that need no naming are compared, and only those."""
    assert parse(["--objective", "max-sum"]).solvers == tuple(
        info.name for info in list_solvers("max-sum") if info.by_default
    )


def test_solvers_that_must_be_named() -> None:
    """`all` is every solver of the objective, whatever stands beside it; a wrong name is none."""
    everyone = tuple(info.name for info in list_solvers("max-min"))
    assert set(parse([]).solvers) < set(everyone)
    assert parse(["--solvers", "all"]).solvers == everyone
    assert parse(["--solvers", "greedy", "all"]).solvers == everyone
    assert parse(["--solvers", "compact"]).solvers == ("compact",)
    with pytest.raises(UnknownNameError, match="did you mean compact"):
        parse(["--solvers", "all", "compct"])


@pytest.mark.parametrize("arguments", [["--solvers", "clique", "tabu"], ["--objective", "max-sum"]])
def test_an_export_needs_a_solver_that_has_a_model(arguments: Sequence[str]) -> None:
    """Asking for files that nobody can write is refused before anything is solved."""
    with pytest.raises(InputError, match=r"--export: none of the max-\w+ solvers .* has a model"):
        parse(["--export", "models", *arguments])


def test_every_solve_is_alone_unless_told() -> None:
    """Times are compared, so the cores that are left idle are not filled with other solves."""
    assert [parse(["--threads", str(n)]).jobs for n in (1, 3)] == [1, 1]
    assert parse(["--jobs", "2"]).jobs == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--keep", "0"], r"--keep must lie in \(0, 1\], got 0\."),
        (["--keep", "0.5", "1.5"], r"--keep must lie in \(0, 1\], got 1\.5\."),
        (["--keep", "-0.5"], r"--keep must lie in \(0, 1\], got -0\.5\."),
        (["--keep", "nan"], r"--keep must lie in \(0, 1\], got nan\."),
        (["--keep", ","], "--keep names no share; give one, or more"),
        (["--budget", ","], "--budget names no share; give one, or more"),
        (["--keep", "half"], r"--keep takes numbers in \(0, 1\], not 'half'\."),
        (["--keep", "0.5", "--budget", "macs=0.5"], "--keep and --budget exclude each other"),
        (["--allocation", "global"], "--allocation says how a --budget is divided; give one"),
        (["--criterion", "l2"], "--criterion says by what a --budget is divided; give one"),
        (["--epochs", "0"], r"--epochs must be at least 1, got 0\."),
        (["--keep"], "argument --keep: expected at least one argument; see --help"),
        (
            ["--gap", "1"],
            r"the gap must be at least 0 and less than 1 \(0.01 is one per cent\), got 1.0",
        ),
        (["--time-limit", "0"], r"the time limit must be more than 0 seconds, got 0\.0"),
        (["--time-limit", "-1"], r"the time limit must be more than 0 seconds, got -1\.0"),
        (["--time-limit", "nan"], "the time limit must be more than 0 seconds, got nan"),
        (["--time-limit", "inf"], "--time-limit must be a finite number of seconds, got inf"),
        (["--time-limit", "soon"], "argument --time-limit: invalid float value: 'soon'"),
        (["--threads", "0"], "threads must be at least 1, got 0"),
        (["--threads", "1.5"], "argument --threads: invalid int value: '1.5'"),
        (["--jobs", "0"], "--jobs must be at least 1, got 0"),
        (["--jobs", "-2"], "--jobs must be at least 1, got -2"),
        (["--seed", "-1"], r"the seed must lie between 0 and 2\*\*31 - 1, got -1"),
        (["--seed", "2147483648"], "the seed must lie between .*, got 2147483648"),
        (["--seed", "2147483646"], r"--seed 2147483646 and the 2 after it, .* below 2\*\*31"),
        (["--random-seeds", "0"], "--random-seeds must be at least 1, got 0"),
        (["--engine-seeds", "0"], "--engine-seeds must be at least 1, got 0"),
        (["--repeat", "0"], "--repeat must be at least 1, got 0"),
        (["--repeat", "1000000"], "--repeat must be at most 10,000, got 1000000"),
        (
            ["--seed", "2147483647", "--engine-seeds", "2", "--solvers", "kuby"],
            "--seed 2147483647 and the 1 after it, which --engine-seeds asks for, must be below",
        ),
        (["--test-images", "0"], "--test-images must be at least 1, got 0"),
        (["--solvers", "tabu:patience=0"], "patience must lie between 1 and"),
        (["--calibration-images", "1"], "--calibration-images must be at least 2, got 1"),
        (["--train-images", "2"], "--train-images must be at least 3, got 2"),
        (["--lr", "0"], "--lr must be a number above 0, got 0"),
        (["--lr", "nan"], "--lr must be a number above 0, got nan"),
        (["--memory", "0"], "--memory must be a finite number of GiB above 0, got 0"),
        (["--memory", "nan"], "--memory must be a finite number of GiB above 0, got nan"),
        (["--scheduler", "a:1"], "--scheduler takes an address such as tcp://host:8786, got 'a:1'"),
        (["--scheduler", ""], "--scheduler takes an address such as .*, got ''"),
        (["--scheduler", "foo://a:1"], "--scheduler takes an address such as .*, got 'foo://a:1'"),
        (["--scheduler", "tcp://a"], "--scheduler takes an address such as .*, got 'tcp://a'"),
        (["--jobs", "2", "--scheduler", "tcp://a:1"], "--jobs 2 is about processes of this machine"),
        (["--recheck", "0"], "--recheck must be a finite number of seconds above 0, got 0"),
        (["--recheck", "nan"], "--recheck must be a finite number of seconds above 0, got nan"),
        (["--recheck", "inf"], "--recheck must be a finite number of seconds above 0, got inf"),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'.*; see --help"),
        (["--colour", "red"], "unrecognized arguments: --colour red; see --help"),
        (["vgg16"], "unrecognized arguments: vgg16; see --help"),
        (["--out"], "argument --out: expected one argument; see --help"),
        (["--out", ""], "argument --out: a file or folder is needed, got ''; see --help"),
        (["--out", " "], "argument --out: a file or folder is needed, got ' '; see --help"),
        (["--export", ""], "argument --export: a file or folder is needed, got ''"),
        (["--weights", ""], "argument --weights: a file or folder is needed, got ''"),
        (["--config", ""], "argument --config: a file or folder is needed, got ''"),
    ],
)
def test_what_is_out_of_range_is_named(arguments: Sequence[str], told: str) -> None:
    """The message names the option or quantity, its value, and the range or where to look."""
    with pytest.raises(InputError, match=told):
        parse(arguments)


def test_the_last_seeds_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    """The highest seed is usable where no seeds after it are needed."""
    assert parse(["--seed", "2147483645"]).limits.seed == 2**31 - 3
    assert parse(["--seed", "2147483647", "--random-seeds", "1"]).limits.seed == 2**31 - 1
    assert parse(["--seed", "2147483647", "--solvers", "greedy"]).limits.seed == 2**31 - 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--metric", "euclidian"], "unknown metric 'euclidian'; did you mean euclidean?"),
        (["--objective", "maxmin"], "unknown objective 'maxmin'; did you mean max-min"),
        (["--solvers", "greedy", "clik"], "unknown max-min solver 'clik'; did you mean clique?"),
        (["--solvers", "xyzzy"], "unknown max-min solver 'xyzzy'; known: clique, compact, cp-sat,"),
    ],
)
def test_unknown_names_bring_the_nearest_known(arguments: Sequence[str], told: str) -> None:
    """A misspelt name is repeated, beside what was probably meant or all there is."""
    with pytest.raises(UnknownNameError, match=re.escape(told)):
        parse(arguments)


@given(st.floats(allow_nan=True))
def test_keep_ratios_are_shares(keep: float) -> None:
    """Any float is either a share in (0, 1] and kept as it is, or refused."""
    if 0.0 < keep <= 1.0:
        assert parse([f"--keep={keep!r}"]).subject == replace(NETWORK, keep=(keep,))
    else:
        with pytest.raises(InputError, match="--keep"):
            parse([f"--keep={keep!r}"])


def test_help_names_every_option_with_its_default() -> None:
    """Each option has a line of help with the default it really has, and units where it needs them."""
    made = parser()
    formatter = made._get_formatter()
    options = [action for action in made._actions if action.dest not in ("help", "version", "list")]
    assert {action.dest for action in options} == {
        *(set(DEFAULTS.__dataclass_fields__) - {"limits", "subject", "settings"}),
        *NetworkOptions.__dataclass_fields__,
        *("required", "excluded", "groups", "quota"),
        *("coordinates", "label", "nodes", "unreachable"),
        *(
            "time_limit",
            "gap",
            "threads",
            "seed",
            "instance",
            "p",
            "known",
            "input_format",
            "symmetric",
        ),
    }
    for action in options:
        described = re.search(r"\(default: ([^)]+)\)", formatter._expand_help(action))
        assert described is not None, action.dest
        if action.default is not None:
            default = action.default
            shown = (
                " ".join(default)
                if isinstance(default, list)
                else "off"
                if default is False
                else default
            )
            assert described[1] == str(shown), action.dest
    text = made.format_help()
    assert all(", ".join(action.option_strings) in text for action in options)
    assert "--time-limit SECONDS" in text
    assert "exit codes: 0" in text


def test_help_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One screen and a half of 100 columns, three lines an option, three examples that can be asked."""
    monkeypatch.setenv("COLUMNS", "100")
    text = parser().format_help()
    lines = text.splitlines()
    assert len(lines) <= 95
    assert max(map(len, lines)) <= 100
    for option in re.split(r"\n  (?=-)", text.partition("examples:")[0])[1:]:
        assert len(option.partition("\n\n")[0].splitlines()) <= 3, option
    examples = re.findall(r"^  python -m dispersion\.compare (.+)$", text, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        parse(example.split())


def test_help_needs_no_engine_and_no_torch() -> None:
    """Nothing that takes a second to import is imported."""
    heavy = "torch pandas matplotlib highspy ortools pyomo numba"
    code = f"""
import runpy, sys
sys.argv = ["compare", "--help"]
try:
    runpy.run_module("dispersion.compare", run_name="__main__")
finally:
    print(*sys.modules.keys() & set("{heavy}".split()), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage: " in done.stdout
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(("option", "told"), [("--version", __version__), ("--help", "usage: ")])
def test_help_and_version_leave_at_once(
    option: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They print to standard output and end with success."""
    with pytest.raises(SystemExit) as left:
        parse([option])
    assert left.value.code == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--random-seeds", "2000000000"], "--random-seeds must be at most 10,000, got 2000000000"),
        (["--jobs", "9" * 30], "--jobs must be at most 1,000,000, got 999"),
        (["--threads", "9" * 4000], "--threads must be at most 1,000,000, got a number of about 4,000"),
        (["--seed", "9" * 4000], "the seed must lie between .*, got a number of about 4,000 digits"),
        (["--time-limit", "1e300"], "--time-limit must be at most 1,000,000,000 seconds, got 1e"),
        (["--recheck", "1e300"], "--recheck must be at most 1,000,000,000 seconds, got 1e"),
        (["--epochs", "9" * 4000], "--epochs must be at most .*, got a number of about 4,000 digits"),
        (["--p", "1_0", "--instance", "a"], "argument --p: invalid int value: '1_0'"),
        (["--p", "１２", "--instance", "a"], "argument --p: invalid int value: '１２'"),
        (["--time-limit", "１"], "argument --time-limit: invalid float value: '１'"),
        (["--solvers=--"], "argument --solvers: a value is needed, not --"),
        (["--scheduler=--"], "argument --scheduler: a value is needed, not --"),
        (
            ["--scheduler", "x" * 10**6],
            r"--scheduler takes an address .*\.\.\. \(1,000,000 characters\)",
        ),
        (["--model", "a\0b"], r"'a\\x00b' has a character that no name can have"),
        (["--out", "\ud800"], r"'\\ud800' has a character that no name can have"),
        (["--out", "  "], "a file or folder is needed, got '  '"),
    ],
)
def test_values_that_nothing_can_be_done_with(words: list[str], told: str) -> None:
    """Refused at once in a sentence of bounded length, and not once memory or a clock has run out."""
    with pytest.raises(InputError, match=told) as caught:
        parse(words)
    assert len(str(caught.value)) < 500
