/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper/descriptor_store.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "keeper/descriptor_release.h"

static void drop(DescriptorStore *store, unsigned i) {
        descriptor_release(store->items[i].fd);
        store->items[i] = (StoredDescriptor){ 0 };
        while (store->end > 0 && store->items[store->end - 1].fd == 0)
                store->end--;
}

bool descriptor_store_put(DescriptorStore *store, const char *name, int fd) {
        unsigned slot = DESCRIPTORS_MAX;

        for (unsigned i = 0; i < store->end; i++) {
                if (store->items[i].fd != 0 && strcmp(store->items[i].name, name) == 0) {
                        drop(store, i);
                        slot = i;
                        break;
                }
                if (store->items[i].fd == 0 && slot == DESCRIPTORS_MAX)
                        slot = i;
        }
        if (slot == DESCRIPTORS_MAX)
                slot = store->end;
        if (slot == DESCRIPTORS_MAX || name[0] == '\0') {
                descriptor_release(fd); /* refused: it must not leak */
                return false;
        }
        store->items[slot].fd = fd;
        memcpy(store->items[slot].name, name, strlen(name) + 1);
        if (slot >= store->end)
                store->end = slot + 1;
        return true;
}

static bool name_matches(const char *name, const char *wanted) {
        size_t length = strlen(wanted);
        if (length > 0 && wanted[length - 1] == '*')
                return strncmp(name, wanted, length - 1) == 0;
        return strcmp(name, wanted) == 0;
}

void descriptor_store_remove(DescriptorStore *store, const char *name) {
        for (unsigned i = store->end; i-- > 0;)
                if (i < store->end && store->items[i].fd != 0 &&
                    name_matches(store->items[i].name, name))
                        drop(store, i);
}

void descriptor_store_rewind(DescriptorStore *store) {
        store->n_sent = 0;
}

static int send_one(const StoredDescriptor *item, int socket_fd) {
        KeeperMessage message = { .version = KEEPER_PROTOCOL_VERSION, .type = KEEPER_FD };
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct iovec part = { .iov_base = &message, .iov_len = sizeof(message) };
        struct msghdr head = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };

        memcpy(message.name, item->name, sizeof(message.name));
        control.header = (struct cmsghdr){
                .cmsg_level = SOL_SOCKET,
                .cmsg_type = SCM_RIGHTS,
                .cmsg_len = CMSG_LEN(sizeof(int)),
        };
        memcpy(CMSG_DATA(&control.header), &item->fd, sizeof(int));
        return sendmsg(socket_fd, &head, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? err_new(-errno) : 0;
}

int descriptor_store_send(DescriptorStore *store, int socket_fd) {
        for (; store->n_sent < store->end; store->n_sent++) {
                if (store->items[store->n_sent].fd == 0)
                        continue;
                int r = send_one(&store->items[store->n_sent], socket_fd);
                if (r == -EAGAIN)
                        return 0;
                if (r < 0)
                        return err_pass(r);
        }
        return 1;
}
