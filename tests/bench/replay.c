/* SPDX-License-Identifier: Apache-2.0
 * N decisions of the gate in one process, with the same bytes each time: counted in instructions, not in time. replay N
 */
#include "unit/gate/play.h"

int
main(int argc, char **argv)
{
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	struct play *p = play_new();
	p->gate->catalogue->limits.attempts_per_task = 1000000;
	if (count <= 0 || !play_connect(p, 1, SG_FACE_AGENT, 1001))
		return 64;
	char *task = play_task(p, 1, "t1");
	for (long i = 0; i < count; i++) {
		char key[32];
		snprintf(key, sizeof(key), "k%08ld", i);
		if (strstr(play_act(p, 1, task, "pay.send", "{\"amount\":5,\"to\":\"x\"}", key),
			   "\"verdict\":\"allow\"") == NULL)
			return EXIT_FAILURE;
	}
	free(task);
	play_end(p);
	return 0;
}
