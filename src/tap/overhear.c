/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tap that stands beside the path: a USB serial device, as usbmon tells of it. Nothing passes
 * through here; what is copied, and for whom, is as of the others. It has no clients.
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "hal/usbmon.h"
#include "tap/tap.h"

enum { RING_BYTES = 1 << 20, AT_ONCE = 64 };

struct overhear {
	int fd;
	struct usbmon_port port;
	bool gone;
	int64_t look_ns; /* when to see whether the device is still there */
	unsigned char header[USBMON_HEADER_BYTES], data[USBMON_DATA_BYTES];
};

/* For good: from here on it is a process like any other of its owner. */
static int become(const struct tap_cfg *cfg, struct err *e)
{
	if (!cfg->uid || geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) || setresgid(cfg->gid, cfg->gid, cfg->gid) ||
	    setresuid(cfg->uid, cfg->uid, cfg->uid))
		return err_set(e, errno, "cannot become user %u: %m", (unsigned)cfg->uid);
	return 0;
}

static int overhear_open(struct tap *t, const struct tap_cfg *cfg, struct err *e)
{
	struct overhear *o = t->overhear = calloc(1, sizeof(*o));
	int rc;

	t->capacity = 1;
	t->connection = calloc(1, sizeof(*t->connection));
	if (!o || !t->connection)
		return err_set(e, ENOMEM, "not enough memory");
	o->fd = -1;
	t->connection[0].slot = -1;
	if (!usbmon_parse(cfg->usbmon, &o->port))
		return err_set(e, EINVAL, "%s: write BUS-DEV, two numbers as of lsusb",
			       cfg->usbmon);
	rc = usbmon_find(&o->port, e);
	if (rc)
		return rc;
	o->fd = usbmon_open(&o->port, e);
	if (o->fd < 0)
		return o->fd;
	snprintf(t->info.upstream, sizeof(t->info.upstream), "usbmon:%u-%u", o->port.bus,
		 o->port.device);
	return become(cfg, e);
}

static void overhear_begin(struct tap *t)
{
	struct connection *c = &t->connection[0];

	c->id = ++t->last_id;
	c->last = -1;
	copy_begin(t, c);
	tap_watch(t, t->overhear->fd, EPOLLIN, WATCH_END, 0);
}

/* The kernel's time is of the other clock; one that cannot be is replaced by now. */
static int64_t when(const struct tap *t, int64_t wall_ns)
{
	int64_t now = clock_now_ns(&t->clock), age = clock_wall_ns() - wall_ns;

	return wall_ns == TIME_UNKNOWN || age < 0 || age > NS_PER_S ? now : now - age;
}

static void unplugged(struct tap *t)
{
	struct connection *c = &t->connection[0];

	t->overhear->gone = true;
	epoll_ctl(t->epoll, EPOLL_CTL_DEL, t->overhear->fd, NULL);
	tap_record(t, c, 0, TAP_RESET, 0);
	copy_end(t, c);
	tap_tell(t, TAP_UNPLUGGED);
}

static void overhear_event(struct tap *t, enum watch_kind kind, uint64_t which, uint32_t events)
{
	struct connection *c = &t->connection[0];
	struct overhear *o = t->overhear;
	int rc = 1;

	(void)kind;
	(void)which;
	(void)events;
	for (int i = 0; i < AT_ONCE && rc > 0 && !o->gone; i++) {
		struct usbmon_piece p;
		enum usbmon_kind what = USBMON_NOTHING;

		rc = usbmon_take(o->fd, o->header, o->data);
		if (rc > 0)
			what = usbmon_read(&o->port, o->header, sizeof(o->header), &p);
		if (rc < 0) {
			unplugged(t);
		} else if (what == USBMON_BYTES) {
			copy_bytes(t, c, p.direction, o->data, p.length, when(t, p.wall_ns));
			copy_missed(t, c, p.direction, p.missed);
		}
	}
	tap_wake(t);
}

static void overhear_busy(struct tap *t)
{
	(void)t;
}

static int64_t overhear_due(struct tap *t)
{
	struct overhear *o = t->overhear;
	int64_t now = clock_now_ns(&t->clock);

	if (!o->gone && now >= o->look_ns) {
		o->look_ns = now + NS_PER_S;
		if (!usbmon_there(&o->port))
			unplugged(t);
	}
	return o->gone ? INT64_MAX : o->look_ns;
}

static void overhear_close(struct tap *t)
{
	if (t->overhear && t->overhear->fd >= 0)
		close(t->overhear->fd);
	free(t->overhear);
}

const struct wire wire_usbmon = {
	.ring_bytes = {RING_BYTES, RING_BYTES},
	.open = overhear_open,
	.begin = overhear_begin,
	.event = overhear_event,
	.busy = overhear_busy,
	.due = overhear_due,
	.close = overhear_close,
};
