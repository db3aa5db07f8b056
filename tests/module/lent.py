#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what check.issue.secret and check.issue.x509 are lent: a store with one secret, an authority with its certificate."""
import os, shutil, subprocess, sys

BUILD = os.path.abspath(os.environ.get("STEPGATE_BUILD", "build"))
LENT = os.path.join(BUILD, "lent")
STEPGATE = os.path.join(BUILD, "core", "stepgate")


def run(*words, given=None):
    r = subprocess.run(words, input=given, capture_output=True, cwd=LENT)
    if r.returncode != 0:
        sys.exit("%s: %s" % (" ".join(words), r.stderr.decode()))


shutil.rmtree(LENT, ignore_errors=True)
os.umask(0o077)
os.makedirs(os.path.join(LENT, "state"))
with open(os.path.join(LENT, "stepgate.conf"), "w") as f:
    f.write('state_dir = "%s/state"\nrun_dir = "%s"\nissue : { vault : { use = "secret"  grants = [ "store=folder:%s/store" ] } }\n' % (LENT, LENT, LENT))
run(STEPGATE, "init", "-c", "stepgate.conf")
run(STEPGATE, "secret", "put", "prod/db", "-c", "stepgate.conf", given=b"a secret of the check")
run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ca.key")
run("openssl", "req", "-x509", "-new", "-key", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/O=acme.example/CN=agents", "-addext",
    "keyUsage=critical,keyCertSign,cRLSign")
print("1 passed, 0 failed")
