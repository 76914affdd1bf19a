"""``--quick`` asks for little, unless more is asked for."""

import json
from pathlib import Path

import pytest

from dispersion.compare import main
from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.config import as_toml

SMALL = ("--test-images", "500", "--calibration-images", "200")


def test_it_stands_for_options() -> None:
    """Nothing else said, it is the toy; all of it can be asked for in words."""
    quick = parse(["--quick"])
    words = ["--time-limit", "1", "--random-seeds", "1", *SMALL, "--model", "toy"]
    said = parse(words)
    assert (quick.subject, quick.limits, quick.random_seeds) == (
        said.subject,
        said.limits,
        said.random_seeds,
    )
    assert " ".join(quick.quick).replace("1.0", "1").split() == words


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--model", "vgg16"], ["--layers inner:2"]),
        (["--model", "vgg16", "--layers", "all", *SMALL], []),
        (["--weights", "a.pt"], ["--layers inner:2"]),
        (["--instance", "generate:geo:n=40,p=5,seed=1"], []),
    ],
)
def test_what_is_said_takes_precedence(arguments: list[str], asked: list[str]) -> None:
    """A network or an instance that is named is taken, and so is every option."""
    quick = parse(["--quick", *arguments, "--time-limit", "3"])
    others = [word for word in quick.quick if not word.endswith(("images 500", "images 200"))]
    assert others == ["--random-seeds 1", *asked]
    assert quick.limits.seconds == 3.0
    assert parse([*arguments, "--time-limit", "3", *" ".join(quick.quick).split()]).subject == (
        quick.subject
    )


def test_a_config_takes_precedence_too(tmp_path: Path) -> None:
    """What a file says stays; a file may ask for a quick look itself; what was kept repeats it."""
    path = tmp_path / "study.toml"
    path.write_text('time-limit = 7\nmodel = "vgg16"\n')
    both = parse(["--quick", "--config", str(path)])
    assert (both.limits.seconds, both.random_seeds) == (7.0, 1)
    assert both.quick[-1] == "--layers inner:2"
    path.write_text("quick = true\nseed = 3\n")
    assert parse(["--config", str(path)]).quick == parse(["--quick"]).quick
    path.write_text(as_toml(parse(["--quick"]).settings))
    again = parse(["--config", str(path)])
    assert (again.subject, again.quick) == (parse(["--quick"]).subject, ())


def test_every_stage_without_a_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything is done with nothing fetched, and one line says what was asked."""
    monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
    solvers = ("--solvers", "clique", "greedy", "random", "--layers", "inner:2")
    assert main(["--quick", *solvers, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert "Pruned networks" in shown.out
    assert "quick look: --time-limit 1.0 --random-seeds 1 --test-images 500" in shown.err
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (run["outcome"], run["network"]) == ("complete", "a toy, trained on the spot")
    assert (tmp_path / "out" / "report.html").stat().st_size > 0
    assert (tmp_path / "out" / "gap-against-time.png").stat().st_size > 0
    assert not any((tmp_path / "cache").glob("*/*"))
