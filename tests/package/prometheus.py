#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The distribution's prometheus scrapes the metrics face over loopback, with the alert rules that are shipped, and is asked through its API for what the record says. prometheus.py SOURCE BUILD ON|OFF (with --long)"""
import json, os, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE, BUILD, LONG = sys.argv[1:4]
os.environ["STEPGATE_BUILD"] = BUILD
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import act, done, good, until
from daemon import Daemon, journal

RULES = os.path.join(os.path.abspath(SOURCE), "packaging", "metrics", "stepgate.rules.yml")


def not_run(why):
    print("NOT RUN (%s)" % why)
    sys.exit(77)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Prometheus:
    def __init__(self, folder, target):
        self.url = "127.0.0.1:%d" % free_port()
        config = os.path.join(folder, "prometheus.yml")
        with open(config, "w") as f:
            f.write("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%s]\nscrape_configs: [{job_name: stepgate, static_configs: [{targets: ['%s']}]}]\n" % (json.dumps(RULES), target))
        self.log = open(os.path.join(folder, "prometheus.log"), "w+")
        self.p = subprocess.Popen([shutil.which("prometheus"), "--config.file=" + config, "--storage.tsdb.path=" + os.path.join(folder, "data"), "--web.listen-address=" + self.url],
                                  stdout=self.log, stderr=self.log)

    def api(self, path, **query):
        try:
            with urllib.request.urlopen("http://%s/api/v1/%s?%s" % (self.url, path, urllib.parse.urlencode(query)), timeout=10) as r:
                return json.load(r)["data"]
        except (OSError, urllib.error.URLError, ValueError, KeyError):
            return {}

    def value(self, expression):
        """Of the one series that it is; None: there is none, or there are several."""
        found = self.api("query", query=expression).get("result", [])
        return float(found[0]["value"][1]) if len(found) == 1 else None

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]


def alerts(prometheus):
    return {r["name"]: r for g in prometheus.api("rules", type="alert").get("groups", []) for r in g["rules"]}


def scraped(d, metrics, prometheus):
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="k"))[1]["task"]["id"]
    for i in range(7):
        assert act(c, task, "a%d" % i, "mail.read")["verdict"] == "allow"
    assert act(c, task, "much", "pay.send", amount=101)["verdict"] == "step_up"
    for i in range(3):
        assert act(c, task, "d%d" % i, "no.such")["verdict"] == "deny"
    bodies = [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "decision"]
    counts = {v: sum(b["verdict"] == v for b in bodies) for v in ("allow", "deny", "step_up", "defer")}
    ready = until(lambda: any(t["health"] == "up" for t in prometheus.api("targets").get("activeTargets", [])), 60)
    good("the target is up", ready, (prometheus.api("targets"), prometheus.said()))
    for verdict, count in counts.items():
        good("as many %s as in the record" % verdict, until(lambda: prometheus.value('stepgate_decisions_total{verdict="%s"}' % verdict) == count), (counts, prometheus.api("query", query="stepgate_decisions_total")))
    good("up, ready, one waits for a person", prometheus.value("stepgate_up") == 1 and prometheus.value("stepgate_ready") == 1 and prometheus.value("stepgate_stepup_pending") == 1)
    text = subprocess.run(metrics, capture_output=True, text=True, timeout=20).stdout
    names = {l.split(" ")[2] for l in text.splitlines() if l.startswith("# TYPE ")}
    known = set(prometheus.api("label/__name__/values") or [])
    empty = {n for n in names if not any(l.startswith((n + " ", n + "{")) for l in text.splitlines())}
    good("every metric that has a value is a series there", len(names) > 20 and names - empty <= known, sorted(names - empty - known))
    kinds = {name: [m["type"] for m in of] for name, of in (prometheus.api("metadata") or {}).items()}
    good("counters are counters there", kinds["stepgate_decisions_total"] == ["counter"] and kinds["stepgate_up"] == ["gauge"], kinds)
    before = counts["allow"]
    for i in range(5):
        assert act(c, task, "b%d" % i, "mail.read")["verdict"] == "allow"
    good("what is decided later is scraped later", until(lambda: prometheus.value('stepgate_decisions_total{verdict="allow"}') == before + 5))
    good("and grows by as much", until(lambda: (prometheus.value('increase(stepgate_decisions_total{verdict="allow"}[1m])') or 0) > 0, 30))
    c.close()


def ruled(d, prometheus):
    with open(RULES) as f:
        shipped = {l.split("alert:")[1].strip() for l in f if "alert:" in l}
    good("every alert that is shipped is loaded", set(alerts(prometheus)) == shipped and len(shipped) > 5, (sorted(shipped), prometheus.said()))
    good("and can be computed", until(lambda: all(r["health"] == "ok" for r in alerts(prometheus).values())), [(n, r["health"], r.get("lastError")) for n, r in alerts(prometheus).items()])
    good("while it runs none says that it does not", alerts(prometheus)["StepgateDown"]["state"] == "inactive", alerts(prometheus)["StepgateDown"])
    a = d.admin()
    assert a.ask("POST", "/v1/kill", dict(all=True, reason="x"))[0] == 200
    a.close()
    good("a kill of everything: not ready", until(lambda: prometheus.value("stepgate_ready") == 0 and alerts(prometheus)["StepgateNotReady"]["state"] != "inactive"), alerts(prometheus))
    d.stop(keep=True)
    good("a daemon that is gone: the alert is on its way", until(lambda: prometheus.value("stepgate_up") == 0 and alerts(prometheus)["StepgateDown"]["state"] in ("pending", "firing")), alerts(prometheus))
    d.start()
    good("and over once it is back", until(lambda: prometheus.value("stepgate_up") == 1 and alerts(prometheus)["StepgateDown"]["state"] == "inactive", 60), alerts(prometheus))


def main():
    if LONG != "ON":
        not_run("the distribution's prometheus, which scrapes: with --long")
    if shutil.which("prometheus") is None:
        not_run("prometheus is not installed: apt-get install prometheus")
    folder, d = tempfile.mkdtemp(), Daemon()
    target = "127.0.0.1:%d" % free_port()
    metrics = [os.path.join(os.path.abspath(BUILD), "core", "stepgate"), "metrics", "--run", d.dir + "/run"]
    face, prometheus = subprocess.Popen(metrics + ["--listen", target]), None
    try:
        prometheus = Prometheus(folder, target)
        scraped(d, metrics, prometheus)
        ruled(d, prometheus)
    finally:
        for p in [face] + ([prometheus.p] if prometheus else []):
            p.send_signal(signal.SIGTERM)
            p.wait(30)
        d.stop()
        shutil.rmtree(folder, ignore_errors=True)
    done()


main()
