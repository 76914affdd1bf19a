"""What every layer must still hold after cuts."""

import copy

import numpy as np
import pytest
import torch
import torch_pruning as tp
from torch import nn

from dispersion.errors import ContradictionError
from pruning.cutting.cut_audit import CutAudit


def cut_by_hand() -> tuple[nn.Sequential, nn.Sequential, CutAudit]:
    original = nn.Sequential(nn.Conv2d(3, 6, 1), nn.BatchNorm2d(6), nn.Conv2d(6, 2, 1))
    cut = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), nn.Conv2d(3, 2, 1))
    keep = torch.tensor([1, 3, 4])
    with torch.no_grad():
        cut[0].weight.copy_(original[0].weight[keep])
        cut[0].bias.copy_(original[0].bias[keep])
        cut[2].weight.copy_(original[2].weight[:, keep])
        cut[2].bias.copy_(original[2].bias)
    audit = CutAudit(original)
    for name, handler in (
        ("0", tp.prune_conv_out_channels),
        ("1", tp.prune_batchnorm_out_channels),
        ("2", tp.prune_conv_in_channels),
    ):
        audit.note(name, handler, [0, 2])
        audit.note(name, handler, [3])  # of the four left: the original's last
    return original, cut, audit


def test_a_right_cut_passes() -> None:
    """Cuts after cuts are followed back to the original's rows and columns."""
    _, cut, audit = cut_by_hand()
    audit.confirm(["0", "1"], np.array([1, 3, 4]))
    audit.check(cut)


@pytest.mark.parametrize("name", ["0.weight", "0.bias", "1.running_var", "2.weight"])
def test_a_wrong_value_is_found(name: str) -> None:
    """One value out of place in any part of any layer is a contradiction that names it."""
    _, cut, audit = cut_by_hand()
    damaged = copy.deepcopy(cut)
    damaged.state_dict()[name].view(-1)[0] += 1
    layer, _, part = name.partition(".")
    with pytest.raises(ContradictionError, match=f"{part} of layer '{layer}'"):
        audit.check(damaged)


def test_other_rows_are_found() -> None:
    """Rows other than the ones asked for are a contradiction."""
    _, _, audit = cut_by_hand()
    with pytest.raises(ContradictionError, match=r"\[1, 3, 4\]"):
        audit.confirm(["0"], np.array([1, 3, 5]))
