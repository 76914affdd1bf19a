"""The images on which pruned networks are tested, loaded before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispersion.compare.cli.options import NetworkOptions
from dispersion.compare.cli.words import USUAL_TEST_IMAGES
from dispersion.compare.session import CommandSession
from dispersion.errors import DamagedError, InputError, UnavailableError

if TYPE_CHECKING:
    from pruning import Images, Network
    from pruning.evaluation import EvaluationData


def load_evaluation_data(
    session: CommandSession, subject: NetworkOptions, network: Network
) -> EvaluationData | None:
    """The test, calibration and training images, or `None` after saying how to get them.

    They are loaded before anything is solved, so that images that do not fit cost no results.
    """
    from pruning import datasets, load_images

    name = subject.data or network.dataset
    if name is None or (subject.data is None and name not in datasets):
        ways = ["FOLDER", *(name for name in datasets if datasets[name].fits(network))]
        given = " or ".join(f"--data {way}" for way in ways)
        session.say(f"no data: for accuracies of {network.name} give {given}")
        return None
    try:
        images = load_images(name, network.input_shape[0])
    except DamagedError:
        raise  # there are images, but other ones than those whose name would stand in the tables
    except UnavailableError as error:
        session.say(f"no data: {error}")
        return None
    session.digests["images_sha256"] = images.digest
    return _evaluation_data(images, subject, network, session.options.limits.seed)


def _evaluation_data(
    images: Images, subject: NetworkOptions, network: Network, seed: int
) -> EvaluationData:
    from pruning import Calibration, accuracy, calibration_images, calibration_labels
    from pruning.evaluation import EvaluationData

    count = subject.calibration_images
    if count > len(images.train):
        raise InputError(
            f"--calibration-images {count} are more than the {len(images.train)} training images of "
            f"{images.name}; ask for fewer."
        )
    learned = images.learnable
    if subject.train_images is not None and subject.train_images > learned:
        raise InputError(
            f"--train-images {subject.train_images} are more than the {learned} of {images.name} to "
            "train on; ask for fewer."
        )
    if images.classes != network.classes:
        raise InputError(
            f"{images.name} has {images.classes} classes, but {network.name} tells {network.classes} "
            "apart; give images with the classes it was trained on."
        )
    tested = _tested(images, subject.test_images)
    extremes = [images.test_labels.argmin(), images.test_labels.argmax()]
    accuracy(network, images.test[extremes], images.test_labels[extremes])  # raises unless they fit
    drawn = calibration_images(images, count, seed)
    return EvaluationData(
        images=images.test[:tested],
        labels=images.test_labels[:tested],
        calibration=Calibration(network, drawn, calibration_labels(images, count, seed), seed=seed),
        train=images.train[:learned][: subject.train_images],
        train_labels=images.train_labels[:learned][: subject.train_images],
    )


def _tested(images: Images, asked: int | str | None) -> int:
    """On how many test images, the first ones, networks are tested."""
    there = len(images.test)
    if asked is None:
        return min(USUAL_TEST_IMAGES, there)
    if isinstance(asked, str):
        return there
    if asked > there:
        raise InputError(
            f"--test-images {asked} are more than the {there} of {images.name}; ask for fewer."
        )
    return asked
