"""The JSON file beside the weights of a saved network."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dispersion.errors import InputError
from pruning.saving.manifest import Cut, Manifest, read_manifest
from pruning.zoo.network import IMAGENET

MANIFEST = Manifest(
    network="vgg16",
    classes=10,
    input_shape=(3, 32, 32),
    dataset=None,
    provenance="tuned at the café",
    normalization=IMAGENET,
    layers={"features.0": Cut(64, [0, 5, 63])},
    weights_sha256="0" * 64,
    versions={"torch": "2.13.0"},
)


@pytest.mark.parametrize("manifest", [MANIFEST, replace(MANIFEST, normalization=None, layers={})])
def test_a_record_is_read_as_it_was_written(manifest: Manifest, tmp_path: Path) -> None:
    """Every field comes back in its own type; the file is JSON with a line for each."""
    path = tmp_path / "a.json"
    path.write_text(manifest.text(), encoding="utf-8")
    assert read_manifest(path) == manifest
    fields = json.loads(manifest.text())
    assert len(manifest.text().splitlines()) == len(fields) + 2
    assert (fields["format"], fields["version"]) == ("pruned network", 1)


def test_every_changed_character_shows(tmp_path: Path) -> None:
    """No byte can be replaced without the file being refused, but for white space."""
    path = tmp_path / "a.json"
    text = MANIFEST.text()
    for place in range(len(text)):
        if text[place].isspace():
            continue
        path.write_text(text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :], encoding="utf-8")
        with pytest.raises(InputError, match=r"a\.json'"):
            read_manifest(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"\xff\xfe", b'{"format": 1}', b"{"])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    """Files that never were such a manifest are told apart in one sentence."""
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.json' (is damaged|does not describe)"):
        read_manifest(path)
