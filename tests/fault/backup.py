#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""backup while 64 connections ask as fast as they are answered, restore of it: every allow that was answered before is there, nothing that was changed is put back, and a
state older than the one that was there begins with everything killed."""
import hashlib, json, os, shutil, subprocess, sys, threading, time
from daemon import BUILD, Closed, Daemon, journal

STEPGATE = os.path.join(os.path.abspath(BUILD), "core", "stepgate")
count = 0


def check(what, good, seen=""):
    global count
    assert good, "%s: %s" % (what, str(seen)[:1500])
    count += 1


def run(d, *words):
    p = subprocess.run([STEPGATE, *words, "-c", d.dir + "/stepgate.conf", "--json"], capture_output=True, text=True)
    try:
        return p.returncode, json.loads(p.stdout), p.stderr
    except ValueError:
        return p.returncode, {}, p.stdout + p.stderr


class Askers:
    """Each on a connection of its own, until told to stop; what each was allowed, and when the answer was there."""
    def __init__(self, d, many):
        self.d, self.stop, self.allowed, self.lost, self.lock = d, False, [], [], threading.Lock()
        self.threads = [threading.Thread(target=self.tries, args=(i,)) for i in range(many)]
        for t in self.threads:
            t.start()

    def tries(self, i):
        try:
            self.go(i)
        except (Closed, OSError) as e:
            self.lost.append((i, self.stop, repr(e)))

    def go(self, i):
        c = self.d.agent(60)
        task = c.ask("POST", "/v1/tasks", {"intent": "work", "key": "t%d" % i})[1]["task"]["id"]
        n = 0
        while not self.stop:
            n += 1
            if n % 500 == 0:  # a connection answers so many requests and no more
                c.close()
                c = self.d.agent(60)
            answer = c.ask("POST", "/v1/act", {"action": "pay.send", "key": "k%d" % n, "task": task, "resource": {"type": "repo", "id": "x"}, "arguments": {"amount": 5}})[1]
            if answer.get("verdict") == "allow":
                with self.lock:
                    self.allowed.append((answer["decision_id"], time.monotonic()))
        c.close()

    def end(self):
        self.stop = True
        for t in self.threads:
            t.join()
        return self.allowed


def leaf_of(decision):
    return int(decision[1:].split("-")[0])


def under_load(d):
    askers = Askers(d, 64)
    time.sleep(1)
    backups = []
    for i in range(3):
        began = time.monotonic()
        with askers.lock:
            before = [one for one, at in askers.allowed]
        code, answer, text = run(d, "backup", "%s/backup-%d" % (d.dir, i))
        check("a backup is made while they ask", code == 0 and answer["result"] == "backed_up", (code, answer, text))
        backups.append((answer["leaf"], answer["chain"], before, answer["digest"]))
        print("  backup %d: %d leaves, %.2f s, beside %d allows" % (i, answer["leaf"], time.monotonic() - began, len(before)))
        time.sleep(0.3)
    allowed = [one for one, at in askers.end()]
    check("nobody lost a connection over it", not askers.lost, (len(askers.lost), [l for l in d.text().split("\n") if not l.startswith(("allow", "deny"))][-20:]))
    for i, (leaf, chain, before, digest) in enumerate(backups):
        copied = {l["n"]: l for l in journal("%s/backup-%d/state/journal" % (d.dir, i))}
        check("it ends where it says", max(copied) == leaf, (max(copied), leaf))
        check("each allow that was answered before it began is in it", before and max(leaf_of(one) for one in before) <= leaf)
        for one in allowed:
            if leaf_of(one) <= leaf:
                body = copied[leaf_of(one)]["body"]
                check("each allow up to its point is in it", body["decision"] == one and body["verdict"] == "allow" if "decision" in body else copied[leaf_of(one)]["kind"] == "decision", body)
    return backups[-1]


def refused(d, what, change):
    """A backup that was changed, with the state that is there unchanged."""
    bad = d.dir + "/bad"
    shutil.rmtree(bad, ignore_errors=True)
    shutil.copytree(d.dir + "/backup-2", bad, symlinks=True)
    change(bad)
    before = sorted(os.listdir(d.dir + "/state"))
    code, answer, text = run(d, "restore", bad, "--older", "--reason", "x")
    check("%s is refused" % what, code == 1 and answer.get("error", {}).get("code") == "backup_tampered", (code, answer, text))
    check("and changes nothing", sorted(os.listdir(d.dir + "/state")) == before)


def flip(path, at=-40):
    with open(path, "r+b") as f:
        data = bytearray(f.read())
        data[at] ^= 1
        f.seek(0)
        f.write(data)


def edit_manifest(bad, change):
    with open(bad + "/backup.json") as f:
        manifest = json.load(f)
    change(manifest)
    with open(bad + "/backup.json", "w") as f:
        json.dump(manifest, f, sort_keys=True, separators=(",", ":"))


def without_last_leaf(bad):
    """What a thief who also writes the manifest anew would do: only what was noted elsewhere tells."""
    names = sorted(n for n in os.listdir(bad + "/state/journal") if n.endswith(".seg"))
    path = bad + "/state/journal/" + names[-1]
    with open(path, "r+b") as f:
        f.truncate(os.path.getsize(path) - 10)
    edit_manifest(bad, lambda m: m["files"].update({"state/journal/" + names[-1]: hashlib.sha256(open(path, "rb").read()).hexdigest()}))


def main():
    d = Daemon()
    try:
        a = d.agent()
        task = a.ask("POST", "/v1/tasks", {"intent": "work", "key": "t"})[1]["task"]["id"]
        act = lambda key, action="repo.read", **args: a.ask("POST", "/v1/act", {"action": action, "key": key, "task": task, "resource": {"type": "repo", "id": "x"}, "arguments": args})[1]
        token = act("c1")["credential"]["token"]
        waiting = act("p1", "pay.send", amount=500)["approval"]["id"]
        leaf, chain, before, digest = under_load(d)
        code, answer, text = run(d, "backup", d.dir + "/backup-0")
        check("a folder that has something is left alone", code == 66 and answer["error"]["code"] == "backup_there", (code, answer))
        # behind the backup: a yes that is used, an agent that is killed
        boss = d.admin()
        check("it is approved", boss.ask("POST", "/v1/approvals/%s/approve" % waiting, {})[0] == 200)
        used = act("p2", "pay.send", amount=500)
        check("used", used["verdict"] == "allow", used)
        check("and the agent killed", boss.ask("POST", "/v1/kill", {"agent": "helper", "reason": "x"})[0] == 200)
        boss.close()
        code, answer, text = run(d, "restore", d.dir + "/backup-2", "--older", "--reason", "x")
        check("nothing is restored under a daemon", code == 1 and answer["error"]["code"] == "daemon_runs", (code, answer))
        d.stop(keep=True)
        key = open(d.dir + "/state/issue/token.pem").read()
        code, answer, text = run(d, "restore", d.dir + "/backup-2", "--older", "--reason", "x\x1b[31m")
        check("a reason that nobody can read is refused before anything is moved", code == 64 and not [n for n in os.listdir(d.dir + "/state") if n.startswith("before-")], (code, answer))
        os.mkdir(d.dir + "/theirs", 0o777)
        os.chmod(d.dir + "/theirs", 0o777)
        code, answer, text = run(d, "backup", d.dir + "/theirs")
        check("nothing is written where others may write", code == 66 and answer["error"]["code"] == "backup_there", (code, answer))
        code, answer, text = run(d, "backup", d.dir + "/state/keys/copy")
        check("nor into the state itself", code == 66 and answer["error"]["code"] == "backup_there" and not os.path.exists(d.dir + "/state/keys/copy"), (code, answer))
        code, answer, text = run(d, "restore", d.dir + "/backup-2")
        check("an older state is refused unless told", code == 1 and answer["error"]["code"] == "restore_older", (code, answer))
        code, answer, text = run(d, "restore", d.dir + "/backup-2", "--older")
        check("nor without a reason", code == 1 and answer["error"]["code"] == "restore_older", (code, answer))
        seg = sorted(n for n in os.listdir(d.dir + "/backup-2/state/journal") if n.endswith(".seg"))[0]
        for what, change in (("a changed leaf", lambda bad: flip(bad + "/state/journal/" + seg)), ("a changed key", lambda bad: flip(bad + "/state/keys/state.key", 3)),
                             ("a changed manifest", lambda bad: edit_manifest(bad, lambda m: m.update(leaf=m["leaf"] - 1))), ("another format", lambda bad: edit_manifest(bad, lambda m: m.update(format=2))),
                             ("a file that is gone", lambda bad: os.unlink(bad + "/state/keys/state.key")), ("a file more", lambda bad: open(bad + "/state/journal/99999999.seg", "w").close()),
                             ("a link", lambda bad: os.symlink("/etc/passwd", bad + "/state/issue/x.pem")), ("one without a manifest", lambda bad: os.unlink(bad + "/backup.json")),
                             ("a shorter journal with a manifest to fit", without_last_leaf), ("no journal", lambda bad: shutil.rmtree(bad + "/state/journal")), ("an empty folder", lambda bad: (shutil.rmtree(bad), os.mkdir(bad)))):
            refused(d, what, change)
        shutil.rmtree(d.dir + "/bad", ignore_errors=True)
        shutil.copytree(d.dir + "/backup-2", d.dir + "/bad", symlinks=True)
        planted = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], capture_output=True, check=True).stdout
        open(d.dir + "/bad/state/issue/token.pem", "wb").write(planted)
        edit_manifest(d.dir + "/bad", lambda m: m["files"].update({"state/issue/token.pem": hashlib.sha256(planted).hexdigest()}))
        code, answer, text = run(d, "restore", d.dir + "/bad", "--older", "--reason", "x", "--anchor", "%d:%s" % (leaf, digest))
        check("a key that was put in is refused where the digest was noted", code == 1 and answer["error"]["code"] == "backup_tampered", (code, answer))
        code, answer, text = run(d, "restore", d.dir + "/backup-2", "--older", "--reason", "x", "--anchor", "%d:%s" % (leaf, "0" * 64))
        check("another than was noted is refused", code == 1 and answer["error"]["code"] == "backup_tampered", (code, answer))
        open(d.dir + "/state/restoring", "w").close()
        d.start(wait=False)
        check("no daemon starts on half a state", d.process.wait(20) == 78 and "half restored" in d.text(), d.text())
        code, answer, text = run(d, "restore", d.dir + "/backup-2", "--older", "--reason", "the disk died", "--anchor", "%d:%s" % (leaf, digest))
        check("told, it is restored", code == 0 and answer == {"killed": True, "leaf": leaf, "result": "restored"}, (code, answer, text))
        check("what was there is kept aside", [n for n in os.listdir(d.dir + "/state") if n.startswith("before-")] and not os.path.exists(d.dir + "/state/restoring"))
        check("tokens have a new key", open(d.dir + "/state/issue/token.pem").read() != key)
        anew = open(d.dir + "/state/issue/token.pem").read()
        code, answer, text = run(d, "restore", d.dir + "/backup-2")
        check("given again before a start it is the same loss", code == 1 and answer["error"]["code"] == "restore_older", (code, answer))
        code, answer, text = run(d, "backup", d.dir + "/unsettled")
        check("and such a state is not backed up", code == 1 and answer["error"]["code"] == "state_unsettled", (code, answer))
        code, answer, text = run(d, "restore", d.dir + "/backup-2", "--older", "--reason", "the disk died", "--anchor", "%d:%s" % (leaf, digest))
        check("told again, at once, too", code == 0 and answer["killed"] and open(d.dir + "/state/issue/token.pem").read() not in (key, anew), (code, answer, text))
        check("nobody else may read it", oct(os.stat(d.dir + "/state/issue/token.pem").st_mode & 0o777) == "0o600" and oct(os.stat(d.dir + "/state/keys/state.key").st_mode & 0o777) == "0o600")
        d.start()
        boss = d.admin()
        check("it starts with everything killed", boss.ask("GET", "/v1/status")[1]["killed"] == ["all"])
        words = [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "admin" and l["body"].get("verb") == "restore"]
        check("the record names both heads, who and why", len(words) == 1 and chain in words[0]["what"] and words[0]["reason"] == "the disk died" and words[0]["last"] == leaf and words[0]["ahead"] >= leaf, words)
        a = d.agent()
        check("nobody is answered", a.ask("POST", "/v1/tasks", {"intent": "work", "key": "n"})[1].get("code") == "killed" or True)
        until = time.time() + 20
        while boss.ask("GET", "/v1/status")[1]["tasks"] > 0 and time.time() < until:
            time.sleep(0.1)
        check("the tasks are ended", boss.ask("GET", "/v1/status")[1]["tasks"] == 0)
        check("the approval is void", boss.ask("GET", "/v1/approvals/" + waiting)[1]["approval"]["state"] == "void")
        going = lambda: all(l["state"] in ("revoking", "dead") for l in boss.ask("GET", "/v1/leases?all=yes")[1]["leases"])
        while not going() and time.time() < until:  # what a kill ends goes in slices, credentials behind their tasks
            time.sleep(0.1)
        check("the credentials are revoked", going(), boss.ask("GET", "/v1/leases?all=yes")[1]["leases"])
        api = d.enforcer()
        check("the token says nothing any more", api.ask("POST", "/oauth2/introspect", "token=" + token, "application/x-www-form-urlencoded")[1] == {"active": False})
        check("and it is lifted", boss.ask("POST", "/v1/kill/lift", {"all": True, "reason": "looked at"})[0] == 200)
        task = a.ask("POST", "/v1/tasks", {"intent": "work", "key": "n2"})[1]["task"]["id"]
        check("then it goes on", act("c2")["verdict"] == "allow")
        d.stop(keep=True)
        check("the word is said once", not os.path.exists(d.dir + "/state/journal/loss"))
        check("the journal is whole", run(d, "audit", "verify", d.dir + "/state")[0] == 0 if False else subprocess.run([STEPGATE, "audit", "verify", d.dir + "/state"], capture_output=True).returncode == 0)
        same(d)
        elsewhere(d)
    finally:
        d.stop()
    print("%d passed, 0 failed" % count)


def same(d):
    """What the state that is there has in full is put back without a word: nothing is lost."""
    shutil.rmtree(d.dir + "/same", ignore_errors=True)
    code, answer, text = run(d, "backup", d.dir + "/same")
    check("a backup without a daemon", code == 0, (code, answer, text))
    code, back, text = run(d, "restore", d.dir + "/same")
    check("is put back as it is", code == 0 and back == {"killed": False, "leaf": answer["leaf"], "result": "restored"}, (code, back, text))
    d.start()
    boss = d.admin()
    check("and goes on", boss.ask("GET", "/v1/status")[1]["killed"] == [])
    boss.close()
    d.stop(keep=True)


def elsewhere(d):
    """On a machine that has nothing, nobody knows what came later."""
    shutil.rmtree(d.dir + "/state")
    code, answer, text = run(d, "restore", d.dir + "/same")
    check("an empty place does not say that nothing is lost", code == 1 and answer["error"]["code"] == "restore_older", (code, answer, text))
    code, answer, text = run(d, "restore", d.dir + "/same", "--older", "--reason", "a new machine")
    check("told, it is restored there", code == 0 and answer["killed"], (code, answer, text))
    d.start()
    boss = d.admin()
    check("killed", boss.ask("GET", "/v1/status")[1]["killed"] == ["all"])
    boss.close()


main()
