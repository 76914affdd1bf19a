"""Which pictures there are depends on the rows."""

from collections.abc import Callable

from dispersion.study.pictures import figures
from dispersion.study.rows import NetworkRow, SolveRow


def test_curves_need_two_keep_ratios(
    solve_row: Callable[..., SolveRow], network_row: Callable[..., NetworkRow]
) -> None:
    """The unpruned network and one ratio are no curve; neither are networks that were not tested."""
    networks = [network_row(method="unpruned", keep=1.0), network_row(keep=0.5)]
    untested = network_row(keep=0.25, accuracy_raw=None, accuracy_bn=None)
    assert list(figures([solve_row()], [])) == ["gap-against-time.png"]
    assert len(figures([solve_row()], [*networks, untested])) == 1
    found = figures([solve_row()], [*networks, network_row(keep=0.25)])
    assert list(found) == ["gap-against-time.png", "accuracy-against-macs.png"]
