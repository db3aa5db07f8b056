/* SPDX-License-Identifier: Apache-2.0
 * What an option takes, for config explain and stepgate.conf(5). */
#include "ctl/config.h"

#include "conf/written.h"

void
sg_config_explain_value(struct sg_buf *out, const struct sg_conf_option *option)
{
	char min[32], max[32];
	bool list = sg_conf_type_kind(option->type) == SG_CONF_LIST;
	sg_conf_number_write(min, option->type, option->min);
	sg_conf_number_write(max, option->type, option->max);
	if (option->choices != NULL)
		sg_buf_printf(out, "  takes    one of %s\n", option->choices);
	else
		sg_buf_printf(out, "  takes    %s\n", sg_conf_type_wants(option->type));
	if (option->max > 0 && (list || sg_conf_type_is_number(option->type)))
		sg_buf_printf(out, "  range    from %s to %s%s\n", min, max, list ? " entries" : "");
	else if (option->max > 0)
		sg_buf_printf(out, "  range    from %s to %s bytes\n", min, max);
	sg_buf_text(out, "  default  ");
	sg_conf_standard_write(out, option);
	sg_buf_text(out, option->standard == NULL ? "none: it must be given\n" : "\n");
}
