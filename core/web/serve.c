/* SPDX-License-Identifier: Apache-2.0
 * The server: libmicrohttpd reads requests, this gathers one whole, has it answered and sends that with the headers that every answer has. */
#include "web/web.h"

#include "base/err.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_WRONG = 64, EXIT_AWAY = 69, BACKLOG = 256, PEM_MAX = 1 << 20 };

/* What is known of one under way. */
struct visit {
	struct MHD_PostProcessor *form;
	struct sg_web_request r;
	struct sg_arena arena;
	struct sg_buf values, out;
	bool bad; /* its form is none, or too much */
};

/* ---- a form ---- */

/* Called with a part of a field: they come in order, each perhaps in several. */
static enum MHD_Result
take_part(void *to, enum MHD_ValueKind kind, const char *name, const char *file, const char *type, const char *encoding, const char *part, uint64_t at, size_t len)
{
	struct visit *v = to;
	struct sg_web_field *field = v->r.field_count > 0 ? &v->r.fields[v->r.field_count - 1] : NULL;
	(void)kind, (void)file, (void)type, (void)encoding;
	if (at == 0) {
		if (v->r.field_count == SG_WEB_FIELDS || strlen(name) >= sizeof(field->name) || sg_web_field(&v->r, name).ptr[0] != '\0') {
			v->bad = true;
			return MHD_NO;
		}
		field = &v->r.fields[v->r.field_count++];
		snprintf(field->name, sizeof(field->name), "%s", name);
		field->value = (struct sg_str){NULL, 0};
	}
	if (field == NULL || v->values.len + len > SG_WEB_FORM_MAX) {
		v->bad = true;
		return MHD_NO;
	}
	/* the buffer has room for all from the start: what points into it stays */
	const char *from = v->values.ptr + v->values.len;
	sg_buf_add(&v->values, part, len);
	field->value = field->value.ptr == NULL ? (struct sg_str){from, len} : (struct sg_str){field->value.ptr, field->value.len + len};
	return MHD_YES;
}

/* ---- one answer ---- */

static const char *const headers[][2] = {
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"},
	{"Cache-Control", "no-store"},
};

static enum MHD_Result
send_answer(struct MHD_Connection *connection, const struct sg_web_request *r)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(r->out->len, r->out->len > 0 ? r->out->ptr : (void *)"", MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
	MHD_add_response_header(response, "Content-Type", r->type);
	if (r->secure)
		MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
	if (r->location[0] != '\0')
		MHD_add_response_header(response, "Location", r->location);
	if (r->set_cookie[0] != '\0')
		MHD_add_response_header(response, "Set-Cookie", r->set_cookie);
	enum MHD_Result queued = MHD_queue_response(connection, r->status, response);
	MHD_destroy_response(response);
	return queued;
}

static struct visit *
begin(struct MHD_Connection *connection, const struct sg_web *web, const char *path, const char *method)
{
	struct visit *v = calloc(1, sizeof(*v));
	if (v == NULL)
		return NULL;
	sg_arena_init(&v->arena, 64 << 20);
	sg_buf_init(&v->values, SG_WEB_FORM_MAX + 1);
	sg_buf_init(&v->out, SG_WEB_PAGE_MAX);
	sg_buf_reserve(&v->values, SG_WEB_FORM_MAX + 1);
	v->r = (struct sg_web_request){.web = web, .method = method, .path = path, .arena = &v->arena, .out = &v->out, .status = 500, .type = "text/html; charset=utf-8"};
	v->r.origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");
	v->r.host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
	if (strcmp(method, "POST") == 0) {
		v->form = MHD_create_post_processor(connection, 4096, take_part, v);
		v->bad = v->form == NULL;
	}
	return v;
}

static void
take_cookie(struct MHD_Connection *connection, struct visit *v)
{
	const char *cookie = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "__Host-stepgate");
	if (cookie == NULL)
		cookie = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "stepgate");
	if (cookie != NULL && strlen(cookie) < sizeof(v->r.token) && strspn(cookie, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(cookie))
		snprintf(v->r.token, sizeof(v->r.token), "%s", cookie);
}

static enum MHD_Result
visited(void *to, struct MHD_Connection *connection, const char *path, const char *method, const char *version, const char *bytes, size_t *len, void **held)
{
	(void)version;
	struct visit *v = *held;
	if (v == NULL) {
		*held = begin(connection, to, path, method);
		return *held != NULL ? MHD_YES : MHD_NO;
	}
	if (*len > 0) {
		if (!v->bad && MHD_post_process(v->form, bytes, *len) != MHD_YES)
			v->bad = true;
		*len = 0;
		return MHD_YES;
	}
	if (v->form != NULL)
		v->bad |= MHD_destroy_post_processor(v->form) != MHD_YES;
	v->form = NULL;
	take_cookie(connection, v);
	if (v->bad)
		v->r.method = "BAD";
	sg_web_answer(&v->r);
	return send_answer(connection, &v->r);
}

static void
visit_over(void *to, struct MHD_Connection *connection, void **held, enum MHD_RequestTerminationCode code)
{
	struct visit *v = *held;
	(void)to, (void)connection, (void)code;
	if (v == NULL)
		return;
	if (v->form != NULL)
		MHD_destroy_post_processor(v->form);
	sg_arena_done(&v->arena);
	sg_buf_done(&v->values);
	sg_buf_done(&v->out);
	free(v);
	*held = NULL;
}

/* ---- the server ---- */

