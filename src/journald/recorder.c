/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "journal/journal_guard.h"
#include "journald/datagram_batch.h"
#include "journald/expiry.h"
#include "journald/flush_request.h"
#include "journald/hand_over.h"
#include "journald/input_kmsg.h"
#include "journald/input_native.h"
#include "journald/input_stdout.h"
#include "journald/input_syslog.h"
#include "journald/listeners.h"
#include "journald/message_forward.h"
#include "journald/privilege_drop.h"

#define BUFFER_SIZE (UINT64_C(64) * 1024)
#define BUFFER_FRONT 64 /* lines get "MESSAGE=" in front of them in place */
#define DATAGRAM_ROUNDS_MAX 1000
#define ROOM_FRESH_USEC (30 * USEC_PER_SEC)
#define DROPPED_MESSAGE_ID "a596d6fe7bfa4994828e72309e95d61e" /* sd-messages.h: dropped */

/* --- messages
 * -------------------------------------------------------------------------------------- */

/* The more room there is, the more may come at once. */
static RateLimitRule rule_of(Recorder *recorder, const Message *message) {
        RateLimitRule rule = message->sender->rate_limit;

        if (recorder->room_usec == 0 ||
            message->monotonic_usec - recorder->room_usec >= ROOM_FRESH_USEC) {
                recorder->room = storage_room(&recorder->storage);
                recorder->room_usec = message->monotonic_usec;
        }
        rule.burst = rate_limit_burst(rule.burst, recorder->room);
        return rule;
}

/* Whether the unit has not sent too much. */
static bool passes(Recorder *recorder, const Message *message) {
        const Sender *sender = message->sender;
        const RateLimitRule rule = rule_of(recorder, message);
        uint64_t n_missed;
        char text[320];

        if (!sender->unit)
                return true;
        if (!rate_limits_pass(
                    &recorder->limits, sender->unit, &rule, message->monotonic_usec, &n_missed))
                return false;
        if (n_missed > 0) {
                (void)snprintf(text,
                               sizeof(text),
                               "Suppressed %" PRIu64 " messages from %s",
                               n_missed,
                               sender->unit); /* cut at worst */
                storage_say(&recorder->storage, LOG_NOTICE, DROPPED_MESSAGE_ID, text);
        }
        return true;
}

Storage *recorder_storage(Recorder *recorder, const Sender *sender) {
        Storage *storage = NULL;

        if (sender && sender->unit && shelf_wish_is_set(&sender->shelf))
                storage = shelves_get(&recorder->shelves, sender->unit, &sender->shelf);
        return storage ?: &recorder->storage;
}

int recorder_each_storage(Recorder *recorder, int (*run)(Storage *storage)) {
        int r = run(&recorder->storage);
        size_t cursor = 0;

        for (Storage *s; (s = shelves_next(&recorder->shelves, &cursor));) {
                int q = run(s);
                r = r < 0 ? r : q;
        }
        return err_pass(r);
}

void recorder_take(Recorder *recorder, const Message *message) {
        if (LOG_PRI(message->priority) > message->sender->max_level)
                return;
        if (forward_is_due(&recorder->forward,
                           LOG_PRI(message->priority),
                           message->forward,
                           message->monotonic_usec))
                message_forward(message, &recorder->forward);
        if (!passes(recorder, message))
                return;
        const Entry entry = {
                .realtime_usec = message->realtime_usec,
                .monotonic_usec = message->monotonic_usec,
                .priority = LOG_PRI(message->priority),
                .sets = { &message->sender->values, message->sets[0], message->sets[1] },
                .values = message->values,
                .n_values = message->n_values,
                .hint = message->hint,
        };
        storage_write(recorder_storage(recorder, message->sender), &entry);
}

static int on_sync_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        Recorder *recorder = userdata;

        (void)source;
        (void)usec;
        recorder->sync_is_armed = false;
        int r = recorder_each_storage(recorder, storage_sync);
        if (r < 0)
                log_line(&recorder->log, LOG_ERR, NULL, "Cannot sync: %s", strerror(-r));
        return 0;
}

