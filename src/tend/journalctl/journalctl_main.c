/* SPDX-License-Identifier: Apache-2.0 */

/* journalctl: reads the command line and does the one thing it asks for. */

#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "tend/journal_log.h"
#include "tend/journalctl/journalctl.h"
#include "tend/journalctl/log_query.h"

typedef int ActionFunction(LogQuery *query, JournalSet *set);

/* clang-format off */
static ActionFunction *const actions[LOG_ACTION_COUNT] = { /* those that look at files */
        [LOG_SHOW]         = log_show,
        [LOG_LIST_BOOTS]   = log_boots_list,
        [LOG_FIELDS]       = log_fields_list,
        [LOG_FIELD_VALUES] = log_field_values,
        [LOG_DISK_USAGE]   = log_disk_usage,
};
/* clang-format on */

static int with_files(LogQuery *query) {
        AUTO(journal_set_done) JournalSet set = { 0 };

        if (!actions[query->action]) {
                (void)fprintf(stderr, "journalctl: tend does not do this yet\n");
                return 1;
        }
        return log_files_open(query, &set) < 0 ? 1 : actions[query->action](query, &set);
}

int journalctl_main(Tend *tend, int argc UNUSED, char **argv) {
        AUTO(log_query_done)
        LogQuery query = {
                .tend = tend,
                .lines = LOG_LINES_DEFAULT,
                .vacuum_size = UINT64_MAX,
        };

        switch (log_query_read(&query, argv)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        return with_files(&query);
}
