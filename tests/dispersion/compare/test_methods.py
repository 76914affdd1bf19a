"""Criteria of filter pruning beside the solvers."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pruning
from dispersion.compare import main
from dispersion.compare.criteria import named
from dispersion.errors import InputError, UnknownNameError
from dispersion.study import progress
from pruning import Network
from pruning.criteria import criteria, keep
from pruning.training import Schedule, plan

FIRST, LAST = "layer1.0.conv1", "layer3.0.conv1"  # 16 and 64 filters


@pytest.mark.usefixtures("_inline")
def test_criteria_choose_beside_the_solvers(
    run: Callable[..., Any], weights: Path, tmp_path: Path, write_images: Callable[..., Path]
) -> None:
    """Each is a row of the table of networks, and its filters are kept with the solvers'."""
    done = run(
        *("--layers", f"{FIRST},{LAST}", "--data", write_images(tmp_path / "images")),
        *("--keep", "0.5", "0.25", "--solvers", "greedy", "--recover", "none"),
        *("--methods", "whc", "l1", "--calibration-images", "6"),
    )
    assert done.code == 0, done.err
    assert " whc " in done.out
    kept: dict[str, Any] = json.loads((done.folder / "selections.json").read_text())
    names = [
        f"{name}, keep {share}, seed 0" for share in (0.5, 0.25) for name in ("greedy", "whc", "l1")
    ]
    assert sorted(kept) == sorted([*names, "points are counted from"])
    layers = pruning.filter_layers(pruning.load_network("resnet8", weights))
    [first] = [layer for layer in layers if layer.name == FIRST]
    assert kept["whc, keep 0.25, seed 0"][FIRST] == keep(first, 4, "whc").tolist()
    assert done.record["options"]["subject"]["methods"] == ["whc", "l1"]


def texts(methods: list[str], images: bool = True) -> list[str]:
    return [one.text for one in named(methods, images)]


