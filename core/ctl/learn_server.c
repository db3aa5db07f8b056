/* SPDX-License-Identifier: Apache-2.0
 * Asking an MCP server on stdio what tools it has: it is started, asked, and ended. Everything it says is bounded. */
#include "ctl/learn.h"

#include "base/json_cut.h"
#include "base/str.h"
#include "frame/capabilities.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_MS = 2000, CURSOR_MOST = 4096, ARENA_BYTES = 512 << 20 };

struct talk {
	const struct sg_ctl *ctl;
	struct sg_learn_server *server;
	pid_t pid;
	int in, out;
	struct sg_buf bytes;      /* read, not yet taken */
	size_t read, messages;
	int64_t until_ms;
	const char *wrong, *hint; /* what went wrong, told once at the end */
};

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the process ---- */

static bool
start(struct talk *t, char *const *command)
{
	int to[2], from[2];
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		return false;
	fflush(stdout);
	t->pid = fork();
	if (t->pid == 0) {
		setpgid(0, 0);
		signal(SIGPIPE, SIG_DFL);
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execvp(command[0], command);
		fprintf(stderr, "stepgate: %s: %s\n", command[0], strerror(errno));
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	t->in = to[1];
	t->out = from[0];
	fcntl(t->in, F_SETFL, O_NONBLOCK);
	return t->pid > 0;
}

/* Its input ends, then it has two seconds; whatever is left of its group is killed. */
static void
end(struct talk *t)
{
	int status = 0;
	close(t->in);
	close(t->out);
	for (int waited = 0; t->pid > 0 && waited < GRACE_MS && waitpid(t->pid, &status, WNOHANG) == 0; waited += 10)
		poll(NULL, 0, 10);
	kill(-t->pid, SIGKILL);
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR) {
	}
}

/* ---- lines ---- */

static bool
wrong(struct talk *t, const char *what, const char *hint)
{
	t->wrong = t->wrong != NULL ? t->wrong : what;
	t->hint = t->hint != NULL ? t->hint : hint;
	return false;
}

static bool
send_line(struct talk *t, const char *line)
{
	size_t len = strlen(line);
	return write(t->in, line, len) == (ssize_t)len || wrong(t, "it takes no input", "is it an MCP server on stdio?");
}

static bool
read_some(struct talk *t)
{
	struct pollfd wait = {t->out, POLLIN, 0};
	int64_t left = t->until_ms - now_ms();
	if (left <= 0 || poll(&wait, 1, (int)left) == 0)
		return wrong(t, "it does not answer", "it has 60 seconds for everything");
	char *to = sg_buf_reserve(&t->bytes, 64 << 10);
	ssize_t got = to == NULL ? -1 : read(t->out, to, 64 << 10);
	if (to == NULL || t->read + (size_t)(got > 0 ? got : 0) > SG_LEARN_BYTES)
		return wrong(t, "it says too much", "a message may have 4 MiB, all of them 32 MiB");
	if (got < 0 && errno == EINTR)
		return true;
	if (got <= 0)
		return wrong(t, "it ended", "what it said stands above; is it an MCP server on stdio?");
	t->bytes.len += (size_t)got;
	t->read += (size_t)got;
	return true;
}

static void
unreadable(void *server, struct sg_str entry, const struct sg_err *err)
{
	sg_learn_unreadable(server, entry, err);
}

/* A line as JSON; of a list of tools that cannot be read whole, what can be read. */
static const struct sg_json *
read_line(struct talk *t, struct sg_str line)
{
	static const char *const tools[] = {"result", "tools", NULL};
	struct sg_json_limits limits = {.bytes = SG_LEARN_LINE, .nodes = 1 << 18};
	const struct sg_json *json = NULL;
	struct sg_buf rest;
	struct sg_str kept = sg_arena_copy(&t->server->arena, line);
	if (kept.ptr == NULL || sg_json_parse(&t->server->arena, kept, &limits, &json, NULL) == SG_OK)
		return json;
	sg_buf_init(&rest, SG_LEARN_LINE);
	if (!sg_json_cut_list(&rest, kept, tools, &limits, unreadable, t->server) || rest.failed ||
	    sg_json_parse(&t->server->arena, sg_arena_copy(&t->server->arena, sg_buf_view(&rest)), &limits, &json, NULL) != SG_OK)
		json = NULL;
	sg_buf_done(&rest);
	return json;
}

