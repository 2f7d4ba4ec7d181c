/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The program of the sample units: it finds out from inside a service what holds there. Each
 * question is a row: its name, and a function that writes its answer. Questions about system calls
 * answer "0" or the name of the error. */

#define ANSWER_SIZE 256

/* Writes the answer to a question about `argument` ("" when it has none). */
typedef void (*ProbeFunction)(const char *argument, char answer[static ANSWER_SIZE]);

typedef struct Probe {
        const char *name;
        ProbeFunction ask;
} Probe;

/* The rows of probe_files.c, probe_calls.c and probe_process.c; each ends with an empty name. */
extern const Probe probes_of_files[];
extern const Probe probes_of_calls[];
extern const Probe probes_of_process[];

/* "0" for 0, else the error's name: EPERM. */
void answer_error(int error, char answer[static ANSWER_SIZE]);

/* Any text, as printf(3) makes it; what is too long is cut. */
__attribute__((format(printf, 2, 3))) void
answer_text(char answer[static ANSWER_SIZE], const char *format, ...);

/* The errno of the kernel's getpid by the 32-bit entry, which another architecture's programs use.
 */
int foreign_call(void);

/* The error of _sysctl(2), which kernels of today answer with ENOSYS; EPERM where it never was. */
int old_sysctl_call(void);
