#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a part read is told behind the end of whoever handed it on, and of whoever worked beside it: they had heard of it by then, and their domains carry it."""
import os
import time

from stage import Stage, perform, row, says

A, B, C, D, GW, BOSS = 61521, 61522, 61523, 61525, 61524, 62521
AGENT = """
  %s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=%d" ]
         reach = [ "**" ]  intents = [ "work" ]  delegates = [ "*" ] }"""
CONF = """
groups : { ops : { members = [ "asha" ] } }
admins : { asha : { uid = 62521 } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 4 } }
agents : {%s }
enforcers : { gw : { match = [ "peer:uid=61524" ]  for_agents = [ "*" ] } }
resources : { things : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" }
              notes : { type = "note"  patterns = [ "**" ]  sensitivity = "internal"  memory = true } }
actions : { mail : { name = "mail.read"  effect = "read"  sensitivity = "internal"  taints = [ "mail" ] }
            nr : { name = "note.read"  effect = "read"  sensitivity = "internal" }
            nw : { name = "note.write"  effect = "write"  sensitivity = "internal" }
            look : { name = "web.get"  effect = "read"  sensitivity = "internal" }
            pay : { name = "pay.send"  effect = "write"  sensitivity = "internal" } }
""" % "".join(AGENT % pair for pair in (("a", A), ("b", B), ("c", C), ("d", D)))
POLICY = """
rule { id = "read", on = { "web.get", "mail.read", "note.**" }, effect = allow {} }
rule { id = "pay", on = "pay.send", when = function(r) return not r.task.tainted end, effect = allow {} }
"""


def carries(boss, uid):
    return [l for x in boss.ask("GET", "/v1/domains")[1]["domains"] if x["name"].split("/")[0] == str(uid) for l in x["labels"]]


def told_late(d):
    a, b, c, other, gw, boss = d.agent_of(A), d.agent_of(B), d.agent_of(C), d.agent_of(D), d.enforcer_of(GW), d.admin_of(BOSS)
    other.close(other.open("work"))
    root = a.open("work")
    middle = b.claim(a.delegate(root, to="b")["task"])
    part = c.claim(b.delegate(middle, to="c")["task"])
    beside = other.claim(a.delegate(root, to="d")["task"])
    got = gw.act(part, "web.get", as_enforcer=True, peer_uid=C)
    row("late", "the part reads", says(got, "allow"), got)
    other.close(beside)
    row("late", "and all is closed", a.close(root)["task"]["state"] == "closed")
    gw.outcome(got, "ok", labels=["mail:outside"])
    for name, uid in (("whoever did it", C), ("whoever handed it on", B), ("whoever opened it all", A), ("whoever worked beside it", D)):
        row("late", "what is told then is carried by " + name, carries(boss, uid) == ["mail:outside"], boss.ask("GET", "/v1/domains")[1])
    for name, who in (("a", a), ("b", b), ("d", other)):
        row("late", "a new task of %s begins with it" % name, says(who.act(who.open("work"), "pay.send"), "deny"))


def written_late(d):
    """What may still be written when its task is closed is written with what its domain reads until then."""
    a, b, c, gw = d.agent_of(A), d.agent_of(B), d.agent_of(C), d.enforcer_of(GW)
    for how in ("open", "closed", "part"):
        task = b.open("work") if how != "part" else b.claim(a.delegate(a.open("work"), to="b")["task"])
        got = gw.act(task, "note.write", "note:" + how, as_enforcer=True, peer_uid=B)
        row("written", how + ": it may be written", says(got, "allow"), got)
        if how != "open":
            b.close(task)
        other = b.open("work")
        row("written", how + ": something is read elsewhere", says(b.act(other, "mail.read"), "allow"))
        gw.outcome(got, "ok")
        reads = c.open("work")
        c.act(reads, "note.read", "note:" + how)
        row("written", how + ": whoever reads it carries that", d.task(reads)["labels"] == ["mail"], d.task(reads))
        row("written", how + ": and pays nobody", says(c.act(reads, "pay.send"), "deny"))
        c.close(reads)
        b.close(other)
        boss = d.admin_of(BOSS)
        for domain in boss.ask("GET", "/v1/domains")[1]["domains"]:
            boss.ask("POST", "/v1/domains/" + domain["id"], dict(event="cleanse", reason="next"))


def cleansed(d):
    """What an operator has cleansed begins with what is read again, by whomever in the tree, and by what is read of a memory."""
    a, b, c, gw, boss = d.agent_of(A), d.agent_of(B), d.agent_of(C), d.enforcer_of(GW), d.admin_of(BOSS)

    def cleanse():
        for domain in boss.ask("GET", "/v1/domains")[1]["domains"]:
            boss.ask("POST", "/v1/domains/" + domain["id"], dict(event="cleanse", reason="looked at it"))
    root = a.open("work")
    part = b.claim(a.delegate(root, to="b")["task"])
    b.act(part, "mail.read")
    row("cleansed", "both carry it", carries(boss, A) == carries(boss, B) == ["mail"])
    cleanse()
    row("cleansed", "neither does", carries(boss, A) == carries(boss, B) == [])
    other = a.open("work")
    b.act(part, "mail.read")
    row("cleansed", "it is read again, and both do", carries(boss, A) == carries(boss, B) == ["mail"])
    row("cleansed", "the other's other task, too", says(a.act(other, "pay.send"), "deny"))
    reads = c.open("work")
    row("cleansed", "a memory is read", says(gw.act(reads, "note.read", "note:n", as_enforcer=True, peer_uid=C), "allow"))
    row("cleansed", "while another writes to it", says(gw.act(part, "note.write", "note:n", as_enforcer=True, peer_uid=B), "allow") and carries(boss, C) == ["mail"])
    cleanse()
    row("cleansed", "whoever reads is cleansed", carries(boss, C) == [])
    gw.act(part, "note.write", "note:n", as_enforcer=True, peer_uid=B)
    row("cleansed", "and carries it once more is written", carries(boss, C) == ["mail"], boss.ask("GET", "/v1/domains")[1])


