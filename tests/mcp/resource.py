#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A private daemon for resource.mjs."""
import os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from daemon import Daemon
d = Daemon()
try:
    sys.exit(subprocess.run(["node", os.path.join(sys.argv[1], "resource.mjs"), d.dir + "/run"], timeout=60, cwd=sys.argv[1]).returncode)
finally:
    d.stop()
