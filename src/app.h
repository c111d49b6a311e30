/* SPDX-License-Identifier: Apache-2.0 */
/* The program: global options, help, dispatch to a command. Main thread. */
#ifndef POLICYTOP_APP_H
#define POLICYTOP_APP_H

/* Runs the command line; returns the exit status. */
int app_main(int argc, char **argv);

#endif
