/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/flush_request.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/strbuf.h"

#define PREFIX "flush-" /* names in the keeper */

static int store_client(const Recorder *recorder, int client) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;

        strbuf_addf(&name, PREFIX "%d", client);
        return strbuf_result(&name) < 0
                       ? err_new(-ENOMEM)
                       : err_pass(keeper_link_store(recorder->keeper, name.data, client));
}

int flush_request(Recorder *recorder, int client) {
        const StorageOptions options = recorder_storage_options(recorder);
        bool is_new = !recorder->storage.system.directory &&
                      storage_wants_disk(&recorder->config, &options);
        int r = 0;

        if (is_new && recorder->user.is_other && recorder->keeper) {
                if (client >= 0)
                        r = store_client(recorder, client);
                if (r >= 0)
                        r = sd_event_exit(recorder->event, 0);
                return r < 0 ? err_pass(r) : FLUSH_BY_THE_NEXT;
        }
        if (is_new)
                r = storage_use_disk(&recorder->storage, options.system_directory);
        if (r >= 0)
                r = recorder_each_storage(recorder, storage_flush);
        return r < 0 ? err_pass(r) : FLUSH_DONE;
}

bool flush_request_take_back(Recorder *recorder, const char *name, int fd) {
        static const char answer[] = "{\"parameters\":{}}"; /* with its NUL, which ends it */

        if (!str_has_prefix(str_of(name), PREFIX))
                return false;
        (void)send(fd, answer, sizeof(answer), MSG_NOSIGNAL | MSG_DONTWAIT); /* it has gone */
        (void)keeper_link_remove(recorder->keeper, name);                    /* loss is reported */
        (void)fd_close(fd);                                                  /* -1 */
        return true;
}