void recorder_end_batch(Recorder *recorder, bool is_idle) {
        size_t cursor = 0;
        bool is_dirty = recorder->storage.is_dirty;

        storage_end_batch(&recorder->storage, is_idle);
        for (Storage *s; (s = shelves_next(&recorder->shelves, &cursor)); is_dirty |= s->is_dirty)
                storage_end_batch(s, is_idle);
        if (!is_dirty)
                return;
        expiry_arm(recorder);
        if (recorder->sync_is_armed)
                return;
        uint64_t due = usec_add(clock_monotonic_usec(), recorder->config.sync_interval_usec);
        if (sd_event_source_set_time(recorder->sync_timer, due) >= 0 &&
            sd_event_source_set_enabled(recorder->sync_timer, SD_EVENT_ONESHOT) >= 0)
                recorder->sync_is_armed = true;
}

static void drain_datagrams(Recorder *recorder) {
        for (unsigned i = 0; i < DATAGRAM_ROUNDS_MAX; i++) {
                int n = on_native_socket(NULL, recorder->sockets[SOCKET_NATIVE], 0, recorder) +
                        on_syslog_socket(NULL, recorder->sockets[SOCKET_SYSLOG], 0, recorder);
                if (n == 0)
                        break;
        }
}

void recorder_drain(Recorder *recorder) {
        kernel_input_drain(recorder);
        drain_datagrams(recorder);
        streams_drain(recorder);
        recorder_end_batch(recorder, true);
}

/* --- signals
 * --------------------------------------------------------------------------------------- */

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
        Recorder *recorder = userdata;
        (void)source;
        (void)info;
        recorder->is_last = !recorder->keeper;
        return sd_event_exit(recorder->event, 0);
}

static int on_flush(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
        Recorder *recorder = userdata;
        (void)source;
        (void)info;
        (void)flush_request(recorder, -1); /* what cannot be moved stays */
        return 0;
}

static int on_rotate(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
        Recorder *recorder = userdata;
        (void)source;
        (void)info;
        (void)recorder_each_storage(recorder, storage_rotate); /* the next message tries again */
        return 0;
}

static int on_sync(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
        Recorder *recorder = userdata;
        (void)source;
        (void)info;
        recorder_drain(recorder);
        (void)recorder_each_storage(recorder, storage_sync); /* the timer tries again */
        return 0;
}

static int add_signals(Recorder *recorder) {
        const struct {
                int number;
                sd_event_signal_handler_t handler;
        } signals[] = {
                { SIGTERM, on_end },    { SIGINT, on_end },        { SIGUSR1, on_flush },
                { SIGUSR2, on_rotate }, { SIGRTMIN + 1, on_sync },
        };
        sigset_t mask;

        (void)sigemptyset(&mask); /* cannot fail */
        for (size_t i = 0; i < ARRAY_LENGTH(signals); i++)
                (void)sigaddset(&mask, signals[i].number); /* valid signals */
        if (sigprocmask(SIG_SETMASK, &mask, NULL) < 0)
                return err_new(-errno);
        for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
                int r = sd_event_add_signal(recorder->event,
                                            &recorder->signals[recorder->n_signals++],
                                            signals[i].number,
                                            signals[i].handler,
                                            recorder);
                if (r < 0)
                        return err_new(r);
        }
        return 0;
}

/* --- the keeper
 * ------------------------------------------------------------------------------------ */

static void on_keeper_fd(void *userdata, const char *name, int fd) {
        Recorder *recorder = userdata;
        Str id = str_of(name);

        if (listeners_take_back(recorder, name, fd) || flush_request_take_back(recorder, name, fd))
                return;
        if (!str_skip_prefix(&id, "stream-")) {
                (void)fd_close(fd); /* -1 */
                return;
        }
        int r = stream_take_back(recorder, fd, id.data);
        if (r < 0)
                log_line(&recorder->log,
                         LOG_WARNING,
                         NULL,
                         "A stream of a service cannot be gone on with: %s",
                         strerror(-r));
}

static void on_keeper_exit(void *userdata, pid_t pid, int code, int status) {
        (void)userdata;
        (void)pid;
        (void)code;
        (void)status; /* these go to the manager */
}

