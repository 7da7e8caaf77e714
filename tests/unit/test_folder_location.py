"""Where a data folder is: on this computer's disk, in a cloud's folder, or on a network."""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from desktop_app.config.folder_location import (
    Surroundings,
    cloud_of,
    is_on_network,
    parse_mac_mounts,
    parse_mounts,
    probe_folder,
)
from desktop_app.services.views.maintenance import Health

LINUX = """\
/dev/sda2 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /srv/office nfs4 rw,vers=4.2 0 0
//nas/share /media/the\\040share cifs rw 0 0
user@host:/home /home/asha/far fuse.sshfs rw 0 0
/dev/sdb1 /srv/office/disk xfs rw 0 0
drive /home/asha/drive fuse.google-drive-ocamlfuse rw 0 0
"""
MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)
//asha@nas._smb._tcp.local/share on /Volumes/the share (smbfs, nodev, nosuid, mounted by asha)
"""


def around(mounts: str = "", drives: str = "", **environment: str) -> Surroundings:
    return Surroundings(lambda: parse_mounts(mounts), environment, lambda drive: drive in drives)


@pytest.mark.parametrize(
    ("folder", "is_remote"),
    [
        ("/home/asha/.local/share/Pravesh", False),
        ("/srv/office", True),
        ("/srv/office/desk", True),
        ("/srv/office/disk/desk", False),
        ("/srv/offices/desk", False),
        ("/media/the share/desk", True),
        ("/home/asha/far/desk", True),
    ],
)
def test_a_network_is_known_by_the_table_of_mounts(folder: str, is_remote: bool) -> None:
    assert is_on_network(PurePosixPath(folder), around(LINUX)) is is_remote


def test_a_network_is_known_by_what_the_mac_mounted() -> None:
    found = Surroundings(lambda: parse_mac_mounts(MAC), {}, lambda _drive: False)
    assert is_on_network(PurePosixPath("/Volumes/the share/desk"), found)
    assert not is_on_network(PurePosixPath("/Users/asha/Library/Application Support/x"), found)


@pytest.mark.parametrize(
    ("folder", "is_remote"),
    [
        (r"C:\Users\Asha\AppData\Local\Pravesh", False),
        (r"Z:\Pravesh", True),
        (r"\\nas\share\Pravesh", True),
    ],
)
def test_a_network_is_known_by_the_drive(folder: str, is_remote: bool) -> None:
    assert is_on_network(PureWindowsPath(folder), around(drives="Z:")) is is_remote


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        (PureWindowsPath(r"C:\Users\Asha\OneDrive\Pravesh"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\Asha\OneDrive - Vidya Classes\Desk"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\Asha\Dropbox (Vidya)\Desk"), "Dropbox"),
        (PureWindowsPath(r"C:\Users\Asha\Google Drive\Desk"), "Google Drive"),
        (PureWindowsPath(r"C:\Users\Asha\iCloudDrive\Desk"), "iCloud"),
        (PureWindowsPath(r"C:\Users\Asha\AppData\Local\Pravesh"), ""),
        (PureWindowsPath(r"D:\OneDriver\Desk"), ""),
        (PurePosixPath("/Users/a/Library/CloudStorage/GoogleDrive-a@b.example/Desk"),
         "Google Drive"),
        (PurePosixPath("/Users/a/Library/CloudStorage/OneDrive-Vidya/Desk"), "OneDrive"),
        (PurePosixPath("/Users/a/Library/CloudStorage/Dropbox/Desk"), "Dropbox"),
        (PurePosixPath("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/Desk"), "iCloud"),
        (PurePosixPath("/home/asha/drive/desk"), "Google Drive"),
        (PurePosixPath("/home/asha/.local/share/Pravesh"), ""),
    ],
)  # fmt: skip
def test_a_cloud_is_known_by_the_names_of_its_folders(folder: PurePath, service: str) -> None:
    assert cloud_of(folder, around(LINUX)) == service


def test_a_cloud_is_known_by_the_variables_of_windows() -> None:
    found = around(OneDriveCommercial=r"D:\Firma")
    assert cloud_of(PureWindowsPath(r"d:\firma\Desk"), found) == "OneDrive"
    assert cloud_of(PureWindowsPath(r"D:\Firma2\Desk"), found) == ""
    assert cloud_of(PureWindowsPath(r"D:\Firma\Desk"), around(OneDrive="")) == ""


def test_the_check_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    cloud, network = tmp_path / "Dropbox" / "desk", tmp_path / "desk"
    cloud.mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(cloud)
    for folder in (cloud, link):
        found = probe_folder(folder, around())
        assert (found.name, found.health) == ("folder", Health.BAD)
        assert "Dropbox" in found.finding
        assert "--data-dir" in found.advice
    found = probe_folder(network, around(f"x {tmp_path.resolve()} nfs rw 0 0\n"))
    assert (found.health, "network" in found.finding) == (Health.BAD, True)
    assert probe_folder(network, around(LINUX)).health is Health.GOOD


def test_the_check_reads_this_computers_own_mounts(tmp_path: Path) -> None:
    assert probe_folder(tmp_path).name == "folder"
    assert Surroundings().mounts() or not Path("/proc/self/mounts").exists()
