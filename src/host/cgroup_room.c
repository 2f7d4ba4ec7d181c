/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cgroup_room.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "host/process_facts.h"

#define PROCS_MAX (1024 * 1024)

/* Whether everything in our pid namespace is there because of us. */
static bool is_container_ours(void) {
        AUTO_FREE char *name = process_name(1);
        return getpid() == 1 || (getppid() == 1 && name && streq(name, "tend-keeper"));
}

static bool is_ours(pid_t pid) {
        ProcessFacts facts;

        if (pid == getpid() || pid == getppid() || is_container_ours())
                return true;
        if (process_facts_read(pid, &facts) < 0)
                return true; /* it has ended */
        return facts.parent == getpid() || (getppid() > 1 && facts.parent == getppid());
}

/* Calls for each process that is in the group itself. */
static int each_process(Str text, int (*call)(void *userdata, pid_t pid), void *userdata) {
        Str line;
        pid_t pid;
        int r = 0;

        while (r == 0 && text.length > 0 && str_next_part(&text, '\n', &line))
                if (parse_pid(line, &pid) == 0)
                        r = call(userdata, pid);
        return err_pass(r);
}

static int check_one(void *userdata, pid_t pid) {
        (void)userdata;
        return is_ours(pid) ? 0 : err_new(-EBUSY);
}

typedef struct Move {
        const CgroupTree *tree;
        const char *group;
} Move;

static int move_one(void *userdata, pid_t pid) {
        const Move *move = userdata;
        int r = cgroup_tree_move(move->tree, move->group, pid);
        return r == -ESRCH ? 0 : err_pass(r);
}

int cgroup_room_make(const CgroupTree *tree, const char *group) {
        AUTO_FREE char *directory = cgroup_tree_directory(tree, group);
        AUTO_FREE char *procs = directory ? path_join(directory, "cgroup.procs") : NULL;
        AUTO_FREE char *target = path_join(tree->root, CGROUP_MANAGER_GROUP);
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        if (!procs || !target)
                return err_new(-ENOMEM);
        int r = file_read(procs, PROCS_MAX, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        r = each_process((Str){ text, length }, check_one, NULL);
        if (r == 0)
                r = cgroup_tree_make(tree, target);
        Move move = { .tree = tree, .group = target };
        return r < 0 ? err_pass(r) : err_pass(each_process((Str){ text, length }, move_one, &move));
}