static void on_keeper_lost(void *userdata, unsigned n_exits) {
        (void)userdata;
        (void)n_exits;
}

/* The machine or the manager ends. */
static void on_keeper_signal(void *userdata, int signal_number) {
        Recorder *recorder = userdata;

        if (signal_number != SIGTERM)
                return;
        recorder->is_last = true;
        (void)sd_event_exit(recorder->event, 0); /* cannot fail while the loop runs */
}

static void on_keeper_gone(void *userdata) {
        Recorder *recorder = userdata;
        log_line(&recorder->log, LOG_WARNING, NULL, "The keeper is gone, going on without it");
}

static int greet_keeper(Recorder *recorder, int keeper_fd) {
        const KeeperHandler handler = {
                .userdata = recorder,
                .on_exit = on_keeper_exit,
                .on_fd = on_keeper_fd,
                .on_signal = on_keeper_signal,
                .on_lost = on_keeper_lost,
                .on_gone = on_keeper_gone,
        };
        int r = keeper_link_new(keeper_fd, &handler, &recorder->keeper);

        if (r >= 0)
                r = keeper_link_greet(recorder->keeper);
        return err_pass(r);
}

/* --- life
 * ------------------------------------------------------------------------------------------ */

static int load_config(Recorder *recorder) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        journald_config_init(&recorder->config);
        int r = journald_config_load(&recorder->config, &diag);
        for (unsigned i = 0; i < diag.n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag.findings[i]);
                log_line(&recorder->log, LOG_WARNING, NULL, "%s", text ?: "");
        }
        return err_pass(r);
}

/* Every stream is a descriptor. */
static void raise_limits(void) {
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
                limit.rlim_cur = limit.rlim_max;
                (void)setrlimit(RLIMIT_NOFILE, &limit); /* fewer streams, then */
        }
}

static int make_inputs(Recorder *recorder) {
        const RateLimitRule rule = { recorder->config.rate_limit_interval_usec,
                                     recorder->config.rate_limit_burst };

        recorder->buffer_size = MAX(BUFFER_SIZE, recorder->config.line_max + 4096);
        recorder->buffer = malloc(BUFFER_FRONT + recorder->buffer_size);
        recorder->batch = datagram_batch_new();
        recorder->values = calloc(ENTRY_VALUES_MAX, sizeof(*recorder->values));
        if (!recorder->buffer || !recorder->batch || !recorder->values)
                return err_new(-ENOMEM);
        int r = value_set_add(&recorder->native, "_TRANSPORT", "journal");
        if (r >= 0)
                r = value_set_add(&recorder->syslog, "_TRANSPORT", "syslog");
        if (r >= 0)
                r = senders_init(&recorder->senders, recorder->paths.units_directory, &rule);
        recorder->senders.is_user = recorder->paths.scope == UNIT_SCOPE_USER;
        if (r >= 0)
                r = rate_limits_init(&recorder->limits);
        return err_pass(r);
}

StorageOptions recorder_storage_options(const Recorder *recorder) {
        return (StorageOptions){
                .runtime_directory = recorder->paths.runtime_files,
                .system_directory = recorder->paths.system_files,
                .system_must_exist = recorder->paths.disk_by_parent,
                .runtime_scope = recorder->paths.scope == UNIT_SCOPE_USER ? "user" : "system",
                .group = recorder->user.journal_group,
        };
}

static int make_storage(Recorder *recorder) {
        const StorageOptions options = recorder_storage_options(recorder);
        int r = storage_init(&recorder->storage, &recorder->config, &options, &recorder->log);
        if (r >= 0)
                r = shelves_init(&recorder->shelves, &recorder->config, &options, &recorder->log);
        return err_pass(r);
}

static int make_loop(Recorder *recorder) {
        int r = sd_event_new(&recorder->event);

        if (r >= 0)
                r = sd_event_add_time(recorder->event,
                                      &recorder->sync_timer,
                                      CLOCK_MONOTONIC,
                                      USEC_INFINITY,
                                      USEC_PER_SEC,
                                      on_sync_timer,
                                      recorder);
        if (r >= 0)
                r = sd_event_source_set_enabled(recorder->sync_timer, SD_EVENT_OFF);
        return r < 0 ? err_new(r) : err_pass(add_signals(recorder));
}

