/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/inspect_engine.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "view/client.h"

static const int PATIENCE_MS = 1000;

static int64_t age(int64_t now_ns, double seconds)
{
	return isnan(seconds) ? TIME_UNKNOWN : now_ns - (int64_t)(seconds * 1e9);
}

static void take_joints(struct inspect_live *l, const struct snapshot *s, int64_t now_ns)
{
	l->joints = 0;
	for (unsigned i = 0; i < s->njoints && i < MAX_JOINTS; i++) {
		const struct view_joint *j = &s->joint[i];

		l->joint[l->joints++] = (struct live_joint){
			.joint = j->joint,
			.value = isnan(j->got) ? j->seen : j->got,
			.at_ns = age(now_ns, s->since_step_s),
		};
	}
}

static void take(struct inspect_live *l, const struct snapshot *s, int64_t now_ns, double most_s)
{
	take_joints(l, s, now_ns);
	l->motors = l->buses = l->cameras = 0;
	for (unsigned i = 0; i < s->nmotors && i < INSPECT_MOTORS; i++) {
		l->motor[l->motors] = s->motor[i].v;
		l->motor_ns[l->motors++] = age(now_ns, s->motor[i].age_s);
	}
	for (unsigned i = 0; i < s->nbuses && i < INSPECT_BUSES; i++) {
		if (s->bus[i].age_s <= most_s)
			l->bus[l->buses++] = s->bus[i].v;
	}
	for (unsigned i = 0; i < s->neyes && i < INSPECT_CAMERAS; i++) {
		l->camera[l->cameras] = s->eye[i].v;
		l->camera_ns[l->cameras++] = age(now_ns, s->eye[i].age_s);
	}
}

bool inspect_engine(struct inspect_live *l, const char *rig_name, double most_s)
{
	struct client *c = rig_name[0] ? client_connect(rig_name, CLIENT_HZ, NULL) : NULL;
	struct client_data *d = c ? xcalloc(1, sizeof(*d)) : NULL;
	struct clock clock = clock_real();
	int64_t end_ns = clock_now_ns(&clock) + PATIENCE_MS * NS_PER_MS;
	bool got = false, over = false;

	while (c && !got && !over && clock_now_ns(&clock) < end_ns) {
		struct pollfd p = {.fd = client_fd(c), .events = POLLIN};
		enum client_kind kind;

		poll(&p, 1, 50);
		while (!got && (kind = client_read(c, d)) != CLIENT_NOTHING) {
			got = kind == CLIENT_SNAPSHOT;
			over = over || kind == CLIENT_BYE || kind == CLIENT_GONE;
			if (over)
				break;
		}
	}
	if (got)
		take(l, &d->snapshot, clock_now_ns(&clock), most_s);
	client_close(c);
	free(d);
	return got;
}
