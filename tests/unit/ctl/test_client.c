/* SPDX-License-Identifier: Apache-2.0
 * The HTTP client: whole answers only, byte by byte, one meaning or none. */
#include "unit/cases.h"

#include "base/err.h"
#include "base/str.h"
#include "frame/client.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"

static enum sg_status
read_text(const char *text, size_t len, struct sg_client_answer *answer, struct sg_err *err)
{
	*err = (struct sg_err){0};
	return sg_client_read((struct sg_str){text, len}, answer, err);
}

static void
test_whole(void)
{
	struct sg_client_answer answer = {0};
	struct sg_err err;
	CU_ASSERT_EQUAL(read_text(HEAD "{}", sizeof(HEAD) + 1, &answer, &err), SG_OK);
	CU_ASSERT_EQUAL(answer.status, 200);
	CU_ASSERT_TRUE(sg_str_is(answer.body, "{}"));
}

static void
test_each_prefix_waits(void)
{
	struct sg_client_answer answer;
	struct sg_err err;
	for (size_t len = 0; len < sizeof(HEAD) + 1; len++)
		CU_ASSERT_EQUAL(read_text(HEAD "{}", len, &answer, &err), SG_AGAIN);
}

static const struct {
	const char *code, *text;
} refused[] = {
	{"answer_trailing", HEAD "{}x"},
	{"answer_line", "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_line", "HTTP/1.1 20 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_line", "HTTP/1.1 100 Continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_line", "HTTP/1.1 600 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_line", "HTTP/1.1 200OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_line", "200 OK\r\n\r\n"},
	{"answer_line", "\r\n\r\n"},
	{"answer_newline", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 2\n\n{}"},
	{"answer_newline", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n"},
	{"answer_newline", "HTTP/1.1 200 OK\r\nX: a\033b\r\n\r\n"},
	{"answer_header", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\n{}"},
	{"answer_header", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n Content-Length: 2\r\n\r\n{}"},
	{"answer_header", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n"},
	{"answer_header", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"},
	{"answer_length", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}"},
	{"answer_length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_length", "HTTP/1.1 200 OK\r\nContent-Length: 02\r\n\r\n{}"},
	{"answer_length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"},
	{"answer_length", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}"},
	{"answer_length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}"},
	{"answer_transfer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"},
	{"answer_transfer", "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_type", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_type", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"},
	{"answer_body_size", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8388609\r\n\r\n"},
};

static void
test_refused(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct sg_client_answer answer = {.status = 7};
		struct sg_err err;
		CU_ASSERT_NOT_EQUAL(read_text(refused[i].text, strlen(refused[i].text), &answer, &err), SG_OK);
		CU_ASSERT_PTR_NOT_NULL_FATAL(err.code);
		CU_ASSERT_STRING_EQUAL(err.code, refused[i].code);
		CU_ASSERT_EQUAL(answer.status, 7);
	}
}

static void
test_head_limit(void)
{
	static char text[SG_CLIENT_HEAD_MAX + 64];
	struct sg_client_answer answer;
	struct sg_err err;
	int n = snprintf(text, sizeof(text),
			 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\nX: ");
	memset(text + n, 'a', sizeof(text) - (size_t)n);
	memcpy(text + SG_CLIENT_HEAD_MAX - 4, "\r\n\r\n", 4);
	CU_ASSERT_EQUAL(read_text(text, SG_CLIENT_HEAD_MAX, &answer, &err), SG_OK);
	memset(text + n, 'a', sizeof(text) - (size_t)n);
	memcpy(text + SG_CLIENT_HEAD_MAX - 3, "\r\n\r\n", 4);
	CU_ASSERT_EQUAL(read_text(text, SG_CLIENT_HEAD_MAX + 1, &answer, &err), SG_LIMIT);
	CU_ASSERT_STRING_EQUAL(err.code, "answer_head_size");
}

static void
test_request(void)
{
	struct sg_buf out;
	sg_buf_init(&out, 4096);
	sg_client_write(&out, "GET", "/v1/status", NULL, SG_STR(""), false);
	CU_ASSERT_TRUE(
		sg_str_is(sg_buf_view(&out), "GET /v1/status HTTP/1.1\r\nHost: stepgate\r\nConnection: close\r\n\r\n"));
	sg_buf_clear(&out);
	sg_client_write(&out, "POST", "/v1/act", "application/json", SG_STR("{}"), true);
	CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), "POST /v1/act HTTP/1.1\r\nHost: stepgate\r\n"
						    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
	sg_buf_done(&out);
}

/* ---- over a socket: a canned daemon that answers in pieces ---- */

struct canned {
	int listener;
	const char *answer;
	size_t piece;
};

static void *
serve(void *to)
{
	struct canned *canned = to;
	char request[512];
	int fd = accept(canned->listener, NULL, NULL);
	ssize_t got = recv(fd, request, sizeof(request), 0);
	size_t len = got > 0 ? strlen(canned->answer) : 0;
	for (size_t at = 0; at < len; at += canned->piece) {
		size_t left = len - at;
		if (send(fd, canned->answer + at, left < canned->piece ? left : canned->piece, MSG_NOSIGNAL) < 0)
			break;
		usleep(1000);
	}
	close(fd);
	return NULL;
}

/* In a folder of its own, with that mode. */
static enum sg_status
talk_in(mode_t mode, const char *text, size_t piece, unsigned *status, struct sg_err *err)
{
	char path[64], folder[] = "/tmp/unit-ctl-XXXXXX";
	pthread_t thread;
	struct sg_buf bytes;
	struct sg_client_answer answer = {0};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct canned canned = {socket(AF_UNIX, SOCK_STREAM, 0), text, piece};
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	CU_ASSERT_EQUAL_FATAL(chmod(folder, mode), 0);
	snprintf(path, sizeof(path), "%s/a.sock", folder);
	strcpy(address.sun_path, path);
	*err = (struct sg_err){0};
	CU_ASSERT_EQUAL_FATAL(bind(canned.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(canned.listener, 1), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, serve, &canned), 0);
	sg_buf_init(&bytes, 1 << 20);
	enum sg_status result = sg_client_talk(path, SG_STR("GET / HTTP/1.1\r\n\r\n"), &bytes, &answer, err);
	*status = answer.status;
	shutdown(canned.listener, SHUT_RDWR); /* whoever did not come is not waited for */
	pthread_join(thread, NULL);
	sg_buf_done(&bytes);
	close(canned.listener);
	unlink(path);
	rmdir(folder);
	return result;
}

static enum sg_status
talk(const char *text, size_t piece, unsigned *status, struct sg_err *err)
{
	return talk_in(0700, text, piece, status, err);
}

static void
test_socket(void)
{
	unsigned status = 0;
	struct sg_err err;
	CU_ASSERT_EQUAL(talk(HEAD "{}", 7, &status, &err), SG_OK);
	CU_ASSERT_EQUAL(status, 200);
	CU_ASSERT_EQUAL(talk("", 1, &status, &err), SG_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(err.code, "answer_none");
	CU_ASSERT_EQUAL(talk(HEAD "{", 64, &status, &err), SG_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(err.code, "answer_cut");
	CU_ASSERT_EQUAL(talk("garbage\r\n\r\n", 64, &status, &err), SG_MALFORMED);
	CU_ASSERT_EQUAL(talk_in(0755, HEAD "{}", 7, &status, &err), SG_OK);
	static const mode_t open_to_others[] = {0777, 01777, 0722, 0720, 0702};
	for (size_t i = 0; i < sizeof(open_to_others) / sizeof(open_to_others[0]); i++) {
		CU_ASSERT_EQUAL(talk_in(open_to_others[i], HEAD "{}", 7, &status, &err), SG_REFUSED);
		CU_ASSERT_STRING_EQUAL(err.code, "socket_owner");
	}
}

/* One connection after the other; on the first `first` requests are answered, on the next all. What comes then is read and not answered. */
struct kept {
	int listener;
	int first, conns, asked;
};

static void *
serve_kept(void *to)
{
	struct kept *k = to;
	char request[512];
	for (int fd; (fd = accept(k->listener, NULL, NULL)) >= 0; close(fd)) {
		int left = k->conns++ == 0 ? k->first : 1000;
		while (recv(fd, request, sizeof(request), 0) > 0 && ++k->asked > 0 && left-- > 0)
			if (send(fd, HEAD "{}", strlen(HEAD "{}"), MSG_NOSIGNAL) < 0)
				break;
	}
	return NULL;
}

/* Requests go out on one connection; where the other side ended it, unheard, the next one goes out on another. */
static void
test_kept(void)
{
	char path[64], folder[] = "/tmp/unit-ctl-XXXXXX";
	pthread_t thread;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct kept k = {socket(AF_UNIX, SOCK_STREAM, 0), 3, 0, 0};
	struct sg_client_line line = {0};
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.sock", folder);
	strcpy(address.sun_path, path);
	CU_ASSERT_EQUAL_FATAL(bind(k.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(k.listener, 4), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, serve_kept, &k), 0);
	for (int i = 0; i < 8; i++) {
		struct sg_client_answer answer = {0};
		struct sg_err err = {0};
		struct sg_buf bytes;
		sg_buf_init(&bytes, 1 << 20);
		CU_ASSERT_EQUAL(sg_client_ask(&line, path, SG_STR("GET / HTTP/1.1\r\n\r\n"), &bytes, &answer, &err), SG_OK);
		CU_ASSERT_TRUE(sg_str_is(answer.body, "{}"));
		CU_ASSERT_TRUE(line.up);
		sg_buf_done(&bytes);
	}
	sg_client_hang_up(&line);
	CU_ASSERT_FALSE(line.up);
	shutdown(k.listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(k.conns, 2);
	CU_ASSERT_EQUAL(k.asked, 9); /* the fourth was heard by nobody, and asked again */
	close(k.listener);
	unlink(path);
	rmdir(folder);
}

static void
test_nobody(void)
{
	char path[200];
	struct sg_buf bytes;
	struct sg_client_answer answer;
	struct sg_err err = {0};
	sg_buf_init(&bytes, 4096);
	CU_ASSERT_EQUAL(sg_client_talk("/nonexistent/a.sock", SG_STR(""), &bytes, &answer, &err), SG_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(err.code, "socket_away");
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[107] = '\0'; /* the longest that fits: nobody there */
	CU_ASSERT_EQUAL(sg_client_talk(path, SG_STR(""), &bytes, &answer, &err), SG_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(err.code, "socket_away");
	path[107] = 'a';
	path[108] = '\0';
	CU_ASSERT_EQUAL(sg_client_talk(path, SG_STR(""), &bytes, &answer, &err), SG_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(err.code, "socket_path");
	sg_buf_done(&bytes);
}

SG_CASES("ctl.client", {"a whole answer is read", test_whole},
	 {"each prefix of it waits for more", test_each_prefix_waits},
	 {"answers with two meanings are refused, each with its code", test_refused},
	 {"the head's limit, and one byte more", test_head_limit}, {"requests as they are sent", test_request},
	 {"answers in pieces, cut, empty, wrong", test_socket}, {"one connection for many", test_kept},
	 {"nobody there, and a path too long for a socket", test_nobody})
