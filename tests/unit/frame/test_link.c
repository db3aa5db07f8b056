/* SPDX-License-Identifier: Apache-2.0
 * The corridor: which frame may come from whom, and what happens to everything else. */
#include "frame/link.h"

#include "base/err.h"
#include "base/str.h"
#include "unit/cases.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GATE SG_ROLE_GATE
#define DOOR SG_ROLE_DOOR
#define HOST SG_ROLE_HOST
#define WORKER SG_ROLE_WORKER
#define ZYGOTE SG_ROLE_ZYGOTE
#define SUPER SG_ROLE_SUPERVISOR

/* What `self` reads when `peer` sends: type, length as claimed, reserved bits. */
static const struct {
	enum sg_role peer, self;
	enum sg_link_state state;
	unsigned type;
	uint32_t length;
	unsigned reserved;
	const char *code; /* NULL: taken */
} table[] = {
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, 4, 0, NULL},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_GONE, 0, 0, NULL},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_PRESENTED, 4, 0, NULL},
	{DOOR, GATE, SG_LINK_STARTING, SG_FRAME_D_PRESENTED, 4, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_READY, SG_FRAME_D_PRESENTED, 4, 0, "frame_forbidden"},
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_D_PRESENTED, 4, 0, "frame_forbidden"},
	{GATE, DOOR, SG_LINK_READY, SG_FRAME_D_PRESENTED, 4, 0, "frame_forbidden"},
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_P_EFFECTS, 2, 0, NULL},
	{HOST, GATE, SG_LINK_STARTING, SG_FRAME_H_READY, 2, 0, NULL},
	/* a door that speaks for others */
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_P_EFFECTS, 2, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_H_ANSWER, 2, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_H_READY, 2, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_S_POLICY, 2, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_S_RELOADED, 2, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_S_STOP, 0, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_S_CONFIG, 2, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_ANSWER, 4, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_CONN, 0, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_STARTING, SG_FRAME_D_REQUEST, 4, 0, "frame_forbidden"},
	{DOOR, GATE, SG_LINK_STARTING, SG_FRAME_D_GONE, 0, 0, "frame_forbidden"},
	/* a worker that speaks for others */
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, 4, 0, "frame_forbidden"},
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_H_ANSWER, 2, 0, "frame_forbidden"},
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_S_POLICY, 2, 0, "frame_forbidden"},
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_P_JUDGE, 2, 0, "frame_forbidden"},
	{WORKER, ZYGOTE, SG_LINK_READY, SG_FRAME_Z_SPAWN, 0, 0, "frame_forbidden"},
	/* a host that speaks for others, or too early */
	{HOST, GATE, SG_LINK_READY, SG_FRAME_P_EFFECTS, 2, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_READY, SG_FRAME_H_READY, 2, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_STARTING, SG_FRAME_H_ANSWER, 2, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_READY, SG_FRAME_H_CALL, 2, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, 4, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_READY, SG_FRAME_H_LOADING, 2, 0, "frame_forbidden"}, /* what runs is told before it runs */
	{HOST, GATE, SG_LINK_READY, SG_FRAME_H_TAIL, 2, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_STARTING, SG_FRAME_H_CURSOR, 2, 0, "frame_forbidden"},
	{HOST, GATE, SG_LINK_READY, SG_FRAME_S_PREPARE, 2, 0, "frame_forbidden"},
	/* the zygote and the supervisor */
	{GATE, SUPER, SG_LINK_READY, SG_FRAME_S_PREPARE, 2, 0, "frame_forbidden"},
	{ZYGOTE, SUPER, SG_LINK_READY, SG_FRAME_G_PREPARED, 2, 0, "frame_forbidden"},
	{ZYGOTE, SUPER, SG_LINK_READY, SG_FRAME_G_KILL, 2, 0, "frame_forbidden"},
	{ZYGOTE, SUPER, SG_LINK_READY, SG_FRAME_G_SPAWN, 2, 0, "frame_forbidden"},
	{ZYGOTE, SUPER, SG_LINK_READY, SG_FRAME_Z_READY, 2, 0, "frame_forbidden"},
	{GATE, SUPER, SG_LINK_READY, SG_FRAME_S_CHILD, 2, 0, "frame_forbidden"},
	{GATE, SUPER, SG_LINK_STARTING, SG_FRAME_G_RELOAD, 0, 0, "frame_forbidden"},
	/* shapes */
	{DOOR, GATE, SG_LINK_READY, 0, 0, 0, "frame_unknown"},
	{DOOR, GATE, SG_LINK_READY, 999, 0, 0, "frame_unknown"},
	{DOOR, GATE, SG_LINK_READY, 65535, 0, 0, "frame_unknown"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, 4, 1, "frame_reserved"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, 4, 0x8000, "frame_reserved"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, 0, 0, "frame_payload"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_GONE, 1, 0, "frame_payload"},
	{WORKER, GATE, SG_LINK_READY, SG_FRAME_P_EFFECTS, 0, 0, "frame_payload"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, SG_FRAME_MAX + 1, 0, "frame_length"},
	{DOOR, GATE, SG_LINK_READY, SG_FRAME_D_REQUEST, UINT32_MAX, 0, "frame_length"},
	{ZYGOTE, SUPER, SG_LINK_READY, SG_FRAME_Z_SPAWNED, 0, 0, "frame_no_fd"},
	{SUPER, GATE, SG_LINK_READY, SG_FRAME_S_CHILD, 2, 0, "frame_no_fd"},
};

