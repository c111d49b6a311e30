/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_request openpi|groot-b|groot-c KEYS…: the body of a request with a state and a picture for
 * each key: "state KEY N", "image KEY WIDTH HEIGHT", "prompt KEY TEXT". Value i of a state is
 * i - 0.25, byte i of a picture i * 7 + WIDTH.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/infer.h"

static void add_state(struct observation *o, const char *key, unsigned n)
{
	double *v = xcalloc(n + 1, sizeof(*v));

	for (unsigned i = 0; i < n; i++)
		v[i] = i - 0.25;
	text_copy(o->state[o->states].key, INFER_KEY, key);
	o->state[o->states].n = n;
	o->state[o->states++].value = v;
}

static void add_image(struct observation *o, const char *key, unsigned width, unsigned height)
{
	size_t n = (size_t)width * height * 3;
	uint8_t *rgb = xcalloc(n + 1, 1);

	for (size_t i = 0; i < n; i++)
		rgb[i] = (uint8_t)(i * 7 + width);
	text_copy(o->image[o->images].key, INFER_KEY, key);
	o->image[o->images].width = width;
	o->image[o->images].height = height;
	o->image[o->images++].rgb = rgb;
}

int main(int argc, char **argv)
{
	static const char *const forms[] = {"openpi", "groot-b", "groot-c"};
	struct observation o = {.states = 0};
	struct buf b = {0};

	for (int i = 2; i + 2 < argc;) {
		if (strcmp(argv[i], "state") == 0) {
			add_state(&o, argv[i + 1], (unsigned)atoi(argv[i + 2]));
		} else if (strcmp(argv[i], "prompt") == 0) {
			text_copy(o.prompt_key, sizeof(o.prompt_key), argv[i + 1]);
			o.prompt = argv[i + 2];
		} else if (i + 3 < argc) {
			add_image(&o, argv[i + 1], (unsigned)atoi(argv[i + 2]),
				  (unsigned)atoi(argv[i + 3]));
			i++;
		}
		i += 3;
	}
	for (unsigned f = 0; argc > 1 && f < 3; f++) {
		if (strcmp(argv[1], forms[f]) == 0)
			infer_put(&b, (enum infer_form)f, &o);
	}
	fwrite(b.p, 1, b.len, stdout);
	buf_fini(&b);
	for (unsigned i = 0; i < o.states; i++)
		free((void *)(uintptr_t)o.state[i].value);
	for (unsigned i = 0; i < o.images; i++)
		free((void *)(uintptr_t)o.image[i].rgb);
	return 0;
}
