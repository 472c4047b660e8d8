"""The lab for a class on one machine: JupyterHub's configuration. docs/teaching-server.md says how to use it.

    jupyterhub --config teaching/jupyterhub_config.py

Students are accounts of the system in the group `passk-students`, and each one's server runs under that account. What a
school is likely to change stands at the top.
"""

import compileall
import os
import shutil
import sys
from pathlib import Path

import passk_lab

STATE = Path(os.environ.get("PASSK_LAB_HUB_STATE", "/srv/passk-lab/hub"))
"""What the hub keeps: its database, and the secret that signs cookies. The hub's own, 0700."""
COURSE = Path(os.environ.get("PASSK_LAB_COURSE", "/srv/passk-lab/course"))
"""The teacher's sheets and data: everybody reads them, as the folder `course` beside their notebooks."""
TLS = Path(os.environ.get("PASSK_LAB_TLS", "/etc/passk-lab/tls"))
"""Where cert.pem and key.pem lie. Without them the hub answers this machine alone, on port 8000."""
STUDENTS, TEACHERS = "passk-students", "passk-teachers"
MEMORY = 1024
"""MB that a student may take, notebooks and server together."""
CORES = 1.0
IDLE = 3600
"""Seconds without a message or a key after which a kernel, and then a server, is ended. Notebooks are saved before."""
PROCESSES = 256

HERE = Path(__file__).resolve().parent
SYSTEMD = Path("/run/systemd/system").is_dir()

c = get_config()  # noqa: F821  (JupyterHub puts it there)

# --- who comes in -----------------------------------------------------------------------------------------------------

STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
if proxy := shutil.which("configurable-http-proxy", path=f"{HERE}/node_modules/.bin:{os.environ.get('PATH', '')}"):
    c.ConfigurableHTTPProxy.command = proxy

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {STUDENTS, TEACHERS}
c.PAMAuthenticator.admin_groups = {TEACHERS}  # who may stop a server; to enter one takes more than that, and nobody may
c.PAMAuthenticator.open_sessions = False

if (TLS / "cert.pem").exists():
    c.JupyterHub.bind_url = "https://:443"
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(TLS / "cert.pem"), str(TLS / "key.pem")
else:
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.cleanup_servers = False  # a hub that is restarted finds its students' servers as they were

# --- what each one gets -----------------------------------------------------------------------------------------------

# Students cannot write where the lab lies: what is not compiled now each of them would compile at every start.
before = os.umask(0o022)
compileall.compile_dir(Path(passk_lab.__file__).parent, quiet=2)
os.umask(before)

SERVER = [sys.executable, "-P", str(HERE / "student_server.py")]
c.Spawner.environment = {
    "PASSK_LAB_COURSE": str(COURSE),
    # One core a student: threads would only wait for each other, and each has a memory of its own.
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2",
}  # fmt: skip
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.disable_user_config = True
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.args = [
    f"--MappingKernelManager.cull_idle_timeout={IDLE}",
    "--MappingKernelManager.cull_interval=120",
    # A kernel's sockets lie in the student's own folder. On a port of this machine anyone on it could read what a
    # cell prints, for a kernel tells that to whoever connects.
    "--KernelManager.transport=ipc",
]
c.Spawner.mem_limit, c.Spawner.cpu_limit = f"{MEMORY}M", CORES
if SYSTEMD:
    c.JupyterHub.spawner_class = "systemd"
    c.Spawner.cmd = SERVER
    c.SystemdSpawner.isolate_tmp = c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.unit_extra_properties = {
        "UMask": "0077",
        "ProtectProc": "invisible",  # other students' processes
        "ProtectSystem": "full",
        "TasksMax": str(PROCESSES),
        "OOMPolicy": "continue",  # the kernel that took too much is ended, and not the server with it
    }
else:
    # Nothing here holds a student as a whole to a limit: each process is, and nobody to a share of the processor.
    c.JupyterHub.spawner_class = "localprocess"
    limits = [f"--data={MEMORY * 2**20}", f"--nproc={PROCESSES}"]
    c.Spawner.cmd = [*(["prlimit", *limits] if shutil.which("prlimit") else []), *SERVER]

# --- all of them together ---------------------------------------------------------------------------------------------

c.JupyterHub.concurrent_spawn_limit = 2 * (os.cpu_count() or 1)
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE}", "--cull-every=120"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
