#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever agents wait for, an operator is answered: a step of the attestation stack that cannot start keeps nobody from the stop and the status behind the gate's death."""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from stage import Stage, agent, perform, row, says

AGENT = 61901
CONF = """groups : { ops : { members = [ "stage" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "repo.read"  effect = "read"  sensitivity = "internal" } }
agents : {%s }""" % agent("helper", AGENT)
POLICY = 'rule { id = "r", on = "repo.read", effect = allow {} }'
WITHIN = 20


def authority(path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path + ".key", "-out", path, "-subj", "/CN=ca", "-days", "30"], capture_output=True, check=True)


class WithStep(Stage):
    def start(self, wait=True):
        path = os.path.join(self.dir, "ca.pem")
        if not os.path.exists(path):
            authority(path)
        self.write("conf.d/60-c.conf", b'attest : { c : { kind = "verify"  use = "x509"  trust_domain = "acme.example"  control = "optional"  grants = [ "ca=file:%s" ] } }' % path.encode())
        super().start(wait)


def answered(d, *command):
    began = time.time()
    try:
        done = subprocess.run([os.path.join(os.path.dirname(d.binary), "stepgate"), *command, "--run", os.path.join(d.dir, "run")], capture_output=True, text=True, timeout=WITHIN)
        return done.returncode, done.stdout + done.stderr, time.time() - began
    except subprocess.TimeoutExpired:
        return None, "", time.time() - began


def gate_of(d):
    return next(p for p in d.processes() if open("/proc/%d/comm" % p).read().strip() == "sg-gate")


def go(d):
    a = d.agent_of(AGENT)
    row("alone", "an agent is allowed", says(a.act(a.open("work"), "repo.read"), "allow"))
    path = os.path.join(d.dir, "ca.pem")
    os.rename(path, path + ".away")
    os.kill(gate_of(d), signal.SIGKILL)
    time.sleep(1)
    code, text, took = answered(d, "kill", "--all", "--reason", "emergency")
    row("alone", "the stop holds", code == 0 and "effective" in text, (code, text, took))
    code, text, took = answered(d, "status")
    row("alone", "the status says what is in the way", code == 1 and "attest.c" in text and "path_missing" in text, (code, text, took))
    os.rename(path + ".away", path)


def at_once(d):
    """The gate dies as soon as it has answered an operator, before anybody else was."""
    path = os.path.join(d.dir, "ca.pem")
    os.rename(path, path + ".away")
    os.kill(gate_of(d), signal.SIGKILL)
    time.sleep(1)
    for words in (("kill", "--all", "--reason", "emergency"), ("approvals",), ("status",)):
        code, text, took = answered(d, *words)
        row("at once", "%s is answered" % words[0], code in (0, 1) and "no daemon" not in text and took < WITHIN, (code, text, took))
    row("at once", "the daemon lives", d.process.poll() is None, d.process.poll())
    os.rename(path + ".away", path)


perform(CONF, POLICY, go, stage=WithStep)
perform(CONF, POLICY, at_once, stage=WithStep)
