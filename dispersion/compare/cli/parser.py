"""The command line of ``python -m dispersion.compare``, with units and defaults."""

from __future__ import annotations

import argparse

from dispersion.arrays.matrices import SYMMETRIC
from dispersion.library import PREFIX, families, formats
from dispersion.metrics import metrics
from dispersion.objectives import objectives
from dispersion.study.rows import RECOVERIES
from dispersion.study.tables import FORMATS
from dispersion.terminal.parsing import Parser, path_of, real_number, whole_number
from dispersion.terminal.shadows import refuse_shadow
from dispersion.version import __version__
from solvers.export import exporting
from solvers.registration import list_solvers

DEFAULT_MODEL = "vgg16"
ALL = "all"  # of the solvers, or of the criteria
SOLVERS_TOO = ("dispersion", "random")  # criteria that are solvers here
NONE = "none"  # of the recoveries
LOUD, USUAL, QUIET = "debug", "info", "warning"  # levels of the log that is shown
RECOVERY_NAMES = tuple(name for name in RECOVERIES if name != "raw")
_LATER = {
    "methods": f"criteria of pruning to compare beside the solvers, or {ALL}; NAME:KEY=VALUE,KEY=VALUE "
    "changes what is in brackets below, so that variants stand side by side. {} (default: none)",
    "space": "in what filters are points, for solvers and criteria alike. {} (default: %(default)s)",
    "allocation": "how layers divide a --budget; snpfi takes minutes. {} (default: %(default)s)",
}  # what there is to choose from is known only once torch is loaded


class _Parser(Parser):
    def format_help(self) -> str:
        """The help, with the names that are known only once torch is loaded."""
        refuse_shadow("pruning")
        from pruning.allocation import allocations
        from pruning.criteria import criteria
        from pruning.spaces import spaces

        known = {
            "methods": {
                name: " ".join(filter(None, [criteria[name].described, criteria[name].defaults]))
                for name in criteria
                if name not in SOLVERS_TOO
            },
            "space": {name: spaces[name].summary for name in spaces},
            "allocation": {name: allocations[name].described for name in allocations},
        }
        for action in self._actions:
            if action.dest in known:
                action.help = _LATER[action.dest].format(_listed(known[action.dest]))
        return super().format_help()


def _listed(summaries: dict[str, str]) -> str:
    """Names with what they are, as argparse wants them: a percent sign is doubled."""
    return "; ".join(f"{name}: {text}" for name, text in summaries.items()).replace("%", "%%")


def _network(parser: argparse.ArgumentParser) -> None:
    """Which network, and which of its layers."""
    add = parser.add_argument_group("network").add_argument
    add(
        "--model",
        metavar="NAME",
        help="vgg16 or resnet56 (trained on CIFAR-10), mobilenet_v2 (on ImageNet), fetched once; "
        "resnet20, resnet32, resnet110, vgg11, vgg13, vgg19 with --weights (made by "
        "python -m pruning.train); torchvision:NAME, timm:NAME; or package.module:function of yours "
        f"(default: {DEFAULT_MODEL}, unless there are instances)",
    )
    add(
        "--weights",
        type=path_of,
        metavar="FILE",
        help="a checkpoint of yours for that model: .safetensors, .pt or .pth "
        "(default: the published one)",
    )
    add(
        "--layers",
        default="inner",
        metavar="WHICH",
        help="inner: convolutions tied to no other by additions (all 13 of vgg16, the first of every "
        "block of resnet56); all: also those that are tied, pruned as one; or "
        "names and patterns, comma-separated (default: %(default)s)",
    )


def _filters(parser: argparse.ArgumentParser) -> None:
    """Which of its filters stay."""
    add = parser.add_argument_group("choosing filters").add_argument
    metric_names = _listed({name: metrics[name].summary for name in metrics})
    add(
        "--metric",
        default="euclidean",
        metavar="NAME",
        help=f"distances between filters, or between the points of instance files. {metric_names} "
        "(default: %(default)s)",
    )
    add(
        "--space",
        default="weights",
        metavar="NAME",
        help=_LATER["space"],
    )
    add(
        "--keep",
        nargs="+",
        default=["0.5"],
        metavar="SHARE",
        help="share of the filters every layer keeps, in (0, 1]; several (0.8 0.6 or 0.8,0.6) are "
        "compared (default: 0.5)",
    )
    add(
        "--budget",
        nargs="+",
        metavar="WHAT=SHARE",
        help="in place of --keep: macs=0.5 or params=0.4, the share of the network's "
        "multiply-accumulates or parameters that may remain, met within 1 %%; several are "
        "compared (default: none)",
    )
    add("--allocation", default="uniform", metavar="NAME", help=_LATER["allocation"])
    add(
        "--criterion",
        metavar="NAME",
        help="by whose scores the allocations that compare scores divide a --budget; written as in "
        "--methods (default: l1)",
    )
    add("--methods", nargs="+", metavar="NAME", help=_LATER["methods"])


