/* SPDX-License-Identifier: Apache-2.0
 * attest/shell in C++: which kind of user asks. C++11; no exception leaves a function that the host calls. */
#include <stepgate/attest.h>

#include <new>
#include <poll.h>
#include <string>

namespace
{
struct Shell {
	const sg_host *host;
	std::string word;
};

const sg_option table[] = {{"word", SG_OPTION_TEXT, "person", 1, 32, "what a user who is a person is called"}, {nullptr, SG_OPTION_TEXT, nullptr, 0, 0, nullptr}};

sg_status start(const sg_host *host, const sg_options *options, void **state, sg_err *err)
{
	try {
		*state = new Shell{host, std::string(options->values[0].text.ptr, options->values[0].text.len)};
		return SG_OK;
	} catch (const std::bad_alloc &) {
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory to start with");
	}
}

void stop(void *state)
{
	delete static_cast<Shell *>(state);
}

sg_status look(void *state, const sg_attest_in *in, sg_attest_out *out, sg_err *err)
{
	const Shell *self = static_cast<const Shell *>(state);
	char *value = static_cast<char *>(self->host->alloc(self->host, 64));
	if (value == nullptr)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a fact");
	snprintf(value, 64, "%s", in->uid < 1000 ? "system" : self->word.c_str());
	sg_fact(out, "user", value, SG_FACT_BOUNDARY);
	pollfd gone = {in->pidfd, POLLIN, 0};
	if (poll(&gone, 1, 0) != 0) // at the end: what was read by number holds only if it still lives
		return sg_refuse(err, SG_REFUSED, "peer_gone", "the process that connected is gone");
	return SG_OK;
}

const sg_attest_ops operations = {sizeof(operations), look};
} // namespace

SG_MODULE(attest, "shell", .options = table, .configure = nullptr, .start = start, .stop = stop, .attest = &operations, .issue = nullptr, .verify = nullptr, .audit = nullptr);
