#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The record as other systems read it: each leaf once, in each format, whatever is in it; and picked out by time, agent, verdict and action."""
import json
import os
import re
import subprocess

from stage import BUILD, agent, perform, row, says

A, B = 61911, 61912
CONF = """
groups : { ops : { members = [ "stage" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "repo.read"  effect = "read"  sensitivity = "internal" }
            write : { name = "repo.write"  effect = "write"  sensitivity = "internal" } }
agents : {%s%s }""" % (agent("a", A), agent("b", B))
POLICY = """
rule { id = "read=repo", on = "repo.read", effect = allow {} }
rule { id = "no", on = "repo.write", effect = deny { code = "not_now" } }
"""


def ran(*command, code=0):
    done = subprocess.run([os.path.join(BUILD, "core", "stepgate"), *command], capture_output=True, text=True, timeout=60)
    if done.returncode != code:
        raise AssertionError("%s: %d %s" % (" ".join(command), done.returncode, done.stderr))
    return done.stdout


def exported(d, form, *more):
    return ran("audit", "export", "--format", form, d.dir + "/state", *more).splitlines()


def unescaped(text, special):
    return re.sub(r"\\([%s])" % special, r"\1", text)


def ocsf(d, leaves):
    events = [json.loads(line) for line in exported(d, "ocsf")]
    row("ocsf", "one event a leaf, with the leaf in it", [e["unmapped"]["leaf"] for e in events] == leaves)
    needed = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
    row("ocsf", "what each event needs is there", all(needed <= set(e) and e["type_uid"] == e["class_uid"] * 100 + e["activity_id"] for e in events))
    api = [e for e in events if e["class_uid"] == 6003]
    row("ocsf", "decisions are API Activity, by whom and what", len(api) == 3 and all({"actor", "api", "src_endpoint"} <= set(e) for e in api) and {e["api"]["operation"] for e in api} == {"repo.read", "repo.write"})
    row("ocsf", "allowed and denied", sorted((e["action_id"], e["disposition_id"]) for e in api) == [(1, 1), (1, 1), (2, 2)])


