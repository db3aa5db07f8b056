#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sockets of operators and approvers have a group and a mode; who may approve and nothing else sees what one of their groups is asked, says yes or no to it, and can do nothing else,
by whatever socket they come; an operator by the approvers' socket neither."""
import os, re, stat, subprocess

from stage import BUILD, Stage, perform, row, says

AGENT, OPS, DORA, STRANGER = 61611, 62611, 62612, 62613
CONF = """
admin_group = "62611"  approver_group = "62612"
groups : { ops : { members = [ "ops" ] } finance : { members = [ "dora" ] } }
admins : { ops : { uid = 62611 } dora : { uid = 62612  may = "approve" } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61611" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" }  ship : { name = "ship.it"  class = "infrastructure"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "pay", on = "pay.*", effect = step_up { approvers = "finance", say = "money" } }
rule { id = "ship", on = "ship.*", effect = step_up { approvers = "ops", say = "ship" } }
"""


class Closed(Stage):
    def let_in(self):
        pass


BODIES = {"/v1/try": dict(action="pay.send"), "/v1/kill": dict(all=True), "/v1/kill/lift": dict(all=True), "/v1/agents/{}": dict(event="suspend"), "/v1/humans/{}": dict(disabled=True),
          "/v1/domains/{}": dict(event="thaw", reason="r"), "/v1/clock/accept": dict(reason="r"), "/v1/audit/hold": dict(event="hold", reason="r"), "/v1/leases/{}/forget": dict(reason="r"), "/v1/memories/{}/forget": dict(reason="r"), "/v1/enrolments": dict(admin="dora", method="m"), "/v1/enrolments/{}/confirm": dict(fingerprint="f"), "/v1/sign-ins": dict(admin="dora", method="m", response="1"), "/v1/sign-ins/challenge": dict(admin="dora", method="m"), "/v1/tasks": dict(agent="a", intent="work", key="k")}


def routes():
    text = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "core", "frame", "routes.h")).read()
    return [(m, p) for m, p in re.findall(r'X\(O_\w+, *\d+, *ADMIN, *"(\w+)", *"([^"]+)"', text)]


def sockets(d):
    for face, group in (("admin", OPS), ("approver", DORA)):
        st = os.stat(d.path(face))
        row("sockets", "%s.sock has its group and mode" % face, (stat.S_IMODE(st.st_mode), st.st_gid) == (0o660, group), (oct(st.st_mode), st.st_gid))
    for uid, face, want in ((OPS, "admin", 200), (OPS, "approver", 0), (DORA, "admin", 0), (STRANGER, "admin", 0), (STRANGER, "approver", 0), (AGENT, "approver", 0)):
        status, answer = d.puppet(face, uid).ask("GET", "/v1/status")
        row("sockets", "uid %d by %s.sock: %d" % (uid, face, want), status == want, (status, answer))


def asked(d):
    """One approval of each group, and what dora makes of them by `face`."""
    a = d.agent_of(AGENT)
    task = a.open("work")
    return a, task, a.act(task, "pay.send", args=dict(n=1)), a.act(task, "ship.it", args=dict(n=1))


def approver(d, face):
    a, task, pay, ship = asked(d)
    row(face, "both ask", says(pay, "step_up") and says(ship, "step_up"), (pay, ship))
    dora = d.puppet(face, DORA)
    mine, theirs = pay["approval"]["id"], ship["approval"]["id"]
    for path in ("/v1/approvals", "/v1/approvals?all=yes"):
        listed = [x["id"] for x in dora.ask("GET", path)[1]["approvals"]]
        row(face, "sees what finance is asked, nothing of others", mine in listed and theirs not in listed, listed)
    row(face, "shows what it is asked, whole", dora.ask("GET", "/v1/approvals/" + mine)[1]["approval"]["action"]["arguments"] == dict(n=1))
    for method, path in (("GET", "/v1/approvals/%s"), ("POST", "/v1/approvals/%s/approve"), ("POST", "/v1/approvals/%s/deny"), ("GET", "/v1/approvals/%s?wait=1")):
        got, none = dora.ask(method, path % theirs, {} if method == "POST" else None), dora.ask(method, path % ("0" * 32), {} if method == "POST" else None)
        row(face, "what others are asked is not there: %s %s" % (method, path), got[0] == 404 and got[1]["error"]["code"] == none[1]["error"]["code"] and got[1]["error"].get("hint") == none[1]["error"].get("hint"), (got, none))
    row(face, "sees its own sign-ins, and ends no other", dora.ask("GET", "/v1/sign-ins") == (200, dict(sign_ins=[])) and dora.ask("POST", "/v1/sign-ins/x/end", {})[0] == 404)
    for method, path in routes():
        if "approvals" in path or path.endswith(("/offer", "/finish")) or (method, path) in (("GET", "/v1/sign-ins"), ("POST", "/v1/sign-ins/{}/end")):  # theirs: above, story.step-up-proof
            continue
        status, got = dora.ask(method, path.replace("{}", "x"), BODIES.get(path, {}) if method == "POST" else None)
        row(face, "nothing else: %s %s" % (method, path), status == 403 and got["error"]["code"] == "not_permitted", (status, got))
    more = a.act(task, "pay.send", args=dict(n=2))
    row(face, "no kill is in force", says(more, "step_up"), more)
    withdraw(d, more)
    status, got = dora.ask("POST", "/v1/approvals/%s/approve" % mine, {})
    row(face, "says yes", status == 200 and got["approval"]["state"] == "granted", got)
    row(face, "and the agent may, once", says(a.act(task, "pay.send", args=dict(n=1), approval=mine), "allow"))
    withdraw(d, ship)
    a, task, pay, ship = asked(d)
    row(face, "says no", dora.ask("POST", "/v1/approvals/%s/deny" % pay["approval"]["id"], {})[1]["approval"]["state"] == "denied")
    withdraw(d, ship)


