/* SPDX-License-Identifier: Apache-2.0
 * stepgate.conf(5) in man(7), from the options table. */
#include "ctl/config.h"

#include "base/str.h"

static const char before[] =
	".SH SYNOPSIS\n" SG_CONFIG_FILE "\n.SH DESCRIPTION\n"
	"Read in this order, each over what came before: the vendor's files (\\fI" SG_VENDOR_CONFIG_DIR "/*.conf\\fR), stepgate.conf, and\n.I conf.d/*.conf\nbeside it, by the byte order of "
	"their names. A file of conf.d masks the vendor's of the same name. Groups are merged, everything else is replaced by what comes later.\n.PP\n"
	"The syntax is that of libconfig. Durations are \"500ms\", \"30s\", \"5m\", \"2h\", \"1d\"; sizes \"64KiB\", \"1MiB\". What is not known is an error.\n.PP\n"
	".B stepgate config check\nfinds all mistakes at once and asks what a start would ask,\n.B stepgate config show\nsays where each value comes from,\n.B stepgate config explain\nKEY what an option is,\n"
	".B stepgate config add\nwrites a stanza.\n";

/* What may stand there, and what stands there if nothing does: the lines of config explain as one paragraph. */
static void
value(FILE *to, const struct sg_conf_option *option)
{
	struct sg_buf lines;
	sg_buf_init(&lines, 1 << 16);
	sg_config_explain_value(&lines, option);
	struct sg_str rest = sg_buf_view(&lines);
	while (rest.len > 0) {
		char line[512];
		struct sg_str one = sg_str_cut(&rest, '\n');
		snprintf(line, sizeof(line), "%.*s", one.len > 2 ? (int)one.len - 2 : 0, one.len > 2 ? one.ptr + 2 : "");
		fputs(".br\n", to);
		sg_ctl_man_text(to, line);
		fputc('\n', to);
		if (rest.ptr == NULL)
			break;
	}
	sg_buf_done(&lines);
}

static void
options_of(FILE *to, const char *section)
{
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *o = &sg_conf_options[i];
		if (sg_conf_option_find(section, sg_str(o->key)) != o)
			continue;
		fputs(".TP\n\\fB", to);
		sg_ctl_man_text(to, o->key);
		fputs("\\fR\n", to);
		sg_ctl_man_text(to, o->help);
		fputc('\n', to);
		value(to, o);
	}
}

static void
section(FILE *to, const struct sg_conf_section *s)
{
	fprintf(to, ".SH \"%s\"\n", s->name);
	sg_ctl_man_text(to, s->help);
	fprintf(to, ".\n%s", s->stanzas ? "Stanzas with a name each, with these options:\n" : "");
	if (sg_conf_section_takes_rest(s->name))
		fputs("Any other option is the module's own.\n", to);
	options_of(to, s->name);
}

void
sg_ctl_man_conf(FILE *to)
{
	fprintf(to, ".TH STEPGATE.CONF 5 \"\" \"stepgate %s\"\n.SH NAME\nstepgate.conf \\- configuration of stepgated\n%s", SG_VERSION, before);
	fputs(".SH AT THE TOP\nOutside every section.\n", to);
	options_of(to, "");
	for (size_t i = 0; i < sg_conf_section_count; i++)
		section(to, &sg_conf_sections[i]);
	fputs(".SH SEE ALSO\nstepgate(1), stepgated(8), stepgate\\-policy(1)\n", to);
}
