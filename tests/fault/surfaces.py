#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The faces of a running daemon under hostile bytes: each answer has a stable code and nothing of what was sent; slow, silent and many clients; caps.
Afterwards the daemon still answers and its journal verifies."""
import json, os, socket, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Client, Closed, Daemon, journal

MARK = b"xCANARYx"
HEAD = b"POST /v1/act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
passed = 0


def body(data, head=HEAD):
    return head + b"Content-Length: %d\r\n\r\n" % len(data) + data


TABLE = [
    (b"GET /v1/%s HTTP/1.1\r\nHost: x\r\n\r\n" % MARK, 404, "http_no_route"),
    (b"PUT /v1/act HTTP/1.1\r\nHost: x\r\n\r\n", 501, "http_method"),
    (b"GET /v1/act HTTP/1.1\r\nHost: x\r\n\r\n", 405, "http_not_allowed"),
    (b"GET /v1/act HTTP/1.0\r\nHost: x\r\n\r\n", 505, "http_version"),
    (b"GET /v1/act\n\n", 400, "http_newline"),
    (b"GET /v1/act HTTP/1.1\r\n\r\n", 400, "http_host"),
    (HEAD + b"%s\r\n\r\n" % MARK, 400, "http_header"),
    (HEAD + b" %s\r\n\r\n" % MARK, 400, "http_folded"),
    (HEAD + b"A: \0%s\r\n\r\n" % MARK, 400, "http_control"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, "http_transfer"),
    (HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, "http_length"),
    (HEAD + b"Content-Length: 9999999\r\n\r\n", 413, "http_body_size"),
    (HEAD + b"\r\n", 411, "http_body_missing"),
    (HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 417, "http_expect"),
    (HEAD + b"A: " + b"y" * 9000, 431, "http_head_size"),
    (HEAD + b"A: b\r\n" * 70 + b"\r\n", 431, "http_header_count"),
    (body(b"{}", HEAD.replace(b"application/json", b"text/" + MARK)), 400, "http_type"),
    (body(MARK), 400, "http_body"),
    (body(b'{"a":"%s","a":1}' % MARK), 400, "http_body"),
    (body(b'{"a":"\xff%s"}' % MARK), 400, "http_body"),
    (body(b"[" * 40 + b"]" * 40), 400, "http_body"),
    (body(b'{"a":1e999}'), 400, "http_body"),
    (body(b'{"a":9007199254740993}'), 400, "http_body"),
    (body(b'[1]'), 400, "http_body"),
    (body(b"{}") + b"GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http_pipelined"),
    (b"GET /v1/tasks/t-1?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http_query"),
    (b"GET /v1/tasks/t-1?a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http_query"),
    (b"GET /v1/../v1/act HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http_target"),
    (body(b"{}"), 400, "bad_request"),
    (body(b'{"action":"%s","key":"k","task":"t","unknown":1}' % MARK), 400, "bad_request"),
    (body(b'{"action":"repo.read","task":"t"}'), 400, "key_missing"),
    (body(b'{"action":"repo.read","key":"%s","task":"t"}' % (b"k" * 65)), 400, "bad_request"),
    (body(b'{"action":"repo.read","context":{"tool":"%s"},"key":"k","task":"t"}' % MARK), 400, "bad_request"),
    (body(b'{"action":"repo.read","key":"k","resource":"%s","task":"t"}' % MARK), 400, "bad_request"),
    (body(b'{"action":"repo.read","key":"k","task":"%s"}' % MARK), 200, "no_task"),
    (body(b'{"intent":"%s","key":"k"}' % MARK, HEAD.replace(b"/v1/act", b"/v1/tasks")), 200, "intent_unknown"),
]


def table(d):
    global passed
    for data, status, code in TABLE:
        c = d.agent()
        got, answer = c.raw(data)
        found = answer.get("error", answer).get("code")
        assert (got, found) == (status, code), (data[:100], got, answer)
        text = json.dumps(answer).encode()
        assert MARK not in text and len(text) < 1024, "reflected: %r" % answer
        c.close()
        passed += 1


def answers(d):
    """Within five seconds a new connection is taken and answered."""
    until = time.time() + 5
    while time.time() < until:
        try:
            c = d.agent(5)
            status, _ = c.raw(TABLE[0][0])
            c.close()
            return status == TABLE[0][1]
        except (Closed, OSError):
            time.sleep(0.05)
    return False


def half(d):
    """Every prefix of a request, then the end of the connection: nothing happens, nobody hangs."""
    global passed
    whole = body(b'{"action":"repo.read","key":"k","resource":{"id":"a","type":"b"},"task":"t"}')
    for cut in range(0, len(whole), 3):
        c = d.agent()
        c.s.sendall(whole[:cut])
        c.close()
        if cut % 12 == 0:  # one uid's connections are bounded: those before are to be seen gone, which an answer shows
            assert answers(d), "nobody answers after a request cut at %d" % cut
    passed += 1


def slow(d):
    """A byte now and then does not prolong a head, nor a body."""
    global passed
    for start, more in ((b"GET /v1/", b"a"), (HEAD + b"Content-Length: 900\r\n\r\n", b" ")):
        c = d.agent(30)
        c.s.sendall(start)
        began = time.time()
        try:
            while time.time() - began < 15:
                c.s.sendall(more)
                c.s.settimeout(0.2)
                try:
                    got = c.s.recv(4096)
                    assert got == b"" or b"http_timeout" in got, got
                    break
                except socket.timeout:
                    pass
        except OSError:
            pass
        assert time.time() - began < 6, "a trickle holds a connection for %.1f s" % (time.time() - began)
        passed += 1


def caps(d):
    """One uid's connections are bounded; the bound + 1 is refused; when some go, others come."""
    global passed
    held, refused = [], 0
    time.sleep(1)  # what earlier cases left is gone
    for _ in range(36):
        try:
            c = d.agent(5)
            assert c.ask("GET", "/v1/ping")[0] == 200
            held.append(c)
        except (Closed, OSError):
            refused += 1
    assert len(held) == 32 and refused == 4, (len(held), refused)
    for c in held:
        c.close()
    time.sleep(0.3)
    assert d.agent(5).ask("GET", "/v1/ping")[0] == 200
    passed += 1


