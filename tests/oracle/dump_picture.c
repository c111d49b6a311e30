/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_picture DIR: saves pictures of a pattern that picture.py knows too, and prints what is said of
 * each, one a line.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/picture_file.h"

enum { SIDES = 4 };

static void paint(uint8_t *rgb, unsigned width, unsigned height, unsigned seed)
{
	for (unsigned y = 0; y < height; y++) {
		for (unsigned x = 0; x < width; x++) {
			*rgb++ = (uint8_t)(x * 4 + seed);
			*rgb++ = (uint8_t)(y * 5 + seed);
			*rgb++ = (uint8_t)(x * y + seed);
		}
	}
}

int main(int argc, char **argv)
{
	static const unsigned sides[SIDES][2] = {{64, 48}, {1, 1}, {37, 48}, {64, 1}};
	static uint8_t live[64 * 48 * 3], trained[64 * 48 * 3];
	struct viewer_image image = {.rig = "../a rig", .camera = "fr/ont"};
	char said[600];

	if (argc != 2)
		return 64;
	paint(trained, 64, 48, 100);
	for (unsigned i = 0; i < SIDES; i++) {
		struct err e = {0};

		paint(live, sides[i][0], sides[i][1], 0);
		image.live = (struct pixels){sides[i][0], sides[i][1], live};
		image.trained = (struct pixels){i % 2 ? 0 : 64, i % 2 ? 0 : 48, trained};
		if (picture_file_save(argv[1], &image, said, sizeof(said), &e))
			snprintf(said, sizeof(said), "%s", e.msg);
		puts(said);
	}
	return 0;
}
