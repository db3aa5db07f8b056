/* SPDX-License-Identifier: Apache-2.0
 * Asks one module directly, as the gate would: mint KIND MODULE_DIR MODULE STANZA KEY_FILE CALL... prints what it says when it is ready and to each
 * call, a line of JSON each. Exit 1 if the module does not start. */
#include "guest.h"

#include "base/canon.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void
print(const struct sg_json *answer)
{
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	if (answer != NULL)
		sg_canon_write(&text, answer);
	printf("%.*s\n", (int)text.len, text.ptr == NULL ? "" : text.ptr);
	sg_buf_done(&text);
}

int
main(int argc, char **argv)
{
	struct guest g;
	if (argc < 6)
		return 64;
	int key = open(argv[5], O_RDONLY | O_CLOEXEC);
	guest_start(&g, (struct sg_host_process){.kind = argv[1], .name = "test", .module = argv[3], .module_dir = argv[2], .stanza = sg_str(argv[4]), .key = key});
	close(key);
	const struct sg_json *ready = guest_ready(&g);
	if (ready != NULL)
		print(ready);
	for (int i = 6; ready != NULL && i < argc; i++)
		print(guest_call(&g, argv[i], -1));
	guest_end(&g);
	fputs(g.said, stderr);
	return ready != NULL ? 0 : 1;
}
