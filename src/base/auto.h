/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Cleanup attributes: a local that owns something is declared with its release. Ownership is given
 * away with STEAL. Release functions take NULL (or -1) and return NULL (or -1). */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void auto_free(void *p) {
        free(*(void **)p);
}

static inline void auto_fd(int *fd) {
        if (*fd >= 0)
                (void)close(*fd); /* nothing can be done about a failing close here */
}

static inline void auto_file(FILE **f) {
        if (*f)
                (void)fclose(*f); /* read-only streams; writers close explicitly */
}

static inline void auto_dir(DIR **d) {
        if (*d)
                (void)closedir(*d); /* fails only on a bad descriptor */
}

#define AUTO_FREE __attribute__((cleanup(auto_free)))
#define AUTO_FD __attribute__((cleanup(auto_fd)))
#define AUTO_FILE __attribute__((cleanup(auto_file)))
#define AUTO_DIR __attribute__((cleanup(auto_dir)))

/* Declares once per type the helper that AUTO(release) needs: `DEFINE_AUTO(Thing *, thing_free)`
 * for pointers, `DEFINE_AUTO_DONE(Thing, thing_done)` for embedded objects. In a .c file it need
 * not be used. */
#define DEFINE_AUTO(type, release)                                                                 \
        static inline __attribute__((unused)) void auto_##release(type *p) {                       \
                if (*p)                                                                            \
                        (void)release(*p);                                                         \
        }                                                                                          \
        struct auto_semicolon_##release
#define DEFINE_AUTO_DONE(type, release)                                                            \
        static inline __attribute__((unused)) void auto_##release(type *p) {                       \
                release(p);                                                                        \
        }                                                                                          \
        struct auto_semicolon_##release
#define AUTO(release) __attribute__((cleanup(auto_##release)))

/* Takes the pointer out of the variable, which becomes NULL. */
#define STEAL(p)                                                                                   \
        ({                                                                                         \
                __typeof__(p) stolen_ = (p);                                                       \
                (p) = NULL;                                                                        \
                stolen_;                                                                           \
        })

/* Takes the descriptor out of the variable, which becomes -1. */
static inline int steal_fd(int *fd) {
        int stolen = *fd;
        *fd = -1;
        return stolen;
}
