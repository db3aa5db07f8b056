/* SPDX-License-Identifier: Apache-2.0
 * The TLS face's socket, and the files its door alone gets. Without a stanza there is no socket. */
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"
#include "conf/address.h"
#include "door/tls.h"
#include "main/handed.h"
#include "main/supervisor.h"
#include "main/would.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct sg_json *
stanza_in(const struct sg_json *document)
{
	return sg_json_get(sg_json_get(document, "listen"), "enforcer");
}

static const struct sg_json *
stanza_of(const struct sg_supervisor *s)
{
	return stanza_in(s->config);
}

/* -1: what is wrong was told. */
static int
open_one(const struct sg_would *w, const char *what, bool secret)
{
	char path[1100];
	struct sg_str text = {"", 0};
	struct sg_err err = {0};
	struct stat st;
	int fd = -1;
	sg_json_string(sg_json_get(stanza_in(w->document), what), &text);
	snprintf(path, sizeof(path), "%.*s", SG_STR_ARG(text));
	enum sg_status status = sg_open_trusted(path, &fd, &err);
	if (status == SG_OK && secret && (fstat(fd, &st) != 0 || (st.st_mode & 077) != 0)) {
		close(fd);
		status = sg_fail(&err, SG_REFUSED, "key_readable", "group or others may read it: chmod 0600");
	}
	if (status != SG_OK)
		sg_would_fault(w, "", "listen.enforcer: %s \"%s\": %s (%s)", what, path, err.text, err.code);
	return status == SG_OK ? fd : -1;
}

static bool
open_both(const struct sg_would *w, int *certificate, int *key)
{
	*certificate = open_one(w, "certificate", false);
	*key = *certificate < 0 ? -1 : open_one(w, "key", true);
	if (*key < 0 && *certificate >= 0)
		close(*certificate);
	return *key >= 0;
}

bool
sg_tls_files(const struct sg_supervisor *s, int *certificate, int *key)
{
	struct sg_conf_errors errors;
	sg_conf_errors_init(&errors);
	bool good = open_both(&(struct sg_would){.document = s->config, .config = "", .errors = &errors}, certificate, key);
	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, "stepgated: %s\n", errors.list[i].what);
	sg_conf_errors_done(&errors);
	return good;
}

/* In a copy that ends with it: no key is kept here. What it leaves in `to` is what is wrong. */
static void
try_in_copy(int certificate, int key, int to)
{
	struct sg_tls_server *server;
	struct sg_err err = {0};
	char text[sizeof(err.text) + 64];
	if (sg_tls_server_new(&server, certificate, key, &err) == SG_OK)
		_exit(0);
	int len = snprintf(text, sizeof(text), "%s (%s)", err.text, err.code);
	_exit(write(to, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1) > 0 ? 1 : 2);
}

/* Whether the door will be able to speak with them. */
static void
try_files(const struct sg_would *w, int certificate, int key)
{
	char text[400];
	int ends[2], status = 0;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return sg_would_fault(w, "", "listen.enforcer: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		try_in_copy(certificate, key, ends[1]);
	close(ends[1]);
	ssize_t got = pid < 0 ? -1 : read(ends[0], text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		sg_would_fault(w, "certificate is PEM, the server's own first; key is its key, PEM without a passphrase", "listen.enforcer: %s", got > 0 ? text : "its files could not be tried");
}

/* A socket that is bound there and does not listen; -1 with errno. Nobody is in another's way by it. */
static int
bind_to(const struct sockaddr_storage *address, socklen_t len)
{
	int on = 1, fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* what is accepted inherits it */
	if (address->ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)address, len) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* One that is taken is waited for (sg_tls_listen), and whether this process may is no word on the one that starts. */
static void
check_address(const struct sg_would *w)
{
	struct sockaddr_storage address;
	socklen_t len;
	struct sg_str text = sg_json_text_at(stanza_in(w->document), "address");
	int fd = sg_conf_address(text, &address, &len) ? bind_to(&address, len) : -1;
	if (fd >= 0)
		close(fd);
	else if (errno != EADDRINUSE && errno != EACCES && errno != EPERM)
		sg_would_fault(w, "name an address that this machine has (ip address), or 0.0.0.0 or [::] for all of them", "listen.enforcer: %.*s: %s", SG_STR_ARG(text), strerror(errno));
}

void
sg_would_tls(const struct sg_would *w)
{
	int certificate, key;
	if (stanza_in(w->document) == NULL)
		return;
	check_address(w);
	if (!open_both(w, &certificate, &key))
		return;
	try_files(w, certificate, key);
	close(certificate);
	close(key);
}

int64_t
sg_tls_handshake_ms(const struct sg_supervisor *s)
{
	int64_t value = 0;
	sg_json_int(sg_json_get(stanza_of(s), "handshake_timeout"), &value);
	return value;
}

static int
listen_on(struct sg_str text)
{
	struct sockaddr_storage address;
	socklen_t len;
	int on = 1;
	if (!sg_conf_address(text, &address, &len))
		return -1;
	int fd = sg_handed_take(SG_TLS_KEPT, (const struct sockaddr *)&address);
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		return fd;
	}
	fd = bind_to(&address, len);
	if (fd < 0 || listen(fd, SG_BACKLOG) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

bool
sg_tls_listen(struct sg_supervisor *s)
{
	const struct sg_json *stanza = stanza_of(s);
	struct sg_str address = {"", 0};
	if (stanza == NULL)
		return true;
	if (!sg_would_pass(s->config, sg_would_tls)) /* what the door will need is there now, or nothing starts */
		return false;
	sg_json_string(sg_json_get(stanza, "address"), &address);
	s->tls = listen_on(address);
	if (s->tls >= 0)
		return true;
	bool taken = errno == EADDRINUSE; /* by whoever: the other faces do not wait for that */
	fprintf(stderr, "stepgated: listen.enforcer: %.*s: %s%s\n", SG_STR_ARG(address), strerror(errno), taken ? "; the other faces are open, and this one is tried again each second" : "");
	s->tls_due = taken ? sg_supervisor_monotonic() + SG_SEC : 0;
	return taken;
}

void
sg_tls_hand(struct sg_supervisor *s)
{
	if (s->tls >= 0)
		sg_link_queue(&s->gate, SG_FRAME_S_LISTEN, 0, SG_STR("{\"face\":\"tls\"}"), fcntl(s->tls, F_DUPFD_CLOEXEC, 3), NULL);
}

void
sg_tls_turn(struct sg_supervisor *s)
{
	struct sg_str address = {"", 0};
	sg_time now = sg_supervisor_monotonic();
	if (s->tls >= 0 || s->tls_due == 0 || now < s->tls_due || s->stopping)
		return;
	s->tls_due = now + SG_SEC;
	sg_json_string(sg_json_get(stanza_of(s), "address"), &address);
	s->tls = listen_on(address);
	if (s->tls < 0)
		return;
	printf("stepgated: listen.enforcer: %.*s is open\n", SG_STR_ARG(address));
	fflush(stdout);
	s->handed_over = false; /* this one is to be kept, too */
	if (s->gate.fd >= 0)
		sg_tls_hand(s);
}
