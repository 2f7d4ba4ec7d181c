/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/event_sources.h"

#include <errno.h>
#include <signal.h>
#include <syslog.h>

#include "base/error.h"
#include "base/macros.h"

static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGPWR };

static_assert(ARRAY_LENGTH(signals) <= ARRAY_LENGTH(((Manager *)0)->signals),
              "each has its source");

void event_sources_on_signal(Manager *manager, int signal_number) {
        if (signal_number == SIGHUP) {
                (void)manager_reload(manager); /* logged there */
                return;
        }
        if (signal_number != SIGTERM && signal_number != SIGINT && signal_number != SIGPWR)
                return;
        log_line(&manager->log,
                 LOG_NOTICE,
                 NULL,
                 "Got SIG%s, stopping everything.",
                 sigabbrev_np(signal_number));
        manager_stop(manager, 0);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
        (void)source;
        event_sources_on_signal(userdata, (int)info->ssi_signo);
        return 0;
}

int event_sources_add(Manager *manager) {
        sigset_t mask;

        (void)sigemptyset(&mask); /* cannot fail with valid arguments, as the next */
        for (size_t i = 0; i < ARRAY_LENGTH(signals); i++)
                (void)sigaddset(&mask, signals[i]);
        if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
                return err_new(-errno);
        for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
                sd_event_source **source = &manager->signals[manager->n_signals];
                int r = sd_event_add_signal(manager->event, source, signals[i], on_signal, manager);
                if (r < 0)
                        return err_new(r);
                manager->n_signals++;
                r = sd_event_source_set_priority(*source, HOST_PRIORITY_SIGNAL);
                if (r < 0)
                        return err_new(r);
        }
        return 0;
}
