/* SPDX-License-Identifier: Apache-2.0
 * An attest module that breaks one promise, as its option says: those that only a second look shows. */
#include <stepgate/attest.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 40, "what to do wrong"},
	{"count", SG_OPTION_INTEGER, "1", 1, 100, "of nothing"},
	{NULL},
};

static const struct sg_host *host;
static const char *how = "";
static unsigned looks, configured;

static bool
is(const char *word)
{
	return strcmp(how, word) == 0;
}

static void *
lose(void *bytes)
{
	static void *volatile kept;
	kept = bytes;
	return kept;
}

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	how = options->values[0].text.ptr;
	configured++;
	if (is("configure_opens"))
		open("/dev/null", O_RDONLY);
	if (is("configure_moves") && chdir("/") != 0)
		return SG_REFUSED;
	if (is("configure_once") && configured > 1)
		return sg_refuse(err, SG_REFUSED, "careless_once", "was here before");
	if (is("configure_code") && options->values[1].number > 1)
		return sg_refuse(err, SG_REFUSED, "Not A Code", "no");
	if (is("configure_status") && options->values[1].number > 1)
		return (enum sg_status)3;
	if (is("configure_crash") && options->values[1].number == 100)
		abort();
	return SG_OK;
}

static enum sg_status
start(const struct sg_host *given, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)state, (void)err;
	host = given;
	if (is("start_alloc"))
		strcpy(host->alloc(host, 8), "x");
	if (is("start_malloc")) {
		char *text = malloc(8);
		strcpy(text, "x");
		free(lose(text));
	}
	if (is("leak"))
		lose(malloc(24));
	if (is("leak_descriptor"))
		open("/dev/null", O_RDONLY);
	if (is("leak_pages"))
		lose(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	if (is("closes"))
		close(host->descriptor(host, "file"));
	if (is("stop_hangs"))
		return SG_OK;
	return SG_OK;
}

static void
stop(void *state)
{
	(void)state;
	while (is("stop_hangs"))
		poll(NULL, 0, 1000);
}

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	static char value[32];
	struct pollfd gone = {.fd = in->pidfd, .events = POLLIN};
	(void)state;
	looks++;
	if (!is("gone") && poll(&gone, 1, 0) != 0)
		return sg_refuse(err, SG_REFUSED, "peer_gone", "gone");
	if (is("refuses"))
		return sg_refuse(err, SG_REFUSED, "careless_refuses", "no process has facts");
	snprintf(value, sizeof(value), "%u", is("changes") ? looks : 1);
	if (is("look_alloc"))
		strcpy(host->alloc(host, 8), "x");
	if (is("look_leak"))
		lose(malloc(24));
	if (is("look_leak_descriptor"))
		open("/dev/null", O_RDONLY);
	if (is("closes_pidfd"))
		close(in->pidfd);
	if (is("late"))
		while (in->deadline < host->now(host))
			poll(NULL, 0, 1000);
	if (is("odd") && in->pid == INT32_MAX)
		abort();
	sg_fact(out, "n", value, SG_FACT_HINT);
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};
SG_MODULE(attest, "careless", .options = options_table, .configure = configure, .start = start, .stop = stop, .attest = &operations);
