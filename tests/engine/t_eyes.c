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

static void test_keep(struct tap *t)
{
	struct frame front = picture("front"), wrist = picture("wrist");
	struct eyes e = {0};
	unsigned kept = 0, other = 0;

	/* Five a second and one of another camera, for ten seconds. */
	for (int64_t i = 0; i < 50; i++) {
		kept += eyes_keep(&e, &front, i * NS_PER_S / 5 + NS_PER_S);
		other += i % 5 == 0 && eyes_keep(&e, &wrist, i * NS_PER_S / 5 + NS_PER_S);
	}
	ok(t, kept == 10 && other == 10, "of 50 pictures %u are kept, of 10 of another %u", kept,
	   other);
	ok(t, eyes_keep(&e, &front, 0), "a clock that went back is another one");
}

static void test_tell(struct tap *t)
{
	struct frame f = picture("front");
	struct camera health, k;
	struct eyes e = {0};

	camera_init(&health);
	strcpy(health.name, "front");
	ok(t,
	   eyes_tell(&e, &f, NS_PER_S, &k) && k.mode == CAMERA_TRAFFIC && k.width == 640 &&
		   k.dark == 0.25 && isnan(k.fps) && k.lost == -1,
	   "of pictures alone: size and light, no rate and no losses");
	eyes_health(&e, &health, 2 * NS_PER_S);
	ok(t, !eyes_tell(&e, &f, 4 * NS_PER_S, &k), "a source that tells its health tells more");
	ok(t, eyes_tell(&e, &f, 6 * NS_PER_S, &k), "until it is silent");
}

static void test_many(struct tap *t)
{
	struct eyes e = {0};
	unsigned kept = 0;

	for (char c = 'a'; c < 'z'; c++) {
		struct frame f = picture((const char[]){c, '\0'});

		kept += eyes_keep(&e, &f, NS_PER_S);
	}
	ok(t, kept == EYES_MAX, "of too many cameras the first are kept");
}

int main(void)
{
	struct tap t = {0};

	test_keep(&t);
	test_tell(&t);
	test_many(&t);
	return tap_done(&t);
}
