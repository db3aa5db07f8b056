/* SPDX-License-Identifier: Apache-2.0
 * stepgate-metrics: what `stepgate metrics` runs. */
#include "metrics/metrics.h"

#include "base/err.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE, EXIT_USAGE = 64, EXIT_AWAY = 69 };

static int
usage(FILE *to, int code)
{
	fprintf(to, "stepgate metrics [--run DIR]\n"
		    "    what the daemon's status says, as Prometheus reads it (text format 0.0.4), once; for a file of node_exporter's textfile collector\n"
		    "stepgate metrics --listen ADDRESS [--run DIR]\n"
		    "    answers GET /metrics, /healthz and /readyz at an address of this machine's own, such as 127.0.0.1:9464, until it is ended\n"
		    "        --run DIR      folder of the daemon's sockets (default $STEPGATE_RUN, then /run/stepgate)\n"
		    "    -h, --help         print this\n"
		    "The user that runs it is an admin with may = \"watch\". Exit 0: done, 64: usage, 69: the daemon does not answer, or the address is somebody's.\n");
	return code;
}

static int
once(const char *run)
{
	struct sg_arena arena;
	struct sg_buf text;
	struct sg_err err = {0};
	sg_arena_init(&arena, 64 << 20);
	sg_buf_init(&text, SG_METRICS_TEXT);
	const struct sg_json *status = sg_metrics_ask(run, &arena, &err);
	sg_metrics_write(&text, status);
	bool written = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
	if (status == NULL)
		fprintf(stderr, "stepgate metrics: %s (%s)\n", err.text, err.code);
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return status != NULL && written ? EXIT_DONE : EXIT_AWAY;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"listen", 1, NULL, 'l'}, {"run", 1, NULL, 'r'}, {"help", 0, NULL, 'h'}, {0}};
	const char *listen_at = NULL, *set = getenv("STEPGATE_RUN"), *run = set != NULL && set[0] != '\0' ? set : "/run/stepgate";
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return usage(stdout, EXIT_DONE);
		if (c == '?')
			return usage(stderr, EXIT_USAGE);
		if (c == 'l')
			listen_at = optarg;
		if (c == 'r')
			run = optarg;
	}
	if (optind < argc)
		return usage(stderr, EXIT_USAGE);
	return listen_at != NULL ? sg_metrics_serve(listen_at, run) : once(run);
}
