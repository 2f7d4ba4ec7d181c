/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_clean.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/guarded_path.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/timer_receipt.h"
#include "host/timer_stamp.h"
#include "unit/unit_spec.h"

/* One kind of directories: its setting, and what is above them here; NULL when there is no place.
 */
typedef struct Kind {
        DirectiveId setting;
        const char *root;
} Kind;

enum { N_KINDS = 5, CLEAN_STATE = 1u << 1 };

/* What is to be removed below the roots: paths[i] below roots[i]. */
typedef struct CleanList {
        char **roots, **paths;
} CleanList;

static void clean_list_done(CleanList *list) {
        strv_free(list->roots);
        strv_free(list->paths);
}

DEFINE_AUTO_DONE(CleanList, clean_list_done);

static void list_kinds(const Host *host, Kind *ret) {
        const Kind kinds[N_KINDS] = {
                { DIRECTIVE_RUNTIME_DIRECTORY, host->machine.runtime_root },
                { DIRECTIVE_STATE_DIRECTORY, host->machine.state_root },
                { DIRECTIVE_CACHE_DIRECTORY, host->machine.cache_root },
                { DIRECTIVE_LOGS_DIRECTORY, host->machine.logs_root },
                { DIRECTIVE_CONFIGURATION_DIRECTORY, host->machine.configuration_root },
        };

        memcpy(ret, kinds, sizeof(kinds));
}

static int add_path(const char *root, const char *path, CleanList *list) {
        int r = strv_add(&list->roots, root);

        return err_pass(r < 0 ? r : strv_add(&list->paths, path));
}

/* NAME, also below "private", where dynamic users have theirs. */
static int add_name(const char *root, const char *name, CleanList *list) {
        AUTO_FREE char *private_path = path_join("private", name);

        if (!private_path)
                return err_new(-ENOMEM);
        int r = add_path(root, name, list);
        return err_pass(r < 0 ? r : add_path(root, private_path, list));
}

static int add_rules(const char *root, const RuleList *rules, CleanList *list) {
        int r = 0;

        for (unsigned i = 0; i < rules->n_rules && r == 0; i++) {
                const Rule *rule = &rules->rules[i];
                if (rule->source)
                        r = add_name(root, rule->source, list);
                if (r == 0 && rule->target)
                        r = add_name(root, rule->target, list);
        }
        return err_pass(r);
}

static int find_paths(const Host *host, const Unit *unit, unsigned wanted, CleanList *ret) {
        Kind kinds[N_KINDS];
        int r = 0;

        list_kinds(host, kinds);
        for (unsigned i = 0; i < N_KINDS && r == 0; i++) {
                const RuleList *rules = unit_spec_rules(unit->spec, kinds[i].setting);
                if ((wanted & 1u << i) && rules && kinds[i].root)
                        r = add_rules(kinds[i].root, rules, ret);
        }
        return err_pass(r);
}

/* The child: nothing of the manager's stays open, least of all the lock of its log. */
static void remove_and_exit(const CleanList *list) {
        sigset_t none;
        bool failed = false;

        (void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0); /* before Linux 5.9 they stay */
        (void)sigemptyset(&none);                                  /* cannot fail, as the next */
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        for (size_t i = 0; list->paths[i]; i++)
                failed |= guarded_path_remove(list->roots[i], list->paths[i]) < 0;
        _exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* The stamp of Persistent= and the receipts: two small files. */
static int clean_timer(const Host *host, const Unit *unit, unsigned kinds) {
        if (unit->state != TIMER_DEAD || unit->job)
                return -EBUSY;
        if (!(kinds & CLEAN_STATE))
                return -EUNATCH;
        int stamp = timer_stamp_remove(host, unit), receipts = timer_receipt_remove(host, unit);
        if (stamp == -ENOENT && receipts == -ENOENT)
                return -EUNATCH;
        return err_pass(stamp < 0 && stamp != -ENOENT ? stamp : receipts == -ENOENT ? 0 : receipts);
}

int unit_clean(Host *host, Unit *unit, unsigned kinds) {
        AUTO(clean_list_done) CleanList list = { 0 };

        if (unit->type == UNIT_TIMER && unit->spec)
                return err_pass(clean_timer(host, unit, kinds));
        if (unit->type != UNIT_SERVICE || !unit->spec)
                return -EOPNOTSUPP;
        if (unit->state != SERVICE_DEAD || unit->job)
                return -EBUSY;
        int r = find_paths(host, unit, kinds, &list);
        if (r < 0)
                return err_pass(r);
        if (!list.paths)
                return -EUNATCH;
        pid_t pid = fork();
        if (pid < 0)
                return err_new(-errno);
        if (pid == 0)
                remove_and_exit(&list);
        return err_pass(engine_begin_cleaning(unit, pid));
}
