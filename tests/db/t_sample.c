/* SPDX-License-Identifier: Apache-2.0 */
/* Values at their own times: every bit, in order, in one range a run, also of a run that goes on. */
#include <math.h>

#include "base/text.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

static void put(void *sink, int64_t t_ns, uint16_t source, struct sample_value v)
{
	struct sample sample = {.n = 1, .v = &v};

	put_plain(sink, (struct record){.kind = RECORD_SAMPLE,
					.sample = &sample,
					.t_ns = t_ns,
					.source = source});
}

static struct sample_value value(unsigned joint, enum vec_kind k, double v)
{
	return (struct sample_value){
		.value = v, .joint = (uint16_t)joint, .vector = (uint8_t)k, .unit = UNIT_RAD};
}

static void *begin(const char *file, bool resume, struct run_info *info)
{
	static const char *const words[] = {"hook:", "can:can0"};
	void *sink = db_writer_open(file, resume ? "rig" : NULL, NULL);

	info->sources = 2;
	info->source = words;
	text_copy(info->rig, NAME_BYTES, "rig");
	put_run_info(sink, info);
	return sink;
}

static void first_run(struct tap *t, const char *file)
{
	struct run_info info = test_run(2);
	void *sink = begin(file, false, &info);

	put(sink, 7, 1, value(1, VEC_GOT, 0.1));
	put(sink, 7, 1, value(1, VEC_GOT, 0.1)); /* the same once more is another one */
	put(sink, 9, 0, value(0, VEC_ASKED, NAN));
	put(sink, 9, 0, value(0, VEC_SEEN, -INFINITY));
	put(sink, 9, 0, value(2, VEC_SEEN, 1)); /* of a joint that the run does not have */
	ok(t, db_sink.commit(sink, true, NULL) == 0, "samples are stored");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM samples WHERE t_ns = 7 AND value = 0.1 AND joint "
			    "= 'joint_1' AND vector = 'got' AND unit = 'rad' AND source = "
			    "'can:can0' AND place = 1") == 2,
	   "with their time, source and unit");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM samples WHERE t_ns = 9 AND ((vector = 'asked' AND "
		      "value IS NULL) OR (vector = 'seen' AND value = -9e999))") == 2 &&
		   sql_number(file, "SELECT count(*) FROM samples") == 4,
	   "NaN is NULL, an infinity is one, and nothing else is there");
	db_writer_close(sink);
}

static void goes_on(struct tap *t, const char *file)
{
	struct run_info info = test_run(2);
	void *sink = begin(file, true, &info);

	put(sink, 11, 1, value(0, VEC_SENT, 2));
	db_sink.commit(sink, true, NULL);
	ok(t,
	   sql_number(file, "SELECT sample FROM samples WHERE t_ns = 11") ==
		   sql_number(file, "SELECT max(sample) FROM samples WHERE t_ns = 9") + 1,
	   "a run that goes on goes on counting");
	db_writer_close(sink);
	info = test_run(2);
	sink = begin(file, false, &info);
	put(sink, 5, 1, value(0, VEC_SENT, 3));
	db_sink.commit(sink, true, NULL);
	ok(t,
	   sql_number(file, "SELECT count(DISTINCT run) FROM samples") == 2 &&
		   sql_number(file, "SELECT count(*) FROM samples WHERE value = 3 AND run = "
				    "(SELECT max(run) FROM runs)") == 1,
	   "each run has its own");
	db_writer_close(sink);
}

int main(void)
{
	struct tap t = {0};
	struct scratch s;

	scratch_make(&s);
	first_run(&t, s.file);
	goes_on(&t, s.file);
	scratch_remove(&s);
	return tap_done(&t);
}
