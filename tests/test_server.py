"""Whatever a Jupyter config says: the lab's own server lets in who has its token, at the address that was printed.

Each config is put in place as a reader's own, the server is composed from it as `workplace` starts it, and asked what
it would do. A last one has them all at once and serves.
"""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from passk_lab import server, workplace

PYTHON = "jupyter_server_config.py"
LAB = "jupyter_lab_config.py"
HOSTILE: dict[str, dict[str, str]] = {
    "an empty token": {PYTHON: "c.IdentityProvider.token = ''"},
    "an empty token, by its old name": {PYTHON: "c.ServerApp.token = ''; c.NotebookApp.token = ''"},
    "a token that all know, in JSON": {"jupyter_server_config.json": '{"IdentityProvider": {"token": "known"}}'},
    "a password": {PYTHON: "c.PasswordIdentityProvider.hashed_password = 'argon2:$known'"},
    "a class that knows everybody": {
        PYTHON: "from jupyter_server.auth import IdentityProvider, User\n"
        "class Open(IdentityProvider):\n    def get_user(self, handler): return User('anybody')\n"
        "c.ServerApp.identity_provider_class = Open"
    },
    "pages for all": {PYTHON: "c.ServerApp.allow_unauthenticated_access = True; c.ServerApp.disable_check_xsrf = True"},
    "another base url": {PYTHON: "c.ServerApp.base_url = '/elsewhere/'"},
    "a certificate that is not there": {PYTHON: "c.ServerApp.certfile = '/no/such.pem'; c.ServerApp.keyfile = '/no'"},
    "a socket": {PYTHON: "c.ServerApp.sock = '/tmp/passk-lab-test.sock'"},
    "all addresses": {PYTHON: "c.ServerApp.ip = '0.0.0.0'; c.ServerApp.allow_remote_access = True"},
    "another port": {PYTHON: "c.ServerApp.port = 9; c.ServerApp.port_retries = 50"},
    "any origin": {PYTHON: "c.ServerApp.allow_origin = '*'; c.ServerApp.allow_credentials = True"},
    "settings of tornado's": {
        PYTHON: "c.ServerApp.tornado_settings = {'headers': {'Content-Security-Policy': 'frame-ancestors *'}}"
    },
    "kernels elsewhere": {PYTHON: "c.GatewayClient.url = 'http://127.0.0.1:9'; c.ServerApp.gateway_config = {}"},
    "another folder": {PYTHON: "c.ServerApp.root_dir = '/'; c.ServerApp.preferred_dir = '/etc'"},
    "an extension from beside": {
        "jupyter_server_config.d/evil.json": '{"ServerApp": {"jpserver_extensions": {"evil": true}, "token": ""}}',
        "jupyter_config.py": "c.ServerApp.jpserver_extensions = {'evil': True}; c.ServerApp.base_url = '/b/'",
    },
    "config of JupyterLab's own": {
        LAB: "c.LabApp.default_url = '/elsewhere'; c.ServerApp.base_url = '/b/'; c.IdentityProvider.token = ''; "
        "c.LabApp.dev_mode = True; c.LabServerApp.blocked_extensions_uris = 'http://127.0.0.1:9'"
    },
    "a config that does not run": {PYTHON: "raise SystemExit('no server today')"},
    "a page that talks to another": {
        "labconfig/page_config.json": '{"baseUrl": "http://127.0.0.1:9/", "wsUrl": "ws://127.0.0.1:9/", "token": ""}'
    },
}
COMPOSE = """
import json, os, sys
from passk_lab import server
made = server.composed(sys.argv[1:])
identity, page = made.identity_provider, made.web_app.settings["page_config_data"]
print("\\nSAYS " + json.dumps({
    "token": identity.token, "identity": type(identity).__name__,
    "password": getattr(identity, "hashed_password", ""), "xsrf": made.disable_check_xsrf,
    "base_url": made.base_url,
    "certfile": made.certfile, "sock": made.sock, "ip": made.ip, "remote": made.allow_remote_access,
    "port": made.port, "origin": [made.allow_origin, made.allow_origin_pat, made.allow_credentials],
    "tornado": made.tornado_settings.get("headers", {}), "gateway": made.gateway_config.gateway_enabled,
    "root_dir": made.root_dir, "extensions": sorted(made.jpserver_extensions), "default_url": made.default_url,
    "page": {name: page[name] for name in ("baseUrl", "wsUrl", "token") if name in page},
}))
"""


def put(config: Path, hostile: dict[str, str]) -> None:
    for name, text in hostile.items():
        path = config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(text + "\n")


