"""What of its inputs a layer sees: found by what it makes of them."""

import numpy as np
import pytest
import torch
from torch import nn

from dispersion.errors import InputError
from pruning import Calibration, Network
from pruning.calibration.windows import outputs_at, window

LAYERS = [
    nn.Conv2d(3, 4, 3, padding=1),
    nn.Conv2d(3, 4, 3),
    nn.Conv2d(3, 4, (3, 2), stride=2, padding=(1, 0)),
    nn.Conv2d(3, 4, 3, stride=(2, 1), dilation=2),
    nn.Conv2d(3, 4, 3, padding="same", dilation=2),
    nn.Conv2d(3, 4, (2, 4), padding="same"),
    nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"),
    nn.Conv2d(3, 4, 3, padding=2, padding_mode="circular", stride=3, bias=False),
    nn.Conv2d(3, 4, 1),
    nn.Conv2d(3, 4, (7, 8)),
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_rows_are_what_a_convolution_multiplies(layer):
    """Rows @ weights + bias = outputs, at every place and at some."""
    torch.manual_seed(0)
    inputs = torch.randn(3, 3, 7, 8)
    with torch.no_grad():
        outputs = layer(inputs)
        seen = window(layer, inputs, outputs)
        assert seen is not None
        there = seen.places(inputs)
        assert there == outputs.shape[2] * outputs.shape[3]
        for where in (torch.arange(there), torch.arange(there)[:: max(1, there // 3)]):
            rows = seen.patches(inputs, where)
            assert rows.shape == (3 * len(where), layer.weight[0].numel())
            made = rows @ layer.weight.flatten(1).T
            made = made if layer.bias is None else made + layer.bias
            assert torch.allclose(made, outputs_at(outputs, where), atol=1e-5)
            gathered = seen.gathered(inputs, where)
            columns = seen.columns(layer.weight)
            made = gathered @ columns if layer.bias is None else gathered @ columns + layer.bias
            assert torch.allclose(made, outputs_at(outputs, where), atol=1e-5)
            assert torch.equal(seen.weight(columns, layer.weight), layer.weight)
            out = torch.empty_like(gathered)
            assert seen.gathered(inputs, where, out) is out
            assert torch.equal(out, gathered)


class Same(nn.Conv2d):
    """Pads inside, as TensorFlow does: what is odd goes to the right and below."""

    left = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        sides = []
        for axis in (1, 0):
            size, step = x.shape[2 + axis], self.stride[axis]
            reach = self.dilation[axis] * (self.kernel_size[axis] - 1) + 1
            total = max(0, (-(-size // step) - 1) * step + reach - size)
            less, more = total // 2, total - total // 2
            sides += [more, less] if self.left else [less, more]
        return super().forward(nn.functional.pad(x, sides))


class Left(Same):
    """The other way round."""

    left = True


@pytest.mark.parametrize("kind", [Same, Left])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"), [(3, 1, 1), (3, 2, 1), (2, 1, 1), (5, 3, 1), (3, 1, 2)]
)
def test_padding_inside_a_layer_is_found(kind, kernel, stride, dilation):
    """Rows are of the places that the layer really looks at."""
    torch.manual_seed(0)
    layer, inputs = kind(3, 4, kernel, stride, dilation=dilation), torch.randn(2, 3, 8, 7)
    with torch.no_grad():
        outputs = layer(inputs)
        seen = window(layer, inputs, outputs)
        assert seen is not None
        where = torch.arange(seen.places(inputs))
        made = seen.patches(inputs, where) @ layer.weight.flatten(1).T + layer.bias
        assert torch.allclose(made, outputs_at(outputs, where), atol=1e-5)


def test_rows_of_a_linear_layer_are_its_inputs():
    layer, inputs = nn.Linear(6, 2), torch.randn(5, 6)
    seen = window(layer, inputs, layer(inputs))
    assert seen is not None
    assert seen.places(inputs) == 1
    assert (seen.patches(inputs, torch.arange(1)) == inputs).all()
    assert (seen.gathered(inputs, torch.arange(1), out=torch.empty(5, 6)) == inputs).all()
    assert torch.equal(seen.columns(layer.weight), layer.weight.T)
    assert torch.equal(seen.weight(layer.weight.T, layer.weight), layer.weight)
    assert (outputs_at(layer(inputs), torch.arange(1)) == layer(inputs)).all()


class Standardised(nn.Conv2d):
    """Applies other weights than it holds."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        weight = self.weight / self.weight.std((1, 2, 3), keepdim=True)
        return nn.functional.conv2d(x, weight, self.bias)


class Reflecting(nn.Conv2d):
    """Pads inside in another way."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        return super().forward(nn.functional.pad(x, (1, 1, 1, 1), mode="reflect"))


class Twice(nn.Linear):
    """Makes twice of what its weights say."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        return 2 * super().forward(x)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(4, 4, 3, groups=2), (2, 4, 5, 5)),
        (nn.ConvTranspose2d(4, 4, 3), (2, 4, 5, 5)),
        (nn.Linear(6, 2), (1, 3, 6)),
        (nn.ReLU(), (1, 6)),
        (Standardised(4, 4, 3), (2, 4, 5, 5)),
        (Reflecting(4, 4, 3), (2, 4, 5, 5)),
        (Twice(6, 2), (3, 6)),
    ],
    ids=str,
)
def test_other_layers_have_no_window(layer, shape):
    """What does not apply its weights plainly is not sampled."""
    torch.manual_seed(0)
    inputs = torch.randn(shape)
    with torch.no_grad():
        assert window(layer, inputs, layer(inputs)) is None


def test_such_layers_are_refused_by_name():
    """A criterion or repair that asks for them is told which layer, and why."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 4, 1), Standardised(4, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    network = Network("odd", module.eval(), (3, 8, 8), 4, None, "made for a test")
    images = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    with pytest.raises(InputError, match=r"layer '1' \(Standardised\) cannot be sampled"):
        Calibration(network, images).covariance("1")