@pytest.mark.usefixtures("_inline")
def test_budgets_spaces_and_recoveries_together(
    run: Callable[..., Any],
    tmp_path: Path,
    write_images: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A budget in place of a ratio, filters by what they contribute, fine-tuning alone, and times."""
    monkeypatch.setattr(progress, "_BETWEEN_LINES", 0.0)
    asked: list[Schedule] = []
    real = plan.train

    def train(network: Network, *data: Any, **more: Any) -> Network:
        asked.append(data[-1])
        return real(network, *data, **more)

    monkeypatch.setattr(plan, "train", train)
    images = write_images(tmp_path / "images")
    done = run(
        *("--layers", f"{FIRST},{LAST}", "--data", images, "--calibration-images", "6"),
        *("--budget", "macs=0.97", "--allocation", "global", "--space", "contributions"),
        *("--recover", "ft", "--epochs", "1", "--lr", "0.002", "--latency"),
        *("--solvers", "greedy", "--methods", "l2"),
    )
    assert done.code == 0, done.err
    assert "keep is the share of macs that remains, within 1 %" in done.err
    assert set(asked) == {Schedule.fine_tuning(1, rate=0.002)}
    told = r"testing: 1/3 done, greedy, keep 0\.97, seed 0: \d+ s, fine-tuning, epoch 1/1, "
    assert re.search(told + r"10 of 10 images, loss \d\S+, about 0 s left\n", done.err)
    networks = done.table("networks").set_index("method")
    for method in ("greedy", "l2"):
        row = networks.loc[method]
        assert row["keep"] == 0.97
        assert row["macs"] == pytest.approx(0.97 * networks.loc["unpruned", "macs"], rel=0.01)
        assert 0 <= row["accuracy_ft"] <= 1
        assert row["speedup"] > 0
        assert row[["accuracy_bn", "accuracy_ls"]].isna().all()
    assert done.record["filters kept"]["0.97"].keys() == {FIRST, LAST}
    assert sorted(done.table("accuracies")["recovery"].unique()) == ["ft", "raw"]


def test_all_means_every_criterion_that_is_no_solver() -> None:
    """Random and dispersion are in every comparison by way of the solvers."""
    everything = [name for name in criteria if not criteria[name].solver_too]
    assert texts(["all"]) == texts(["all", "l1"]) == everything
    assert texts(["l2", "fpgm"]) == ["l2", "fpgm"]
    assert texts(["whc:variant=hc", "all"]) == ["whc:variant=hc", *everything]
    assert {name for name in criteria if criteria[name].solver_too} == {"dispersion", "random"}


def test_names_are_checked_before_anything_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and exit code 2."""
    with pytest.raises(UnknownNameError, match="method 'l3'"):
        named(["l3"])
    with pytest.raises(InputError, match="random is a matter of solvers here"):
        named(["random"])
    assert main(["--methods", "wch"]) == 2
    error = capsys.readouterr().err
    assert "unknown method 'wch'" in error
    assert "Traceback" not in error


@pytest.mark.usefixtures("_inline")
def test_variants_stand_side_by_side(
    run: Callable[..., Any], weights: Path, tmp_path: Path, write_images: Callable[..., Path]
) -> None:
    """Each under its whole text; what draws by chance with several seeds, their mean and spread."""
    images = write_images(tmp_path / "images")
    done = run(
        *("--layers", f"{FIRST},{LAST}", "--data", images, "--calibration-images", "6"),
        *("--solvers", "greedy", "--keep", "0.5", "0.25", "--recover", "none"),
        *("--random-seeds", "2", "--seed", "5", "--format", "markdown"),
        *("--methods", "pfp:mode=random,rows=50,pfp:rows=50", "dpp:mode=sample", "dpp"),
    )
    assert done.code == 0, done.err
    expected = {
        "pfp:mode=random,rows=50": [5, 6],
        "pfp:rows=50": [5],
        "dpp:mode=sample": [5, 6],
        "dpp": [5],
    }
    networks = done.table("networks")
    for method, seeds in expected.items():
        rows = networks[networks["method"] == method]
        assert sorted(rows["seed"]) == sorted([*seeds, *seeds]), method
        assert (f"| {method}, mean of 2 | 0.5 |" in done.out) == (len(seeds) > 1)
    kept = json.loads((done.folder / "selections.json").read_text())
    layers = {one.name: one for one in pruning.filter_layers(pruning.load_network("resnet8", weights))}
    for seed in (5, 6):
        sample = keep(layers[LAST], 16, "dpp", mode="sample", seed=seed).tolist()
        assert kept[f"dpp:mode=sample, keep 0.25, seed {seed}"][LAST] == sample


@pytest.mark.usefixtures("_inline")
def test_a_scoring_criterion_scores_once(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many keep ratios there are."""
    from pruning import criteria

    scores, seen = criteria.scores, []

    def noted(layer: Any, name: str, **how: Any) -> Any:
        seen.append((layer.name, name))
        return scores(layer, name, **how)

    monkeypatch.setattr(criteria, "scores", noted)
    assert run("--solvers", "greedy", "--keep", "0.5", "0.25", "--methods", "l1", "fpgm").code == 0
    assert seen == [(FIRST, "l1"), (FIRST, "fpgm")]


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("allocation", "criterion"),
    [("global", "hrank"), ("curves", "pfp:rows=50"), ("global", "whc:variant=hc"), ("snpfi", None)],
)
def test_budgets_may_be_divided_by_images(
    allocation: str,
    criterion: str | None,
    run: Callable[..., Any],
    tmp_path: Path,
    write_images: Callable[..., Path],
) -> None:
    """The counts are those of `allocate` with the same criterion, images and seed, and are met."""
    images = write_images(tmp_path / "images")
    done = run(
        *("--layers", f"{FIRST},{LAST}", "--data", images, "--calibration-images", "2"),
        *("--budget", "params=0.97", "--allocation", allocation, "--recover", "none"),
        *("--solvers", "greedy", *(("--criterion", criterion) if criterion else ())),
    )
    assert done.code == 0, done.err
    networks = done.table("networks").set_index("method")
    whole, left = networks.loc["unpruned", "parameters"], networks.loc["greedy", "parameters"]
    assert left == pytest.approx(0.97 * whole, rel=0.01)
    assert done.record["filters kept"]["0.97"].keys() == {FIRST, LAST}
    assert done.record["options"]["subject"]["criterion"] == criterion


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--methods", "pfp:mode=rando"], "unknown mode of pfp 'rando'; did you mean random?"),
        (["--methods", "pfp:mod=random"], "unknown argument of pfp 'mod'; did you mean mode?"),
        (["--methods", "pfp:seed=3"], "unknown argument of pfp 'seed'; known: images, mode, rows."),
        (["--methods", "pfp:images=many"], "images of pfp must be a whole number, not 'many'."),
        (["--methods", "pfp:images=0"], "pfp needs 1 image or more, not 0."),
        (["--methods", "fpici:balance=2"], "fpici takes a balance in [0, 1], not 2.0."),
        (["--methods", "dpp:"], "arguments of dpp read key=value,key=value, not ''."),
        (["--methods", "dpp:beta=1,beta=2"], "beta of dpp is given twice; leave one of them out."),
        (["--methods", "pfq:mode=random"], "unknown method 'pfq'; did you mean pfp or"),
        (["--methods", "random:seed=1"], "random is a matter of solvers here"),
        (
            ["--budget", "macs=0.5", "--criterion", "l1"],
            "--criterion l1 is for --allocation curves or global, not uniform; leave it out.",
        ),
        (
            ["--budget", "macs=0.5", "--allocation", "global", "--criterion", "l3"],
            "unknown criterion 'l3'; did you mean",
        ),
        (
            ["--budget", "macs=0.5", "--allocation", "global", "--criterion", "whc:variant=x"],
            "unknown variant of whc 'x'",
        ),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_loaded(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence and exit code 2; there is no network here to load."""
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {told}")
    assert error.count("\n") == 1


@pytest.mark.usefixtures("_inline")
def test_filters_that_stay_and_go(
    run: Callable[..., Any], tmp_path: Path, write_images: Callable[..., Path]
) -> None:
    """Solvers and criteria keep to it; a criterion that cannot be told is skipped, with the reason."""
    done = run(
        *("--layers", f"{FIRST},{LAST}", "--data", write_images(tmp_path / "images")),
        *("--keep", "0.25", "--solvers", "greedy", "clique", "--recover", "none"),
        *("--methods", "l1", "dpp", "--calibration-images", "6"),
        *("--stay", f"{FIRST}=3,5", "--go", f"{FIRST}=0", f"{LAST}=1,2"),
    )
    assert done.code == 0, done.err
    assert "dpp is skipped: it selects a set as a whole" in done.err
    kept: dict[str, Any] = json.loads((done.folder / "selections.json").read_text())
    del kept["points are counted from"]
    assert len(kept) == 3
    for by_layer in kept.values():
        assert {3, 5} <= {*by_layer[FIRST]} <= {*range(1, 16)}
        assert len(by_layer[FIRST]) == 4
        assert not {1, 2} & {*by_layer[LAST]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--stay", "conv1"], "filters are written as LAYER=3,7, got 'conv1'"),
        (["--go", "conv1=1,a"], "filters are written as LAYER=3,7, got 'conv1=1,a'"),
        (["--stay", f"{FIRST}=1", f"{FIRST}=2"], "comes twice; write its filters together"),
        (["--stay", "nothing=1"], "unknown layer 'nothing'"),
        (["--stay", f"{FIRST}=16"], "required holds 16; points are counted from 0 to 15"),
        (["--stay", f"{FIRST}=1,2,3,4,5"], "5 points are required, and p = 4 are to be chosen"),
    ],
)
@pytest.mark.usefixtures("_inline")
def test_filters_that_cannot_stay(words: list[str], message: str, run: Callable[..., Any]) -> None:
    """One sentence, exit code 2."""
    done = run("--layers", FIRST, "--keep", "0.25", "--solvers", "greedy", *words)
    assert done.code == 2
    assert message in done.err
