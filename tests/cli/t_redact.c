/* SPDX-License-Identifier: Apache-2.0 */
/* What nobody else should read is not in a redacted text, wherever it stood; the rest is. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/rng.h"
#include "redact/redact.h"
#include "tests/tap.h"

enum { ROUNDS = 3000 };

static const char *text_of(struct redact *r, struct buf *b, const char *text)
{
	buf_clear(b);
	redact_text(r, b, text, strlen(text));
	return buf_text(b);
}

static bool holds(const struct buf *b, const char *word)
{
	return b->len && memmem(b->p, b->len, word, strlen(word)) != NULL;
}

/* Each has one '$', where the secret stands; the rest stays. */
static const char *const forms[] = {
	"export HF_TOKEN=$",
	"--token $ --fps 30",
	"--hub.api-key=$",
	"[\"--token\",\"$\"]",
	"{\"api_key\":\"$\",\"fps\":30}",
	"{\"API_KEY\" : '$'}",
	"{\\\"password\\\":\\\"$\\\"}",
	"Authorization: Bearer $",
	"authorization: Basic $\r\nHost: x",
	"GET /?access_token=$&x=1 HTTP/1.1",
	"https://me:$@example.org/x",
	"wandb login: secret: $",
	"tcp:host:1?token%3D$",
	"passwd='$'",
	"openpi:1=h:2?api_key=$",
	"-----BEGIN RSA PRIVATE KEY-----\n$\n-----END RSA PRIVATE KEY-----",
};

static const char *const tokens[] = {
	"hf_AbCdEfGhIjKlMnOpQrSt", "sk-proj-0123456789abcdef",	 "ghp_0123456789abcdefABCDEF",
	"hf_abcdefghijklmnopqrst", "eyJhbGciOi.eyJzdWIi.sflKxw", "AKIAIOSFODNN7EXAMPLE",
};

/* Bytes without a secret: what a log may hold, and what none should. */
static void noise(struct rng *rng, struct buf *b)
{
	static const char some[] = "abz \n\t\"'\\{}[]:,=-_./<>@%0129\xc3\xa9\xff\x01";

	for (unsigned n = (unsigned)(rng_unit(rng) * 40); n; n--)
		buf_add(b, &some[(size_t)(rng_unit(rng) * (sizeof(some) - 1))], 1);
	buf_str(b, "\n");
}

static void plant(struct buf *b, const char *form, const char *secret)
{
	const char *at = strchr(form, '$');

	buf_add(b, form, (size_t)(at - form));
	buf_str(b, secret);
	buf_str(b, at + 1);
}

static bool round_of(struct rng *rng, const char *form, const char *secret)
{
	struct redact *r = redact_new(rng_unit(rng) < 0.5);
	struct buf in = {0}, out = {0}, again = {0};
	bool good;

	noise(rng, &in);
	plant(&in, form, secret);
	buf_str(&in, "\n");
	noise(rng, &in);
	redact_text(r, &out, in.p, in.len);
	good = !holds(&out, secret) && redact_count(r, REDACT_SECRET) > 0;
	redact_text(r, &again, out.p, out.len);
	good &= again.len == out.len && memcmp(again.p, out.p, out.len) == 0;
	redact_bytes(r, in.p, in.len);
	good &= !holds(&in, secret);
	if (!good)
		printf("# %s %s\n# %s\n# %s\n", form, secret, buf_text(&out), buf_text(&again));
	buf_fini(&in);
	buf_fini(&out);
	buf_fini(&again);
	redact_free(r);
	return good;
}

static void secrets(struct tap *t)
{
	struct rng rng = rng_seed(7);
	unsigned bad = 0;

	for (unsigned i = 0; i < ROUNDS && bad < 5; i++) {
		const char *form = forms[i % (sizeof(forms) / sizeof(forms[0]))];
		char secret[24];

		for (size_t k = 0; k + 1 < sizeof(secret); k++)
			secret[k] = (char)('a' + (int)(rng_unit(&rng) * 26));
		secret[5] = '7';
		secret[sizeof(secret) - 1] = '\0';
		bad += !round_of(&rng, form, secret);
	}
	ok(t, !bad, "secrets behind keys, in every form, in %d texts", ROUNDS);
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
		bad += !round_of(&rng, "seen $ there", tokens[i]);
	ok(t, !bad, "tokens that say what they are");
}

