"""Checkpoints: a training that was killed is resumed after its last finished epoch."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning.saving.atomic import written_whole
from pruning.training.schedule import Schedule
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digests of everything that decides the result of a training."""

    network: str
    images: str
    schedule: str

    @classmethod
    def of(
        cls,
        network: Network,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        schedule: Schedule,
    ) -> Fingerprint:
        """Compute the digests of a training before it starts."""
        frozen = [name for name, p in network.module.named_parameters() if not p.requires_grad]
        # the module's text tells apart what weights do not: strides, dropout, activations
        built = re.sub(r" at 0x[0-9a-f]+", "", str(network.module))
        start = f"{network.digest} {frozen} {network.normalization} {built}"
        data = hashlib.sha256(f"{images.shape}".encode())
        data.update(np.ascontiguousarray(images).data)
        data.update(np.ascontiguousarray(labels).data)
        return cls(hashlib.sha256(start.encode()).hexdigest(), data.hexdigest(), repr(schedule))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file that holds the latest finished epoch of one training.

    Parameters
    ----------
    path : Path
        The file; its folder is made when needed.
    fingerprint : Fingerprint
        The training it belongs to.
    """

    path: Path
    fingerprint: Fingerprint

    def save(self, epoch: int, module: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Replace the file, in one step: a kill leaves the old file or the new one, whole."""
        content = {
            "epoch": epoch,
            "module": module.state_dict(),
            "optimizer": optimizer.state_dict(),
            "network": self.fingerprint.network,
            "images": self.fingerprint.images,
            "schedule": self.fingerprint.schedule,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()  # for torch.save raises no OSError where a disk is full
        torch.save(content, buffer)
        with written_whole(self.path) as path:
            path.write_bytes(buffer.getvalue())

    def restore(self, module: torch.nn.Module, optimizer: torch.optim.Optimizer) -> int:
        """Restore module and optimizer, and return how many epochs are done.

        Without a file nothing is changed and 0 is returned.

        Raises
        ------
        InputError
            The file is damaged, or of another training.
        """
        if not self.path.exists():
            return 0
        content = self._read()
        for part in ("network", "images", "schedule"):
            if content[part] != getattr(self.fingerprint, part):
                raise InputError(
                    f"the checkpoint {str(self.path)!r} is of a training with {_OTHER[part]}; to"
                    " resume it, give what it began with; to begin anew, delete the file"
                )
        module.load_state_dict(content["module"])
        optimizer.load_state_dict(content["optimizer"])
        return int(content["epoch"])

    def _read(self) -> dict[str, Any]:
        try:
            content = torch.load(self.path, map_location="cpu", weights_only=True)
            return {key: content[key] for key in ("epoch", "module", "optimizer", *_OTHER)}
        except Exception as error:  # a damaged file can make the reader raise anything
            reason = str(error).strip().split("\n")[0].split(". ")[0]
            raise InputError(
                f"the checkpoint {str(self.path)!r} is damaged, or is no checkpoint"
                f" ({type(error).__name__}: {reason}); delete it to begin anew"
            ) from error


_OTHER = {
    "network": "another network, or other starting weights",
    "images": "other images or labels",
    "schedule": "another schedule",
}
