/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/stream.h"

#include <assert.h>
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"

/* One spelling; a name that ends in ':' is followed by an argument. */
typedef struct StreamName {
        const char *name;
        StreamKind kind;
} StreamName;

/* clang-format off */
static const StreamName stream_names[] = {
        { "append:",         STREAM_APPEND },
        { "data",            STREAM_DATA },
        { "fd",              STREAM_FD },
        { "fd:",             STREAM_FD },
        { "file:",           STREAM_FILE },
        { "inherit",         STREAM_INHERIT },
        { "journal",         STREAM_JOURNAL },
        { "journal+console", STREAM_JOURNAL_CONSOLE },
        { "kmsg",            STREAM_KMSG },
        { "kmsg+console",    STREAM_KMSG_CONSOLE },
        { "null",            STREAM_NULL },
        { "socket",          STREAM_SOCKET },
        { "syslog",          STREAM_JOURNAL },
        { "syslog+console",  STREAM_JOURNAL_CONSOLE },
        { "truncate:",       STREAM_TRUNCATE },
        { "tty",             STREAM_TTY },
        { "tty-fail",        STREAM_TTY_FAIL },
        { "tty-force",       STREAM_TTY_FORCE },
};
/* clang-format on */

int stream_parse(const char *text, Stream *ret) {
        for (size_t i = 0; i < ARRAY_LENGTH(stream_names); i++) {
                const char *name = stream_names[i].name;
                size_t length = strlen(name);
                bool has_argument = name[length - 1] == ':';

                if (has_argument ? strncmp(text, name, length) != 0 : !streq(text, name))
                        continue;
                *ret = (Stream){ stream_names[i].kind, text + length };
                return 0;
        }
        return err_new(-EINVAL);
}
