/* SPDX-License-Identifier: Apache-2.0
 * One end of the corridor: frames on a stream socket, batched, with descriptors riding along.
 * On the wire a frame is u32 payload length, u16 type, u16 zero, u64 id (little-endian), payload. */
#ifndef SG_FRAME_LINK_H
#define SG_FRAME_LINK_H

#include "base/buf.h"
#include "frame/table.h"

/* Descriptors: so many may come ahead of their frames; so many may wait to be sent, as many as a supervisor can have to hand over in one turn. */
enum { SG_FRAME_HEAD = 16, SG_LINK_FDS = 16, SG_LINK_OUT_FDS = 2048, SG_LINK_OUT_MAX = 64 << 20 };

/* A frame as received. `payload` is borrowed until the next call on the link; `fd` is -1 or belongs to the receiver, who closes it. */
struct sg_frame {
	uint16_t type;
	uint64_t id;
	struct sg_str payload;
	int fd;
};

/* Not thread-safe: one owner. Non-blocking unless the descriptor is a blocking one. */
struct sg_link {
	int fd; /* -1 once closed */
	enum sg_role self, peer;
	enum sg_link_state state;
	struct sg_buf in, out;
	size_t in_used; /* bytes of `in` already handed out */
	int in_fds[SG_LINK_FDS];
	size_t in_fd_count;
	struct sg_link_out_fd {
		size_t at; /* offset in `out` of the frame it belongs to */
		int fd;
	} *out_fds;
	size_t out_fd_count, out_fd_room;
};

/* Takes ownership of `fd`. */
void sg_link_init(struct sg_link *link, int fd, enum sg_role self, enum sg_role peer);
/* Closes the descriptor and every descriptor still in transit; frees the buffers. */
void sg_link_done(struct sg_link *link);

/* Appends a frame. `fd` is -1, or is owned by the link from here on (closed after sending). SG_BUG (frame_forbidden) if the table
 * does not allow it; SG_LIMIT (frame_backlog) if too much is waiting; SG_NOMEM. */
enum sg_status sg_link_queue(struct sg_link *link, enum sg_frame_type type, uint64_t id, struct sg_str payload, int fd,
			     struct sg_err *err);

/* Sends as much as the socket takes: one batch per turn. SG_AGAIN if some is left, SG_UNAVAILABLE (link_closed) if the peer is gone, SG_NOMEM
 * (no_memory) after a frame was lost to lack of memory or sg_link_break. */
enum sg_status sg_link_flush(struct sg_link *link, struct sg_err *err);

/* True while something waits to be sent, or was lost. */
bool sg_link_pending(const struct sg_link *link);

/* Something the peer must hear cannot be sent: nothing more will be, and the next flush fails, so that the link ends when nobody is in the
 * middle of using it. */
void sg_link_break(struct sg_link *link);

/* Reads what is there, once. SG_OK if bytes came, SG_AGAIN if none, SG_UNAVAILABLE (link_closed) on end or error, SG_LIMIT
 * (link_fds) if more descriptors arrive than frames can carry. */
enum sg_status sg_link_fill(struct sg_link *link, struct sg_err *err);

/* The next whole frame: SG_OK, SG_AGAIN (none yet), SG_MALFORMED (frame_unknown, frame_forbidden, frame_length, frame_reserved,
 * frame_no_fd, frame_payload). After SG_MALFORMED the link must be closed. A JSON payload is read by its receiver, with
 * sg_canon_parse and nothing else. */
enum sg_status sg_link_next(struct sg_link *link, struct sg_frame *frame, struct sg_err *err);

/* Blocking exchange for simple processes: fills until one frame is whole. Errors as fill and next. */
enum sg_status sg_link_wait(struct sg_link *link, struct sg_frame *frame, struct sg_err *err);

#endif
