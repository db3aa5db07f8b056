# SPDX-License-Identifier: Apache-2.0
"""Runs inside the root: eight threads that connect, four times a second each, to the agents' socket and ask, one request a connection, until the file named first is gone; then says how many were answered, how many
connects failed, and the longest wait in milliseconds. A connection that ends while the daemon does is asked again."""
import os, socket, sys, threading, time

answered, failed, slowest, lock = 0, [], 0.0, threading.Lock()


def ask():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect("/run/stepgate/agent.sock")
    try:
        s.sendall(b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return s.recv(64)[:9] == b"HTTP/1.1 "
    except OSError:
        return False  # it ended meanwhile
    finally:
        s.close()


def go():
    global answered, slowest
    while os.path.exists(sys.argv[1]):
        since = time.monotonic()
        try:
            good = ask()
        except OSError as e:
            with lock: failed.append(repr(e))
            time.sleep(0.01)
            continue
        with lock:
            answered += good
            slowest = max(slowest, time.monotonic() - since)
        time.sleep(0.25)  # slower than who is shut out for connecting alone


threads = [threading.Thread(target=go) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print("answered", answered, "failed", len(failed), "slowest_ms", int(slowest * 1000), *failed[:3])
