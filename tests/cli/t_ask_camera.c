/* SPDX-License-Identifier: Apache-2.0 */
/* One picture of a camera for a request: warm, converted, everything given back, or why not. */
#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>

#include "preflight/ask.h"
#include "tests/hal/fake_camera.h"
#include "tests/hal/fake_system.h"
#include "tests/tap.h"

static void test_picture(struct tap *t, struct fake_system *sys)
{
	struct ask_picture p = {0};
	struct fake_camera f;
	struct err e = {0};
	int rc;

	fake_camera_init(&f);
	for (uint32_t i = 0; i < 20; i++)
		fake_camera_frame(&f, i, 1000 + i, i < 14 ? 0 : 128);
	rc = ask_camera(&p, &f.sys, sys->root, "0", &e);
	ok(t, rc == 0 && p.width == 64 && p.height == 48, "a picture as the camera is set: %s",
	   e.msg);
	/* YUYV of 128: grey, whatever the range is. */
	ok(t, p.rgb && abs(p.rgb[0] - 128) < 12 && p.rgb[0] == p.rgb[64 * 48 * 3 - 3],
	   "of a camera that has exposed: %d", p.rgb ? p.rgb[0] : -1);
	ok(t, f.opened == f.closed && f.mapped == f.unmapped && !f.streaming && f.sets == 0,
	   "all was given back, nothing was set");
	free(p.rgb);
}

static void test_troubles(struct tap *t, struct fake_system *sys)
{
	struct ask_picture p = {0};
	struct fake_camera f;
	struct err e = {0};

	fake_camera_init(&f);
	f.streamon_error = EBUSY;
	ok(t, ask_camera(&p, &f.sys, sys->root, "0", &e) == -EBUSY && !p.rgb, "in use: %s", e.msg);
	ok(t, f.opened == f.closed && f.mapped == f.unmapped, "and given back");
	ok(t, ask_camera(&p, &f.sys, sys->root, "7", &e) == -ENODEV, "not there: %s", e.msg);
	fake_camera_init(&f);
	ok(t, ask_camera(&p, &f.sys, sys->root, "0", &e) == -ETIMEDOUT && !p.rgb, "silent: %s",
	   e.msg);
	ok(t, f.opened == f.closed && f.mapped == f.unmapped, "and given back");
}

int main(void)
{
	struct fake_system sys;
	struct tap t = {0};

	ok(&t, fake_system_make(&sys), "a system of our own");
	fake_system_camera(&sys, 0);
	test_picture(&t, &sys);
	test_troubles(&t, &sys);
	fake_system_remove(&sys);
	return tap_done(&t);
}