/* Once it is known, a secret is found where nothing tells it. */
static void everywhere(struct tap *t)
{
	struct redact *r = redact_new(false);
	struct buf b = {0};

	redact_learn(r, "token=Zq8w7e6r5t", 16);
	ok(t, strcmp(text_of(r, &b, "no user Zq8w7e6r5t here"), "no user <secret-1> here") == 0,
	   "a secret without its key: %s", buf_text(&b));
	text_of(r, &b, "password=Other9word token=Zq8w7e6r5t");
	ok(t, strcmp(buf_text(&b), "password=<secret-2> token=<secret-1>") == 0,
	   "the same placeholder, and another one: %s", buf_text(&b));
	text_of(r, &b, "--Zq8w7e6r5tapi-key Other9word");
	ok(t, strcmp(buf_text(&b), "--<secret-1>api-key <secret-2>") == 0,
	   "nor does the name of a value hide one: %s", buf_text(&b));
	text_of(r, &b, "password=string");
	ok(t, strcmp(text_of(r, &b, "a string: x"), "a string: x") == 0,
	   "a plain word that was one is none elsewhere");
	buf_fini(&b);
	redact_free(r);
}

static void innocent(struct tap *t)
{
	static const char *const lines[] = {
		"hf_transfer and hf_hub_download, tokenizer=llama, max_token: 512",
		"\"policy_key\": \"front\", \"token\": null, 12:30:45, 1.2.3, sk-learn",
		"wait for 127.0.0.1:8000 and [::1]:9000, localhost, 0.0.0.0",
		"2026-11-28T11:05:18.123Z [123] joint left/shoulder_pan.pos: 3.5 deg",
		"\"task\": 3, \"tasks\": 12, \"prompt\": null, task_index=4, multitasking: yes",
		"a::b std::string C++ 0xff:ff deadbeef:: dead:beef",
	};
	struct redact *r = redact_new(true);
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ok(t, strcmp(text_of(r, &b, lines[i]), lines[i]) == 0, "stays: %s", buf_text(&b));
	buf_fini(&b);
	redact_free(r);
}

static void know(struct redact *r, enum redact_kind kind, const char *text)
{
	redact_know(r, kind, text, strlen(text));
}

static const struct {
	const char *in, *out;
} people[] = {
	{"/home/anna/x and /home/annabel/x", "~/x and /home/<user-2>/x"},
	{"anna@robot7.lab.org as anna on robot7", "<mail-1> as <user-1> on <host-1>"},
	{"annanas ANNA", "annanas <user-1>"},
	{"10.0.0.7:8000 fe80::1:2 aa:bb:cc:dd:ee:ff", "<address-1>:8000 <address-2> <serial-1>"},
	{"foxglove:10.0.0.7:8765 feed:10.0.0.7.", "foxglove:<address-1>:8765 feed:<address-1>."},
	{"usb-1a86_USB_Single_Serial_5A46-if00", "usb-1a86_USB_Single_Serial_<serial-2>-if00"},
	{"v4l2:usb-046d_C920_1A2B-video-index0", "v4l2:usb-046d_C920_<serial-3>-video-index0"},
	{"\"serial\": \"987654\", 987654", "\"serial\": \"<serial-4>\", <serial-4>"},
	{"serial: 42\n", "serial: <serial-5>\n"},
	{"{\"serial\":42}", "{\"serial\":\"<serial-5>\"}"},
};

static void names(struct tap *t)
{
	struct redact *r = redact_new(true);
	struct buf b = {0};

	know(r, REDACT_HOME, "/home/anna");
	know(r, REDACT_USER, "anna");
	know(r, REDACT_HOST, "robot7");
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		ok(t, strcmp(text_of(r, &b, people[i].in), people[i].out) == 0, "%s: %s",
		   people[i].in, buf_text(&b));
	redact_free(r);
	r = redact_new(false);
	know(r, REDACT_USER, "anna");
	ok(t, strcmp(text_of(r, &b, people[1].in), people[1].in) == 0, "unless they are to stay");
	buf_fini(&b);
	redact_free(r);
}

