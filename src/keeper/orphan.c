/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper/orphan.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/keeper_protocol.h"

static void remember(OrphanTable *table, const siginfo_t *info) {
        unsigned i = table->end;
        if (table->n_exits < table->end)
                for (i = 0; table->exits[i].pid != 0; i++)
                        ;
        if (i == ORPHAN_EXITS_MAX) {
                table->n_lost++;
                return;
        }
        table->exits[i] = (OrphanExit){
                .pid = info->si_pid,
                .code = (uint8_t)info->si_code,
                .status = (uint8_t)info->si_status,
        };
        if (i == table->end)
                table->end++;
        table->n_exits++;
        table->n_unsent++;
}

static bool is_own(const siginfo_t *info, OwnChild *children, unsigned n_children) {
        for (unsigned i = 0; i < n_children; i++) {
                if (info->si_pid != children[i].pid)
                        continue;
                children[i].ended = true;
                children[i].status =
                        info->si_code == CLD_EXITED ? info->si_status : 128 + info->si_status;
                return true;
        }
        return false;
}

void orphan_reap_all(OrphanTable *table, OwnChild *children, unsigned n_children) {
        for (;;) {
                siginfo_t info = { 0 };
                if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0) {
                        if (errno == EINTR)
                                continue;
                        return; /* ECHILD: nobody is left */
                }
                if (info.si_pid == 0)
                        return;
                if (!is_own(&info, children, n_children))
                        remember(table, &info);
        }
}

void orphan_mark_unsent(OrphanTable *table) {
        for (unsigned i = 0; i < table->end; i++)
                table->exits[i].sent = false;
        table->n_unsent = table->n_exits;
}

int orphan_send(OrphanTable *table, int socket_fd) {
        for (unsigned i = 0; i < table->end && table->n_unsent > 0; i++) {
                OrphanExit *exit = &table->exits[i];
                if (exit->pid == 0 || exit->sent)
                        continue;
                const KeeperMessage message = {
                        .version = KEEPER_PROTOCOL_VERSION,
                        .type = KEEPER_EXIT,
                        .pid = exit->pid,
                        .code = exit->code,
                        .status = exit->status,
                };
                if (send(socket_fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
                        return errno == EAGAIN ? 0 : err_new(-errno);
                exit->sent = true;
                table->n_unsent--;
        }
        return 0;
}

void orphan_acknowledge(OrphanTable *table, pid_t pid) {
        for (unsigned i = 0; i < table->end; i++) {
                OrphanExit *exit = &table->exits[i];
                if (exit->pid != pid || !exit->sent)
                        continue;
                *exit = (OrphanExit){ 0 };
                table->n_exits--;
                while (table->end > 0 && table->exits[table->end - 1].pid == 0)
                        table->end--;
                return;
        }
}
