/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/rig_codes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/finding.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/check.h"

/* What preflight looks at: audits, checks of a run, and what every rig requires by default. */
static bool is_code(const char *word, const struct rig_list *always)
{
	size_t n = strlen(word);

	for (const struct audit_code *c = audit_codes; n && c->code; c++) {
		if (strncmp(c->code, word, n) == 0 && (!c->code[n] || c->code[n] == '-'))
			return true;
	}
	for (size_t i = 0; check_table[i]; i++) {
		if (strcmp(check_table[i]->name, word) == 0)
			return true;
	}
	for (unsigned i = 0; i < always->n; i++) {
		if (strcmp(always->word[i], word) == 0)
			return true;
	}
	return false;
}

void rig_codes_check(struct rig_errors *errors, const struct rig *r)
{
	struct rig *always = xcalloc(1, sizeof(*always));

	rig_default_require(always);
	for (unsigned i = 0; i < r->require.n; i++) {
		struct rig_error *e;
		struct err text = {0};

		if (is_code(r->require.word[i], &always->require) || errors->n == RIG_ERRORS_MAX)
			continue;
		e = &errors->error[errors->n++];
		err_set(&text, EINVAL, "require: no code is called %s (policytop list codes)",
			r->require.word[i]);
		e->line = 0;
		text_copy(e->text, sizeof(e->text), text.msg);
	}
	free(always);
}
