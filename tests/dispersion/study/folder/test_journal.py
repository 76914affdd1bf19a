"""What was appended is there, whoever died, and damage costs the line it hits and no other."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion.errors import UnavailableError
from dispersion.study.folder.journal import Journal

ROOT = Path(__file__).parents[4]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
RECORDS = st.lists(st.dictionaries(st.text(min_size=1), JSON, min_size=1), max_size=6)


def journal(folder: Path) -> Journal:
    return Journal(folder / "journal.jsonl", FileLock(folder / ".lock"))


@pytest.fixture
def filled(tmp_path: Path) -> Journal:
    """Four records of different lengths."""
    made = journal(tmp_path)
    for k in range(4):
        made.append({"k": k, "text": "ä\n" * k})
    return made


def numbers(one: Journal) -> list[int]:
    return [record["k"] for record in one.news()]


@settings(deadline=None, max_examples=30)
@given(records=RECORDS)
def test_records_come_back_in_order(records: list[dict[str, object]], tmp_path_factory) -> None:
    """Whatever JSON can say, to the last bit, to this and to another reader; each line is JSON."""
    folder = tmp_path_factory.mktemp("journal")
    writer = journal(folder)
    for record in records:
        writer.append(record)
    assert writer.news() == records
    assert writer.news() == []
    reader = Journal(writer.path)
    assert reader.news() == records
    reader.check_end()
    assert reader.warnings == []
    if records:
        lines = writer.path.read_text().splitlines()
        assert [json.loads(line).keys() - {"check"} for line in lines] == [r.keys() for r in records]


def test_news_are_those_of_every_process(filled: Journal) -> None:
    """What another has appended meanwhile is new, once."""
    other = Journal(filled.path)
    assert numbers(other) == [0, 1, 2, 3]
    filled.append({"k": 4})
    assert numbers(other) == [4]
    assert numbers(other) == []


def test_a_journal_can_be_cut_anywhere(filled: Journal, tmp_path: Path) -> None:
    """Wherever it is cut, whole lines are read, a warning names the torn one, and appending goes on."""
    content = filled.path.read_bytes()
    ends = [k + 1 for k, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(0, len(content) + 1, 7):
        filled.path.write_bytes(content[:cut])
        again = journal(tmp_path)
        whole = sum(end <= cut for end in ends)
        assert numbers(again) == list(range(whole))
        again.check_end()
        torn = cut not in (0, *ends)
        assert again.warnings == (
            [f"line {whole + 1} of {filled.path} was cut short; what it said is lost, and no more."]
            if torn
            else []
        )
        again.append({"k": 9})
        assert numbers(again) == [9]
        assert numbers(Journal(filled.path)) == [*range(whole), 9]


def test_a_line_that_comes_while_one_reads_is_not_torn(filled: Journal) -> None:
    """Between reading and the look at the end another process may have appended a whole line."""
    reader = Journal(filled.path)
    assert numbers(reader) == [0, 1, 2, 3]
    filled.append({"k": 4})
    reader.check_end()
    assert reader.warnings == []
    assert numbers(reader) == [4]


def test_a_damaged_line_costs_itself(filled: Journal) -> None:
    """Any changed byte of a line, be it still JSON, is noticed; the other lines are read."""
    lines = filled.path.read_bytes().splitlines(keepends=True)
    for at in range(0, len(lines[1]) - 1, 5):
        hurt = lines[1][:at] + bytes([lines[1][at] ^ 1]) + lines[1][at + 1 :]
        filled.path.write_bytes(b"".join([lines[0], hurt, *lines[2:]]))
        reader = Journal(filled.path)
        found = numbers(reader)
        assert found in ([0, 2, 3], [0, 3]), at  # a new line break makes two damaged lines of it
        assert 1 not in found
        assert f"line 2 of {filled.path} is damaged" in reader.warnings[0]


@pytest.mark.parametrize("room", [0, 10])
def test_a_full_disk_leaves_the_journal_as_it_was(
    room: int, filled: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that fits only in part is taken back, the reason is said, and later lines are read."""
    before = filled.path.read_bytes()
    write, left = os.write, [room]

    def full(file: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(file, data[: left[0]])
        left[0] -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(UnavailableError, match="No space left on device; lines written before"):
            filled.append({"k": 4})
    assert filled.path.read_bytes() == before
    filled.append({"k": 5})
    assert numbers(Journal(filled.path)) == [0, 1, 2, 3, 5]


APPEND = """
import sys
from pathlib import Path
from filelock import FileLock
from dispersion.study.folder.journal import Journal
folder, name = Path(sys.argv[1]), sys.argv[2]
journal = Journal(folder / "journal.jsonl", FileLock(folder / ".lock"))
for k in range(int(sys.argv[3])):
    journal.append({"by": name, "k": k, "text": "x" * 5000})
    print(k, flush=True)
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", APPEND, str(folder), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    """Lines of two processes at once are all whole, and each one's are in order."""
    both = [writer(tmp_path, name, 60) for name in "ab"]
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    reader = Journal(tmp_path / "journal.jsonl")
    found = reader.news()
    assert reader.warnings == []
    for name in "ab":
        assert [record["k"] for record in found if record["by"] == name] == list(range(60))


def test_a_writer_that_is_killed_loses_nothing_it_has_said(tmp_path: Path) -> None:
    """`kill -9` in the middle of appending: what was reported as written is there."""
    process = writer(tmp_path, "a", 10_000)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    said += [int(line) for line in process.communicate()[0].split()]
    found = numbers(Journal(tmp_path / "journal.jsonl"))
    assert found[: len(said)] == said
    assert len(found) <= len(said) + 1
    again = journal(tmp_path)
    again.append({"k": -1})  # the lock died with its holder
    assert numbers(Journal(again.path)) == [*found, -1]


def delete(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"")
    other.replace(path)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:70])


