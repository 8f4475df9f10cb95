"""A browser of this machine, for tests that look at pages."""

import shutil
import subprocess
from pathlib import Path

import pytest


class Browser:
    """Chromium without a window, in a folder of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def run(self, *options: str) -> str:
        """Start it once; what it prints."""
        done = subprocess.run(
            [
                self._program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--no-first-run", "--disable-background-networking", "--allow-file-access-from-files",
                f"--user-data-dir={self._folder / 'profile'}", "--virtual-time-budget=4000", *options,
            ],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout


def find_browser(folder: Path) -> Browser:
    """Chromium with a font for Chinese, or a loud skip; ``folder`` is for what it keeps."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("NO BROWSER: the page is not looked at. Install chromium (and fonts-noto-cjk)")
    if not fonts_for_chinese():
        pytest.skip("NO CHINESE FONT: the page is not looked at. Install fonts-noto-cjk")
    return Browser(program, folder)


def fonts_for_chinese() -> list[str]:
    """Files of fonts that have Chinese letters, by fontconfig."""
    lister = shutil.which("fc-list")
    if lister is None:
        return []
    done = subprocess.run([lister, ":lang=zh-cn", "file"], capture_output=True, text=True, check=True)
    return done.stdout.split()
