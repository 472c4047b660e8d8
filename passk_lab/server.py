"""The JupyterLab that `passk-lab` opens: the reader's look and shortcuts, and nobody else's word on who may come in.

`workplace.py` runs this file by itself, as `python -P server.py WORDS`. It is a program of its own because a reader's
module called tornado must not stand in for what it imports, and because no command line can settle this: a Jupyter
config may give any trait a value (a token, an address, a class that lets everybody in), so none is read but the lab's
own. What the lab does inherit lies elsewhere: settings of JupyterLab, kernels, extensions of the page, and which of
those are switched off.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parent / "jupyter_config"
_STRANGERS = ("JUPYTER_GATEWAY_", "JUPYTER_NO_CONFIG", "JUPYTER_SERVER_", "JUPYTER_TOKEN_FILE")
"""Variables that say who may come in, where kernels run, or that our own config is not to be read."""
_PATIENCE = 15.0
"""Seconds to close in an orderly way once nobody is there to wait for it."""
_OF_THE_PAGE = (
    "deferredExtensions", "disabledExtensions", "exposeAppInBrowser", "federated_extensions", "lockedExtensions",
)  # fmt: skip
"""What a page config may say. The rest (addresses, token) is the server's to know."""


def main(words: list[str]) -> None:
    """Serve until a signal, or until whoever started this is gone: the other end of stdin closes then."""
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    # Ctrl-C reaches the whole group; whoever started this answers it, by a SIGTERM. No SIG_IGN: kernels would keep it.
    signal.signal(signal.SIGINT, lambda *_: None)
    server = composed(words)
    os.environ.pop("JUPYTER_TOKEN", None)  # read by now, and no kernel's business
    server.start()


def composed(words: list[str]) -> Any:
    """Return JupyterLab's server as these words and the lab's own config make it; it does not serve yet."""
    for name in [name for name in os.environ if name.startswith(_STRANGERS)]:
        del os.environ[name]
    # jsonschema would read a grammar of addresses in every script, for a format that nothing here has: most of the time
    # that it takes to import the server.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import jupyterlab.labapp
    import jupyterlab_server.handlers
    from jupyter_core.application import JupyterApp

    for owner, name, ours in (
        (JupyterApp, "config_file_paths", property(lambda self: [str(CONFIG)])),
        (JupyterApp, "migrate_config", lambda self: None),  # it would write into the reader's home
        (jupyterlab.labapp, "get_static_page_config", _only_of_the_page(jupyterlab.labapp.get_static_page_config)),
        (jupyterlab_server.handlers, "get_page_config", _only_of_the_page(jupyterlab_server.handlers.get_page_config)),
    ):
        getattr(owner, name)  # a newer Jupyter without it must not go unnoticed
        setattr(owner, name, ours)
    return jupyterlab.labapp.LabApp.initialize_server(argv=words)


def _only_of_the_page(read: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def filtered(*given: Any, **named: Any) -> dict[str, Any]:
        return {name: value for name, value in read(*given, **named).items() if name in _OF_THE_PAGE}

    return filtered


def _end_with(stream: int) -> None:
    """End this process when a stream does: its writer ended, in whichever way.

    Read by its number: a thread that waits in Python's own stdin makes Python abort, with many words, when it ends.
    """
    while os.read(stream, 4096):
        pass
    threading.Timer(_PATIENCE, os._exit, [1]).start()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1:])
