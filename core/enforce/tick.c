/* SPDX-License-Identifier: Apache-2.0
 * What a session does by the clock: it ends with its task, and what is held for the list of tools is held for so long only. */
#include "enforce/proxy_in.h"

#include "base/sys.h"

#include <stdio.h>

enum { LOOK_MS = 5000, WORDS_MS = 1000 /* behind the last one, where words of the server are to go on */, UNSURE_MS = 60000 /* so long nobody need know whether a task stands */, BUSY_MS = 10 * UNSURE_MS /* where the daemon is there, and has too much to do */ };

/* A gateway's session has a place that others wait for, and whoever was killed is to lose it. The cooperative form is the agent's own process. */
static void
look(struct sg_proxy *proxy, int64_t now)
{
	char agent[256];
	size_t agents;
	if (!proxy->daemon->enforcer || now < proxy->look_ms)
		return;
	bool first = proxy->look_ms == 0; /* it was looked at when it was let in */
	proxy->look_ms = now + LOOK_MS;
	enum sg_stands stands = first ? SG_STANDS : sg_daemon_stands(proxy->daemon, agent, sizeof(agent), &agents);
	bool still = stands == SG_STANDS_STILL;
	if ((proxy->still && !still) || proxy->daemon->marks != proxy->marks)
		proxy->said = SG_WORDS_NEW; /* what was decided of the server's words was decided of another state */
	proxy->still = still; /* nothing is asked for them meanwhile: they wait for nobody */
	proxy->marks = proxy->daemon->marks;
	bool known = stands == SG_STANDS || stands == SG_STANDS_STILL;
	if (known)
		proxy->sure_ms = now;
	int64_t most = stands == SG_STANDS_UNKNOWN ? UNSURE_MS : stands == SG_STANDS_BUSY ? BUSY_MS : 0;
	if (known || now - proxy->sure_ms < most)
		return;
	fprintf(stderr, "stepgate mcp: task %s %s, and its session with it\n", proxy->daemon->task, most > 0 ? "cannot be asked about, or its process has not shown itself anew since a reload, for a minute and more: it ends" : "has ended");
	proxy->broken = true;
}

void
sg_proxy_look_for_words(struct sg_proxy *proxy)
{
	if (proxy->look_ms > 0 && proxy->look_ms > sg_mcp_now_ms() + LOOK_MS - WORDS_MS)
		return;
	proxy->look_ms = proxy->look_ms > 0 ? 1 : 0;
	look(proxy, sg_mcp_now_ms());
}

bool
sg_proxy_stands(struct sg_proxy *proxy)
{
	look(proxy, sg_mcp_now_ms());
	return !proxy->broken;
}

int
sg_proxy_tick(struct sg_proxy *proxy)
{
	int64_t now = sg_mcp_now_ms();
	look(proxy, now);
	if (proxy->listing && now >= proxy->list_ms)
		sg_held_late(proxy);
	sg_daemon_tell_again(proxy->daemon);
	int rest = sg_daemon_rest(proxy->daemon);
	int64_t next = proxy->look_ms > 0 ? proxy->look_ms : INT64_MAX;
	if (proxy->listing && proxy->list_ms < next)
		next = proxy->list_ms;
	if (rest >= 0 && now + rest < next)
		next = now + rest;
	if (proxy->daemon->untold != NULL && next > now + SG_TELL_MS)
		next = now + SG_TELL_MS;
	return next == INT64_MAX ? -1 : (int)(next - now);
}