/* The next line as JSON; NULL: told. */
static const struct sg_json *
next_message(struct talk *t)
{
	const struct sg_json *json = NULL;
	char *line_end;
	while (t->bytes.len == 0 || (line_end = memchr(t->bytes.ptr, '\n', t->bytes.len)) == NULL)
		if (!read_some(t))
			return NULL;
	struct sg_str line = {t->bytes.ptr, (size_t)(line_end - t->bytes.ptr)};
	if (++t->messages > SG_LEARN_MESSAGES)
		wrong(t, "it says too much", "at most 2000 messages");
	else if ((json = read_line(t, line)) == NULL || json->type != SG_JSON_OBJECT)
		json = NULL, wrong(t, "a line of it is no JSON object", "an MCP server writes nothing else to its output; strict JSON, at most 32 deep");
	sg_buf_drop(&t->bytes, line.len + 1);
	return t->wrong == NULL ? json : NULL;
}

/* What a client without a person, a model or folders says to what it announced; nothing else is spoken here. */
static const char *
spoken(const struct sg_json *message)
{
	static const struct {
		const char *method, *answer;
	} rows[] = {
		{"ping", "\"result\":{}"},
		{"roots/list", "\"result\":{\"roots\":[]}"},
		{"elicitation/create", "\"result\":{\"action\":\"decline\"}"},
		{"sampling/createMessage", "\"error\":{\"code\":-1,\"message\":\"nobody is there\"}"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (sg_json_is(message, "method", rows[i].method))
			return rows[i].answer;
	return "\"error\":{\"code\":-32601,\"message\":\"not spoken here\"}";
}

static bool
answer_request(struct talk *t, const struct sg_json *message)
{
	struct sg_buf line;
	sg_buf_init(&line, 8192);
	sg_buf_text(&line, "{\"id\":");
	sg_canon_write(&line, sg_json_get(message, "id"));
	sg_buf_printf(&line, ",\"jsonrpc\":\"2.0\",%s}\n", spoken(message));
	sg_buf_add(&line, "", 1);
	bool good = !line.failed && send_line(t, line.ptr);
	sg_buf_done(&line);
	return good;
}

/* The result of request `id`; NULL: told. */
static const struct sg_json *
result(struct talk *t, int64_t id)
{
	for (const struct sg_json *m; (m = next_message(t)) != NULL;) {
		int64_t of = -1;
		bool request = sg_json_get(m, "method") != NULL;
		if (request && sg_json_get(m, "id") != NULL && !answer_request(t, m))
			return NULL;
		if (request || !sg_json_int(sg_json_get(m, "id"), &of) || of != id)
			continue;
		const struct sg_json *got = sg_json_get(m, "result");
		if (got == NULL || got->type != SG_JSON_OBJECT)
			wrong(t, "it refused", "stepgate speaks the revisions with initialize (2025-11-25 and before)");
		return got != NULL && got->type == SG_JSON_OBJECT ? got : NULL;
	}
	return NULL;
}

/* ---- the conversation ---- */

/* With every capability that a client behind `stepgate mcp` can have: a server may have tools for those alone. */
static void
write_greeting(struct sg_buf *line)
{
	enum { CLIENT, SERVER };
	static const struct {
		const char *name, *text;
		int side;
	} rows[] = {
#define X(name, side, text, why) {name, text, side},
		SG_MCP_CAPABILITIES(X)
#undef X
	};
	const char *comma = "";
	sg_buf_text(line, "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"initialize\",\"params\":{\"capabilities\":{");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].side == CLIENT) {
			sg_buf_printf(line, "%s\"%s\":%s", comma, rows[i].name, rows[i].text);
			comma = ",";
		}
	sg_buf_text(line, "},\"clientInfo\":{\"name\":\"stepgate\",\"version\":\"" SG_VERSION "\"},\"protocolVersion\":\"2025-11-25\"}}\n");
	sg_buf_add(line, "", 1);
}