def _instances(parser: argparse.ArgumentParser) -> None:
    """Which instances, instead of a network."""
    known_formats = _listed({name: formats[name].summary for name in formats})
    known_families = _listed({name: families[name].summary for name in families})
    add = parser.add_argument_group("instances, in place of a network").add_argument
    add(
        "--instance",
        nargs="+",
        metavar="FILE",
        help=f"instance files, recognised by content; {known_formats}. Or {PREFIX}FAMILY:n=500,p=50,"
        f"seed=1 (and d=3 coordinates); {known_families} (default: none; a network is compared)",
    )
    add(
        "--input-format",
        metavar="NAME",
        help="format of the instance files, one of those above (default: recognised by content)",
    )
    add(
        "--symmetric",
        choices=tuple(SYMMETRIC),
        help="what to take where the two distances of a pair differ in an instance file; rounding "
        "errors are repaired anyway (default: such files are refused)",
    )
    add(
        "--p",
        type=whole_number,
        nargs="+",
        metavar="P",
        help="how many points to choose; several are compared (default: those with published values, "
        "else what the file says)",
    )
    add(
        "--known",
        type=path_of,
        metavar="FILE",
        help="a csv of published values of the objective, with the columns instance (file name), p, "
        "best_known and perhaps proven (yes or no: it is the optimum); an answer that contradicts one "
        "is a failure (default: none)",
    )


def _solvers(objective: str) -> str:
    """The solvers of an objective, those taken by default first."""
    infos = list_solvers(objective)
    usual = _listed({info.name: info.summary for info in infos if info.by_default})
    named = _listed({info.name: info.summary for info in infos if not info.by_default})
    return f"{usual}; and, if named, {named}" if named else usual


def _by_chance() -> str:
    """The solvers that draw by chance, of whatever objective."""
    names = {info.name for goal in objectives for info in list_solvers(goal) if info.stochastic}
    return ", ".join(sorted(names))


def _exporting() -> str:
    """The solvers that have a model to write, by objective."""
    return "; ".join(f"for {goal} {', '.join(exporting(goal))}" for goal in objectives)


def _solving(parser: argparse.ArgumentParser) -> None:
    """What is solved, by whom, with what."""
    known = " ".join(f"For {goal}: {_solvers(goal)}." for goal in objectives)
    goals = _listed({name: objectives[name].summary for name in objectives})
    add = parser.add_argument_group("solving").add_argument
    add("--objective", default="max-min", metavar="NAME", help=f"{goals} (default: %(default)s)")
    add(
        "--solvers",
        nargs="+",
        metavar="NAME",
        help=f"which to compare, {ALL}, or package.module:function of yours "
        "(default: those of the objective that need not be named). "
        f"{known}",
    )
    add(
        "--time-limit",
        type=real_number,
        default=10.0,
        metavar="SECONDS",
        help="wall-clock seconds for building and solving, per solve (default: %(default)s)",
    )
    add(
        "--recheck",
        type=real_number,
        metavar="SECONDS",
        help="derive the proof of every optimum again, an engine's too, by means that share no code "
        "with what made it, for at most so many wall-clock seconds each; a contradiction is a failure "
        "(default: no proof is)",
    )
    add(
        "--threads",
        type=whole_number,
        default=1,
        metavar="N",
        help="threads per solve (default: %(default)s)",
    )
    add(
        "--seed",
        type=whole_number,
        default=0,
        metavar="N",
        help="seed of every random choice, the first of several; another one with the same --out joins "
        "the study (default: %(default)s)",
    )
    add(
        "--random-seeds",
        type=whole_number,
        default=3,
        metavar="N",
        help="seeds, from --seed on, of all that draws by chance, shown with mean and range: solvers "
        f"({_by_chance()}), criteria such as snpfi (default: %(default)s)",
    )
    add(
        "--jobs",
        type=whole_number,
        metavar="N",
        help="solves at a time, in as many processes; several lengthen all times, which are marked "
        "(default: 1)",
    )
    add(
        "--memory",
        type=real_number,
        metavar="GIB",
        help="memory of the process of a solve, engine included; one that takes more is killed and has "
        "failed (default: no limit)",
    )
    add(
        "--scheduler",
        metavar="ADDRESS",
        help="solve on the running Dask cluster with this scheduler, such as tcp://host:8786, "
        "waiting ten minutes at most for its first worker (default: on this machine)",
    )
    add(
        "--retry-failures",
        action="store_true",
        help="solve again what failed or was killed in the run that --out goes on with (default: no)",
    )


