"""The functions of torch-pruning, by what they cut."""

from __future__ import annotations

import torch_pruning as tp
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

INPUT_CUTTERS = (tp.prune_conv_in_channels, tp.prune_linear_in_channels)
"""torch-pruning's functions that cut columns; all others cut rows."""

OUTPUT_MAKERS = (tp.prune_conv_out_channels, tp.prune_linear_out_channels)
"""torch-pruning's functions for layers that make channels by mixing others; not depthwise ones."""

CUT_TYPES = (_ConvNd, nn.Linear, _BatchNorm)
"""Layers whose weights are audited; all others are checked by what the cut network computes."""
