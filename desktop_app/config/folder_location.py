"""Detects a data folder that is synchronised to a cloud, or is on a network file system.

The database's log is shared memory of this computer's processes. A network file system does not
share it, and a program that synchronises files copies database and log at different moments, or
puts an older file back. See https://sqlite.org/wal.html and https://sqlite.org/howtocorrupt.html.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from desktop_app.services.views.maintenance import CheckResult, Health

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import PurePath

NETWORK_TYPES = frozenset(
    "nfs nfs4 cifs smb smb2 smb3 smbfs afs afpfs ncp ncpfs 9p ceph lustre beegfs gpfs ocfs2 webdav "
    "davfs vboxsf prl_fs fuse.davfs fuse.davfs2 fuse.gvfsd-fuse fuse.glusterfs fuse.rclone "
    "fuse.s3fs fuse.sshfs fuse.vmhgfs-fuse sshfs macfuse osxfuse".split()
)
"""Types of file systems that other computers, or a host, write to as well."""
_CLOUD_TYPES = {
    "fuse.google-drive-ocamlfuse": "Google Drive",
    "fuse.onedriver": "OneDrive",
    "fuse.drive-file-stream": "Google Drive",
}
_CLOUD_NAMES = (
    (re.compile(r"onedrive( ?- ?.+)?"), "OneDrive"),
    (re.compile(r"dropbox( ?[(-].+)?"), "Dropbox"),
    (re.compile(r"(google ?drive|drivefs|insync)( ?[(-].+)?"), "Google Drive"),
    (re.compile(r"icloud ?drive|com~apple~clouddocs|mobile documents"), "iCloud"),
)
"""Names of folders in lower case, as the services' own programs create them."""
_CLOUD_VARIABLES = {
    "OneDrive": "OneDrive",
    "OneDriveConsumer": "OneDrive",
    "OneDriveCommercial": "OneDrive",
    "Dropbox": "Dropbox",
}
_ADVICE = (
    "Move the data folder to this PC's own disk, outside any synced folder. Then start with "
    "--data-dir."
)
_REMOTE_DRIVE = 4
"""DRIVE_REMOTE of GetDriveTypeW."""
_TIMEOUT_S = 5
_ESCAPED = re.compile(r"\\([0-7]{3})")
_LINUX_LINE = re.compile(r"^\S+ (?P<place>\S+) (?P<kind>\S+) ", re.MULTILINE)
_MAC_LINE = re.compile(r"^.+ on (?P<place>.+) \((?P<kind>[\w.]+)[,)]", re.MULTILINE)


if sys.platform == "win32":
    import ctypes

    def _is_remote_drive(drive: str) -> bool:
        return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE)

else:

    def _is_remote_drive(drive: str) -> bool:  # noqa: ARG001 - drives are of Windows
        return False


def _mounts() -> tuple[tuple[str, str], ...]:
    """Return the mounted file systems of this computer: place and type."""
    try:
        if sys.platform == "darwin":
            done = subprocess.run(
                ["/sbin/mount"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
            )
            return parse_mac_mounts(done.stdout)
        return parse_mounts(Path("/proc/self/mounts").read_text(encoding="utf-8"))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()


def parse_mounts(text: str) -> tuple[tuple[str, str], ...]:
    """Return place and type of each line of Linux's table of mounts."""
    return tuple(
        (_unescaped(found["place"]), found["kind"]) for found in _LINUX_LINE.finditer(text)
    )


def parse_mac_mounts(text: str) -> tuple[tuple[str, str], ...]:
    """Return place and type of each line that macOS' `mount` prints."""
    return tuple((found["place"], found["kind"]) for found in _MAC_LINE.finditer(text))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The parts of a computer that show where a folder is.

    Attributes:
        mounts: returns the mounted file systems: place and type.
        environment: the environment's variables.
        is_remote_drive: returns whether a drive such as `Z:` is on another computer.
    """

    mounts: Callable[[], Sequence[tuple[str, str]]] = _mounts
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    is_remote_drive: Callable[[str], bool] = _is_remote_drive


def cloud_of(folder: PurePath, around: Surroundings) -> str:
    """Return the name of the service that synchronises a folder; empty if none is known to."""
    for variable, service in _CLOUD_VARIABLES.items():
        root = around.environment.get(variable, "").strip()
        if root and _is_within(folder, type(folder)(root)):
            return service
    for part in folder.parts:
        for pattern, service in _CLOUD_NAMES:
            if pattern.fullmatch(part.casefold()):
                return service
    return _CLOUD_TYPES.get(_type_of(folder, around), "")


def is_on_network(folder: PurePath, around: Surroundings) -> bool:
    """Return whether other computers write to the file system of a folder as well."""
    if isinstance(folder, PureWindowsPath):
        is_share = folder.drive.startswith("\\\\")
        return is_share or bool(folder.drive and around.is_remote_drive(folder.drive))
    return _type_of(folder, around) in NETWORK_TYPES


def _type_of(folder: PurePath, around: Surroundings) -> str:
    """Return the type of the file system mounted last at the longest place above a folder."""
    if isinstance(folder, PureWindowsPath):
        return ""
    found = [
        (len(place), number, kind)
        for number, (place, kind) in enumerate(around.mounts())
        if _is_within(folder, type(folder)(place))
    ]
    return max(found)[2].casefold() if found else ""


def _is_within(folder: PurePath, root: PurePath) -> bool:
    return folder == root or root in folder.parents


def probe_folder(folder: Path, around: Surroundings | None = None) -> CheckResult:
    """Check that the data folder is on this computer, and that nothing synchronises it."""
    around = around or Surroundings()
    real = folder.resolve()
    service = cloud_of(real, around) or cloud_of(folder, around)
    if service:
        return CheckResult(
            "folder",
            Health.BAD,
            "{service} syncs the data folder. Syncing can damage the database or replace it "
            "with an older copy.",
            _ADVICE,
            {"service": service},
        )
    if is_on_network(real, around):
        return CheckResult(
            "folder",
            Health.BAD,
            "The data folder is on a network drive. If two PCs use the same data folder, they "
            "can damage the database.",
            _ADVICE,
        )
    return CheckResult("folder", Health.GOOD, "The data folder is on this PC.")
