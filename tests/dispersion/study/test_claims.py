"""A key is claimed by one process at a time, and by no dead one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from dispersion.study.claims import Claims

ROOT = Path(__file__).parents[3]
HOLD = """
import sys, time
from pathlib import Path
from dispersion.study.claims import Claims
claims = Claims(Path(sys.argv[1]))
print(claims.take("key"), flush=True)
time.sleep(60)
"""


def test_one_claim_at_a_time(tmp_path: Path) -> None:
    """A claimed key is refused, to oneself as well, until it is given back."""
    one, other = Claims(tmp_path / "claims"), Claims(tmp_path / "claims")
    assert one.take("key")
    assert not one.take("key")
    assert not other.take("key")
    assert other.take("another")
    one.release("key")
    assert other.take("key")
    other.release_all()
    assert one.take("key")
    one.release_all()
    assert os.listdir(tmp_path / "claims") == []


def test_the_dead_claim_nothing(tmp_path: Path) -> None:
    """What a process held that was killed can be claimed at once."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    claims = Claims(tmp_path)
    assert not claims.take("key")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert claims.take("key")
