"""Accuracies are drawn as the rows say."""

from collections.abc import Callable

from matplotlib.axes import Axes

from dispersion.study.plots.accuracies import accuracies_against_macs, accuracy_against_macs
from dispersion.study.rows import NetworkRow

NetworkRows = Callable[..., NetworkRow]
Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


def test_accuracies_are_drawn_by_ascending_macs(network_row: NetworkRows, drawn: Drawn) -> None:
    """A line a method over the MACs, whatever their order, and a level for no pruning."""
    axes = accuracy_against_macs(
        [
            network_row(method="unpruned", macs=4_000_000, accuracy_raw=0.875, accuracy_bn=None),
            network_row(method="clique", macs=2_000_000, accuracy_raw=0.1, accuracy_bn=0.75),
            network_row(method="clique", macs=1_000_000, accuracy_raw=0.2, accuracy_bn=0.5),
            network_row(method="greedy", macs=1_000_000, accuracy_bn=0.25),
            network_row(method="unfinished", accuracy_raw=None, accuracy_bn=None),
        ]
    )
    assert drawn(axes) == {
        "clique": [(1.0, 0.5), (2.0, 0.75)],
        "greedy": [(1.0, 0.25)],
        "unpruned": [(0.0, 0.875), (1.0, 0.875)],
    }
    assert "MACs" in axes.get_xlabel()
    assert axes.get_title().endswith("BN re-estimation")


def test_names_stand_in_the_order_of_accuracy(network_row: NetworkRows, drawn: Drawn) -> None:
    """The best first; who has fewer networks, of which the mean is another one's, comes last."""
    accuracies = {"low": (0.1, 0.3), "high": (0.2, 0.4), "part": (0.9,)}
    rows = [
        network_row(method=name, macs=1000 * k, accuracy_bn=value)
        for name, values in accuracies.items()
        for k, value in enumerate(values)
    ]
    assert list(drawn(accuracy_against_macs(rows))) == ["high", "low", "part"]


def test_several_seeds_are_drawn_as_mean_and_range(network_row: NetworkRows, drawn: Drawn) -> None:
    """The line of a method with seeds runs through their means; bars span their extremes."""
    axes = accuracy_against_macs(
        [
            network_row(method="random", macs=int(keep * 1e6), seed=seed, accuracy_ls=keep + accuracy)
            for keep in (0.5, 0.25)
            for seed, accuracy in enumerate((0.125, 0.0, 0.25))
        ],
        "ls",
    )
    assert drawn(axes) == {"random": [(0.25, 0.375), (0.5, 0.625)]}
    [bars] = [bars for bars in axes.collections if len(bars.get_paths())]
    spans = [path.vertices.tolist() for path in bars.get_paths()]
    assert spans == [[[0.25, 0.25], [0.25, 0.5]], [[0.5, 0.5], [0.5, 0.75]]]


def test_every_recovery_has_a_panel(network_row: NetworkRows, png: Png) -> None:
    """What was not done has none; the methods stand in one legend."""
    rows = [
        network_row(method="unpruned", accuracy_bn=None),
        network_row(accuracy_ls=0.75),
        network_row(method="l1", macs=1000, accuracy_ls=0.5),
    ]
    figure = accuracies_against_macs(rows)
    assert [ax.get_title().partition(": ")[2] for ax in figure.axes] == [
        "as cut",
        "BN re-estimation",
        "least squares",
    ]
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["clique", "l1", "unpruned"]
    png(figure.axes[0])
