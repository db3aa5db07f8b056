/* SPDX-License-Identifier: Apache-2.0
 * Replays a folder of inputs through a fuzz target, so that any compiler can run the corpus. Fails if the folder is empty. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int
replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return -1;
	static uint8_t bytes[1 << 20];
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	uint8_t *exact = malloc(len + 1); /* its own allocation, so that reading past the end is seen */
	memcpy(exact, bytes, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return 0;
}

int
main(int argc, char **argv)
{
	int count = 0;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (folder == NULL) {
		fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
		return 2;
	}
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		if (entry->d_name[0] != '.' && replay(path) == 0)
			count++;
	}
	closedir(folder);
	printf("%d inputs replayed\n", count);
	return count == 0;
}