def withdraw(d, *got):
    """So many may wait of one agent."""
    c = d.admin()
    for one in got:
        c.ask("POST", "/v1/approvals/%s/deny" % one["approval"]["id"], {})
    c.close()


def by_their_socket(d):
    approver(d, "approver")


def by_the_command(d):
    a, task, pay, ship = asked(d)
    def stepgate(uid, *words):
        got = subprocess.run([os.path.join(BUILD, "core", "stepgate"), *words, "--run", os.path.join(d.dir, "run")], capture_output=True, text=True, user=uid, group=uid, extra_groups=[], timeout=20)
        return got.returncode, got.stdout + got.stderr
    code, said = stepgate(DORA, "approvals")
    row("command", "approvals: by whichever socket is theirs", code == 0 and pay["approval"]["id"] in said and ship["approval"]["id"] not in said, (code, said))
    code, said = stepgate(DORA, "approvals", "approve", pay["approval"]["id"])
    row("command", "approve", code == 0 and "granted" in said, (code, said))
    code, said = stepgate(DORA, "status")
    row("command", "what is not theirs says so", code == 77, (code, said))
    code, said = stepgate(STRANGER, "approvals")
    row("command", "nor is anything a stranger's", code == 77, (code, said))
    code, said = stepgate(OPS, "approvals")
    row("command", "an operator sees all", code == 0 and ship["approval"]["id"] in said, (code, said))
    withdraw(d, ship)


def by_the_operators(d):
    os.chmod(d.path("admin"), 0o666)
    approver(d, "admin")
    os.chmod(d.path("approver"), 0o666)
    ops = d.puppet("approver", OPS)
    status, got = ops.ask("POST", "/v1/kill", dict(all=True))
    row("operator", "by the approvers' socket may approve, no more", status == 403 and got["error"]["code"] == "not_permitted", got)
    a, task, pay, ship = asked(d)
    row("operator", "sees what its group is asked", ops.ask("GET", "/v1/approvals/" + ship["approval"]["id"])[0] == 200 and ops.ask("GET", "/v1/approvals/" + pay["approval"]["id"])[0] == 404)
    row("operator", "by their own sees all", d.admin_of(OPS).ask("GET", "/v1/approvals/" + pay["approval"]["id"])[0] == 200)
    withdraw(d, pay, ship)


def promoted(d):
    dora = d.puppet("approver", DORA)
    row("reload", "may = operate is no way around the socket", d.configure("50-dora.conf", 'admins : { dora : { may = "operate" } }\n') is not None and dora.ask("GET", "/v1/status")[0] == 403)
    row("reload", "and on the operators' it is", d.admin_of(DORA).ask("GET", "/v1/status")[0] == 200)
    d.configure("50-dora.conf", "")
    row("reload", "until it is taken back", d.admin_of(DORA).ask("GET", "/v1/status")[0] == 403)


def demoted(d):
    """Whoever may approve no more has said no yes."""
    for word in ("watch", "operate"):
        a, task, pay, ship = asked(d)
        d.puppet("approver", DORA).ask("POST", "/v1/approvals/%s/approve" % pay["approval"]["id"], {})
        d.configure("50-dora.conf", 'admins : { dora : { may = "%s" } }\n' % word)
        got = a.act(task, "pay.send", args=dict(n=1), approval=pay["approval"]["id"])
        row("demoted", "a yes of one who may now %s: %s" % (word, "stands" if word == "operate" else "is void"), says(got, "allow") == (word == "operate"), got)
        d.configure("50-dora.conf", "")
        withdraw(d, ship, *([got] if "approval" in got else []))


def groups(d):
    said = d.configure("50-group.conf", 'approver_group = "62613"\n')
    row("groups", "another group needs a restart", "restart" in str(said), said)
    for name, hint in (("no-such-group", "groupadd --system no-such-group"), ("12x", "there is no group"), ("4294967295", "there is no group")):
        d.write("conf.d/50-group.conf", ('admin_group = "%s"\n' % name).encode())
        for command in (["-t"], []):
            got = subprocess.run([d.binary, "-c", os.path.join(d.dir, "stepgate.conf")] + command, capture_output=True, text=True, timeout=20)
            row("groups", "%s: %s refuses" % (name, "a check" if command else "a start"), got.returncode == 78 and (command == [] or hint in got.stderr), (got.returncode, got.stderr))
    d.write("conf.d/50-group.conf", b"")


perform(CONF, POLICY, sockets, by_their_socket, by_the_command, by_the_operators, promoted, demoted, groups, stage=Closed)
