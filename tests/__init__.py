"""Tests of Pravesh.

Nothing run from here, child processes included, may reach the user's own keyring, or what the
user's system remembers about books.
"""

import atexit
import os
import shutil
import tempfile

from tests.memory_folder import memory_folder

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
if "PRAVESH_TESTS_STATE" not in os.environ:
    _state = tempfile.mkdtemp(prefix="pravesh-state-", dir=memory_folder())
    os.environ["PRAVESH_TESTS_STATE"] = os.environ["XDG_STATE_HOME"] = _state
    atexit.register(shutil.rmtree, _state, ignore_errors=True)
