"""The command that a report shows is the one that was given."""

import dataclasses
import json
import shlex

import pytest

from dispersion.compare.cli.command_line import parse
from dispersion.report.command_line import command_of

LINES = [
    "--model resnet56",
    "--model vgg16 --keep 0.8 0.6,0.25 --metric normalized --layers 'features.0,features.1*'",
    "--model resnet56 --budget macs=0.5 --allocation uniform --recover none --latency",
    "--model resnet56 --weights 'my weights.pt' --data 'a folder' --methods l1 whc --test-images 200",
    "--instance generate:geo:n=60,seed=1 'with space.txt' --p 5 12 --known 'best of all.csv'",
    "--instance a.txt --objective max-sum --solvers greedy random --random-seeds 5 --seed 7",
    "--instance a.txt --time-limit 2.5 --threads 2 --recheck 30 --format json --export models",
    "--instance a.txt --jobs 3 --out results/x",
]


@pytest.mark.parametrize("line", LINES)
def test_the_command_asks_for_the_same(line: str) -> None:
    """Parsed, recorded, read and shown, it parses to equal options, but for folder and jobs."""
    options = parse(shlex.split(line))
    recorded = json.loads(json.dumps(dataclasses.asdict(options), default=str))
    python, m, module, *arguments = shlex.split(command_of(recorded))
    assert (python, m, module) == ("python", "-m", "dispersion.compare")
    again = dataclasses.replace(parse(arguments), out=options.out, jobs=options.jobs)
    assert again == options


def test_names_of_files_are_quoted() -> None:
    """What the shell would split or expand stays one word."""
    command = command_of({"subject": {"sources": ["a b.txt", "$(rm x)"]}})
    assert command.endswith("--instance 'a b.txt' '$(rm x)'")
