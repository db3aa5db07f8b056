#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a decision costs against an empty answer, as ratios: interleaved, shuffled rounds in one run, so that what else the machine does strikes all alike.
STEPGATE_BUILD=build python3 tests/bench/ratio.py [--rounds N] [--seconds S]   Three minutes at most. Prints medians with the lowest and highest round;
a ratio is taken within its round. What a figure misses is printed as a miss and not as an error: this is a measurement, not a gate."""
import argparse, json, os, platform, random, re, statistics, subprocess, time
import stand

CONNS = (1, 16, 64)
CASES = [(kind, c) for kind in ("ping", "allow", "credential") for c in CONNS]
ACTION = {"ping": None, "allow": "pay.send", "credential": "repo.read"}
CALLS = 150  # of each MCP way, each round
RECORD = 2048  # bytes that a decision adds to the journal, about


class Mcp:
    """An MCP server, spoken to directly or through stepgate-mcp."""

    def __init__(self, d, proxied):
        server = ["/usr/bin/python3", os.path.join(d.dir, "echo.py")]
        command = [os.path.join(d.dir, "stepgate-mcp"), "--run", d.dir + "/run", "--name", "bench", "--intent", "work", "--"] + server
        self.p = subprocess.Popen(command if proxied else server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, user=d.agent_uid)
        self.n = 0
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "ratio", "version": "1"}}
        for number, (method, params) in enumerate((("initialize", hello), ("tools/list", {}))):
            self.say(dict(jsonrpc="2.0", id="h%d" % number, method=method, params=params))
            answer = json.loads(self.p.stdout.readline())
            if "result" not in answer:
                raise SystemExit("the MCP server did not answer %s: %r" % (method, answer))
            if method == "initialize":
                self.say(dict(jsonrpc="2.0", method="notifications/initialized"))

    def say(self, message):
        self.p.stdin.write((json.dumps(message) + "\n").encode())
        self.p.stdin.flush()

    def call(self):
        self.n += 1
        line = '{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"echo","arguments":{"say":"hello"}}}\n' % self.n
        began = time.perf_counter()
        self.p.stdin.write(line.encode())
        self.p.stdin.flush()
        answer = self.p.stdout.readline()
        took = time.perf_counter() - began
        if json.loads(answer).get("result", {}).get("content", [{}])[0].get("text") != "hello":
            raise SystemExit("the MCP call was not answered: %r" % answer)
        return took * 1e6

    def calls(self):
        times = sorted(self.call() for _ in range(CALLS))
        return dict(p50_us=times[CALLS // 2], p99_us=times[CALLS * 99 // 100])

    def end(self):
        self.p.stdin.close()
        self.p.wait(20)


def one_round(few, many, mcp, seconds, dice):
    jobs = {(k, c): (lambda k=k, c=c: stand.load(few, c, seconds, ACTION[k])) for k, c in CASES}
    jobs["append", 1] = lambda: stand.append(few.dir + "/state", RECORD, seconds)
    jobs["allow, 1 rule", 16] = lambda: stand.load(few, 16, seconds, "pay.send")
    jobs["allow, 10,000 rules", 16] = lambda: stand.load(many, 16, seconds, "pay.send")
    jobs["MCP direct", 1], jobs["MCP through stepgate-mcp", 1] = mcp[0].calls, mcp[1].calls
    order = list(jobs)
    dice.shuffle(order)
    return {key: jobs[key]() for key in order}


def spread(values, form="%.2f"):
    return (form + " (" + form + " to " + form + ")") % (statistics.median(values), min(values), max(values))


def cpu(run):
    return sum(run["cpu_us"].values())


def refusals(rounds):
    runs = [run for r in rounds for run in r.values() if "refused" in run]
    print("\nanswers that were not what was expected: %d of %d" % (sum(r["refused"] for r in runs), sum(r["requests"] + r["refused"] for r in runs)))
    for text in sorted({re.sub(r'"d\d+-[0-9a-f]*"', '"..."', r["said"]) for r in runs if r["said"]}):
        print("  " + text)


def figures(rounds):
    print("\n%-26s %5s  %-34s %-34s %s" % ("", "conns", "per second", "p50 us", "p99 us"))
    for key in sorted(rounds[0], key=str):
        column = lambda name, form="%.0f": spread([r[key][name] for r in rounds], form) if name in rounds[0][key] else "-"
        print("%-26s %5d  %-34s %-34s %s" % (key[0], key[1], column("rps"), column("p50_us"), column("p99_us")))
    print("\nCPU microseconds a request, medians, by process")
    for key in sorted((k for k in rounds[0] if "cpu_us" in rounds[0][k]), key=str):
        names = sorted(rounds[0][key]["cpu_us"])
        print("%-26s %5d  %s" % (key[0], key[1], "  ".join("%s %.1f" % (n, statistics.median(r[key]["cpu_us"].get(n, 0) for r in rounds)) for n in names)))


def ratio(name, values, aim, good):
    middle = statistics.median(values)
    print("%-66s %-24s %-12s %s" % (name, spread(values), aim, "" if good is None else "met" if good(middle) else "MISSED"))


def ratios(rounds):
    print("\n%-66s %-24s %s" % ("ratio, within each round", "median (lowest to highest)", "aim"))
    for kind in ("allow", "credential"):
        for c in CONNS:
            aim = (">= 0.25", lambda v: v >= 0.25) if kind == "allow" and c > 1 else ("-", None)
            ratio("rate: %s against an empty answer, %d connections" % (kind, c), [r[kind, c]["rps"] / r["ping", c]["rps"] for r in rounds], *aim)
            aim = ("<= 4", lambda v: v <= 4) if kind == "allow" and c > 1 else ("-", None)
            ratio("CPU: %s against an empty answer, %d connections" % (kind, c), [cpu(r[kind, c]) / cpu(r["ping", c]) for r in rounds], *aim)
    ratio("lone allow's p50 against a bare append and fdatasync", [r["allow", 1]["p50_us"] / r["append", 1]["p50_us"] for r in rounds], "<= 2", lambda v: v <= 2)
    ratio("lone credential's p50 against a bare append and fdatasync", [r["credential", 1]["p50_us"] / r["append", 1]["p50_us"] for r in rounds], "-", None)
    many, few = ("allow, 10,000 rules", 16), ("allow, 1 rule", 16)
    ratio("time: 10,000 rules more against none", [r[few]["rps"] / r[many]["rps"] for r in rounds], "<= 1.10", lambda v: v <= 1.10)
    ratio("CPU of the policy worker: 10,000 rules more against none",
          [r[many]["cpu_us"]["sg-policy"] / r[few]["cpu_us"]["sg-policy"] for r in rounds], "-", None)
    ratio("the same measured twice: allow, 16 connections (what noise there is)", [r[few]["rps"] / r["allow", 16]["rps"] for r in rounds], "1.00", None)
    direct, proxied = ("MCP direct", 1), ("MCP through stepgate-mcp", 1)
    print("%-66s %s" % ("stepgate-mcp adds to a call, us at p50", spread([r[proxied]["p50_us"] - r[direct]["p50_us"] for r in rounds], "%.0f")))
    print("\nNOT MEASURED here: durable against not durable, p99 at half load, system calls a decision, 100,000 tasks, memory")


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--rounds", type=int, default=7)
    parse.add_argument("--seconds", type=float, default=0.8)
    chosen = parse.parse_args()
    seed = random.randrange(1 << 30)
    print("%s, %d CPUs, %d rounds of %.1f s, seed %d, load average before %.2f" % (platform.platform(), os.cpu_count(), chosen.rounds, chosen.seconds, seed, os.getloadavg()[0]))
    if os.geteuid() != 0:
        print("not root: mode dev, which also prints a line for each decision")
    few, many, mcp, rounds = stand.daemon(), None, [], []
    try:
        many = stand.daemon(10000)
        mcp = [Mcp(few, False), Mcp(few, True)]
        for m in mcp:
            m.calls()
        for _ in range(chosen.rounds):
            rounds.append(one_round(few, many, mcp, chosen.seconds, random.Random(seed + len(rounds))))
    finally:
        for m in mcp:
            m.end()
        for d in (few, many):
            if d is not None:
                d.stop()
    figures(rounds)
    refusals(rounds)
    ratios(rounds)


main()
