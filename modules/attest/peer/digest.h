/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 of a program file, kept for as long as the file is the same one. A large one is made in parts, with others looked at in between. */
#ifndef PEER_DIGEST_H
#define PEER_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

enum { DIGEST_HEX = 65 };
enum { DIGEST_PART = 1 << 20 }; /* bytes that are read in one go */

struct digests;

enum digest {
	DIGEST_NONE, /* it cannot be read, has more than `most` bytes, or changed meanwhile */
	DIGEST_MADE,
	DIGEST_MORE  /* a part is done: ask again */
};

/* NULL on no memory, or without SHA-256. */
struct digests *digests_new(void);
void digests_free(struct digests *digests);

/* The program of the process whose /proc folder is `process`, asked for on behalf of the user `uid`. A file is the same while device, inode, size and both
 * times are: the time of change cannot be set by whoever writes it. What is begun and what is kept is bounded; where there is no room what the user who has the
 * most of it left alone longest goes. */
enum digest digests_of(struct digests *digests, int process, uint32_t uid, int64_t most, char hex[DIGEST_HEX]);

#endif
