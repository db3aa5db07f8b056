#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The catalogue from the command line: what exists, what a reload would change and widen, and what one may learn from servers and from denials."""
import json, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from daemon import BUILD, Daemon

passed = 0


def check(what, good, seen=None):
    global passed
    if not good:
        print("FAILED: %s\n  seen: %s" % (what, str(seen)[:3000]))
        raise SystemExit(1)
    passed += 1
    print("ok " + what)


class Words:
    def __init__(self, d):
        self.d = d
        self.program = os.path.join(os.path.abspath(BUILD), "core", "stepgate")

    def __call__(self, *words, stdin=None):
        env = dict(os.environ, STEPGATE_RUN=self.d.dir + "/run", NO_COLOR="1")
        r = subprocess.run([self.program, *words], input=stdin, capture_output=True, text=True, env=env, timeout=100)
        return r.returncode, r.stdout, r.stderr

    def files(self, *words):
        return self(*words, "--config", self.d.dir + "/stepgate.conf")


def show(d, run):
    code, out, err = run.files("catalogue", "show")
    check("everything, kind by kind", code == 0 and "actions (3)" in out and "agents (1)" in out and "tools (0)" in out, [out, err])
    code, out, err = run.files("catalogue", "show", "actions")
    check("one kind, a line each", any(l.split() == ["mail_read", "mail.read", "other", "read", "internal"] for l in out.splitlines()), out)
    code, out, err = run.files("catalogue", "show", "actions", "pay.send")
    check("one action by its name, whole, with places", 'actions.pay.narrow = [ "amount" ]    # ' in out and "stepgate.conf:" in out, out)
    code, out, err = run("catalogue", "show", "agents", "helper", "--running")
    check("as the daemon has it", code == 0 and 'agents.helper.environment = "dev"\n' in out, [out, err])
    code, out, err = run.files("catalogue", "show", "agents", "helpr")
    check("a misspelt name", code == 1 and 'did you mean "helper"?' in err, err)
    code, out, err = run.files("catalogue", "show", "things")
    check("a kind that there is not", code == 64 and "actions, tools" in err, err)
    for words in ((), ("actions",), ("actions", "pay")):
        code, out, err = run.files("catalogue", "show", *words, "--json")
        check("as JSON: %s" % (words,), json.loads(out)["actions"]["pay"]["name"] == "pay.send", out)


def diff(d, run):
    code, out, err = run.files("catalogue", "diff")
    check("the files say what is in force", code == 0 and "the files say what is in force" in out, [out, err])
    os.makedirs(d.dir + "/conf.d", exist_ok=True)
    d.write("conf.d/50-more.conf", b'''
agents : { helper : { reach = [ "repo.*", "pay.*", "mail.*", "ci.*" ]  budgets = [ "calls=10" ]  autonomy = "propose" } }
actions : { ci : { name = "ci.run"  class = "code"  effect = "execute"  sensitivity = "internal" }  mail_read : { taints = [ ] } }
''')
    code, out, err = run.files("catalogue", "diff")
    check("what is added", code == 1 and "added    actions.ci  WIDENS: it can be asked for from now on\n  ci.run  code  execute  internal" in out, [out, err])
    check("what is changed, and why it widens", "changed  agents.helper.reach  WIDENS: more actions in reach\n  in force " in out and "50-more.conf:2:" in out, out)
    check("a taint less widens", "changed  actions.mail_read.taints  WIDENS: it taints less" in out, out)
    check("what narrows is said to be no more", "changed  agents.helper.autonomy\n" in out and "changed  agents.helper.budgets\n" in out, out)
    check("and counted", "5 changes, 3 of them let more through" in out, out)
    code, out, err = run.files("catalogue", "diff", "--json")
    got = {c["key"]: c for c in json.loads(out)["changes"]}
    check("as JSON", json.loads(out)["widen"] == 3 and got["actions.ci"]["was"] is None and got["agents.helper.autonomy"]["widens"] is None
          and got["agents.helper.reach"]["is"][-1] == "ci.*", out)
    check("a reload takes it up", run("reload")[0] == 0 and run.files("catalogue", "diff")[0] == 0)
    os.remove(d.dir + "/conf.d/50-more.conf")
    code, out, err = run.files("catalogue", "diff")
    check("and what is taken away narrows", "removed  actions.ci\n" in out, out)
    run("reload")


def main():
    d = Daemon()
    run = Words(d)
    try:
        show(d, run)
        diff(d, run)
    finally:
        d.stop()
    print("%d passed, 0 failed" % passed)


main()
