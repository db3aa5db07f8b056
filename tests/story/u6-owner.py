#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Story U6: the owner leaves. Rows 1 to 4, 7 and 8; who takes the agents over (rows 5, 6) comes with the human side. Also rows 30 to 37 of U5: reviews."""
import datetime, os, re, time
from stage import Stage, done, row, says, until

LENA, OMAR, BOSS = 62061, 62062, 62063
NAMES = ["a1", "a2", "report-gen"]
UIDS = dict(a1=61061, a2=61062, **{"report-gen": 61063})
day = lambda n: (datetime.datetime.utcnow() + datetime.timedelta(days=n)).strftime("%Y-%m-%d")
CONF = """
groups : { finance : { members = [ "lena", "omar" ] } }
admins : { lena : { uid = 62061 } omar : { uid = 62062 } boss : { uid = 62063 } }
humans : { lena : { id = "lena@acme.example"  admin = "lena" } omar : { id = "omar@acme.example"  admin = "omar" } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "data.read"  effect = "read"  sensitivity = "internal"  credential = "token" }
            pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" } }
agents : {
""" + "".join("""  %s : { owner = "lena@acme.example"  escalate = "omar@acme.example"  review_by = "2099-01-31"  environment = "dev"  match = [ "peer:uid=%d" ]
    reach = [ "**" ]  intents = [ "work" ] %s }
""" % (n, UIDS[n], 'essential = "72h"' if n == "report-gen" else "") for n in NAMES) + """
  late : { owner = "omar@acme.example"  escalate = "o@acme.example"  review_by = "%s"  environment = "dev"  match = [ "peer:uid=61064" ]
    reach = [ "**" ]  intents = [ "work" ]  approvers = "finance" }
  later : { owner = "omar@acme.example"  escalate = "o@acme.example"  review_by = "%s"  environment = "dev"  match = [ "peer:uid=61065" ]
    reach = [ "**" ]  intents = [ "work" ]  approvers = "finance" } }
""" % (day(-2), day(-9))
POLICY = """
rule { id = "read", on = "data.read", effect = allow {} }
rule { id = "pay", on = "pay.send", when = function(r) return r.agent.name ~= "late" end, effect = step_up { approvers = "finance" } }
rule { id = "pay-late", on = "pay.send", when = function(r) return r.agent.name == "late" end, effect = allow {} }
"""


def leaves(d):
    lena, omar, boss = d.admin_of(LENA), d.admin_of(OMAR), d.admin_of(BOSS)
    agents = {n: d.agent_of(UIDS[n]) for n in NAMES}
    tasks = {n: agents[n].open("work") for n in NAMES}
    live = [until(lambda: (lambda g: g if says(g, "allow") else None)(agents[n].act(tasks[n], "data.read"))) for n in NAMES]
    row(1, "three agents at work", all(live), live)
    given = agents["a1"].act(tasks["a1"], "pay.send")
    waiting = agents["a2"].act(tasks["a2"], "pay.send")
    status, answer = lena.approve(given)
    row(2, "an owner approves nothing of her own agents", status == 403, answer)
    status, answer = boss.ask("POST", "/v1/humans/lena", dict(disabled=True))
    row(1, "she is disabled", status == 200 and answer["disabled"] and len(answer["agents"]) == 3 and all(a["owner_gone"] for a in answer["agents"]), answer)
    for n in NAMES:
        row(1, "the task of %s fell" % n, d.task(tasks[n])["state"] in ("closing", "closed"), d.task(tasks[n]))
    row(1, "credentials are revoked", until(lambda: all(d.task(tasks[n])["state"] == "closed" for n in NAMES)))
    got = agents["a1"].open("work")
    row(1, "new grants are denied", says(got, "deny", "owner_gone"), got)
    row(1, "and the escalation is told", until(lambda: d.alerts().count("owner_gone") == 3))
    status, answer = omar.approve(waiting)
    row(3, "what waited is void", status == 409, answer)
    task = agents["report-gen"].open("work")
    row(4, "an essential one may still read", "id" in task and says(agents["report-gen"].act(task, "data.read"), "allow"), task)
    got = agents["report-gen"].act(task, "pay.send")
    row(4, "and only read", says(got, "deny", "owner_gone"), got)
    person = d.agent_of(UIDS["report-gen"], terminal=True)
    got = person.open("work")
    row(7, "a person with a terminal is not the agent", says(got, "deny", "human_use"), got)
    row(7, "which is told", until(lambda: "human_use" in d.alerts()))
    status, answer = boss.ask("POST", "/v1/agents/a1", dict(event="retire"))
    row(8, "unclaimed, it is retired", status == 200 and answer["agent"]["state"] == "retired", answer)
    status, answer = boss.ask("POST", "/v1/humans/lena", dict(disabled=False))
    row(8, "even with an owner again", status == 200 and not answer["disabled"], answer)
    got = agents["a1"].open("work")
    row(8, "a retired name is refused", says(got, "deny", "agent_retired"), got)
    status, answer = boss.ask("POST", "/v1/agents/a1", dict(event="register"))
    row(8, "registered again it has a new id", answer["agent"]["id"] == "spiffe://acme.example/agent/a1/2", answer)
    got = agents["a1"].open("work")
    row(8, "and starts from nothing", "id" in got, got)
    status, answer = boss.ask("POST", "/v1/agents/a1", dict(event="resume"))
    row(8, "steps that make no sense are refused", status == 409, answer)


