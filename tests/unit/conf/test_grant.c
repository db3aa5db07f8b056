/* SPDX-License-Identifier: Apache-2.0
 * Grants: what is one and what is not. */
#include "conf/grant.h"

#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

static void
good_ones(void)
{
	static const struct {
		const char *text, *name, *rest, *host, *port;
		enum sg_grant_kind kind;
	} rows[] = {
		{"key=secret:/etc/key.pem", "key", "/etc/key.pem", "", "", SG_GRANT_secret},
		{"a_9=file:/a", "a_9", "/a", "", "", SG_GRANT_file},
		{"out=folder:/var/log/stepgate", "out", "/var/log/stepgate", "", "", SG_GRANT_folder},
		{"hosts=read:/etc/hosts", "hosts", "/etc/hosts", "", "", SG_GRANT_read},
		{"locks", "locks", "", "", "", SG_GRANT_locks},
		{"resolver", "resolver", "", "", "", SG_GRANT_resolver},
		{"network", "network", "", "", "", SG_GRANT_network},
		{"log=unix:/dev/log", "log", "/dev/log", "", "", SG_GRANT_unix},
		{"log=tcp:siem.acme.example:6514", "log", "siem.acme.example:6514", "siem.acme.example", "6514", SG_GRANT_tcp},
		{"log=tcp:[::1]:1", "log", "[::1]:1", "::1", "1", SG_GRANT_tcp},
		{"log=tcp:10.0.0.1:65535", "log", "10.0.0.1:65535", "10.0.0.1", "65535", SG_GRANT_tcp},
		{"jwks=url:https://idp.acme.example/keys?a=b&c", "jwks", "https://idp.acme.example/keys?a=b&c", "", "", SG_GRANT_url},
		{"program=run:/usr/lib/x=y:z", "program", "/usr/lib/x=y:z", "", "", SG_GRANT_run},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_grant g;
		CU_ASSERT_FATAL(sg_grant_read(sg_str(rows[i].text), &g));
		CU_ASSERT(g.kind == rows[i].kind && sg_str_is(g.name, rows[i].name) && sg_str_is(g.rest, rows[i].rest));
		CU_ASSERT(sg_str_is(g.host, rows[i].host) && sg_str_is(g.port, rows[i].port));
	}
}

static void
bad_ones(void)
{
	static const char *const bad[] = {
		"", "=", ":", "key", "key=", "key=secret", "key=secret:", "key=secret:relative", "key=secret:/a/../b", "key=secret:/a//b", "key=secret:/", "key=secret:/a/",
		"=secret:/a", "Key=secret:/a", "9=secret:/a", "_k=secret:/a", "k-y=secret:/a", " key=secret:/a", "key =secret:/a", "key=Secret:/a", "key=none:/a", "key=:/a",
		"a=tcp:host", "a=tcp:host:", "a=tcp::1", "a=tcp:host:0", "a=tcp:host:65536", "a=tcp:host:01", "a=tcp:host:+1", "a=tcp:ho st:1", "a=tcp:-host:1", "a=tcp:[::1:1", "a=tcp:::1:1",
		"a=tcp:[host]:1", "a=tcp:[]:1", "a=tcp:h/x:1",
		"lock", "locks ", " locks", "Locks", "locks=", "locks:", "locks=locks", "a=locks", "a=locks:", "a=network:/a", "a=resolver:/a", "network,locks", "read", "read:/a", "a=read:a", "file",
		"a=url:http://x/", "a=url:https://", "a=url:https:///x", "a=url:https://-x", "a=url:https://a b", "a=url:https://a{1}", "a=url:https://u@h/", "a=url:file:///etc/passwd",
		"a=url:https://h/\"x", "a=url:HTTPS://h/",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sg_grant g = {.kind = SG_GRANT_none};
		bool taken = sg_grant_read(sg_str(bad[i]), &g);
		if (taken)
			printf("\n    taken: row %zu ", i);
		CU_ASSERT_FALSE(taken);
		CU_ASSERT_EQUAL(g.kind, SG_GRANT_none); /* untouched */
	}
}

static void
bounds(void)
{
	char text[SG_GRANT_URL_MAX + 64];
	struct sg_grant g;
	snprintf(text, sizeof(text), "%.*s=file:/a", SG_GRANT_NAME_MAX, "abcdefghijklmnopqrstuvwxyzabcdefgh");
	CU_ASSERT_TRUE(sg_grant_read(sg_str(text), &g));
	snprintf(text, sizeof(text), "%.*s=file:/a", SG_GRANT_NAME_MAX + 1, "abcdefghijklmnopqrstuvwxyzabcdefgh");
	CU_ASSERT_FALSE(sg_grant_read(sg_str(text), &g));
	for (int more = 0; more < 2; more++) {
		int len = snprintf(text, sizeof(text), "a=url:https://");
		memset(text + len, 'x', (size_t)SG_GRANT_URL_MAX - 8 + (size_t)more);
		text[len + SG_GRANT_URL_MAX - 8 + more] = '\0';
		CU_ASSERT_EQUAL(sg_grant_read(sg_str(text), &g), more == 0);
	}
}

SG_CASES("conf.grant", {"good ones", good_ones}, {"bad ones", bad_ones}, {"bounds", bounds})
