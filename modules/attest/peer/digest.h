/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 of a program file, kept for as long as the file is the same one. */
#ifndef PEER_DIGEST_H
#define PEER_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

enum { DIGEST_HEX = 65 };

struct digests;

/* NULL on no memory, or without SHA-256. */
struct digests *digests_new(void);
void digests_free(struct digests *digests);

/* The program of the process whose /proc folder is `process`. False if it cannot be read or has more than `most` bytes. A file is the same while device, inode,
 * size and both times are: the time of change cannot be set by whoever writes it. */
bool digests_of(struct digests *digests, int process, int64_t most, char hex[DIGEST_HEX]);

#endif
