"""Small networks of many kinds: what people prune, and what they had better not."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
import torch.nn.utils.prune
from torch import Tensor, nn

from pruning import Network

CLASSES, SHAPE = 5, (3, 16, 16)


class Net(nn.Module):
    """Some layers, and a way through them."""

    def __init__(self, way: Callable[[Any, Tensor], Tensor], **layers: nn.Module) -> None:
        super().__init__()
        self.way = way
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        return self.way(self, x)


@dataclass(frozen=True)
class Case:
    """A network, and which of its layers can be pruned.

    Parameters
    ----------
    build : callable
        Makes it.
    layers : tuple of str
        What `survey` finds; empty for a network that is refused.
    masked : bool
        Whether silencing the filters gives what removing them does; it does not where a norm goes
        over channels, or an activation makes something of zero.
    refused : str
        What the refusal says.
    """

    build: Callable[[], nn.Module]
    layers: tuple[str, ...] = ()
    masked: bool = True
    refused: str = ""


CASES: dict[str, Case] = {}


def case(
    *layers: str, masked: bool = True, refused: str = ""
) -> Callable[[Callable[[], nn.Module]], Callable[[], nn.Module]]:
    """Enter a function that makes a network into the table."""

    def enter(build: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
        CASES[build.__name__] = Case(build, layers, masked, refused)
        return build

    return enter


def network(name: str) -> Network:
    """One of the table, with batch norms that do something."""
    torch.manual_seed(len(name))
    module = CASES[name].build()
    for layer in module.modules():
        if isinstance(layer, nn.modules.batchnorm._NormBase) and layer.affine:
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.running_mean is not None:
            nn.init.uniform_(layer.running_mean, -0.5, 0.5)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return Network(name, module.eval(), SHAPE, CLASSES, None, "made for a test")


def conv(a: int, b: int, k: int = 3, **named: Any) -> nn.Conv2d:
    return nn.Conv2d(a, b, k, padding=named.pop("padding", k // 2), **named)


def unit(a: int, b: int, k: int = 3, **named: Any) -> nn.Sequential:
    return nn.Sequential(conv(a, b, k, **named), nn.BatchNorm2d(b), nn.ReLU())


def pooled(x: Tensor) -> Tensor:
    return x.mean((2, 3))


@case("0", "2")
def chain() -> nn.Module:
    head = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, CLASSES)
    return nn.Sequential(conv(3, 8), nn.ReLU(), conv(8, 8), nn.ReLU(), *head)


@case("0.0", "1.0")
def vgg() -> nn.Module:
    head = nn.Flatten(), nn.Linear(8 * 16, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, CLASSES)
    return nn.Sequential(unit(3, 8), unit(8, 8), nn.MaxPool2d(4), *head)


@case("stem.0", "a.0")
def resnet() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu((s := m.stem(x)) + m.b(m.a(s))))),
        stem=unit(3, 8), a=unit(8, 6), b=nn.Sequential(conv(6, 8), nn.BatchNorm2d(8)),
        f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("stem.0", "short", "a.0", "b.0")
def bottleneck_with_projection() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.short(s := m.stem(x)) + m.c(m.b(m.a(s)))))),
        stem=unit(3, 8), a=unit(8, 4, 1), b=unit(4, 4, stride=2), c=conv(4, 12, 1),
        short=conv(8, 12, 1, stride=2), f=nn.Linear(12, CLASSES),
    )  # fmt: skip


@case("stem")
def resnext() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled((s := m.stem(x)) + m.c(m.g(m.a(s))))),
        stem=conv(3, 8), a=conv(8, 8, 1), g=conv(8, 8, groups=4), c=conv(8, 8, 1),
        f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("stem", "expand", "project")
def mobilenet_v2() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.project(F.relu6(m.depth(F.relu6(m.expand(m.stem(x)))))))),
        stem=conv(3, 6), expand=conv(6, 12, 1), depth=conv(12, 12, groups=12), project=conv(12, 8, 1),
        f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("stem", "squeeze", "expand")
def mobilenet_v3_with_se() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = F.hardswish(m.depth(F.hardswish(m.expand(m.stem(x)))))
        scale = F.hardsigmoid(m.excite(F.relu(m.squeeze(F.adaptive_avg_pool2d(x, 1)))))
        return m.f(pooled(x * scale))

    return Net(
        way, stem=conv(3, 6), expand=conv(6, 8, 1), depth=conv(8, 8, groups=8), squeeze=conv(8, 4, 1),
        excite=conv(4, 8, 1), f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("stem", "body")
def se_of_linear_layers() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = F.relu(m.body(F.relu(m.stem(x))))
        return m.f(pooled(x * m.up(F.relu(m.down(pooled(x)))).sigmoid()[:, :, None, None]))

    return Net(
        way, stem=conv(3, 6), body=conv(6, 8), down=nn.Linear(8, 4), up=nn.Linear(4, 8),
        f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("stem", "down", "deep", "up", "last")
def u_net_with_concatenation() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        skip = F.relu(m.stem(x))
        low = F.relu(m.deep(F.relu(m.down(skip))))
        return m.f(
            pooled(m.last(torch.cat((skip, F.relu(m.up(F.interpolate(low, scale_factor=2)))), 1)))
        )

    return Net(
        way, stem=conv(3, 6), down=conv(6, 8, stride=2), deep=conv(8, 8), up=conv(8, 6),
        last=conv(12, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("stem", "down", "last")
def u_net_with_transposed_convolution() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        skip = F.relu(m.stem(x))
        return m.f(pooled(m.last(torch.cat((skip, m.up(F.relu(m.down(skip)))), 1))))

    return Net(
        way, stem=conv(3, 6), down=conv(6, 8, stride=2), up=nn.ConvTranspose2d(8, 5, 2, 2),
        last=conv(11, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("stem", "down")
def u_net_with_addition() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        skip = F.relu(m.stem(x))
        return m.f(pooled(F.relu(skip + m.up(F.relu(m.down(skip))))))

    return Net(
        way, stem=conv(3, 6), down=conv(6, 8, stride=2), up=nn.ConvTranspose2d(8, 6, 2, 2),
        f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b", "c")
def densenet() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = m.a(x)
        x = torch.cat((x, m.b(F.relu(m.n1(x)))), 1)
        x = torch.cat((x, m.c(F.relu(m.n2(x)))), 1)
        return m.f(pooled(F.relu(m.n3(x))))

    return Net(
        way, a=conv(3, 6), n1=nn.BatchNorm2d(6), b=conv(6, 4), n2=nn.BatchNorm2d(10), c=conv(10, 4),
        n3=nn.BatchNorm2d(14), f=nn.Linear(14, CLASSES),
    )  # fmt: skip


@case("stem", "one", "three.0", "five.0", "three.1", "five.1", "pool")
def inception() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = F.relu(m.stem(x))
        branches = m.one(x), m.three(x), m.five(x), m.pool(F.max_pool2d(x, 3, 1, 1))
        return m.f(pooled(F.relu(torch.cat(branches, 1))))

    return Net(
        way, stem=conv(3, 6), one=conv(6, 3, 1), three=nn.Sequential(conv(6, 3, 1), conv(3, 4)),
        five=nn.Sequential(conv(6, 2, 1), conv(2, 4, 5)), pool=conv(6, 3, 1), f=nn.Linear(14, CLASSES),
    )  # fmt: skip


@case("stem", "squeeze", "left", "right")
def squeezenet() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = F.relu(m.squeeze(F.relu(m.stem(x))))
        x = F.relu(torch.cat((m.left(x), m.right(x)), 1))
        return pooled(m.last(x))

    return Net(
        way, stem=conv(3, 6), squeeze=conv(6, 4, 1), left=conv(4, 6, 1), right=conv(4, 6),
        last=conv(12, CLASSES, 1),
    )  # fmt: skip


def shuffled(x: Tensor, groups: int = 2) -> Tensor:
    return x.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2)


@case("a", "last")
def shufflenet() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        left, right = m.stem(x).chunk(2, 1)
        return m.f(pooled(m.last(shuffled(torch.cat((left, m.b(F.relu(m.a(right)))), 1)))))

    return Net(
        way, stem=conv(3, 8), a=conv(4, 4), b=conv(4, 4), last=conv(8, 6), f=nn.Linear(6, CLASSES)
    )


@case("second", masked=False)
def shuffle_before_group_norm() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.norm(m.second(m.shuffle(F.relu(m.first(x)))))))),
        first=conv(3, 8), shuffle=nn.ChannelShuffle(2), second=conv(8, 8), norm=nn.GroupNorm(1, 8),
        f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("a", "last")
def res2net() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        one, two = m.split(m.a(x)).chunk(2, 1)
        return m.f(pooled(F.relu(m.last(torch.cat((one, F.relu(m.b(two + one))), 1)))))

    return Net(
        way,
        a=conv(3, 6),
        split=conv(6, 8, 1),
        b=conv(4, 4),
        last=conv(8, 6, 1),
        f=nn.Linear(6, CLASSES),
    )


@case("stem", "cv2")
def yolo_c2f() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        a, b = m.cv1(m.stem(x)).chunk(2, 1)
        return m.f(pooled(m.cv2(torch.cat([a, b, b + m.m(b)], 1))))

    return Net(
        way,
        stem=conv(3, 8),
        cv1=conv(8, 8, 1),
        m=conv(4, 4),
        cv2=conv(12, 8, 1),
        f=nn.Linear(8, CLASSES),
    )


@case("b")
def cbam() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = m.a(x)
        x = x * m.s(torch.cat((x.mean(1, keepdim=True), x.amax(1, keepdim=True)), 1)).sigmoid()
        return m.f(pooled(m.b(x)))

    return Net(way, a=conv(3, 8), s=conv(2, 1), b=conv(8, 8), f=nn.Linear(8, CLASSES))


class ChannelNorm(nn.LayerNorm):
    """LayerNorm over the channels of maps, as ConvNeXt has it."""

    def forward(self, x: Tensor) -> Tensor:
        """Norm over the second axis."""
        x = x.permute(0, 2, 3, 1)
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps).permute(
            0, 3, 1, 2
        )


class Scale(nn.Module):
    """LayerScale: a factor a channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.rand(channels, 1, 1) + 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply."""
        return x * self.gamma


@case("stem", masked=False)
def convnext() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = m.stem(x)
        y = m.norm(m.depth(x).permute(0, 2, 3, 1))
        y = m.down(F.gelu(m.up(y))).permute(0, 3, 1, 2)
        return m.f(m.last(pooled(x + m.scale(y))))

    return Net(
        way, stem=conv(3, 8, 4, stride=4, padding=0), depth=conv(8, 8, 7, groups=8),
        norm=nn.LayerNorm(8), up=nn.Linear(8, 16), down=nn.Linear(16, 8), scale=Scale(8),
        last=nn.LayerNorm(8), f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("a", "b", masked=False)
def layer_norm_of_channels() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.b(F.gelu(m.norm(m.a(x)))))),
        a=conv(3, 8), norm=ChannelNorm(8), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b", masked=False)
def group_norm_of_one_group() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.b(F.relu(m.norm(m.a(x)))))),
        a=conv(3, 8), norm=nn.GroupNorm(1, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("b")
def group_norm_of_four_groups() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.b(F.relu(m.norm(m.a(x)))))),
        a=conv(3, 8), norm=nn.GroupNorm(4, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b")
def instance_norm() -> nn.Module:
    return Net(
        lambda m, x: m.f(m.b(F.relu(m.norm(m.a(x)))).amax((2, 3))),
        a=conv(3, 8), norm=nn.InstanceNorm2d(8, affine=True), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b.0")
def synchronised_batch_norm() -> nn.Module:
    return nn.SyncBatchNorm.convert_sync_batchnorm(
        Net(lambda m, x: m.f(pooled(m.b(m.a(x)))), a=conv(3, 8), b=unit(8, 6), f=nn.Linear(6, CLASSES))
    )


@case("b")
def local_response_norm() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(m.norm(m.a(x)))))),
        a=conv(3, 8), norm=nn.LocalResponseNorm(3, alpha=1.0), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a")
def vit_block() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        tokens = m.patches(F.relu(m.a(x))).flatten(2).transpose(1, 2) + m.position.weight
        y = m.n1(tokens)
        tokens = tokens + m.attention(y, y, y, need_weights=False)[0]
        tokens = tokens + m.down(F.gelu(m.up(m.n2(tokens))))
        return m.f(tokens.mean(1))

    return Net(
        way, a=conv(3, 6), patches=conv(6, 8, 4, stride=4, padding=0), position=nn.Embedding(16, 8),
        n1=nn.LayerNorm(8), attention=nn.MultiheadAttention(8, 2, batch_first=True), n2=nn.LayerNorm(8),
        up=nn.Linear(8, 16), down=nn.Linear(16, 8), f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("a", "b")
def crnn() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        columns = F.relu(m.b(F.relu(m.a(x)))).mean(2).transpose(1, 2)
        return m.f(m.r(columns)[0][:, -1])

    return Net(
        way, a=conv(3, 6), b=conv(6, 8), r=nn.LSTM(8, 6, batch_first=True), f=nn.Linear(6, CLASSES)
    )


@case(refused="has no layer whose filters can be pruned")
def gru_reader() -> nn.Module:
    return Net(
        lambda m, x: m.f(m.r(F.relu(m.a(x)).mean(2).transpose(1, 2))[0][:, -1]),
        a=conv(3, 8), r=nn.GRU(8, 6, batch_first=True), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("stem", "down", "top", "out")
def pan_neck() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        high = F.silu(m.stem(x))
        low = F.silu(m.top(F.silu(m.down(high))))
        up = F.interpolate(low, scale_factor=2.0)
        merged = F.silu(m.out(torch.cat((up, high), 1)))
        back = torch.cat((F.max_pool2d(merged, 2), low), 1)
        return m.f(pooled(back))

    return Net(
        way, stem=conv(3, 6), down=conv(6, 8, stride=2), top=conv(8, 6, 1), out=conv(12, 6),
        f=nn.Linear(12, CLASSES),
    )  # fmt: skip


@case("a", "b")
def autoencoder() -> nn.Module:
    return Net(
        lambda m, x: m.f(m.up(F.relu(m.b(F.relu(m.a(x))))).flatten(1)),
        a=conv(3, 8, stride=2), b=conv(8, 6, stride=2), up=nn.ConvTranspose2d(6, 1, 4, 4),
        f=nn.Linear(256, CLASSES),
    )  # fmt: skip


@case("a")
def one_dimensional_reader() -> nn.Module:
    return Net(
        lambda m, x: m.f(F.relu(m.b(F.relu(m.a(x)).flatten(2))).mean(2)),
        a=conv(3, 8), b=nn.Conv1d(8, 6, 3), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case(refused="has no two-dimensional convolution")
def one_dimensional() -> nn.Module:
    return Net(
        lambda m, x: m.f(F.relu(m.a(x.flatten(2))).mean(2)),
        a=nn.Conv1d(3, 8, 3),
        f=nn.Linear(8, CLASSES),
    )


@case(refused="has no two-dimensional convolution")
def three_dimensional() -> nn.Module:
    return Net(
        lambda m, x: m.f(F.relu(m.a(x[:, None])).mean((2, 3, 4))),
        a=nn.Conv3d(1, 8, 3), f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case(refused="has no two-dimensional convolution")
def perceptron() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(768, 12), nn.ReLU(), nn.Linear(12, CLASSES))


@case("i")
def pixel_shuffle() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.i(F.pixel_shuffle(m.a(x), 2))))),
        a=conv(3, 8), i=conv(2, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("b")
def gated_linear_unit() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(F.glu(m.a(x), 1))))),
        a=conv(3, 8), b=conv(4, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("b")
def maxout() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(m.a(x).unflatten(1, (4, 2)).amax(2))))),
        a=conv(3, 8), b=conv(4, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("b")
def channels_last_flatten() -> nn.Module:
    return Net(
        lambda m, x: m.f(m.a(F.max_pool2d(F.relu(m.b(x)), 2)).permute(0, 2, 3, 1).flatten(1)),
        b=conv(3, 6), a=conv(6, 8), f=nn.Linear(512, CLASSES),
    )  # fmt: skip


@case(refused="has no layer whose filters can be pruned")
def cosine_classifier() -> nn.Module:
    return Net(
        lambda m, x: 10 * F.linear(F.normalize(pooled(F.relu(m.a(x)))), F.normalize(m.f.weight)),
        a=conv(3, 8), f=nn.Linear(8, CLASSES, bias=False),
    )  # fmt: skip


@case("a")
def normalised_features() -> nn.Module:
    return Net(
        lambda m, x: 10 * m.f(F.normalize(pooled(F.relu(m.a(x))))),
        a=conv(3, 8),
        f=nn.Linear(8, CLASSES),
    )


@case("i", "q")
def non_local() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        x = m.i(x)
        scores = torch.einsum("ncp,ncq->npq", 9 * m.q(x).flatten(2), 9 * m.k(x).flatten(2)).softmax(2)
        mixed = torch.einsum("npq,ncq->ncp", scores, m.v(x).flatten(2)).unflatten(2, x.shape[2:])
        return m.f((x.flatten(2) + m.o(mixed).flatten(2)).mean(2))

    return Net(
        way, i=conv(3, 8, 1), q=conv(8, 4, 1), k=conv(8, 4, 1), v=conv(8, 4, 1), o=conv(4, 8, 1),
        f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("a", "b")
def spectral_norm_elsewhere() -> nn.Module:
    head = nn.utils.parametrizations.spectral_norm(nn.Linear(12, CLASSES))
    return Net(
        lambda m, x: m.f(F.relu(m.h(pooled(F.relu(m.b(F.relu(m.a(x)))))))),
        a=conv(3, 8), b=conv(8, 6), h=nn.Linear(6, 12), f=head,
    )  # fmt: skip


@case("a")
def weight_norm() -> nn.Module:
    b = nn.utils.parametrizations.weight_norm(conv(6, 8))
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(F.relu(m.c(F.relu(m.a(x)))))))),
        a=conv(3, 8), c=conv(8, 6), b=b, f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("a")
def pruning_mask() -> nn.Module:
    b = conv(6, 8)
    nn.utils.prune.l1_unstructured(b, "weight", 0.5)
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(F.relu(m.c(F.relu(m.a(x)))))))),
        a=conv(3, 8), c=conv(8, 6), b=b, f=nn.Linear(8, CLASSES),
    )  # fmt: skip


@case("a", "b", masked=False)
def sigmoid() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.b(m.a(x).sigmoid()).sigmoid())),
        a=conv(3, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b")
def prelu() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.p(m.b(F.relu(m.a(x)))))),
        a=conv(3, 8), b=conv(8, 6), p=nn.PReLU(6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


class SameConv(nn.Conv2d):
    """Pads inside, as TensorFlow does."""

    def forward(self, x: Tensor) -> Tensor:
        """Pad, then convolve."""
        return super().forward(F.pad(x, (0, 1, 0, 1)))


@case("a", "b")
def same_padding() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(F.relu(m.a(x)))))),
        a=SameConv(3, 8, 3, 2), b=SameConv(8, 6, 3, 2), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b")
def stochastic_in_training_only() -> nn.Module:
    return Net(
        lambda m, x: m.f(m.d(pooled(F.relu(m.b(F.relu(m.a(x))))))),
        a=conv(3, 8), b=conv(8, 6), d=nn.Dropout(), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case(refused="is not deterministic in evaluation mode")
def dropout_that_is_always_on() -> nn.Module:
    return Net(
        lambda m, x: m.f(F.dropout(pooled(F.relu(m.a(x))), 0.5)), a=conv(3, 8), f=nn.Linear(8, CLASSES)
    )


@case("a", "b")
def head_of_zeros() -> nn.Module:
    head = nn.Linear(6, CLASSES)
    nn.init.zeros_(head.weight)
    return Net(lambda m, x: m.f(pooled(m.b(F.relu(m.a(x))))), a=conv(3, 8), b=conv(8, 6), f=head)


@case("b")
def shuffle_behind_a_large_bias() -> nn.Module:
    head = nn.Linear(6, CLASSES)
    nn.init.constant_(head.bias, 1e5)
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(shuffled(F.relu(m.a(x))))))),
        a=conv(3, 8),
        b=conv(8, 6),
        f=head,
    )


@case("b")
def head_of_training_only() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        a = F.relu(m.a(x))
        y = m.f(pooled(F.relu(m.b(a))))
        return y + m.aux(pooled(a)) if m.training else y

    return Net(way, a=conv(3, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES), aux=nn.Linear(8, CLASSES))


@case("c")
def shared_weights() -> nn.Module:
    a, b = conv(8, 8), conv(8, 8)
    b.weight = a.weight
    return Net(
        lambda m, x: m.f(pooled(m.c(F.relu(m.b(F.relu(m.a(F.relu(m.stem(x))))))))),
        stem=conv(3, 8), a=a, b=b, c=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a")
def chosen_channels() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.b(F.relu(m.a(x))))[:, m.order.weight[0].argsort()]),
        a=conv(3, 8), b=conv(8, 6), order=nn.Embedding(1, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b")
def batch_norm_without_statistics() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(m.b(F.relu(m.n(m.a(x)))))),
        a=conv(3, 8), n=nn.BatchNorm2d(8, track_running_stats=False), b=conv(8, 6),
        f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("a", "b")
def centred_over_the_batch() -> nn.Module:
    def way(m: Any, x: Tensor) -> Tensor:
        a = m.a(x)
        return m.f(pooled(F.relu(m.b(F.relu(a - a.mean(0))))))

    return Net(way, a=conv(3, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES))


@case("b")
def rolled_channels() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(torch.roll(F.relu(m.a(x)), 1, 1))))),
        a=conv(3, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("b")
def width_written_into_the_code() -> nn.Module:
    return Net(
        lambda m, x: m.f(pooled(F.relu(m.b(F.relu(m.a(x)).view(-1, 8, 16, 16))))),
        a=conv(3, 8), b=conv(8, 6), f=nn.Linear(6, CLASSES),
    )  # fmt: skip


@case("module.0", "module.2")
def data_parallel() -> nn.Module:
    return nn.DataParallel(chain())


@case(refused=r"is compiled \(torch\.compile\)")
def compiled() -> nn.Module:
    return torch.compile(chain())


@case(refused="has no shape yet; run an image")
def lazy() -> nn.Module:
    return nn.Sequential(nn.LazyConv2d(8, 3), nn.Flatten(), nn.LazyLinear(CLASSES))


@case(refused="a meta tensor")
def without_values() -> nn.Module:
    return chain().to("meta")


@case(refused=r"call float\(\) on the module first")
def half_precision() -> nn.Module:
    return chain().half()


@case(refused="is a TorchScript module")
def scripted() -> nn.Module:
    return torch.jit.script(chain())


@case(refused="keeps 'lock', a lock")
def with_a_lock() -> nn.Module:
    module = chain()
    module.get_submodule("0").lock = threading.Lock()  # type: ignore[assignment]
    return module


@case("0", "2")
def with_results_kept() -> nn.Module:
    module = chain()
    module.get_submodule("0").last = module(torch.rand(1, *SHAPE))
    return module
