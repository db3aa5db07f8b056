/* SPDX-License-Identifier: Apache-2.0
 * The disk alone: append BYTES, fdatasync, SECONDS long, in FOLDER. What a durable answer is measured against. append
 * FOLDER BYTES SECONDS */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BYTES_MAX = 65536, SAMPLES_MAX = 1 << 20 };

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static char bytes[BYTES_MAX], path[512];
	static double samples[SAMPLES_MAX];
	size_t size = argc == 4 ? strtoul(argv[2], NULL, 10) : 0, count = 0;
	if (size == 0 || size > BYTES_MAX)
		return 64;
	memset(bytes, 'a', size);
	snprintf(path, sizeof(path), "%s/append.probe", argv[1]);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	double begin = now(), until = begin + atof(argv[3]);
	for (double at = begin, then; fd >= 0 && at < until && count < SAMPLES_MAX; at = then) {
		if (write(fd, bytes, size) != (ssize_t)size || fdatasync(fd) != 0)
			break;
		then = now();
		samples[count++] = then - at;
	}
	unlink(path);
	if (fd < 0 || count == 0)
		return EXIT_FAILURE;
	qsort(samples, count, sizeof(samples[0]), by_value);
	printf("{\"requests\":%zu,\"rps\":%.1f,\"p50_us\":%.2f,\"p99_us\":%.2f}\n", count,
	       (double)count / atof(argv[3]), samples[count / 2] * 1e6, samples[count * 99 / 100] * 1e6);
	return 0;
}
