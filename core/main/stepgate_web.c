/* SPDX-License-Identifier: Apache-2.0
 * stepgate-web: what `stepgate web` runs. */
#include "web/web.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_DONE, EXIT_USAGE = 64 };

static int
usage(FILE *to, int code)
{
	fprintf(to, "stepgate web --listen ADDRESS [--certificate FILE --key FILE] [--run DIR]\n"
		    "    the approvers' page, at an address such as 0.0.0.0:8443, until it is ended; SIGHUP reads certificate and key again\n"
		    "        --certificate FILE  the page's certificate and those between it and its CA, PEM\n"
		    "        --key FILE          its private key, PEM, readable by its owner alone\n"
		    "        --run DIR           folder of the daemon's sockets (default $STEPGATE_RUN, then /run/stepgate)\n"
		    "    -h, --help              print this\n"
		    "Without a certificate it listens on this machine's own addresses alone. The user that runs it is an admin with may = \"page\", and web.origin of the\n"
		    "daemon's configuration says where browsers find it. Exit 0: ended, 64: usage, 69: the address is somebody's.\n");
	return code;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"listen", 1, NULL, 'l'}, {"certificate", 1, NULL, 'c'}, {"key", 1, NULL, 'k'}, {"run", 1, NULL, 'r'}, {"help", 0, NULL, 'h'}, {0}};
	const char *set = getenv("STEPGATE_RUN");
	struct sg_web web = {.run = set != NULL && set[0] != '\0' ? set : "/run/stepgate"};
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return usage(stdout, EXIT_DONE);
		if (c == '?')
			return usage(stderr, EXIT_USAGE);
		*(c == 'l' ? &web.listen_at : c == 'c' ? &web.certificate : c == 'k' ? &web.key : &web.run) = optarg;
	}
	if (optind < argc || web.listen_at == NULL || (web.certificate == NULL) != (web.key == NULL))
		return usage(stderr, EXIT_USAGE);
	return sg_web_serve(&web);
}
