#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who could look into the state, or write it, is looked at before the daemon believes it. Another daemon's sockets are not taken over. Needs root: folders are given away."""
import os, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import BUILD, Daemon

passed = 0
OTHER = 61999


def row(what, good, seen=""):
    global passed
    if not good:
        sys.exit("FAILED: %s\n  seen: %s" % (what, seen))
    passed += 1


def starts(d):
    """The exit status and what was said; 0: it opened."""
    try:
        d.start()
        d.stop(keep=True)
        return 0, ""
    except (Exception, SystemExit):
        d.process.wait(10)
        return d.process.returncode, d.text()


def refused(d, what, word, change, back):
    change()
    code, text = starts(d)
    back()
    row(what, code == 78 and word in text, [code, text[-400:]])


def folders(d):
    at = lambda *names: os.path.join(d.dir, "state", *names)
    mode = lambda path, m: (lambda: os.chmod(path, m))
    give = lambda path, uid: (lambda: os.chown(path, uid, 0))
    row("as it is made it starts", starts(d)[0] == 0, d.text())
    os.chmod(at(), 0o755)
    for name in ("keys", "issue", "journal"):
        os.chmod(at(name), 0o700)
    row("so it does where others may come as far as closed folders", starts(d)[0] == 0, d.text())
    refused(d, "keys that others may list", "holds keys", mode(at("keys"), 0o755), mode(at("keys"), 0o700))
    refused(d, "issuers' keys that a group may list", "holds keys", mode(at("issue"), 0o750), mode(at("issue"), 0o700))
    refused(d, "a record that a group may write", "may be written", mode(at("journal"), 0o770), mode(at("journal"), 0o700))
    refused(d, "keys of somebody else", "belongs to", give(at("keys"), OTHER), give(at("keys"), 0))
    refused(d, "a state of somebody else", "belongs to", give(at(), OTHER), give(at(), 0))
    refused(d, "a state that others may write", "may write", mode(at(), 0o777), mode(at(), 0o755))
    # what lies in a folder that others may enter is looked at, each by itself
    segment = lambda: at("journal", sorted(f for f in os.listdir(at("journal")) if f.endswith(".seg"))[-1])
    os.chmod(at("journal"), 0o755)
    refused(d, "a segment that others may write", "may be written", lambda: os.chmod(segment(), 0o666), lambda: os.chmod(segment(), 0o600))
    row("one that others may read is no secret", (os.chmod(segment(), 0o644), starts(d)[0])[1] == 0, d.text())
    refused(d, "a head that others may write", "may be written", mode(at("journal", "head"), 0o622), mode(at("journal", "head"), 0o600))
    os.chmod(at("journal"), 0o700)
    refused(d, "a segment of somebody else", "belongs to", lambda: os.chown(segment(), OTHER, 0), lambda: os.chown(segment(), 0, 0))
    refused(d, "a key of somebody else, in a closed folder", "belongs to", give(at("keys", "state.key"), OTHER), give(at("keys", "state.key"), 0))
    os.chmod(at("keys", "state.key"), 0o644)
    row("a key that nobody comes near may have any mode", starts(d)[0] == 0, d.text())
    os.chmod(at("keys", "state.key"), 0o600)

    def swap():
        os.rename(at("keys"), at("keys.real"))
        os.symlink("keys.real", at("keys"))

    def swap_back():
        os.unlink(at("keys"))
        os.rename(at("keys.real"), at("keys"))
    refused(d, "keys behind a link", "a link", swap, swap_back)


def links(d):
    """A link to the state is followed where nobody else could have put it there."""
    state, real = os.path.join(d.dir, "state"), os.path.join(d.dir, "real")
    os.rename(state, real)
    os.symlink(real, state)
    row("a state behind a link of root's", starts(d)[0] == 0, d.text())
    os.chmod(d.dir, 0o777)
    code, text = starts(d)
    os.chmod(d.dir, 0o755)
    row("not where others could have made the link", code == 78 and "may write" in text, [code, text[-300:]])
    os.unlink(state)
    os.rename(real, state)