static bool
greet(struct talk *t)
{
	const struct sg_json *got = NULL, *info;
	struct sg_buf line;
	sg_buf_init(&line, 8192);
	write_greeting(&line);
	if (!line.failed && send_line(t, line.ptr))
		got = result(t, 1);
	sg_buf_done(&line);
	info = sg_json_get(got, "serverInfo");
	sg_json_string(sg_json_get(info, "name"), &t->server->name);
	sg_json_string(sg_json_get(info, "version"), &t->server->version);
	return got != NULL && send_line(t, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
}

static bool
take_page(struct talk *t, const struct sg_json *tools)
{
	if (tools == NULL || tools->type != SG_JSON_ARRAY)
		return wrong(t, "its tools/list has no list of tools", "is it an MCP server?");
	for (const struct sg_json *e = sg_json_first(tools); e != NULL; e = sg_json_next(tools, e)) {
		struct sg_str name = {"", 0};
		if (++t->server->listed > SG_LEARN_TOOLS)
			return wrong(t, "it has more than 512 tools", "start it with fewer");
		if (e->type != SG_JSON_OBJECT || !sg_json_string(sg_json_get(e, "name"), &name))
			sg_learn_leave_out(t->server, e, "it has no name");
		else if (!sg_learn_twice(t->server, e, name))
			t->server->tools[t->server->count++] = e;
	}
	return true;
}

static bool
ask_page(struct talk *t, int64_t id, struct sg_str cursor)
{
	struct sg_buf line;
	sg_buf_init(&line, 8 * CURSOR_MOST);
	sg_buf_printf(&line, "{\"id\":%lld,\"jsonrpc\":\"2.0\",\"method\":\"tools/list\",\"params\":{", (long long)id);
	sg_buf_text(&line, cursor.ptr != NULL ? "\"cursor\":" : "");
	if (cursor.ptr != NULL)
		sg_canon_string(&line, cursor);
	sg_buf_text(&line, "}}\n");
	sg_buf_add(&line, "", 1);
	bool good = !line.failed && cursor.len <= CURSOR_MOST ? send_line(t, line.ptr) : wrong(t, "its cursor is too long", "at most 4096 bytes");
	sg_buf_done(&line);
	return good;
}

static bool
list(struct talk *t)
{
	struct sg_str cursor = {NULL, 0};
	for (int64_t page = 0; page < SG_LEARN_PAGES; page++) {
		const struct sg_json *got = ask_page(t, page + 2, cursor) ? result(t, page + 2) : NULL;
		if (got == NULL || !take_page(t, sg_json_get(got, "tools")))
			return false;
		if (!sg_json_string(sg_json_get(got, "nextCursor"), &cursor) || cursor.len == 0)
			return true;
	}
	return wrong(t, "its list does not end", "at most 64 pages");
}

int
sg_learn_server(const struct sg_ctl *ctl, char *const *command, struct sg_learn_server *server)
{
	struct talk t = {.ctl = ctl, .server = server, .in = -1, .out = -1, .until_ms = now_ms() + 1000 * SG_LEARN_SECONDS};
	*server = (struct sg_learn_server){.name = SG_STR("")};
	sg_arena_init(&server->arena, ARENA_BYTES);
	sg_buf_init(&t.bytes, SG_LEARN_LINE + (64 << 10));
	if (!start(&t, command))
		wrong(&t, strerror(errno), "");
	else if (greet(&t))
		list(&t);
	if (t.pid > 0)
		end(&t);
	sg_buf_done(&t.bytes);
	return t.wrong == NULL ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_DENIED, "mcp_server", t.hint, "%.200s: %s", command[0], t.wrong);
}

void
sg_learn_server_done(struct sg_learn_server *server)
{
	sg_arena_done(&server->arena);
}
