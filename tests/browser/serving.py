"""The app on a port of this machine, and the browser that visits it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pages

ROOT = Path(pages.__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def chromium() -> str | None:
    """Where the browser is; None if it is missing."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve the app; gives the address. RuntimeError, with what it wrote, if it does not start or met an exception."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true",
               "--server.fileWatcherType", "none",
               "--server.address", "127.0.0.1", "--server.port", str(port)]  # fmt: skip
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            while not _healthy(address):
                if server.poll() is not None:
                    log.seek(0)
                    raise RuntimeError(f"the app ended at its start:\n{log.read()}")
                time.sleep(0.05)
            yield address
        finally:
            server.terminate()
            server.wait()
        log.seek(0)
        if "Traceback" in (written := log.read()):
            raise RuntimeError(written)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _healthy(home: str) -> bool:
    try:
        with urllib.request.urlopen(f"{home}/_stcore/health") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
