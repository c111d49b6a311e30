/* SPDX-License-Identifier: Apache-2.0 */
#include "source/policy.h"

#include <errno.h>

#include "base/text.h"

const struct source_param policy_params[] = {
	{"fps", "Hz", "", "control rate of the loop, which the connection does not tell"},
	{"joints", "", "", "names of the actions' values, in order, separated by commas"},
	{0},
};

int policy_fps(struct uri *u, double *fps, struct err *e)
{
	const char *text = uri_param(u, "fps");

	*fps = 0;
	if (text && (!text_to_double(text, fps) || !fps_possible(*fps)))
		return err_set(e, EINVAL, "%s: fps is the control rate in Hz", u->word);
	return 0;
}

int policy_joints(struct traffic *p, struct uri *u, struct err *e)
{
	const char *list = uri_param(u, "joints");
	int rc = list ? traffic_name(p, list, e) : 0;

	if (rc < 0)
		err_prefix(e, "%s", u->word);
	return rc;
}
