"""Invokes functions of Function Compute in tests, through fclocal and the real runtime.

The plugin gives a fixture, `fclocal`; outside of pytest, Fclocal is it.
"""

from openfc_pytest.fclocal import Fclocal, FclocalError, find_fclocal
from openfc_pytest.invocation import Invocation

__all__ = ["Fclocal", "FclocalError", "Invocation", "find_fclocal"]
