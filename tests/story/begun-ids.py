#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The beginning of an id stands for it, where it is the only one that begins so and is long enough that nobody makes another."""
import os
import subprocess

from stage import BUILD, agent, perform, row

A = 61921
CONF = """
groups : { ops : { members = [ "stage" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "repo.read"  effect = "read"  sensitivity = "internal" } }
agents : {%s }""" % agent("a", A)
POLICY = 'rule { id = "ask", on = "repo.read", effect = step_up { approvers = "ops", ttl = "10m", say = "look" } }'


def go(d):
    def ran(*command):
        done = subprocess.run([os.path.join(BUILD, "core", "stepgate"), *command, "--run", d.dir + "/run"], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr
    a = d.agent_of(A)
    task = a.open("work")
    got = a.act(task, "repo.read")
    approval, decision = got["approval"]["id"], got["decision_id"]
    for what, command, whole in (("an approval", ("approvals", "show", approval[:10]), approval), ("a task", ("tasks", "show", task["id"][:12]), task["id"]),
                                 ("a decision, by its leaf", ("why", decision.split("-")[0]), "leaf " + decision[1:].split("-")[0]), ("and some of its tail", ("why", decision[:-9]), "leaf ")):
        code, text = ran(*command)
        row("begun", what, code in (0, 2) and whole in text, (code, text))
    for what, command in (("too little of it", ("approvals", "show", approval[:9])), ("another tail", ("why", decision.split("-")[0] + "-zz")), ("another id", ("tasks", "show", "t-zzzzzzzzzz")),
                          ("a leaf that is no decision", ("why", "d1"))):
        code, text = ran(*command)
        row("begun", what + " is none", code == 1 and ("not_found" in text or "no_task" in text), (code, text))
    code, text = ran("approvals", "approve", approval[:10])
    row("begun", "and it is acted on", code == 0 and "granted" in text, (code, text))


perform(CONF, POLICY, go)
