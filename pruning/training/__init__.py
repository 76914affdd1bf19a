"""Train networks, or fine-tune pruned ones: exactly repeatable, resumed after any interruption."""

from pruning.training.loop import Epoch, train
from pruning.training.plan import TrainingPlan
from pruning.training.progress import TrainingProgress
from pruning.training.schedule import Decay, Schedule

__all__ = ["Decay", "Epoch", "Schedule", "TrainingPlan", "TrainingProgress", "train"]