static void tasks(struct tap *t)
{
	static const char trained[] = "Pick up the red cube", said[] = "pick up the red cube";
	struct redact *r = redact_new(true);
	struct buf b = {0};

	know(r, REDACT_TASK, trained);
	know(r, REDACT_TASK, "Say \"h\xc3\xa9\"");
	ok(t,
	   strcmp(text_of(r, &b, "'Pick up the red cube' not 'pick up the red cube'"),
		  "'<task-1>' not '<task-3>'") == 0,
	   "another case is another task: %s", buf_text(&b));
	text_of(r, &b, "'Pick up the re...' is 'Pick up the red ball'");
	ok(t, strcmp(buf_text(&b), "'<task-1>' is '<task-4>'") == 0,
	   "one that was cut, and one that goes on otherwise: %s", buf_text(&b));
	text_of(r, &b, "{\"t\":\"Say \\\"h\xc3\xa9\\\"\"} ?t=Say%20%22h%C3%A9%22");
	ok(t, strcmp(buf_text(&b), "{\"t\":\"<task-2>\"} ?t=<task-2>") == 0,
	   "as JSON and URIs write it: %s", buf_text(&b));
	text_of(r, &b, "task: Fold it all, fps=3 --task='Fold it all'");
	ok(t, strcmp(buf_text(&b), "task: <task-5>, fps=3 --task='<task-5>'") == 0,
	   "one that only a key tells: %s", buf_text(&b));
	text_of(r, &b, "'x' is not a training task; nearest 'y': other words: Grasp/Grab; more: a");
	ok(t, !holds(&b, "Grasp") && !holds(&b, "more"), "words in which two differ");
	ok(t, strlen(said) == strlen(trained), "of one length");
	buf_fini(&b);
	redact_free(r);
}

/* A user called "robot": the keys of an object stay, and it stays an object. */
static void objects(struct tap *t)
{
	static const char json[] =
		"{\"robot\":\"robot\",\"run\" : {\"task\":\"robot\",\"token\":"
		"\"a\\\"b\\\\\",\"password\":1234,\"host\":[\"box\",\"x box\"]}}";
	struct redact *r = redact_new(true);
	struct buf b = {0};
	cJSON *o;

	know(r, REDACT_USER, "robot");
	know(r, REDACT_HOST, "box");
	o = cJSON_Parse(text_of(r, &b, json));
	ok(t, o && cJSON_GetObjectItem(o, "robot") && cJSON_GetArraySize(o) == 2, "an object: %s",
	   buf_text(&b));
	cJSON_Delete(o);
	ok(t, !holds(&b, "box") && !holds(&b, "1234") && !holds(&b, "a\\\"b"), "without values");
	buf_fini(&b);
	redact_free(r);
}

static void in_place(struct tap *t)
{
	char text[] = "x=1 token=Abcdefgh12345 y=2 task 'pick' \0 end";
	struct redact *r = redact_new(true);

	know(r, REDACT_TASK, "pick");
	redact_bytes(r, text, sizeof(text));
	ok(t, memcmp(text, "x=1 token=<secret-1>*** y=2 task '****' \0 end", sizeof(text)) == 0,
	   "in place: %s", text);
	ok(t, redact_count(r, REDACT_TASK) == 1 && redact_count(r, REDACT_SECRET) == 1, "counted");
	memcpy(text, "\x01pick\x02", 6);
	redact_bytes(r, text, 6);
	ok(t, memcmp(text, "\x01pick\x02", 6) == 0, "what bytes are by chance stays");
	redact_free(r);
}

int main(void)
{
	struct tap t = {0};

	secrets(&t);
	everywhere(&t);
	innocent(&t);
	names(&t);
	tasks(&t);
	objects(&t);
	in_place(&t);
	return tap_done(&t);
}