@pytest.mark.parametrize("harm", [delete, replace, empty, cut])
@pytest.mark.parametrize("then", ["append", "look"])
def test_what_somebody_deletes_is_written_again(
    harm: Callable[[Path], None], then: str, filled: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    """At the next line or at the end every line is there once, and that it was not is said once."""
    harm(filled.path)
    if then == "append":
        filled.append({"k": 4})
        filled.append({"k": 5})
    filled.check_whole()
    filled.check_whole()
    expected = [0, 1, 2, 3, *([4, 5] if then == "append" else [])]
    reader = Journal(filled.path)
    assert numbers(reader) == expected
    assert reader.warnings == []
    assert numbers(filled) == expected
    assert filled.lost
    assert caplog.text.count("was deleted or cut while the study ran") == 1


def test_a_journal_that_is_whole_was_not_lost(filled: Journal, tmp_path: Path) -> None:
    """Other processes may append, and take away a torn end, without any fuss."""
    other = journal(tmp_path)
    assert numbers(other) == [0, 1, 2, 3]
    with filled.path.open("ab") as file:
        file.write(b"torn")
    assert numbers(filled) == [0, 1, 2, 3]
    other.append({"k": 4})
    filled.append({"k": 5})
    for one in (filled, other):
        one.check_whole()
        assert not one.lost
    assert numbers(Journal(filled.path)) == [0, 1, 2, 3, 4, 5]


def test_two_writers_restore_what_each_knows(filled: Journal, tmp_path: Path) -> None:
    """Whoever comes first writes its lines; the other adds what only it knew, and learns the rest."""
    other = journal(tmp_path)
    assert numbers(other) == [0, 1, 2, 3]
    filled.append({"k": 4})  # which the other has not read
    filled.path.unlink()
    other.append({"k": 5})
    filled.check_whole()
    assert sorted(numbers(Journal(filled.path))) == [0, 1, 2, 3, 4, 5]
    assert {0, 1, 2, 3, 4, 5} <= set(numbers(filled))


def test_nothing_is_read_or_written_through_a_link(filled: Journal, tmp_path: Path) -> None:
    """Be it planted while the study runs."""
    precious = tmp_path / "precious"
    precious.write_text("precious")
    filled.path.unlink()
    filled.path.symlink_to(precious)
    with pytest.raises(UnavailableError, match="it is a link, which is not followed"):
        filled.append({"k": 4})
    with pytest.raises(OSError, match="it is a link"):
        Journal(filled.path).news()
    assert precious.read_text() == "precious"
