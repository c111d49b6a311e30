/* SPDX-License-Identifier: Apache-2.0 */
/* Cameras as they are recorded: one picture a second, and who nobody but the policy sees. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "engine/eyes.h"
#include "tests/tap.h"

static struct frame picture(const char *camera)
{
	struct frame f;

	frame_init(&f);
	strcpy(f.camera, camera);
	f.width = 640;
	f.height = 480;
	f.dark = 0.25;
	return f;
}

static struct event at(const struct frame *f, uint16_t source, int64_t t_ns)
{
	return (struct event){.kind = EVENT_FRAME, .frame = f, .source = source, .t_ns = t_ns};
}

static void test_keep(struct tap *t)
{
	struct frame front = picture("front"), wrist = picture("wrist");
	struct eyes e = {0};
	struct event ev;
	unsigned kept = 0, other = 0, twin = 0;

	/* Five a second and one of another camera, for ten seconds. */
	for (int64_t i = 0; i < 50; i++) {
		ev = at(&front, 0, i * NS_PER_S / 5 + NS_PER_S);
		kept += eyes_keep(&e, &ev, 1);
		ev.source = 1;
		twin += eyes_keep(&e, &ev, 1);
		ev = at(&wrist, 0, ev.t_ns);
		other += i % 5 == 0 && eyes_keep(&e, &ev, 1);
	}
	ok(t, kept == 10 && other == 10, "of 50 pictures %u are kept, of 10 of another %u", kept,
	   other);
	ok(t, twin == 10, "the same name from another source is another camera");
	ev = at(&front, 0, 10 * NS_PER_S + NS_PER_S / 2);
	ok(t, !eyes_keep(&e, &ev, 1) && eyes_keep(&e, &ev, 2), "the first of an episode is kept");
	ev.t_ns = 0;
	ok(t, eyes_keep(&e, &ev, 2), "a clock that went back is another one");
}

static void test_tell(struct tap *t)
{
	struct frame f = picture("front");
	struct event ev = at(&f, 0, NS_PER_S), told = {.kind = EVENT_CAMERA, .source = 3};
	struct camera health, k;
	struct eyes e = {0};

	camera_init(&health);
	strcpy(health.name, "front");
	told.camera = &health;
	told.t_ns = 2 * NS_PER_S;
	ok(t,
	   eyes_tell(&e, &ev, &k) && k.mode == CAMERA_TRAFFIC && k.width == 640 && k.dark == 0.25 &&
		   isnan(k.fps) && k.lost == -1,
	   "of pictures alone: size and light, no rate and no losses");
	eyes_health(&e, &told);
	ev.t_ns = 4 * NS_PER_S;
	ok(t, !eyes_tell(&e, &ev, &k), "a source that tells its health tells more");
	ev.t_ns = 6 * NS_PER_S;
	ok(t, eyes_tell(&e, &ev, &k), "until it is silent");
}

static void test_many(struct tap *t)
{
	struct eyes e = {0};
	unsigned kept = 0;

	for (char c = 'a'; c <= 'z'; c++) {
		struct frame f = picture((const char[]){c, '\0'});
		struct event ev = at(&f, 0, NS_PER_S);

		kept += eyes_keep(&e, &ev, 0);
	}
	ok(t, kept == 26, "of too many cameras all pictures are kept");
}

int main(void)
{
	struct tap t = {0};

	test_keep(&t);
	test_tell(&t);
	test_many(&t);
	return tap_done(&t);
}