def requests_per_connection(d):
    global passed
    c = d.agent(5)
    n = 0
    try:
        while n < 40:
            status, a = c.ask("GET", "/v1/tasks/t-1")
            if status == 429:
                break
            n += 1
    except Closed:
        pass
    assert n == 20, n
    passed += 1


def descriptors(d):
    """Descriptors sent along are closed, not kept."""
    global passed
    import array
    c = d.agent(5)
    r, w = os.pipe()
    c.s.sendmsg([b"GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [w]))])
    assert c.read()[0] == 200
    os.close(w)
    os.set_blocking(r, False)
    assert os.read(r, 1) == b"", "the door keeps a descriptor it was sent"
    passed += 1


def main():
    d = Daemon(limits='head_timeout = "2s"  body_timeout = "2s"  requests_per_connection = 20', start=False)
    with open(os.path.join(d.dir, "stepgate.conf")) as f:
        text = f.read()
    d.write("stepgate.conf", text.replace("uid_connections = 1000", "uid_connections = 32").encode())
    d.start()
    try:
        table(d)
        half(d)
        slow(d)
        caps(d)
        requests_per_connection(d)
        descriptors(d)
        status = d.admin().ask("GET", "/v1/status")[1]
        assert status["journal"] == "open"
        assert d.stop(keep=True) == 0
        leaves = journal(d.dir + "/state/journal")
        assert not any(l["kind"] == "decision" and l["body"]["verdict"] == "allow" for l in leaves)
        assert all(MARK.decode() not in json.dumps(l) for l in leaves), "unchecked text in the record"
        print("%d passed, 0 failed" % passed)
    finally:
        d.stop()


main()
