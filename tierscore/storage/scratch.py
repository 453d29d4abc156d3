"""Where large files may lie for a while: a disk, and a folder there that is this user's alone."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

# Before /tmp, which is memory on many systems.
_ROOMY = Path("/var/tmp")  # noqa: S108


def scratch() -> Path:
    """Where TMPDIR says, else /var/tmp, else wherever temporary files go."""
    if "TMPDIR" not in os.environ and os.access(_ROOMY, os.W_OK | os.X_OK):
        return _ROOMY
    return Path(tempfile.gettempdir())


def prepare(folder: Path) -> None:
    """Makes a folder for this user alone; raises PermissionError where it is somebody else's, or others may enter."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not a folder of this user alone")
