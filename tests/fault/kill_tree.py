#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments while trees of tasks are opened, handed on, tainted, spent from, frozen, ended and agents retired. What was acknowledged before
the kill holds after the start: no budget, taint, freeze, tombstone or end is lost, and no more was ever allowed than the budget."""
import os, random, sys, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from stage import Closed, Stage, done, row, says, until
import daemon

AGENTS, BOSS, MONEY = [61101, 61102], 62101, 4000
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 6
CONF = """
groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = 62101 } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal"  depth = 4  children = 100  tree = [ "money=40" ] } }
agents : {
""" + "".join("""  w%d : { owner = "a@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=%d" ]  reach = [ "**" ]
    intents = [ "work" ]  delegates = [ "*" ] }
""" % (i, u) for i, u in enumerate(AGENTS)) + """
  gone : { owner = "a@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=61109" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal"  costs = [ "money=amount" ] }
            mail : { name = "mail.read"  effect = "read"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "pay", on = "pay.send", effect = allow {} }
rule { id = "mail", on = "mail.read", effect = function(r) return allow { taint = { r.resource.id } } end }
"""


class Ledger:
    """what one agent was told for certain"""
    def __init__(self):
        self.spent, self.tried, self.labels, self.ended, self.frozen = {}, {}, {}, set(), set()


def worker(d, uid, ledger, stop, seed):
    roll = random.Random(seed)
    agent = d.agent_of(uid)
    tasks, n = [], 0
    while not stop.is_set():
        n += 1
        if not tasks or roll.random() < 0.1:
            t = agent.open("work")
            if "id" in t:
                tasks.append((t, t["id"]))
            continue
        t, root = roll.choice(tasks)
        what = roll.random()
        if what < 0.2:
            got = agent.delegate(t, actions=["pay.send", "mail.read"])
            if "task" in got:
                tasks.append((got["task"], root))
        elif what < 0.4:
            label = "l%d" % n
            if says(agent.act(t, "mail.read", "mail:" + label), "allow"):
                ledger.labels.setdefault(root, set()).add(label)
        elif what < 0.45:
            if "task" in agent.close(t):
                ledger.ended.add(t["id"])
        elif what < 0.5 and t["id"] == root:
            for _ in range(70):
                got = agent.act(t, "no.such")
                if got.get("code") == "frozen":
                    ledger.frozen.add(root)
                    break
        else:
            ledger.tried[root] = ledger.tried.get(root, 0) + 100
            if says(agent.act(t, "pay.send", args=dict(amount=1)), "allow"):
                ledger.spent[root] = ledger.spent.get(root, 0) + 100
    return agent


def check(d, ledger, number):
    c = d.admin()
    roots = set(ledger.spent) | set(ledger.labels) | ledger.frozen | ledger.ended
    for root in roots:
        status, answer = c.ask("GET", "/v1/tasks/%s" % root)
        if status == 404:
            continue  # swept: it had ended
        t = answer["task"]
        if root in ledger.ended:
            row(number, "what ended stays ended", t["state"] in ("closed", "closing"), t)
        missing = ledger.labels.get(root, set()) - set(t["labels"])
        row(number, "no acknowledged taint is lost", not missing or "overflow" in t["labels"], [missing, t["labels"]])
        left = t["budget"].get("money")
        used = MONEY - left
        row(number, "what was spent is at least what was acknowledged, and within the budget", ledger.spent.get(root, 0) <= used <= MONEY, [used, ledger.spent.get(root)])
        if root in ledger.frozen:
            row(number, "what was frozen stays frozen", t["state"] in ("frozen", "closed", "closing"), t)
    c.close()


def main():
    d = Stage(CONF, POLICY, limits='denials = 64  denials_within = "1h"  snapshot_leaves = 300  attempts_per_task = 100000  rate = 100000  burst = 100000'.replace("rate = 100000  burst = 100000", ""))
    try:
        boss = d.admin_of(BOSS)
        for number in range(ROUNDS):
            ledgers = [Ledger() for _ in AGENTS]
            stop = threading.Event()
            threads = [threading.Thread(target=worker, args=(d, u, l, stop, number * 10 + i)) for i, (u, l) in enumerate(zip(AGENTS, ledgers))]
            for t in threads:
                t.start()
            retired = False
            time.sleep(0.3 + random.random())
            if number == 1:
                retired = boss.ask("POST", "/v1/agents/gone", dict(event="retire"))[0] == 200
            d.process.kill()
            stop.set()
            d.process.wait()
            for t in threads:
                t.join()
            time.sleep(0.1)
            d.start()
            os.chmod(d.path("admin"), 0o666)
            for l in ledgers:
                check(d, l, number)
            if number >= 1:
                got = d.agent_of(61109).open("work")
                row(number, "a tombstone stands", says(got, "deny", "agent_retired"), got)
    except BaseException:
        print(d.text()[-3000:])
        raise
    finally:
        d.end()
    done()


main()