def told(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a reader whose Jupyter lives in `folder`."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_TOKEN": "ours",
        **more,
    }


def composed(folder: Path, **more: str) -> dict:
    """What the server would do, as `workplace` words it."""
    words = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.port_retries=0", "--allow-root"]
    words += [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{workplace.START}"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", COMPOSE, *words],
        env=told(folder, **more), cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stdout.splitlines() if line.startswith("SAYS ")]
    assert said, done.stderr[-2000:]
    return json.loads(said[0].removeprefix("SAYS "))


def as_it_should_be(folder: Path, said: dict) -> None:
    assert said.pop("port") > 1024
    assert said == {
        "token": "ours", "identity": "PasswordIdentityProvider", "password": "", "xsrf": False,
        "base_url": "/", "certfile": "", "sock": "", "ip": "127.0.0.1", "remote": False, "origin": ["", "", False],
        "tornado": {}, "gateway": False, "root_dir": str(folder), "default_url": f"/lab/tree/{workplace.START}",
        "extensions": ["jupyter_lsp", "jupyter_server_terminals", "jupyterlab"], "page": {"token": "ours"},
    }  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", ["none", *HOSTILE])
def test_a_hostile_config_changes_nothing(tmp_path, name):
    put(tmp_path / "config", HOSTILE.get(name, {}))
    as_it_should_be(tmp_path, composed(tmp_path))


def test_there_are_seventeen_and_all_at_once_change_nothing(tmp_path):
    assert len(HOSTILE) >= 17
    for hostile in HOSTILE.values():
        put(tmp_path / "config", hostile)
    # Jupyter also looks where it is started, on a path of its own, and into the environment.
    put(tmp_path, HOSTILE["an empty token"])
    put(tmp_path / "path", HOSTILE["another base url"])
    said = composed(
        tmp_path, JUPYTER_CONFIG_PATH=str(tmp_path / "path"), JUPYTER_TOKEN_FILE="/no/such",
        JUPYTER_SERVER_ALLOW_UNAUTHENTICATED_ACCESS="true", JUPYTER_GATEWAY_URL="http://127.0.0.1:9",
        JUPYTER_PORT="9", JUPYTER_NO_CONFIG="1",
    )  # fmt: skip
    as_it_should_be(tmp_path, said)


def test_all_hostile_configs_at_once_and_the_printed_address_answers_to_its_token_alone(tmp_path):
    for hostile in HOSTILE.values():
        put(tmp_path / "config", hostile)
    with subprocess.Popen(
        [sys.executable, "-m", "passk_lab", "--no-browser", "--dir", str(tmp_path / "mine")],
        env=told(tmp_path, JUPYTER_TOKEN="known"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    ) as lab:  # fmt: skip
        try:
            address = next(line.strip() for line in lab.stdout if "token=" in line)
            with urllib.request.urlopen(address) as answer:
                page = answer.read().decode()
            place, token = re.match(r"(http://127\.0\.0\.1:\d+)/lab/tree/.*token=(\S+)", address).groups()
            data = re.search(
                r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.DOTALL
            )
            config = json.loads(data[1])
            assert (config["baseUrl"], config["wsUrl"], config["token"]) == ("/", "", token)
            for wrong in ("", "known", "ours"):
                asked = urllib.request.Request(f"{place}/api/contents", headers={"Authorization": f"token {wrong}"})
                with pytest.raises(urllib.error.HTTPError, match="403"):
                    urllib.request.urlopen(asked)
            asked = urllib.request.Request(f"{place}/login", headers={"Origin": "http://elsewhere.example"})
            with urllib.request.urlopen(asked) as answer:
                assert answer.headers["Access-Control-Allow-Origin"] is None
            asked = urllib.request.Request(f"{place}/api/contents", headers={"Authorization": f"token {token}"})
            with urllib.request.urlopen(asked) as answer:
                assert {"00_start_here.ipynb"} <= {one["name"] for one in json.load(answer)["content"]}
                assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        finally:
            lab.terminate()


def test_what_a_reader_may_still_set(tmp_path):
    """Their look and shortcuts: JupyterLab's settings lie in the config folder, which is still theirs."""
    code = "from jupyterlab.commands import get_user_settings_dir; print(get_user_settings_dir())"
    done = subprocess.run([sys.executable, "-c", code], env=told(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path / "config" / "lab" / "user-settings")
    kept = server._only_of_the_page(lambda: {"disabledExtensions": ["a"], "baseUrl": "/b/"})()
    assert kept == {"disabledExtensions": ["a"]}
