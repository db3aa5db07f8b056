/* SPDX-License-Identifier: Apache-2.0
 * audit/exec: each leaf as one line into the input of a program. A leaf counts as safe once the program has taken it out of the pipe; what it does with
 * it is its own affair, so after a crash leaves may come again: `n` tells. */
#include <stepgate/audit.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct sink {
	const struct sg_host *host;
	int pipe;
	uint64_t written;
};

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options;
	struct sink *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a sink");
	*self = (struct sink){.host = host, .pipe = host->descriptor(host, "program")};
	*state = self;
	return self->pipe >= 0 ? SG_OK : sg_refuse(err, SG_NOT_FOUND, "exec_no_program", "grant \"program=run:PATH\"");
}

static enum sg_status
push(struct sink *self, const char *bytes, size_t len, struct sg_err *err)
{
	while (len > 0) {
		ssize_t n = write(self->pipe, bytes, len);
		if (n < 0 && errno != EINTR)
			return sg_refuse(err, SG_UNAVAILABLE, "exec_gone", "the program takes no more: %s", strerror(errno));
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return SG_OK;
}

static enum sg_status
write_leaf(void *state, const struct sg_audit_in *in, struct sg_err *err)
{
	struct sink *self = state;
	char gap[96];
	enum sg_status status = SG_OK;
	if (in->missing > 0) {
		int len = snprintf(gap, sizeof(gap), "{\"kind\":\"gap\",\"missing\":%llu,\"next\":%llu}\n", (unsigned long long)in->missing,
				   (unsigned long long)in->number);
		status = push(self, gap, (size_t)len, err);
	}
	if (status == SG_OK)
		status = push(self, in->leaf.ptr, in->leaf.len, err);
	if (status == SG_OK)
		status = push(self, "\n", 1, err);
	self->written = in->number;
	return status;
}

/* The pipe is empty when the program has read everything; until then nothing is said to be safe, and the host asks again. */
static enum sg_status
flush(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err)
{
	struct sink *self = state;
	struct pollfd reader = {.fd = self->pipe};
	int left = 0;
	(void)in;
	poll(&reader, 1, 0);
	if ((reader.revents & POLLERR) != 0 || ioctl(self->pipe, FIONREAD, &left) != 0)
		return sg_refuse(err, SG_UNAVAILABLE, "exec_gone", "the program has ended or closed its input");
	out->durable = left == 0 ? self->written : 0;
	return SG_OK;
}

static const struct sg_audit_ops operations = {sizeof(operations), write_leaf, flush};

SG_MODULE(audit, "exec", .start = start, .audit = &operations);