static void
put_frame(struct sg_buf *out, unsigned type, uint32_t length, unsigned reserved)
{
	unsigned char head[SG_FRAME_HEAD] = {length & 255, length >> 8 & 255, length >> 16 & 255, length >> 24, type & 255, type >> 8,
					     reserved & 255, reserved >> 8};
	sg_buf_add(out, head, sizeof(head));
	for (uint32_t i = 0; i < length && i < 64; i++)
		sg_buf_text(out, "x");
}

static void
refused(void)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct sg_link link;
		struct sg_frame frame;
		struct sg_err err = {0};
		sg_link_init(&link, -1, table[i].self, table[i].peer);
		link.state = table[i].state;
		put_frame(&link.in, table[i].type, table[i].length, table[i].reserved);
		enum sg_status status = sg_link_next(&link, &frame, &err);
		bool good = table[i].code == NULL ? status == SG_OK
						  : status == SG_MALFORMED && err.code != NULL && strcmp(err.code, table[i].code) == 0;
		if (!good)
			fprintf(stderr, "  row %zu: %s instead of %s\n", i, err.code, table[i].code);
		CU_ASSERT_TRUE(good);
		sg_link_done(&link);
	}
}

static void
forbidden_is_not_sent(void)
{
	struct sg_link link;
	int ends[2];
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	sg_link_init(&link, ends[0], DOOR, GATE);
	CU_ASSERT_EQUAL(sg_link_queue(&link, SG_FRAME_P_EFFECTS, 1, SG_STR("{}"), -1, NULL), SG_BUG);
	CU_ASSERT_EQUAL(sg_link_queue(&link, SG_FRAME_D_REQUEST, 1, SG_STR("abcd"), -1, NULL), SG_BUG); /* not ready yet */
	CU_ASSERT_FALSE(sg_link_pending(&link));
	sg_link_done(&link);
	close(ends[1]);
}

/* Many frames with and without descriptors, written in one batch, read in pieces. */
static void
batch_with_descriptors(void)
{
	struct sg_link gate, door;
	struct sg_frame frame;
	int ends[2], got = 0, with = 0;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	sg_link_init(&gate, ends[0], GATE, DOOR);
	sg_link_init(&door, ends[1], DOOR, GATE);
	for (uint64_t i = 1; i <= 10; i++) {
		CU_ASSERT_EQUAL(sg_link_queue(&gate, SG_FRAME_D_CONN, i, SG_STR(""), dup(0), NULL), SG_OK);
		CU_ASSERT_EQUAL(sg_link_queue(&gate, SG_FRAME_D_ANSWER, i, SG_STR("\xc8\0\0\0{}"), -1, NULL), SG_OK);
	}
	CU_ASSERT_EQUAL(sg_link_flush(&gate, NULL), SG_OK);
	for (int turn = 0; turn < 100; turn++) {
		sg_link_fill(&door, NULL);
		while (sg_link_next(&door, &frame, NULL) == SG_OK) {
			got++;
			CU_ASSERT_EQUAL(frame.fd >= 0, frame.type == SG_FRAME_D_CONN);
			if (frame.fd >= 0) {
				with++;
				CU_ASSERT_TRUE(fcntl(frame.fd, F_GETFD) >= 0);
				close(frame.fd);
			}
		}
	}
	CU_ASSERT_EQUAL(got, 20);
	CU_ASSERT_EQUAL(with, 10);
	sg_link_done(&gate);
	sg_link_done(&door);
}

static void
bounds(void)
{
	struct sg_link link;
	int ends[2];
	char *big = calloc(1, SG_FRAME_MAX + 1);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	sg_link_init(&link, ends[0], DOOR, GATE);
	link.state = SG_LINK_READY;
	CU_ASSERT_EQUAL(sg_link_queue(&link, SG_FRAME_D_REQUEST, 1, (struct sg_str){big, SG_FRAME_MAX}, -1, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_link_queue(&link, SG_FRAME_D_REQUEST, 1, (struct sg_str){big, SG_FRAME_MAX + 1}, -1, NULL), SG_LIMIT);
	int queued = 1;
	while (queued < 100 && sg_link_queue(&link, SG_FRAME_D_REQUEST, 1, (struct sg_str){big, SG_FRAME_MAX}, -1, NULL) == SG_OK)
		queued++;
	CU_ASSERT_EQUAL(queued, SG_LINK_OUT_MAX / (SG_FRAME_MAX + SG_FRAME_HEAD));
	sg_link_done(&link);
	close(ends[1]);
	free(big);
}

/* What was queued before stays unsent as well: a peer must not see a part of what it was owed. */
static void
broken(void)
{
	struct sg_link link;
	int ends[2];
	char byte;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	sg_link_init(&link, ends[0], GATE, DOOR);
	link.state = SG_LINK_READY;
	CU_ASSERT_FALSE(sg_link_pending(&link));
	CU_ASSERT_EQUAL(sg_link_queue(&link, SG_FRAME_D_CLOSE, 1, SG_STR(""), -1, NULL), SG_OK);
	sg_link_break(&link);
	CU_ASSERT_TRUE(sg_link_pending(&link));
	CU_ASSERT_EQUAL(sg_link_flush(&link, NULL), SG_NOMEM);
	CU_ASSERT_EQUAL(read(ends[1], &byte, 1), -1);
	sg_link_done(&link);
	close(ends[1]);
}

SG_CASES("frame.link", {"the table, broken in every way", refused}, {"what is forbidden is not sent either", forbidden_is_not_sent},
	 {"a batch with descriptors", batch_with_descriptors}, {"bounds", bounds}, {"a link that lost a frame ends", broken})
