/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine that is none: a child process that listens on the control socket of a rig and shows
 * one world, so that the viewer can be tested without sources, checks or a database.
 */
#ifndef POLICYTOP_TESTS_UI_FAKE_H
#define POLICYTOP_TESTS_UI_FAKE_H

#include <sys/types.h>

/*
 * Returns when the socket listens; -1 when it cannot. SIGUSR1: a fail verdict. SIGUSR2: no more
 * snapshots. SIGTERM: says bye and ends. Requests are answered with "did REQUEST".
 */
pid_t fake_start(const char *rig, const char *world);

#endif
