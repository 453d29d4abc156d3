"""One holder at a time; another opening of the same file is somebody else."""

from __future__ import annotations

from pathlib import Path

from tierscore.storage.file_lock import taken


def test_a_lock_is_somebody_s_until_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("wb") as other:
        with path.open("wb") as first:
            assert taken(first.fileno())
            assert not taken(other.fileno())
        assert taken(other.fileno())