static bool
read_address(const char *text, struct sockaddr_storage *out, socklen_t *len, bool *here)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	int64_t port = 0;
	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) || !sg_str_int(sg_str(colon + 1), 0, 65535, &port))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	memset(out, 0, sizeof(*out));
	size_t last = strlen(host);
	if (host[0] == '[' && last > 1 && host[last - 1] == ']') {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
		host[last - 1] = '\0';
		*six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
		*len = sizeof(*six);
		bool good = inet_pton(AF_INET6, host + 1, &six->sin6_addr) == 1;
		*here = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
		return good;
	}
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	*four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	*len = sizeof(*four);
	bool good = inet_pton(AF_INET, host, &four->sin_addr) == 1;
	*here = (ntohl(four->sin_addr.s_addr) >> 24) == 127;
	return good;
}

/* NULL, and said why. A key that others may read is none. */
static char *
read_pem(const char *path, bool secret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	ssize_t got = -1;
	const char *why = NULL;
	if (fd < 0 || fstat(fd, &st) != 0)
		why = strerror(errno);
	else if (secret && (st.st_mode & 077) != 0)
		why = "group or others may read it: chmod 0600";
	else if (!S_ISREG(st.st_mode) || st.st_size > PEM_MAX || (text = calloc(1, (size_t)st.st_size + 1)) == NULL || (got = read(fd, text, (size_t)st.st_size)) != st.st_size)
		why = "it is no file that can be read";
	if (fd >= 0)
		close(fd);
	if (why == NULL)
		return text;
	free(text);
	fprintf(stderr, "stepgate web: %s: %s\n", path, why);
	return NULL;
}

/* A path is what it is: none of ours has a percent sign. */
static size_t
as_it_is(void *to, struct MHD_Connection *connection, char *text)
{
	(void)to, (void)connection;
	return strlen(text);
}

/* `listener` -1: on nothing, to see whether certificate and key are good. */
static struct MHD_Daemon *
start(const struct sg_web *web, int listener)
{
	const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | (listener < 0 ? MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG : 0); /* strangers write no log */
	char *certificate = NULL, *key = NULL;
	if (web->certificate != NULL && ((certificate = read_pem(web->certificate, false)) == NULL || (key = read_pem(web->key, true)) == NULL)) {
		free(certificate);
		return NULL;
	}
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, certificate}, {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
				       {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"}, {MHD_OPTION_END, 0, NULL}};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}}, at[] = {{MHD_OPTION_LISTEN_SOCKET, listener, NULL}, {MHD_OPTION_END, 0, NULL}};
	struct MHD_Daemon *daemon = MHD_start_daemon(flags | (certificate != NULL ? MHD_USE_TLS : 0), 0, NULL, NULL, visited, (void *)web, MHD_OPTION_ARRAY, listener < 0 ? none : at,
						     MHD_OPTION_ARRAY, certificate != NULL ? tls : none, MHD_OPTION_CONNECTION_LIMIT, (unsigned)SG_WEB_CONNS,
						     MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)SG_WEB_CONNS_EACH, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SG_WEB_IDLE_S,
						     MHD_OPTION_THREAD_POOL_SIZE, (unsigned)(listener < 0 ? 0 : SG_WEB_THREADS), MHD_OPTION_NOTIFY_COMPLETED, visit_over, NULL, MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL, MHD_OPTION_END);
	if (daemon == NULL)
		fprintf(stderr, "stepgate web: %s\n", certificate != NULL ? "certificate and key do not fit, or are no PEM" : "it cannot be started");
	if (key != NULL)
		explicit_bzero(key, strlen(key));
	free(certificate);
	free(key);
	return daemon;
}

static int
listen_on(const struct sg_web *web, int *code)
{
	struct sockaddr_storage at;
	socklen_t len = 0;
	int on = 1;
	bool here = false;
	*code = EXIT_WRONG;
	if (!read_address(web->listen_at, &at, &len, &here) || (web->certificate == NULL && !here)) {
		fprintf(stderr, "stepgate web: %s: %s\n", web->listen_at, len == 0 ? "an address and a port in numbers, such as 127.0.0.1:8443" : "without --certificate and --key an address of this machine's own alone");
		return -1;
	}
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	fprintf(stderr, "stepgate web: %s: %s\n", web->listen_at, strerror(errno));
	*code = EXIT_AWAY;
	return -1;
}

static bool
is_good(const struct sg_web *web)
{
	struct MHD_Daemon *trial = start(web, -1);
	if (trial != NULL)
		MHD_stop_daemon(trial);
	return trial != NULL;
}

/* Certificate and key anew, on the same socket; where they are none the old ones go on. NULL: nothing does. */
static struct MHD_Daemon *
renew(const struct sg_web *web, struct MHD_Daemon *daemon)
{
	if (!is_good(web))
		return daemon;
	struct MHD_Daemon *next = start(web, MHD_quiesce_daemon(daemon)); /* who is connected is answered by the old one's end */
	MHD_stop_daemon(daemon);
	return next;
}

int
sg_web_serve(const struct sg_web *web)
{
	int code, number = 0, listener = listen_on(web, &code);
	sigset_t wanted;
	if (listener < 0)
		return code;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGHUP);
	sigprocmask(SIG_BLOCK, &wanted, NULL); /* before there are threads */
	signal(SIGPIPE, SIG_IGN);
	struct MHD_Daemon *daemon = is_good(web) ? start(web, listener) : NULL;
	if (daemon != NULL)
		fprintf(stderr, "stepgate web: at %s\n", web->listen_at);
	while (daemon != NULL && sigwait(&wanted, &number) == 0 && number == SIGHUP)
		daemon = renew(web, daemon);
	if (daemon == NULL)
		return EXIT_WRONG;
	MHD_stop_daemon(daemon);
	return 0;
}