def sockets(d):
    """A second state beside it, with the same run_dir."""
    d.start()
    other = Daemon(start=False)
    text = open(other.dir + "/stepgate.conf").read().replace('run_dir = "%s/run"' % other.dir, 'run_dir = "%s/run"' % d.dir)
    open(other.dir + "/stepgate.conf", "w").write(text)
    p = subprocess.run([os.path.join(BUILD, "core", "stepgated"), "-c", other.dir + "/stepgate.conf"], capture_output=True, text=True, timeout=20)
    row("another daemon's sockets are not taken over", p.returncode == 78 and "another daemon" in p.stderr, [p.returncode, p.stderr[-300:]])
    row("and the first one goes on", d.admin().ask("GET", "/v1/status")[0] == 200)
    shutil.rmtree(other.dir)
    # whoever may look into the folder may lock it, and whatever lies in it that they may open
    holds = "import fcntl, os, sys, time\nfor name in ['.'] + os.listdir(sys.argv[1]):\n    try: fcntl.flock(os.open(os.path.join(sys.argv[1], name), os.O_RDONLY), fcntl.LOCK_SH)\n    except OSError: pass\n" \
            "print('on', flush=True)\nsys.stdin.read()"
    p = subprocess.Popen(["/usr/bin/python3", "-c", holds, os.path.join(d.dir, "run")], user=OTHER, group=OTHER, extra_groups=[], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    d.stop(keep=True)
    row("a daemon starts whoever else holds a lock on the folder", starts(d)[0] == 0, d.text()[-300:])
    p.stdin.close()
    p.wait()


def run_folders(d):
    """Whoever may write where the sockets are may put their own in the place of ours."""
    run = os.path.join(d.dir, "run")
    for what, mode in (("others", 0o777), ("a group", 0o775)):
        refused(d, "a run_dir that %s may write" % what, "run_dir", lambda: os.chmod(run, mode), lambda: os.chmod(run, 0o755))
    refused(d, "a run_dir of somebody else's", "run_dir", lambda: os.chown(run, OTHER, 0), lambda: os.chown(run, 0, 0))
    refused(d, "one below a folder that others may write", "run_dir", lambda: (os.chmod(d.dir, 0o777), os.chmod(os.path.join(d.dir, "state"), 0o700)), lambda: os.chmod(d.dir, 0o755))
    conf, team = os.path.join(d.dir, "stepgate.conf"), os.path.join(d.dir, "crew")
    text = open(conf).read()
    os.mkdir(team, 0o755)
    os.symlink("..", team + "/current")
    with open(conf, "w") as f:
        f.write(text.replace('run_dir = "%s"' % run, 'run_dir = "%s/current/run"' % team))
    row("a run_dir through a link of root's", starts(d)[0] == 0, d.text()[-300:])
    refused(d, "one through a folder that is somebody else's", "run_dir", lambda: os.chown(team, OTHER, 0), lambda: os.chown(team, 0, 0))
    with open(conf, "w") as f:
        f.write(text)
    d.start()
    asks = lambda: subprocess.run([os.path.join(BUILD, "core", "stepgate"), "status", "--json", "--run", run], capture_output=True, text=True, timeout=20)
    row("stepgate speaks to a socket in root's folder", asks().returncode == 0, asks().stderr)
    for what, change, back in (("that others may write", lambda: os.chmod(run, 0o757), lambda: os.chmod(run, 0o755)), ("of somebody else", lambda: os.chown(run, OTHER, 0), lambda: os.chown(run, 0, 0))):
        change()
        got = asks()
        back()
        row("not in a folder %s: anybody may answer there" % what, got.returncode != 0 and "socket_owner" in got.stdout + got.stderr, [got.returncode, got.stdout, got.stderr])
    row("and again once it is root's", asks().returncode == 0)
    d.stop(keep=True)


def policies(d):
    """Whoever may write above policy_dir may put another folder of root's in its place."""
    home, other = os.path.join(d.dir, "home"), os.path.join(d.dir, "other")
    for folder, effect in ((home + "/policy.d", 'deny "no"'), (other, "allow {}")):
        os.makedirs(folder, 0o755)
        with open(folder + "/10.lua", "w") as f:
            f.write('rule { id = "all", on = "**", effect = %s }\n' % effect)
    conf = os.path.join(d.dir, "stepgate.conf")
    text = open(conf).read()
    with open(conf, "w") as f:
        f.write(text.replace('policy_dir = "%s/policy.d"' % d.dir, 'policy_dir = "%s/policy.d"' % home))

    def state():
        """of policy at a start, by a reload, and by `config check`"""
        d.start()
        c = d.admin()
        said = c.ask("POST", "/v1/reload", {})[1]["result"]
        rules = c.ask("GET", "/v1/status")[1]["policy"] or ""
        c.close()
        d.stop(keep=True)
        check = subprocess.run([os.path.join(BUILD, "core", "stepgate"), "config", "check", conf], capture_output=True, text=True, timeout=20)
        return said, rules, check.returncode, check.stderr

    whole = state()
    row("policies below folders of root's", whole[0] == "in_force" and whole[1] and whole[2] == 0, whole)
    for what, change, back in (("somebody else's folder", lambda: os.chown(home, OTHER, 0), lambda: os.chown(home, 0, 0)), ("one that a group may write", lambda: os.chmod(home, 0o775), lambda: os.chmod(home, 0o755)),
                               ("a folder that is somebody else's", lambda: os.chown(home + "/policy.d", OTHER, 0), lambda: os.chown(home + "/policy.d", 0, 0))):
        change()
        got = state()
        back()
        row("not below %s: nothing is in force, and a check says so" % what, got[0] != "in_force" and got[1] != whole[1] and got[2] != 0 and "policy_dir" in got[3], got)
    os.rename(home + "/policy.d", home + "/old")
    os.symlink(other, home + "/policy.d")
    got = state()
    row("a link of root's is followed", got[0] == "in_force" and got[1] not in ("", whole[1]) and got[2] == 0, got)
    os.chown(home, OTHER, 0)
    got = state()
    row("not one that another could have put there", got[0] != "in_force" and got[2] != 0, got)
    os.chown(home, 0, 0)
    os.unlink(home + "/policy.d")
    open(home + "/policy.d", "w").close()
    got = state()
    row("a file in its place is no folder, in a start and in a check", got[0] != "in_force" and got[2] != 0, got)
    os.unlink(home + "/policy.d")
    got = state()
    row("without one there are no rules, and all is denied", got[0] == "in_force" and got[2] == 0, got)
    # links on the way, each in a folder that is walked through; names that a link leads away from count as well
    team = os.path.join(d.dir, "team")
    os.makedirs(d.dir + "/releases/2/policy.d", 0o755)
    shutil.copy(other + "/10.lua", d.dir + "/releases/2/policy.d")
    os.mkdir(team, 0o755)
    for what, links, named in (("in the middle", [(team + "/current", "../releases/2")], team + "/current/policy.d"),
                               ("behind another one", [(d.dir + "/mine", team + "/next"), (team + "/next", d.dir + "/releases/2/policy.d")], d.dir + "/mine"),
                               ("with dots", [(team + "/up", "./../team/../releases")], team + "/up/2/policy.d")):
        for at, to in links:
            os.symlink(to, at)
        with open(conf, "w") as f:
            f.write(text.replace('policy_dir = "%s/policy.d"' % d.dir, 'policy_dir = "%s"' % named))
        got = state()
        row("a link %s is followed" % what, got[0] == "in_force" and got[2] == 0, got)
        os.chown(team, OTHER, 0)
        got = state()
        os.chown(team, 0, 0)
        row("not where its folder is somebody else's", got[0] != "in_force" and got[2] != 0 and "policy_dir" in got[3], got)
        os.lchown(links[-1][0], OTHER, 0)
        got = state()
        row("nor one that is somebody else's own", got[0] != "in_force" and got[2] != 0, got)
        for at, _ in links:
            os.unlink(at)
    os.symlink("round", team + "/round")
    with open(conf, "w") as f:
        f.write(text.replace('policy_dir = "%s/policy.d"' % d.dir, 'policy_dir = "%s/round/x"' % team))
    got = state()
    row("a link to itself ends", got[0] != "in_force" and got[2] != 0, got)
    with open(conf, "w") as f:
        f.write(text)


d = Daemon(start=False)
try:
    os.chmod(d.dir, 0o755)
    policies(d)
    folders(d)
    links(d)
    run_folders(d)
    sockets(d)
    print("%d passed" % passed)
finally:
    d.stop()
