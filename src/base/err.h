/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person must hear about a failure.
 *
 * Functions return 0 or a count on success and -errno on failure; those whose failure a person has
 * to understand also fill a struct err, owned by the caller. Only src/cmd prints one.
 * Any thread; a struct err belongs to one thread at a time.
 */
#ifndef POLICYTOP_BASE_ERR_H
#define POLICYTOP_BASE_ERR_H

struct err {
	int code;      /* positive errno value, 0 = no error */
	char msg[320]; /* what, where, what to do; one line; cut in its middle if too long */
};

/*
 * Fills e (NULL is allowed) with a formatted sentence and returns -code. Control characters of
 * the formatted text become visible escapes, so text from outside may be passed with %s.
 */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the message of e; does nothing without an error. */
void err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "; what to do" behind the message of e; does nothing without an error. */
void err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