def given_before(d):
    """row 2: what a person approved falls with that person"""
    lena, omar, boss = d.admin_of(LENA), d.admin_of(OMAR), d.admin_of(BOSS)
    agent = d.agent_of(61064)
    task = agent.open("work")
    got = agent.act(task, "pay.send")
    row("U5 30", "a review is overdue: a person is asked for all but reads", says(got, "step_up") and "finance" in got["approval"]["groups"], got)
    got2 = agent.act(task, "data.read")
    row("U5 30", "reads go on", says(got2, "allow"), got2)
    row(2, "she approves", lena.approve(got)[0] == 200)
    boss.ask("POST", "/v1/humans/lena", dict(disabled=True))
    late = agent.act(task, "pay.send", approval=got["approval"]["id"])
    row(2, "what she approved and nobody redeemed is void", says(late, "deny", "approval_void"), late)
    got = d.agent_of(61065).open("work")
    row("U5 37", "seven days later everything is denied", says(got, "deny", "review_overdue"), got)


def again(d):
    """nothing of it is lost with a restart"""
    d.process.kill()
    d.process.wait()
    d.start()
    got = d.agent_of(UIDS["a2"]).open("work")
    row("1", "after kill -9 she is still gone", says(got, "deny", "owner_gone"), got)


def people(d, lena):
    with open(os.path.join(d.dir, "stepgate.conf")) as f:
        text = re.sub(r"(?m)^humans : .*$", 'humans : { %s omar : { id = "omar@acme.example"  admin = "omar" } }' % lena, f.read())
    d.write("stepgate.conf", text.encode())
    c = d.admin()
    status, answer = c.ask("POST", "/v1/reload", {})
    c.close()
    row("tidy", "reloaded", status == 200, answer)


def tidied(d):
    """what was said of a person outlives their stanza"""
    lena, boss = d.admin_of(LENA), d.admin_of(BOSS)
    sees = lambda: d.admin_of(LENA).ask("GET", "/v1/tasks")[0]
    row("tidy", "she is disabled", sees() == 403)
    for name, stanza in (("without her stanza", ""), ("with another id", 'lena : { id = "lena2@acme.example"  admin = "lena" }'),
                         ("without the tie to the operator", 'lena : { id = "lena@acme.example" }')):
        people(d, stanza)
        row("tidy", name + " too", sees() == 403 and lena.ask("GET", "/v1/tasks")[0] == 403, sees())
        got = d.agent_of(UIDS["a2"]).open("work")
        row("tidy", name + " she answers for nothing", says(got, "deny", "owner_gone"), got)
    boss.ask("POST", "/v1/humans/lena", dict(disabled=True))
    row("tidy", "said again without the tie, it holds for the stanza that was hers", sees() == 403, sees())
    people(d, 'lena : { id = "lena@acme.example"  admin = "omar" }'.replace("omar", "boss"))
    d.admin_of(OMAR).ask("POST", "/v1/humans/lena", dict(disabled=True))
    row("tidy", "nor with the tie to another operator's, and said again", sees() == 403 and d.admin_of(BOSS).ask("GET", "/v1/tasks")[0] == 403, sees())
    d.process.kill()
    d.process.wait()
    d.start()
    row("tidy", "nor after a restart", sees() == 403)
    people(d, 'lena : { id = "lena@acme.example" }  wanda : { id = "wanda@acme.example"  admin = "boss" }')
    d.admin_of(OMAR).ask("POST", "/v1/humans/wanda", dict(disabled=False))
    row("tidy", "whoever has the other stanza is let in by a word", d.admin_of(BOSS).ask("GET", "/v1/tasks")[0] == 200 and sees() == 403)
    people(d, 'anna : { id = "anna@acme.example"  admin = "lena" }')
    row("tidy", "who gets the stanza of the operator is let in by a word", sees() == 403 and d.admin_of(BOSS).ask("POST", "/v1/humans/anna", dict(disabled=False))[0] == 200 and sees() == 200, sees())
    got = d.agent_of(UIDS["a2"]).open("work")
    row("tidy", "which is no word on who had it before", says(got, "deny", "owner_gone"), got)
    people(d, 'lena : { id = "lena@acme.example"  admin = "lena" }')
    row("tidy", "nor lets her in", sees() == 403)
    row("tidy", "until she is enabled", d.admin_of(BOSS).ask("POST", "/v1/humans/lena", dict(disabled=False))[0] == 200 and sees() == 200)
    row("tidy", "her agents are hers again", until(lambda: "id" in d.agent_of(UIDS["a2"]).open("work")))


d = Stage(CONF, POLICY)
try:
    leaves(d)
    given_before(d)
    again(d)
    tidied(d)
except BaseException:
    print(d.text()[-5000:])
    raise
finally:
    d.end()
done()
