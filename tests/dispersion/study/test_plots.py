"""What is drawn is what the rows say."""

import io
from collections.abc import Callable

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from dispersion.study.plots import accuracies_against_macs, accuracy_against_macs, gap_against_time
from dispersion.study.tasks import NetworkRow, SolveRow

SolveRows = Callable[..., SolveRow]
NetworkRows = Callable[..., NetworkRow]
Points = list[tuple[float, float]]


def drawn(axes: Axes) -> dict[str, Points]:
    """Points of every line, by its label."""
    return {
        str(line.get_label()): [(float(x), float(y)) for x, y in line.get_xydata().tolist()]
        for line in axes.lines
    }


def png(axes: Axes) -> tuple[int, int]:
    """Render the figure and return the picture's size; warnings are errors here."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    content = io.BytesIO()
    figure.savefig(content, dpi=150, format="png")
    with Image.open(content) as image:
        image.load()
        assert len(image.convert("L").getcolors() or []) > 1
        return image.size


def test_gaps_are_drawn_in_percent_against_all_their_time(solve_row: SolveRows) -> None:
    """One point a solve that has a gap, a line a solver; no bound, no point."""
    axes = gap_against_time(
        [
            solve_row(solver="clique", build_seconds=0.5, solve_seconds=1.5, gap=0.0),
            solve_row(solver="clique", build_seconds=0.0, solve_seconds=4.0, gap=0.25),
            solve_row(solver="kuby", build_seconds=2.0, solve_seconds=8.0, gap=0.5),
            solve_row(solver="random", gap=None),
        ]
    )
    assert drawn(axes) == {"clique": [(2.0, 0.0), (4.0, 25.0)], "kuby": [(10.0, 50.0)]}
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["clique", "kuby"]
    assert axes.get_xlabel() == "build + solve time [s]"
    assert "(bound - objective) / bound [%]" in axes.get_ylabel()


@pytest.mark.parametrize("gap", [0.0, 1e-6, 0.5, 1.0])
def test_every_point_is_inside_the_picture(gap: float, solve_row: SolveRows) -> None:
    """A solve that took no time at all and any gap from 0 to 100 % lie within the axes."""
    axes = gap_against_time(
        [
            solve_row(build_seconds=0.0, solve_seconds=0.0, gap=gap),
            solve_row(solve_seconds=1e4, gap=gap),
        ]
    )
    png(axes)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for seconds, percent in drawn(axes)["clique"]:
        assert left < seconds < right
        assert bottom < percent < 1.5 * percent + 0.01 < top  # with room for the marker
    assert axes.get_xscale() == "log"


def test_solvers_are_told_apart_by_colour_and_marker(solve_row: SolveRows) -> None:
    """Seven solvers have seven colours and seven markers."""
    axes = gap_against_time([solve_row(solver=f"solver {k}") for k in range(7)])
    assert len({to_hex(line.get_color()) for line in axes.lines}) == 7
    assert len({line.get_marker() for line in axes.lines}) == 7


def test_accuracies_are_drawn_by_ascending_macs(network_row: NetworkRows) -> None:
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


def test_several_seeds_are_drawn_as_mean_and_range(network_row: NetworkRows) -> None:
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


def test_every_recovery_has_a_panel(network_row: NetworkRows) -> None:
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


@pytest.mark.parametrize("rows", [0, 2])
def test_pictures_go_where_they_are_told(
    rows: int, solve_row: SolveRows, network_row: NetworkRows
) -> None:
    """Given axes are drawn into and returned; without them a new figure is made; both can be saved."""
    solves = [solve_row(), solve_row(solver="kuby")][:rows]
    networks = [network_row(), network_row(macs=1000)][:rows]
    left, right = Figure(figsize=(8, 4)).subplots(1, 2)
    assert gap_against_time(solves, left) is left
    assert accuracy_against_macs(networks, ax=right) is right
    assert png(left) == (1200, 600)
    assert png(gap_against_time(solves)) == png(accuracy_against_macs(networks)) == (1050, 630)
    assert len(left.lines) == rows
    assert len(right.lines) == (1 if rows else 0)


def test_nothing_proven_is_an_empty_picture(solve_row: SolveRows) -> None:
    """Without any bound there is no point and no legend, and still a picture."""
    axes = gap_against_time([solve_row(gap=None)])
    assert drawn(axes) == {}
    assert axes.get_legend() is None
    png(axes)
