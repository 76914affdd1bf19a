"""Under which conditions something was done to a network: what was done under equal ones is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispersion.compare.cli.options import NetworkOptions
from dispersion.compare.session import CommandSession
from dispersion.version import __version__

if TYPE_CHECKING:
    from pruning import Network


def conditions_of(
    session: CommandSession, subject: NetworkOptions, network: Network
) -> dict[str, object]:
    """All that decides how a network answers: itself, the images that were loaded, the device."""
    return {
        "version": __version__,
        "model": network.name,
        "weights": network.digest,
        "images": session.digests.get("images_sha256"),
        "calibration images": subject.calibration_images,
        "device": subject.device,
        "seed": session.options.limits.seed,
    }
