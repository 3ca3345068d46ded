"""What is installed from a wheel is all there."""

import shutil
import subprocess
import sys
import zipfile

from tests.support.sandbox_process import ROOT


def test_the_wheel_carries_what_is_read_at_run_time(tmp_path):
    """The manifest and the page of the sandbox, the demo's stories, the templates of the migrations."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    for name in ("bot", "handlers"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([*command, "--no-build-isolation", "--no-index", "--wheel-dir", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
        manifest = content.read("bot/sandbox/manifest.yaml")
    assert manifest == (ROOT / "deploy" / "manifest.yaml").read_bytes()
    assert {"bot/sandbox/page/index.html", "bot/demo/story.toml", "bot/store/migrations/script.py.mako"} <= names