def cleansed_behind(d):
    """Whatever an operator cleansed behind the end of a task, what is told after that is told there, too; what is read after it is not."""
    a, b, c, gw, boss = d.agent_of(A), d.agent_of(B), d.agent_of(C), d.enforcer_of(GW), d.admin_of(BOSS)
    root = a.open("work")
    part = b.claim(a.delegate(root, to="b")["task"])
    b.act(part, "mail.read")
    got = gw.act(part, "web.get", as_enforcer=True, peer_uid=B)
    a.close(root)
    for domain in boss.ask("GET", "/v1/domains")[1]["domains"]:
        boss.ask("POST", "/v1/domains/" + domain["id"], dict(event="cleanse", reason="looked at it"))
    gw.outcome(got, "ok", labels=["mail"])
    row("behind", "closed, cleansed, told", carries(boss, A) == carries(boss, B) == ["mail"], boss.ask("GET", "/v1/domains")[1])
    root = c.open("work")
    other = d.agent_of(D)
    other.close(other.claim(c.delegate(root, to="d")["task"]))
    before = other.open("work")
    time.sleep(0.1)
    row("behind", "something is read once a part has ended", says(c.act(root, "mail.read"), "allow") and carries(boss, C) == ["mail"])
    row("behind", "which whoever had it did not hear", carries(boss, D) == [] and says(other.act(before, "pay.send"), "allow"), boss.ask("GET", "/v1/domains")[1])


def went_back(d):
    """What went back to whoever lent it, at the end of a part, is nobody's to fill any more."""
    a, b = d.agent_of(A), d.agent_of(B)
    for spent in (0, 950):
        root = a.open("work")
        part = b.claim(a.delegate(root, to="b", budgets=dict(tokens=900))["task"])
        got = b.act(part, "web.get")
        b.close(part)
        row("back", "it went back", d.task(root)["budget"] == dict(tokens=1000), d.task(root))
        if spent:
            a.outcome(a.act(root, "web.get"), "ok", used=dict(tokens=spent))
        b.outcome(got, "ok", used=dict(tokens=100000))
        row("back", "a word of the part's own takes nothing of it", d.task(root)["budget"] == dict(tokens=1000 - spent), d.task(root))
        a.close(root)


def beside_a_note(d):
    """What is written to a note is read from then on: who had ended beside its reader before hears nothing of it."""
    a, b, c, ended, gw, boss = d.agent_of(A), d.agent_of(B), d.agent_of(C), d.agent_of(D), d.enforcer_of(GW), d.admin_of(BOSS)
    root, own = a.open("work"), ended.open("work")
    part, over = c.claim(a.delegate(root, to="c")["task"]), ended.claim(a.delegate(root, to="d")["task"])
    row("note", "a note is being read", says(gw.act(part, "note.read", "note:x", as_enforcer=True, peer_uid=C), "allow"))
    time.sleep(1.1)
    ended.close(over)
    time.sleep(1.1)
    other = b.open("work")
    row("note", "somebody else reads, then writes it", says(b.act(other, "mail.read"), "allow") and says(b.act(other, "note.write", "note:x"), "allow"))
    row("note", "whoever reads it carries that, and its tree", carries(boss, C) == ["mail"] and carries(boss, A) == ["mail"], boss.ask("GET", "/v1/domains")[1])
    row("note", "whoever had ended does not", carries(boss, D) == [] and says(ended.act(own, "pay.send"), "allow"), boss.ask("GET", "/v1/domains")[1])


def behind_a_wall(d):
    """What a user's part has heard of, that has ended, is carried also where the walls between that user's processes were drawn anew since."""
    stanza = "agents : {%s}" % (AGENT % ("c", C))
    a, c, gw, boss = d.agent_of(A), d.agent_of(C), d.enforcer_of(GW), d.admin_of(BOSS)
    root = a.open("work")
    part = c.claim(a.delegate(root, to="c")["task"])
    d.configure("70-c.conf", stanza.replace("reach =", 'domain = "process"  reach ='))
    got = gw.act(c.open("work"), "web.get", as_enforcer=True, peer_uid=C)
    time.sleep(1.1)
    row("wall", "the part is closed, and another task of that user reads", says(got, "allow") and c.close(part)["task"]["state"] == "closed", got)
    gw.outcome(got, "ok", labels=["mail"])
    row("wall", "who works in the part's tree carries what is told then", carries(boss, A) == ["mail"], boss.ask("GET", "/v1/domains")[1])
    row("wall", "and a new task begins with it", says(a.act(a.open("work"), "pay.send"), "deny"))


class Walls(Stage):
    """c's stanza stands in a file of its own, and says uid at first."""
    def start(self, wait=True):
        path = "conf.d/70-c.conf"
        if not os.path.exists(os.path.join(self.dir, path)):
            self.write(path, ("agents : {%s}" % (AGENT % ("c", C)).replace("reach =", 'domain = "uid"  reach =')).encode())
        super().start(wait)


perform(CONF, POLICY, told_late)
perform(CONF, POLICY, beside_a_note)
perform(CONF.replace(AGENT % ("c", C), ""), POLICY, behind_a_wall, stage=Walls)
perform(CONF, POLICY, written_late)
perform(CONF, POLICY, cleansed)
perform(CONF, POLICY, cleansed_behind)
perform(CONF.replace("depth = 4", "depth = 4  budgets = [ \"tokens=1000\" ]"), POLICY, went_back)
