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
        [LOG_HEADER]       = log_headers,
        [LOG_VERIFY]       = log_verify,
        [LOG_VACUUM]            = log_vacuum,
        [LOG_ROTATE_AND_VACUUM] = log_vacuum,
};
/* clang-format on */

static int carry_out(LogQuery *query) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        int status = log_ask_recorder(query, query->action);

        if (status != 0 || !actions[query->action])
                return status;
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
        return carry_out(&query);
}
