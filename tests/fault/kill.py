#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of every kind of process at random moments under load. Afterwards: every allow that a client saw is in a journal that verifies; no token
of a closed task is active; no repeat made a second credential; the daemon heals."""
import os, random, sys, threading, time
sys.path.insert(0, os.path.dirname(__file__))
from daemon import Closed, Daemon, journal

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 25
ROLES = ["sg-gate", "sg-door", "sg-policy", "sg-host"]
SEED = int(os.environ.get("SG_SEED", "0")) or random.randrange(1 << 30)


class Load(threading.Thread):
    """One agent connection after another: open, act, repeat what was cut off, close."""

    def __init__(self, daemon, index, stop):
        super().__init__(daemon=True)
        self.d, self.index, self.stop = daemon, index, stop
        self.allows, self.tokens, self.closed, self.repeats, self.cuts, self.lost = [], [], [], 0, 0, 0
        self.error = None

    def act(self, client, task, key):
        action = "repo.read" if hash(key) % 3 else "pay.send"
        status, a = client.ask("POST", "/v1/act", dict(task=task, action=action, key=key, resource=dict(type="x", id="y")))
        if a.get("verdict") == "allow":
            self.allows.append(a["decision_id"])
            if "credential" in a:
                self.tokens.append((task, a["credential"]["token"]))
        if a.get("code") == "credential_lost":
            self.lost += 1
        return a

    def one_task(self, client, n):
        name = "t-%d-%d" % (self.index, n)
        status, a = client.ask("POST", "/v1/tasks", dict(intent="work", key=name))
        if status != 201:
            return
        task = a["task"]["id"]
        for i in range(8):
            key = "%s-%d" % (name, i)
            try:
                self.act(client, task, key)
            except Closed:
                self.cuts += 1
                client = self.connect()
                self.repeats += 1
                self.act(client, task, key)  # the same attempt again
        if client.ask("DELETE", "/v1/tasks/" + task)[0] == 200:
            self.closed.append(task)

    def connect(self):
        while not self.stop.is_set():
            try:
                return self.d.agent(5)
            except OSError:
                time.sleep(0.02)
        raise Closed("stopping")

    def run(self):
        n = 0
        while not self.stop.is_set():
            n += 1
            try:
                client = self.connect()
                self.one_task(client, n)
                client.close()
            except Closed:
                self.cuts += 1
            except Exception as e:  # anything else is a fault of the daemon or of this test
                self.error = e
                return


def main():
    print("seed %d, %d kills of each role" % (SEED, ROUNDS))
    dice = random.Random(SEED)
    d = Daemon(limits='host_deadline = "2s" policy_deadline = "500ms"')
    stop = threading.Event()
    loads = [Load(d, i, stop) for i in range(4)]
    for l in loads:
        l.start()
    killed = dict.fromkeys(ROLES, 0)
    todo = ROLES * ROUNDS
    dice.shuffle(todo)
    for role in todo:
        time.sleep(dice.uniform(0.01, 0.25))
        for _ in range(200):
            pids = d.processes(role)
            if pids:
                break
            time.sleep(0.02)
        try:
            os.kill(dice.choice(pids), 9)
            killed[role] += 1
        except (IndexError, ProcessLookupError):
            pass
        if d.process.poll() is not None:
            sys.exit("the daemon is gone: " + d.text())
    stop.set()
    for l in loads:
        l.join(30)
        if l.error is not None or l.is_alive():
            sys.exit("a client failed: %r" % l.error)
    # it heals
    d.wait_open()
    until, healed = time.time() + 75, False
    while not healed and time.time() < until:
        try:
            c = d.agent(5)
            status, a = c.ask("POST", "/v1/tasks", dict(intent="work", key="after-%f" % time.time()))
            status, a = c.ask("POST", "/v1/act", dict(task=a["task"]["id"], action="repo.read", key="x", resource=dict(type="x", id="y")))
            healed = a.get("verdict") == "allow"
        except (Closed, OSError, KeyError):
            pass
        time.sleep(0.2)
    assert healed, d.text()[-3000:]
    # closed tasks' tokens are dead
    closed = set(t for l in loads for t in l.closed)
    tokens = [tok for l in loads for task, tok in l.tokens if task in closed]
    sample = dice.sample(tokens, min(200, len(tokens)))
    e = d.enforcer()
    for token in sample:
        status, a = e.ask("POST", "/oauth2/introspect", "token=" + token, "application/x-www-form-urlencoded")
        assert status == 200 and a == {"active": False}, (status, a)
    assert d.stop(keep=True) == 0, d.text()[-2000:]
    leaves = journal(os.path.join(d.dir, "state", "journal"))
    decisions = {"d%d-%s" % (l["n"], l["body"]["tail"]): l["body"] for l in leaves if l["kind"] == "decision"}
    seen = [i for l in loads for i in l.allows]
    for i in seen:
        assert decisions.get(i, {}).get("verdict") == "allow", "an allow that is not in the record: " + i
    per_key = {}
    for body in decisions.values():
        if body["verdict"] == "allow":
            per_key[(body["task"], body["key"])] = per_key.get((body["task"], body["key"]), 0) + 1
    assert all(n == 1 for n in per_key.values()), "two allows for one key"
    all_tokens = [tok for l in loads for _, tok in l.tokens]
    assert len(all_tokens) == len(set(all_tokens))
    print("killed %s; %d leaves, %d allows seen, %d cut connections, %d repeats, %d lost credentials revoked, %d dead tokens checked"
          % (killed, len(leaves), len(seen), sum(l.cuts for l in loads), sum(l.repeats for l in loads), sum(l.lost for l in loads), len(sample)))
    assert len(seen) > 50 and len(sample) > 0 and all(killed[r] >= ROUNDS * 0.9 for r in ROLES)
    d.stop()


main()
