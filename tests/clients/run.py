"""Programs that others wrote for real instances, unmodified, against the sandbox: `make test-clients`.

Each client gets an environment of its own under .venv-clients/ with the versions pinned beside this file, a
fresh `sandbox serve` with the records of `seed.json`, over HTTPS if it can, and its drive, which plain pytest
does not collect.  A client that cannot be installed fails the run, loudly; where there is no Node its client
is not run, and that is said.

    python tests/clients/run.py [client …]
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HOMES = ROOT / ".venv-clients"
PYTHON = ("pysnow", "pysnc", "aiosnow", "snowloader")
"""Each has NAME.txt with its pinned requirements and drive_NAME.py."""
PLAIN = "snowloader"
"""Takes no address without a domain: it is given one, and the sandbox over plain HTTP as its proxy."""
NODE = "node"
"""node.json with its pinned packages, drive_node.cjs."""


def main() -> int:
    """0 if every client passed."""
    wanted = sys.argv[1:] or [*PYTHON, NODE]
    if NODE in wanted and not (shutil.which("node") and shutil.which("npm")):
        print("node: NOT RUN, there is no node and npm on this machine", flush=True)
        wanted.remove(NODE)
    failed = [client for client in wanted if not passes(client)]
    told = "".join(f"; FAILED: {client}" for client in failed)
    print(f"{len(wanted) - len(failed)} of {len(wanted)} clients passed{told}")
    return 1 if failed else 0


def passes(client: str) -> bool:
    """Install, serve, drive; whether all of its drive passed."""
    begun = time.monotonic()
    home = HOMES / client
    try:
        command = _node(home) if client == NODE else _python(home, client)
    except (OSError, subprocess.CalledProcessError) as failed:
        print(f"{client}: FAILED, cannot be installed: {failed}", flush=True)
        return False
    ready = time.monotonic()
    with served(home, tls=client != PLAIN) as (url, known):
        trust = dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), known)
        told = {"SANDBOX_URL": url, "CLIENT_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"} | trust
        status = subprocess.run(command, cwd=HERE, env=os.environ | told, check=False).returncode
    took = f"installed in {ready - begun:.1f} s, driven in {time.monotonic() - ready:.1f} s"
    print(f"{client}: {'passed' if status == 0 else 'FAILED'}, {took}", flush=True)
    return status == 0


@contextmanager
def served(home: Path, *, tls: bool) -> Iterator[tuple[str, str]]:
    """The address of a fresh sandbox, and the file with the authority that vouches for it."""
    authority = trustme.CA()
    chain, known = home / "sandbox.pem", home / "authority.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(chain)
    authority.cert_pem.write_to_path(known)
    command = [sys.executable, "-m", "connector", "sandbox", "serve", "--profile", "empty", "--port", "0"]
    command += ["--seed", HERE / "seed.json", *(["--tls-cert", chain] if tls else [])]
    told = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = re.search(r"https?://[^\s]+", process.stdout.readline())
        if ready is None:
            raise SystemExit(f"the sandbox did not come up: exit {process.wait()}")
        yield ready[0], str(known)
    finally:
        process.terminate()
        process.wait()


def _python(home: Path, client: str) -> list[str | Path]:
    """The command that drives a Python client, installed when its pins or this Python change."""
    python, pins = home / "bin" / "python", HERE / f"{client}.txt"
    with _afresh(home, pins, sys.version) as stale:
        if stale:
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
            pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "--requirement", pins], check=True)
    return [python, "-m", "pytest", "-q", "-c", HERE / "pytest.ini", HERE / f"drive_{client}.py"]


def _node(home: Path) -> list[str | Path]:
    """The command that drives the Node client, installed when its pins change."""
    pins = HERE / "node.json"
    with _afresh(home, pins, "") as stale:
        if stale:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            shutil.copy(pins, home / "package.json")
            npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(npm, cwd=home, check=True)
    return ["node", "--test", "--test-reporter=spec", HERE / "drive_node.cjs"]


@contextmanager
def _afresh(home: Path, pins: Path, with_what: str) -> Iterator[bool]:
    """Whether the environment has to be made; once that has gone well it is remembered."""
    stamp = home / ".ready"
    wanted = hashlib.sha256(pins.read_bytes() + with_what.encode()).hexdigest()
    stale = not stamp.exists() or stamp.read_text() != wanted
    yield stale
    if stale:
        stamp.write_text(wanted)


if __name__ == "__main__":
    sys.exit(main())
