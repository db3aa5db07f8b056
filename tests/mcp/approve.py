#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says yes to one approval on the admin socket: approve.py RUN_FOLDER ID"""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from daemon import Client
status, answer = Client(sys.argv[1] + "/admin.sock").ask("POST", "/v1/approvals/%s/approve" % sys.argv[2], {})
sys.exit(0 if status == 200 and answer["approval"]["state"] == "granted" else "not granted: %r" % answer)