def ecs(d, leaves):
    events = [json.loads(line) for line in exported(d, "ecs")]
    row("ecs", "one event a leaf, with the leaf in it", [e["stepgate"]["leaf"] for e in events] == leaves)
    row("ecs", "with a time and what happened", all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", e["@timestamp"]) and e["event"]["kind"] == "event" for e in events))
    row("ecs", "allowed and denied", sorted(e["event"]["type"][0] for e in events if e["event"]["category"] == ["api"]) == ["allowed", "allowed", "denied"])


def cef(d, leaves):
    lines = exported(d, "cef")
    row("cef", "one line a leaf", len(lines) == len(leaves) and all(line.startswith("CEF:0|Stepgate|stepgate|") for line in lines))
    heads = [re.split(r"(?<!\\)\|", line, maxsplit=7) for line in lines]
    row("cef", "seven fields before the extension, however it is written", all(len(h) == 8 and h[6].isdigit() for h in heads))
    rules = [re.search(r"cs1=((?:\\.|[^=\\])*?)(?: cs2Label|$)", h[7]) for h in heads]
    row("cef", "a rule's name comes back as it is", {unescaped(r.group(1), "=\\\\") for r in rules if r} == {"read=repo", "no"})


def picked(d, leaves):
    number = lambda lines: [json.loads(line)["n"] for line in lines]
    decisions = [x for x in leaves if x["kind"] == "decision"]
    of = lambda key, value: [x["n"] for x in decisions if x["body"].get(key) == value]
    run = ("--run", d.dir + "/run", "--json")
    for what, options, expected in (("an agent", ("--agent", "b", "--verdict", "allow"), [x["n"] for x in decisions if x["body"]["agent"] == "b"]),
                                    ("a verdict", ("--verdict", "deny"), of("verdict", "deny")),
                                    ("an action that nobody asked for", ("--action", "repo.list"), []),
                                    ("what stands behind the last", ("--since", str(leaves[-1]["n"])), []),
                                    ("actions", ("--action", "repo.read", "--action", "repo.write"), [x["n"] for x in decisions]),
                                    ("all there is", ("--since", "0"), [x["n"] for x in leaves]),
                                    ("what stands behind a leaf", ("--since", "3"), [x["n"] for x in leaves if x["n"] > 3]),
                                    ("the last hour", ("--since", "1h", "--verdict", "deny"), of("verdict", "deny")),
                                    ("long ago", ("--until", "2020-01-01"), []), ("from tomorrow on", ("--since", "2100-01-01T00:00Z"), [])):
        row("picked", what + ", offline", number(exported(d, "jsonl", *options)) == expected, (options, expected))
        row("picked", what + ", by the daemon", number(ran("audit", "tail", *options, *run).splitlines()) == expected, (options, expected))
    ran("audit", "export", "--format", "xml", d.dir + "/state", code=64)
    for wrong in (("--verdict", "maybe"), ("--since", "yesterday"), ("--until", "5"), ("--since", "20261130"), ("--since", "2026"), ("--since", str(leaves[-1]["n"] + 5)), ("--until", "2026-02-31"), ("--since", "2026-11-31"),
                  ("--since", "2025-02-29"), ("--since", "2026-11-30T25:00"), ("--until", "2026-11-30T12:60Z"), ("--since", "2026-13-01"), ("--action", "repo*"), ("--action", "repo.w*"), ("--action", ""), ("--action", "repo..read"),
                  ("--action", "repo.read", "--action", "**.read")):
        ran("audit", "export", *wrong, d.dir + "/state", code=64)
        ran("audit", "tail", *wrong, "--file", d.dir + "/state", code=64)
        ran("audit", "tail", *wrong, *run, code=64)
    good_days = [("--until", day) for day in ("2024-02-29", "2026-11-30", "2026-11-30T12:00", "2026-11-30T23:59:59Z")]
    row("picked", "days that there are are taken", all(exported(d, "jsonl", *day) == [] or day for day in good_days))
    row("picked", "what is none is refused", True)


# What steers a terminal, ends a line to some readers, turns the direction, or is not seen: C0, DEL, C1, separators, overrides, a tag, a selector.
SIGNS = ["\t", "\x01", "\x1b", "\x7f", "\x85", "\x9b", "\xad", "\u061c", "\u200b", "\u2028", "\u2029", "\u202e", "\u2066", "\ufe0f", "\ufeff", "\U000e0041"]


def hidden(d):
    a = d.agent_of(A)
    task = a.open("work")
    for n, sign in enumerate(SIGNS):
        forged = "x%sCEF:0|Stepgate|stepgate|0.1.0|allowed|pay.send|1|act=allow" % sign
        a.ask("POST", "/v1/act", dict(action="repo.read", key="h%d" % n, task=task["id"], arguments={}, context={}, resource=dict(type=forged, id="y")))
    leaves = [json.loads(line) for line in ran("audit", "export", d.dir + "/state").split("\n")[:-1]]
    said = [x["body"].get("resource_type", "") for x in leaves]
    for form in ("jsonl", "ocsf", "ecs", "cef"):
        text = ran("audit", "export", "--format", form, d.dir + "/state")
        row("hidden", form + ": none of it is there as it is", not [s for s in SIGNS if s in text])
        row("hidden", form + ": one line a leaf, to every reader", len(text.splitlines()) == len(leaves) and text.count("\n") == len(leaves))
        if form == "cef":
            row("hidden", "cef: each line is one of ours, and says what stood there", all(re.match(r"CEF:0\|Stepgate\|", line) for line in text.splitlines()) and "x\\\\u2028CEF" in text and "x\\\\u009bCEF" in text and "x\\\\u{e0041}CEF" in text)
        else:
            row("hidden", form + ": and every value is what it was", all(s in text_of for s, text_of in zip(SIGNS, [t for t in said if t.startswith("x")])) and len([t for t in said if t.startswith("x")]) == len(SIGNS))


def go(d):
    a, b = d.agent_of(A), d.agent_of(B)
    task = a.open("work")
    row("exported", "two are allowed, one is denied", says(a.act(task, "repo.read"), "allow") and says(b.act(b.open("work"), "repo.read"), "allow") and says(a.act(task, "repo.write"), "deny", "policy_denied"))
    leaves = [json.loads(line) for line in exported(d, "jsonl")]
    row("exported", "each leaf once, in its order", [x["n"] for x in leaves] == list(range(1, len(leaves) + 1)) and len(leaves) > 5)
    for play in (ocsf, ecs, cef, picked):
        play(d, leaves)
    hidden(d)


perform(CONF, POLICY, go)
