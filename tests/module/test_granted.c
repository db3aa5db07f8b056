/* SPDX-License-Identifier: Apache-2.0
 * What a stanza lets a module do by itself is there behind the walls of its host, and nothing beside it: locks, names, the network, files by their path. */
#include "guest.h"

#include "base/str.h"
#include "unit/cases.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef SG_SANITIZE
enum { SANITIZED = 1 }; /* its list of calls is looser */
#else
enum { SANITIZED = 0 };
#endif

static const char a_make[] = "{\"asker\":\"agent\",\"claims\":{\"sub\":\"s\"},\"lease\":\"abcd\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}";

static int port;

static void
listen_here(void)
{
	if (port != 0)
		return;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 64) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	port = ntohs(at.sin_port);
}

/* 1: it did what it needs, 0: it was held back, -1: it did not start. */
static int
does(const char *how, const char *grants, const char *trial)
{
	struct guest g;
	char stanza[512];
	bool ok = false;
	snprintf(stanza, sizeof(stanza), "{\"grants\":[%s],\"options\":{\"how\":\"%s\",\"port\":\"%d\"},\"use\":\"needy\"}", grants, how, port);
	guest_start(&g, (struct sg_host_process){.kind = "issue", .name = "needs", .module = "needy", .module_dir = SG_BUILD_DIR "/modules/hostile", .stanza = sg_str(stanza), .call_limit = 5 * SG_SEC, .trial = trial});
	bool ready = guest_ready(&g) != NULL;
	const struct sg_json *answer = ready && trial == NULL ? guest_call(&g, a_make, -1) : NULL;
	bool held = answer != NULL && guest_refused(answer, "needy_held");
	CU_ASSERT(answer == NULL || held || (sg_json_bool(sg_json_get(answer, "ok"), &ok) && ok));
	int code = guest_end(&g);
	CU_ASSERT(code == 0 || !ready);
	return !ready ? -1 : ok || trial != NULL;
}

#define FILE_ "\"file=file:/etc/passwd\""

static const struct {
	const char *how, *grants;
	int does;
} rows[] = {
	{"flock", FILE_, 0},
	{"flock", FILE_ ",\"network\",\"resolver\"", 0},
	{"flock", FILE_ ",\"locks\"", 1},
	{"fcntl", FILE_, 0},
	{"fcntl", FILE_ ",\"locks\"", 1},
	{"stream", "", 0},
	{"stream", "\"locks\",\"resolver\"", 0},
	{"stream", "\"network\"", 1},
	{"datagram", "", 0},
	{"datagram", "\"resolver\"", 1},
	{"datagram", "\"network\"", 1},
	{"name", "", 0},
	{"name", "\"locks\",\"network\"", 0},
	{"name", "\"resolver\"", 1},
	{"raw", "\"network\",\"resolver\"", 0},
	{"listen", "\"network\"", 0},
	{"read", "", 0},
	{"read", "\"p=read:/etc/hosts\"", 0},
	{"read", "\"resolver\"", 0},
	{"read", "\"p=read:/etc/passwd\"", 1},
	{"read", "\"p=read:/etc\"", 1},
	{"write", "\"p=read:/etc\"", 0},
	{"start_read", "", -1},
	{"start_read", "\"p=read:/etc/passwd\"", 1},
	{"read", "\"p=read:/etc/nope\"", -1},
	{"read", "\"locks\",\"locks\"", -1},
};

static void
what_is_granted_and_no_more(void)
{
	listen_here();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int got = does(rows[i].how, rows[i].grants, NULL);
		if (got != rows[i].does)
			printf("\n    %s with [%s]: %d", rows[i].how, rows[i].grants, got);
		CU_ASSERT(got == rows[i].does || SANITIZED);
	}
}

/* Who only asks whether a module would start reaches nobody, and does not call that the module's fault. */
static void
a_trial_reaches_nobody(void)
{
	listen_here();
	CU_ASSERT_EQUAL(does("start_stream", "\"network\"", NULL), 1);
	CU_ASSERT(does("start_stream", "\"network\"", "/tmp") == -1 || SANITIZED);
	CU_ASSERT(does("start_datagram", "\"resolver\"", "/tmp") == -1 || SANITIZED);
	CU_ASSERT_EQUAL(does("start_read", "\"p=read:/etc/passwd\"", "/tmp"), 1);
}

SG_CASES("module.granted", {"a trial reaches nobody", a_trial_reaches_nobody}, {"what is granted and no more", what_is_granted_and_no_more})
