/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "training/checkpoint.h"

static void add_key(struct buf *b, const char *key)
{
	char last = b->len ? b->p[b->len - 1] : '\0';

	buf_printf(b, "%s\"%s\":", last == '{' || last == '[' ? "" : ",", key);
}

static void add_text(struct buf *b, const char *key, const char *value)
{
	add_key(b, key);
	if (value[0])
		buf_json_str(b, value);
	else
		buf_str(b, "null");
}

static void add_count(struct buf *b, const char *key, int64_t value, bool known)
{
	add_key(b, key);
	if (known)
		buf_printf(b, "%lld", (long long)value);
	else
		buf_str(b, "null");
}

static void add_bool(struct buf *b, const char *key, bool value)
{
	add_key(b, key);
	buf_str(b, value ? "true" : "false");
}

static void add_features(struct buf *b, const char *key, const struct policy_feature *f, size_t n)
{
	add_key(b, key);
	buf_str(b, "[");
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? ",{" : "{");
		add_text(b, "key", f[i].key);
		add_text(b, "type", policy_type_word(f[i].type));
		add_text(b, "mode", f[i].mode == NORM_UNKNOWN ? "" : norm_mode_word(f[i].mode));
		buf_str(b, ",\"shape\":[");
		for (unsigned k = 0; k < f[i].ndim; k++)
			buf_printf(b, "%s%u", k ? "," : "", f[i].shape[k]);
		buf_str(b, "],\"names\":[");
		for (unsigned k = 0; k < f[i].nnames; k++) {
			buf_str(b, k ? "," : "");
			buf_json_str(b, f[i].name[k]);
		}
		buf_str(b, "]}");
	}
	buf_str(b, "]");
}

static void add_stats(struct buf *b, const struct norm_stats *s)
{
	add_text(b, "key", s->key);
	add_count(b, "width", s->width, true);
	add_count(b, "horizon", s->horizon, true);
	add_key(b, "count");
	buf_json_num(b, s->count);
	for (unsigned k = 0; k < NORM_STATS; k++) {
		if (!s->v[k])
			continue;
		add_key(b, norm_stat_word((enum norm_stat)k));
		buf_str(b, "[");
		for (size_t i = 0; i < (size_t)s->width * s->horizon; i++) {
			buf_str(b, i ? "," : "");
			buf_json_num(b, s->v[k][i]);
		}
		buf_str(b, "]");
	}
}

static void add_side(struct buf *b, const char *key, const struct norm_side *s)
{
	add_key(b, key);
	if (!s->known) {
		buf_str(b, "null");
		return;
	}
	buf_str(b, "{");
	add_text(b, "file", s->file);
	add_text(b, "stats_file", s->stats_file);
	add_bool(b, "stats_lost", s->stats_lost);
	add_count(b, "steps", s->steps, true);
	add_count(b, "reversed", s->reversed, true);
	add_bool(b, "relative", s->relative);
	add_key(b, "eps");
	buf_json_num(b, s->eps);
	add_features(b, "features", s->feature, s->nfeatures);
	buf_str(b, ",\"stats\":[");
	for (size_t i = 0; i < s->nstats; i++) {
		buf_str(b, i ? ",{" : "{");
		add_stats(b, &s->stats[i]);
		buf_str(b, "}");
	}
	buf_str(b, "]}");
}

static void add_renames(struct buf *b, const struct checkpoint *c)
{
	buf_str(b, ",\"rename_map\":{");
	for (size_t i = 0; i < c->nrenames; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, c->rename[i].from);
		buf_str(b, ":");
		buf_json_str(b, c->rename[i].to);
	}
	buf_str(b, "}");
}

static void add_list(struct buf *b, const char *key, const char *first, size_t stride, size_t n)
{
	add_key(b, key);
	buf_str(b, "[");
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, first + i * stride);
	}
	buf_str(b, "]");
}

void checkpoint_json(struct buf *b, const struct checkpoint *c)
{
	buf_str(b, "{\"schema\":1");
	add_text(b, "form", checkpoint_form_word(c->form));
	add_text(b, "path", c->path);
	add_text(b, "name", c->name);
	add_text(b, "type", c->type);
	add_text(b, "part", c->part);
	add_text(b, "base", c->base);
	add_bool(b, "adapter", c->adapter);
	add_features(b, "inputs", c->input, c->ninputs);
	add_features(b, "outputs", c->output, c->noutputs);
	add_renames(b, c);
	add_count(b, "chunk_size", c->chunk_size, c->chunk_size > 0);
	add_count(b, "n_action_steps", c->n_action_steps, c->n_action_steps > 0);
	add_count(b, "n_obs_steps", c->n_obs_steps, c->n_obs_steps > 0);
	add_text(b, "action_space", c->space == SPACE_UNKNOWN ? "" : space_word(c->space));
	add_text(b, "action_space_why", c->space_why);
	add_list(b, "absolute", c->absolute ? c->absolute[0] : "", sizeof(*c->absolute),
		 c->nabsolute);
	add_key(b, "language");
	buf_str(b, c->language < 0 ? "null" : c->language ? "true" : "false");
	add_text(b, "dataset", c->dataset);
	add_count(b, "steps", c->steps, c->steps >= 0);
	add_count(b, "step", c->step, c->step >= 0);
	add_count(b, "batch_size", c->batch, c->batch >= 0);
	add_bool(b, "imagenet", c->imagenet);
	add_count(b, "bytes_read", (int64_t)c->bytes_read, true);
	add_side(b, "pre", &c->pre);
	add_side(b, "post", &c->post);
	buf_str(b, ",\"warnings\":[");
	for (size_t i = 0; i < c->nwarnings; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, c->warning[i]);
	}
	buf_str(b, "]}");
}
