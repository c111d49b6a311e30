/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policytop-video: decodes stretches of videos and writes facts and thumbnails (vision/reel.h). A
 * process of its own, because decoders are large and videos hostile: what happens to it is a
 * message to whoever started it.
 */
#include <errno.h>
#include <libavutil/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/text.h"
#include "video/decode.h"
#include "vision/facts.h"
#include "vision/reel.h"

enum { EXIT_USAGE = 64 };

/* A video that asks for more is given up. */
static const rlim_t memory_max = (rlim_t)4 << 30;

static const struct opt options[] = {
	{"help", NULL, "print this"},
	{"version", NULL, "print the version"},
	{0},
};

struct teller {
	struct facts facts;
	struct reel_record record;
	struct err err;
};

static int put(const struct reel_record *r)
{
	const char *p = (const char *)r;
	size_t left = sizeof(*r);

	while (left) {
		ssize_t n = write(STDOUT_FILENO, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EPIPE;
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

static int take(void *host, const struct decode_picture *p)
{
	struct teller *t = host;
	struct reel_record *r = &t->record;

	facts_begin(&t->facts, r->thumb, p->width, p->height);
	for (uint32_t y = 0; y < p->height; y++)
		facts_row(&t->facts, p->rgb + y * p->stride);
	r->hash = facts_end(&t->facts, &r->frame);
	r->frame.thumb = NULL;
	r->frame.width = p->width;
	r->frame.height = p->height;
	r->frame.channels = 3;
	r->kind = REEL_FRAME;
	r->t_s = p->t_s;
	r->fps = p->fps;
	r->frames++;
	return put(r);
}

/* FROM TO EVERY PATH. */
static bool parse(struct decode_job *job, char *line)
{
	char *word[3], *rest = line;
	int64_t every;

	line[strcspn(line, "\n")] = '\0';
	for (unsigned i = 0; i < 3; i++)
		word[i] = strsep(&rest, " ");
	if (!rest || !text_to_double(word[0], &job->from_s) ||
	    !text_to_double(word[1], &job->to_s) || !text_to_i64(word[2], &every) || every < 1 ||
	    every > 1000000)
		return false;
	job->every = (unsigned)every;
	job->path = rest;
	return true;
}

static int do_job(struct teller *t, uint32_t number, char *line)
{
	struct decode_job job;
	struct err e = {0};
	int rc;

	t->record = (struct reel_record){.magic = REEL_MAGIC, .job = number, .t_s = 0};
	if (parse(&job, line))
		rc = decode_video(&job, take, t, &e);
	else
		rc = err_set(&e, EINVAL, "no job: FROM TO EVERY PATH");
	if (rc == -EPIPE)
		return rc;
	t->record.kind = rc ? REEL_TROUBLE : REEL_END;
	text_clean(t->record.text, sizeof(t->record.text), e.msg, rc ? strlen(e.msg) : 0);
	return put(&t->record);
}

static int help(void)
{
	puts("usage: policytop-video\n"
	     "Decodes what each line of its input asks for (vision/reel.h); learn and look start it.");
	for (const struct opt *o = options; o->name; o++)
		printf("  --%s\n\t%s\n", o->name, o->help);
	return 0;
}

static void limit(void)
{
	const struct rlimit none = {0}, memory = {memory_max, memory_max};

	setrlimit(RLIMIT_CORE, &none);
	/* A sanitizer's shadow memory alone is larger. */
#ifndef POLICYTOP_SANITIZED
	setrlimit(RLIMIT_AS, &memory);
#else
	(void)memory;
#endif
}

static int serve(void)
{
	struct teller *t = calloc(1, sizeof(*t));
	char *line = NULL;
	size_t room = 0;
	int rc = t ? 0 : -ENOMEM;

	av_log_set_level(AV_LOG_QUIET);
	for (uint32_t i = 0; !rc && i < REEL_JOBS_MAX && getline(&line, &room, stdin) > 0; i++)
		rc = do_job(t, i, line);
	free(line);
	free(t);
	return rc ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct opts o;
	struct err e = {0};
	int rc = opts_parse(&o, options, &argc, argv, &e);

	if (!rc && opts_has(&o, "help"))
		return help();
	if (!rc && opts_has(&o, "version")) {
		puts("policytop-video " PACKAGE_VERSION);
		return 0;
	}
	if (rc || argc > 1) {
		fprintf(stderr, "policytop-video: %s\n",
			rc ? e.msg : "takes no operand (see: --help)");
		return EXIT_USAGE;
	}
	limit();
	return serve();
}