/* What is done by who started us; from here on we are the recorder's user. */
static int make_places(Recorder *recorder, const JournaldPlaces *places) {
        int r = journald_paths_init(&recorder->paths, places);

        if (r >= 0)
                r = journald_paths_make(&recorder->paths);
        if (r >= 0)
                r = load_config(recorder);
        if (r < 0)
                return err_pass(r);
        journald_paths_publish(&recorder->paths);
        forward_init(&recorder->forward, &recorder->config, recorder->paths.syslog_socket);
        const StorageOptions options = recorder_storage_options(recorder);
        return err_pass(hand_over(recorder, &options));
}

static int make_parts(Recorder *recorder, const JournaldPlaces *places, int keeper_fd) {
        int r = make_places(recorder, places);

        if (r >= 0)
                r = make_loop(recorder);
        if (r >= 0)
                r = make_storage(recorder);
        if (r >= 0)
                r = make_inputs(recorder);
        if (r >= 0 && progress_open(&recorder->progress, recorder->paths.progress_file) < 0)
                log_line(&recorder->log,
                         LOG_WARNING,
                         NULL,
                         "Cannot open %s: lines may be stored twice after a crash",
                         recorder->paths.progress_file);
        if (r >= 0 && keeper_fd >= 0)
                r = greet_keeper(recorder, keeper_fd);
        if (r >= 0)
                r = kernel_input_open(recorder);
        if (r >= 0)
                r = listeners_open(recorder);
        return err_pass(r);
}

int recorder_init(Recorder *recorder, const JournaldPlaces *places, int keeper_fd) {
        *recorder = (Recorder){
                .log = { .fd = STDERR_FILENO, .max_level = LOG_INFO, .ident = "tend-journald" },
                .forward = FORWARD_INIT,
        };
        list_init(&recorder->streams);
        for (unsigned i = 0; i < RECORDER_SOCKET_COUNT; i++)
                recorder->sockets[i] = -1;
        raise_limits();
        (void)journal_guard_begin_writing(); /* without it a file that is cut ends us */
        int r = make_parts(recorder, places, keeper_fd);
        if (r >= 0)
                r = privilege_drop(&recorder->user);
        if (r >= 0 && recorder->keeper) {
                r = keeper_link_attach(recorder->keeper, recorder->event, SD_EVENT_PRIORITY_NORMAL);
                if (r >= 0)
                        r = keeper_link_ready(recorder->keeper);
        }
        if (r < 0)
                log_line(&recorder->log, LOG_ERR, NULL, "Cannot start: %s", strerror(-r));
        return err_pass(r);
}

int recorder_run(Recorder *recorder) {
        if (!recorder->keeper)
                (void)sd_notify(0, "READY=1"); /* nobody may be interested */
        int r = sd_event_loop(recorder->event);
        if (r < 0)
                log_line(&recorder->log, LOG_ERR, NULL, "The loop failed: %s", strerror(-r));
        recorder_drain(recorder);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

void recorder_done(Recorder *recorder) {
        streams_close(recorder);
        listeners_close(recorder);
        kernel_input_close(recorder);
        if (recorder->is_last)
                journald_paths_withdraw(&recorder->paths);
        expiry_done(recorder);
        shelves_done(&recorder->shelves);
        storage_done(&recorder->storage);
        progress_close(&recorder->progress);
        senders_done(&recorder->senders);
        rate_limits_done(&recorder->limits);
        forward_done(&recorder->forward);
        recorder->batch = datagram_batch_free(recorder->batch);
        value_set_done(&recorder->native);
        value_set_done(&recorder->syslog);
        free(STEAL(recorder->buffer));
        free(STEAL(recorder->values));
        recorder->keeper = keeper_link_free(recorder->keeper);
        for (unsigned i = 0; i < recorder->n_signals; i++)
                sd_event_source_disable_unref(recorder->signals[i]);
        recorder->sync_timer = sd_event_source_disable_unref(recorder->sync_timer);
        recorder->event = sd_event_unref(recorder->event);
        journald_paths_done(&recorder->paths);
}
