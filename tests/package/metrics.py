#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alert rules and the dashboard name metrics that there are, and each alert's paragraph stands in packaging/README.md; promtool takes the rules where it is. metrics.py SOURCE"""
import json, os, re, shutil, subprocess, sys

source = sys.argv[1]
passed = 0


def good(what, is_good, seen=None):
    global passed
    assert is_good, (what, seen)
    passed += 1
    print("ok: " + what)


read = lambda *path: open(os.path.join(source, *path), encoding="utf-8").read()
there = set(re.findall(r'"(stepgate_[a-z_]+)"', read("core", "metrics", "metrics.h") + read("core", "metrics", "text.c")))
rules, dashboard, page = read("packaging", "metrics", "stepgate.rules.yml"), read("packaging", "metrics", "grafana.json"), read("packaging", "README.md")
good("there are metrics", len(there) > 25, there)
used = set(re.findall(r"stepgate_[a-z_]+", rules)) | set(re.findall(r"stepgate_[a-z_]+", dashboard))
good("rules and dashboard name metrics that there are", used and used <= there, used - there)
alerts = re.findall(r"alert: (\w+)", rules)
anchors = re.findall(r"runbook: packaging/README.md#([a-z-]+)", rules)
slugs = {re.sub(r"[^a-z0-9-]", "", h.lower().replace(" ", "-")): h for h in re.findall(r"^#+ (.*)$", page, re.M)}
good("each alert has its paragraph", len(alerts) == len(anchors) >= 10 and all(a in slugs for a in anchors), set(anchors) - set(slugs))
for alert, anchor in zip(alerts, anchors):
    paragraph = page.split("### " + slugs[anchor] + "\n")[1].split("\n#")[0]
    good("%s: says what it means" % alert, alert in paragraph and len(paragraph) > 120, paragraph)
panels = json.loads(dashboard)["panels"]
good("the dashboard has panels that ask for something", len(panels) >= 9 and all(t["expr"] for p in panels for t in p["targets"]))
if shutil.which("promtool"):
    checked = subprocess.run(["promtool", "check", "rules", os.path.join(source, "packaging", "metrics", "stepgate.rules.yml")], capture_output=True, text=True)
    good("promtool takes the rules", checked.returncode == 0, checked.stdout + checked.stderr)
else:
    print("NOT RUN: promtool is not installed (apt-get install prometheus): its check of the rules")
print("%d passed, 0 failed" % passed)