def _testing(parser: argparse.ArgumentParser) -> None:
    """How pruned networks are tested."""
    add = parser.add_argument_group("testing the network").add_argument
    add(
        "--data",
        metavar="NAME|FOLDER",
        help="cifar10, or a folder with train/CLASS/*.png and test/CLASS/*.png "
        "(default: what the model was trained on)",
    )
    add("--test-images", type=whole_number, metavar="N", help="test images, the first N (default: all)")
    add(
        "--calibration-images",
        type=whole_number,
        default=1000,
        metavar="N",
        help="training images for batch-norm re-estimation, least squares, and what else looks at "
        "images, drawn by the seed (default: %(default)s)",
    )
    add(
        "--recover",
        nargs="+",
        default=["bn", "ls"],
        metavar="NAME",
        help="what is done to pruned networks before they are tested again: bn, re-estimation of batch "
        "norms; ls, least squares in every layer behind the first cut; ft, fine-tuning, which starts "
        f"from the last of the others; or {NONE} (default: bn ls)",
    )
    add(
        "--epochs",
        type=whole_number,
        default=3,
        metavar="N",
        help="of fine-tuning (default: %(default)s)",
    )
    add(
        "--lr",
        type=real_number,
        default=0.01,
        metavar="X",
        help="learning rate at which fine-tuning begins; it falls to 0 (default: %(default)s)",
    )
    add(
        "--train-images",
        type=whole_number,
        metavar="N",
        help="training images for fine-tuning, the first N (default: all, of cifar10 the first 45,000)",
    )
    add(
        "--latency",
        action="store_true",
        help="time every pruned network against the original (default: no)",
    )
    add(
        "--device",
        default="cpu",
        metavar="NAME",
        help="where networks run: cpu, cuda, cuda:1, ... (default: %(default)s)",
    )


def _output(parser: argparse.ArgumentParser) -> None:
    """Where results go."""
    add = parser.add_argument_group("output").add_argument
    add(
        "--out",
        type=path_of,
        metavar="FOLDER",
        help="where results go; an earlier run of this command, or of one that asked for less, is gone "
        "on with: nothing is solved twice (default: results/NAME-DATE-TIME)",
    )
    add(
        "--config",
        type=path_of,
        metavar="FILE",
        help="a TOML file of these options, such as the study.toml that every run leaves with its "
        "results: time-limit = 5, keep = [0.8, 0.6], latency = true; what the command line says counts "
        "more (default: none)",
    )
    add(
        "--export",
        type=path_of,
        metavar="FOLDER",
        help="before solving, write the model of every instance for every solver compared that has one "
        f"({_exporting()}), as .lp and .mps "
        "for other engines (default: none is written)",
    )
    add(
        "--format",
        default="table",
        choices=FORMATS,
        help="what is printed: csv holds the solves, json everything (default: %(default)s)",
    )
    add(
        "-v",
        "--verbose",
        dest="log_level",
        action="store_const",
        const=LOUD,
        help="say every step, on standard error; log.txt holds them always (default: no)",
    )
    add(
        "-q",
        "--quiet",
        dest="log_level",
        action="store_const",
        const=QUIET,
        help="say only what went wrong (default: no)",
    )


def parser() -> argparse.ArgumentParser:
    """Everything that can be asked; raises `InputError` where argparse would leave the program."""
    made = _Parser(
        prog="python -m dispersion.compare",
        description="Compare p-dispersion solvers on the filters of a trained network, prune the "
        "network with every solution, and report gap, time and accuracy; or compare them on instance "
        "files and generated instances.",
        epilog="Exit codes: 0 all is well, even if solvers skipped instances which they do not take; 1 "
        "two answers contradict each other or a solver failed; 2 bad input, or results that cannot be "
        "written or were deleted meanwhile; 130 interrupted (what was finished is kept).",
    )
    made.add_argument("--version", action="version", version=__version__)
    for add_group in (_network, _filters, _testing, _instances, _solving, _output):
        add_group(made)
    return made
