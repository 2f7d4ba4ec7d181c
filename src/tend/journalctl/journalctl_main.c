/* SPDX-License-Identifier: Apache-2.0 */

/* journalctl: reads the command line and does the one thing it asks for. */

#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "journal/journal_guard.h"
#include "tend/journal_log.h"
#include "tend/journalctl/journalctl.h"
#include "tend/journalctl/log_query.h"
#include "tend/pager.h"

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
        [LOG_LIST_INVOCATIONS]  = log_invocations_list,
};
/* clang-format on */

int log_query_carry_out(LogQuery *query) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        bool paged = (query->flags & (LOG_FOLLOW | LOG_NO_PAGER)) == 0;
        int status = log_ask_recorder(query, query->action);

        if (query->action == LOG_LIST_CATALOG || query->action == LOG_DUMP_CATALOG)
                return log_catalog_print(query);
        if (query->action == LOG_UPDATE_CATALOG)
                return log_catalog_update(query);
        if (status != 0 || !actions[query->action])
                return status;
        (void)journal_guard_begin(); /* without it a file that is cut ends us */
        if (log_files_open(query, &set) < 0)
                return 1;
        pid_t pager = paged ? pager_begin(query->tend, (query->flags & LOG_PAGER_END) != 0) : 0;
        status = actions[query->action](query, &set);
        pager_end(pager);
        log_files_report(query, &set);
        return status;
}

int journalctl_main(Tend *tend, int argc UNUSED, char **argv) {
        AUTO(log_query_done) LogQuery query = LOG_QUERY_INIT;

        query.tend = tend;
        switch (log_query_read(&query, argv)) {
        case PROGRAM_GO_ON:
                return log_query_carry_out(&query);
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                break;
        }
        return 1;
}
