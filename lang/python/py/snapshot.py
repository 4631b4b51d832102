"""The first invocation of an instance that starts from a snapshot (fc-runtime-api.md, section 2).

What was frozen into the snapshot belongs to the instance that it was taken of: where it worked, its
keys, its id. os.environ is changed, which changes the process's environment too.
"""

import _thread
import os

FLAG = "FC_SNAPSHOT_FLAG"
INSTANCE_ID = "FC_INSTANCE_ID"
_CREDENTIAL_NAMES = {
    "access_key_id": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "accessKeyID"),
    "access_key_secret": ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "accessKeySecret"),
    "security_token": ("ALIBABA_CLOUD_SECURITY_TOKEN", "securityToken"),
}


class Awakening:
    """Happens once, before any user code; of invocations that come at once, the others wait."""

    def __init__(self, code_path):
        self._code_path = code_path
        self._lock = _thread.allocate_lock()
        self._is_over = False

    def ensure(self, context, instance_id):
        """Makes the instance the one that this first request is for. A failure is that request's,
        and the next one tries again."""
        if self._is_over:
            return
        with self._lock:
            if not self._is_over:
                os.chdir(self._code_path)
                _replace_variables(context.credentials, instance_id)
                self._is_over = True


def _replace_variables(credentials, instance_id):
    for attribute, names in _CREDENTIAL_NAMES.items():
        for name in names:
            if name in os.environ:
                os.environ[name] = getattr(credentials, attribute)
    if instance_id or INSTANCE_ID in os.environ:
        os.environ[INSTANCE_ID] = instance_id
    os.environ.pop(FLAG, None)
