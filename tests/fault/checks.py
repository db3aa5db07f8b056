# SPDX-License-Identifier: Apache-2.0
"""What several tests do: say what holds, wait for it, act on anything."""
import time

counted = 0


def good(what, ok=True, seen=None):
    global counted
    if not ok:
        print("FAILED: %s %r" % (what, seen))
        raise SystemExit(1)
    counted += 1
    print("ok: " + what)


def until(what, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        got = what()
        if got:
            return got
        time.sleep(0.05)
    return what()


def waited(what, seconds=30):
    """The same, for what has to come."""
    got = until(what, seconds)
    if not got:
        raise AssertionError("waited in vain for " + getattr(what, "__name__", "it"))
    return got


def act(c, task, key, action, **arguments):
    return c.ask("POST", "/v1/act", dict(task=task, action=action, key=key, resource=dict(type="any", id="x"), arguments=arguments))[1]


def done():
    print("%d passed, 0 failed" % counted)
