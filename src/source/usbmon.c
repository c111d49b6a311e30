/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `usbmon:BUS-DEV`: what passes between any program and a USB servo bus, with nothing in its path.
 * Who listens needs root once: `sudo policytop tap usbmon:BUS-DEV`.
 */
#include "hal/usbmon.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "source/servo.h"
#include "source/servotap.h"

#define REST "BUS-DEV"

static int parse(struct tapped *t, struct uri *u, struct err *e)
{
	struct usbmon_port port;
	char place[64];

	if (!usbmon_parse(u->rest, &port))
		return err_set(e, EINVAL, "%s: write usbmon:" REST " as lsusb numbers them: 3-7",
			       u->word);
	snprintf(place, sizeof(place), "usbmon:%u-%u", port.bus, port.device);
	snprintf(t->place, sizeof(t->place), "%s", place);
	return tapped_words(t, u, u->rest, strlen(u->rest), place, e);
}

static bool same(const struct tapped *t, const struct tap_info *info)
{
	return strcmp(t->upstream, info->upstream) == 0;
}

static struct tap_ends ends(const struct tapped *t)
{
	return (struct tap_ends){.usbmon = t->listen};
}

static void introduce(struct source *s, int64_t now_ns)
{
	const struct tapped *t = s->state;

	source_note(s, now_ns, "%s is overheard, with nothing in its path", t->upstream);
}

const struct tapped_kind servotap_usbmon = {
	.parse = parse,
	.same = same,
	.ends = ends,
	.introduce = introduce,
	.told = servotap_told,
	.amend = servotap_amend,
};

static int open_usbmon(struct source *s, struct uri *u, struct err *e)
{
	return servotap_open(s, &servotap_usbmon, u, e);
}

static const struct source_param params[] = {
	SERVO_PARAMS,
	{0},
};

const struct source_class source_usbmon = {
	.kind = "usbmon",
	.rest = REST,
	.summary = "a USB bus of servos, overheard by root's leave",
	.facts = SERVOBUS_FACTS,
	.decoder = &servo_decoder,
	.params = params,
	.slots = 1,
	.state_size = sizeof(struct servotap),
	.open = open_usbmon,
	.run = tap_run,
	.close = tap_close,
};
