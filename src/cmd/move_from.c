/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/move.h"
#include "rig/rig_file.h"

/* Cut short it would be another one: then nothing is known. */
static void take(char *dst, size_t size, const char *text)
{
	if (text && text[0] && text_copy(dst, size, text) != strlen(text))
		dst[0] = '\0';
}

/* "left" or "right" of a rig that has such an arm, by the prefix of its joints; "" the only one. */
static const char *side_of(const struct rig *r, const char *prefix)
{
	if (prefix && strncasecmp(prefix, "left", 4) == 0 && r->robot_left_port[0])
		return "left";
	if (prefix && strncasecmp(prefix, "right", 5) == 0 && r->robot_right_port[0])
		return "right";
	return "";
}

static int from_rig(struct move_from *f, const struct rig *r, const char *name, const char *prefix,
		    struct err *e)
{
	const char *side = side_of(r, prefix);

	take(f->device, sizeof(f->device),
	     side[0] == 'l'   ? r->robot_left_port
	     : side[0] == 'r' ? r->robot_right_port
			      : r->robot_port);
	take(f->robot, sizeof(f->robot), r->robot_type);
	/* As LeRobot calls the arms of two. */
	if (r->robot_id[0])
		snprintf(f->id, sizeof(f->id), "%s%s%s", r->robot_id, side[0] ? "_" : "", side);
	take(f->calibration, sizeof(f->calibration), r->robot_calibration);
	take(f->profile, sizeof(f->profile), r->profile);
	if (f->device[0])
		return 0;
	return err_set(e, EINVAL,
		       r->robot_left_port[0] || r->robot_right_port[0]
			       ? "rig %s has two arms: --prefix left_ or right_ says which"
			       : "rig %s does not say at which port its arm is: robot.port",
		       name);
}

static int load(struct move_from *f, const char *name, const char *prefix, struct err *e)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct rig_errors *errors = xcalloc(1, sizeof(*errors));
	int rc = rig_file_load(r, errors, name, e);

	if (!rc)
		rc = from_rig(f, r, name, prefix, e);
	free(errors);
	free(r);
	return rc;
}

int move_from(struct move_from *f, const struct app *app, const char *word, struct err *e)
{
	const struct opts *o = &app->opts;
	bool path = strchr(word, '/') || access(word, F_OK) == 0;
	int rc = 0;

	memset(f, 0, sizeof(*f));
	if (path)
		take(f->device, sizeof(f->device), word);
	else
		rc = load(f, word, opts_text(o, "prefix"), e);
	if (!rc && !f->device[0])
		rc = err_set(e, ENAMETOOLONG, "'%s' is too long for a device", word);
	take(f->robot, sizeof(f->robot), opts_text(o, "robot"));
	take(f->id, sizeof(f->id), opts_text(o, "id"));
	take(f->profile, sizeof(f->profile), opts_text(o, "profile"));
	/* One of the two on the command line is meant instead of either in a rig. */
	if (opts_text(o, "id") || opts_text(o, "calibration"))
		f->calibration[0] = '\0';
	take(f->calibration, sizeof(f->calibration), opts_text(o, "calibration"));
	return rc;
}
