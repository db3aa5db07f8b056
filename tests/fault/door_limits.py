#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a reload says of the limits of doors holds for the doors there are, and for connections that are open."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import done, good
from daemon import Closed, Daemon

LARGE = 200000


def asked(c, task, key, size):
    """What comes of a body of that size: its verdict; "refused"."""
    try:
        status, answer = c.ask("POST", "/v1/act", dict(task=task, action="pay.send", key=key, resource=dict(type="any", id="x"), arguments=dict(amount=5, note="x" * size)))
        return answer.get("verdict", status)
    except Closed:
        return "refused"


def opened(d, key):
    c = d.agent()
    return c, c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]


def reloaded(d, most):
    d.write("conf.d/9.conf", b'limits : { max_body = "%s" }' % most)
    c = d.admin()
    status = c.ask("POST", "/v1/reload", {})[0]
    c.close()
    return status == 200


d = Daemon(start=False)
try:
    os.makedirs(d.dir + "/conf.d")
    d.write("conf.d/9.conf", b'limits : { max_body = "1MiB" }')
    d.start()
    c, task = opened(d, "a")
    good("a large body is taken", asked(c, task, "1", LARGE) == "allow")
    good("less is allowed from now on", reloaded(d, b"64KiB"))
    good("on a connection that is open too", asked(c, task, "2", LARGE) in (413, "refused"))
    c, task = opened(d, "b")
    good("on another one as well", asked(c, task, "3", LARGE) in (413, "refused"))
    c, task = opened(d, "c")
    good("a small one is taken", asked(c, task, "4", 1000) == "allow")
    good("more is allowed again", reloaded(d, b"1MiB"))
    good("on the same connection", asked(c, task, "5", LARGE) == "allow")
finally:
    d.stop()
done()
