/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/set_audit.h"

#include <stdlib.h>

#include "audit/dataset.h"
#include "base/mem.h"
#include "base/text.h"
#include "training/compare.h"
#include "training/complete.h"

int set_read(struct read_set *s, const char *word, struct err *e)
{
	struct set_stats *stats;
	int rc;

	*s = (struct read_set){0};
	rc = dataset_open(&s->set, word, e);
	rc = rc ? rc : dataset_load(s->set, &s->e, e);
	if (rc)
		return rc;
	stats = set_stats_read(s->set, &s->e, e);
	if (!stats)
		return -e->code;
	set_stats_cameras(stats, s->e.cameras, s->e.ncameras);
	s->profile = profile_build(&s->e, NULL);
	text_copy(s->profile->name, sizeof(s->profile->name), dataset_name(s->set));
	set_stats_compare(stats, s->profile, s->profile);
	for (unsigned i = 0; i < 2; i++)
		s->nothing[i] = set_stats_nothing(stats, s->profile, i == 1);
	set_stats_free(stats);
	return 0;
}

void set_read_fini(struct read_set *s)
{
	profile_free(s->profile);
	episodes_fini(&s->e);
	dataset_close(s->set);
	*s = (struct read_set){0};
}

void set_audit(struct audit *a, const struct read_set *s)
{
	const char *missing[MISSING_MAX];
	size_t n = dataset_warnings(s->set);
	const char **warning = xcalloc(n + 1, sizeof(*warning));
	struct modality *m = xcalloc(1, sizeof(*m));
	struct err e = {0};
	int rc = modality_read(m, s->set, &e);
	struct set_evidence ev = {.e = &s->e,
				  .profile = s->profile,
				  .nmissing = dataset_missing(s->set, missing),
				  .missing = missing,
				  .nwarnings = n,
				  .warning = warning,
				  .modality = rc == 0 ? m : NULL,
				  .modality_wrong = rc < 0 ? e.msg : NULL,
				  .nothing = {s->nothing[0], s->nothing[1]}};

	for (size_t i = 0; i < n; i++)
		warning[i] = dataset_warning(s->set, i);
	audit_dataset(a, &ev);
	free(m);
	free(warning);
}
