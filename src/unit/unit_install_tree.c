/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "unit/unit_source.h"

#define LINKS_MAX 40

/* --- life
 * --------------------------------------------------------------------------------------- */

static InstallNode *node_free(InstallNode *node) {
        if (!node)
                return NULL;
        free(node->name);
        free(node->target);
        free(node);
        return NULL;
}

DEFINE_AUTO(InstallNode *, node_free);

static InstallListing *listing_free(InstallListing *listing) {
        InstallNode *node;
        size_t cursor = 0;

        if (!listing)
                return NULL;
        while ((node = hashtable_next(listing->nodes, &cursor, NULL)))
                node_free(node);
        hashtable_free(listing->nodes);
        free(listing->path);
        free(listing);
        return NULL;
}

DEFINE_AUTO(InstallListing *, listing_free);

int install_tree_init(InstallTree *tree, const char *root) {
        *tree = (InstallTree){ .root = root, .listings = hashtable_new_string() };
        return tree->listings ? 0 : err_new(-ENOMEM);
}

void install_tree_done(InstallTree *tree) {
        InstallListing *listing;
        size_t cursor = 0;

        while ((listing = hashtable_next(tree->listings, &cursor, NULL)))
                listing_free(listing);
        tree->listings = hashtable_free(tree->listings);
        for (size_t i = 0; i < tree->n_steps; i++) {
                free(tree->steps[i].path);
                free(tree->steps[i].target);
        }
        free(tree->steps);
        tree->steps = NULL;
        tree->n_steps = 0;
}

/* --- reading
 * ------------------------------------------------------------------------------------ */

static const char *without_root(const InstallTree *tree, const char *path) {
        return tree->root && path_is_below(path, tree->root) ? path + strlen(tree->root) : path;
}

/* The path on the disk, with every link followed below the root. */
static int resolve(const InstallTree *tree, const char *path, char **ret) {
        if (tree->root)
                return err_pass(path_resolve(without_root(tree, path), tree->root, ret));
        *ret = strdup(path);
        return *ret ? 0 : err_new(-ENOMEM);
}

static char *read_target(int dir_fd, const char *name) {
        char target[PATH_MAX];
        ssize_t n = readlinkat(dir_fd, name, target, sizeof(target));

        return n < 0 || (size_t)n >= sizeof(target) ? NULL : str_dup((Str){ target, (size_t)n });
}

static unsigned char type_of(int dir_fd, const struct dirent *entry) {
        struct stat st;

        if (entry->d_type != DT_UNKNOWN)
                return entry->d_type;
        if (fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return DT_UNKNOWN;
        return (unsigned char)IFTODT(st.st_mode);
}

static int put_node(HashTable *nodes, const char *name, unsigned char type, char *own_target) {
        AUTO(node_free) InstallNode *node = calloc(1, sizeof(*node));

        if (!node) {
                free(own_target);
                return err_new(-ENOMEM);
        }
        *node = (InstallNode){ strdup(name), type, own_target };
        if (!node->name || (type == DT_LNK && !own_target))
                return err_new(-ENOMEM);
        int r = hashtable_put(nodes, node->name, node);
        if (r >= 0)
                node = NULL; /* the table has it */
        return err_pass(r);
}

static int read_nodes(DIR *dir, HashTable *nodes) {
        const struct dirent *entry;
        int r = 0;

        while (r >= 0 && (errno = 0, entry = readdir(dir))) {
                unsigned char type = type_of(dirfd(dir), entry);
                char *target = NULL;
                if (entry->d_name[0] == '.')
                        continue;
                if (type == DT_LNK && !(target = read_target(dirfd(dir), entry->d_name)))
                        continue; /* gone again */
                r = put_node(nodes, entry->d_name, type, target);
        }
        return r < 0 ? err_pass(r) : err_new(-errno);
}

static int open_listing(const InstallTree *tree, InstallListing *listing) {
        AUTO_FREE char *path = NULL;

        int r = resolve(tree, listing->path, &path);
        if (r == -ENOMEM)
                return err_pass(r);
        AUTO_DIR DIR *dir = r < 0 ? NULL : opendir(path);
        if (dir)
                r = read_nodes(dir, listing->nodes);
        else if (r >= 0)
                r = -errno;
        listing->error = r;
        return r == -ENOMEM ? err_pass(r) : 0;
}

/* Whether the directory above was read and has nothing of that name; most units have no directories
 * of their own. 1, 0. */
static int is_known_missing(const InstallTree *tree, const char *path) {
        AUTO_FREE char *parent = path_dir_name(path);

        if (!parent)
                return err_new(-ENOMEM);
        const InstallListing *above = hashtable_find(tree->listings, parent);
        if (!above || (above->error < 0 && above->error != -ENOENT))
                return 0;
        return !hashtable_find(above->nodes, path_base_name(path));
}

static int find_listing(InstallTree *tree, const char *path, InstallListing **ret) {
        *ret = hashtable_find(tree->listings, path);
        if (*ret)
                return 0;
        AUTO(listing_free) InstallListing *listing = calloc(1, sizeof(*listing));
        if (!listing)
                return err_new(-ENOMEM);
        listing->path = strdup(path);
        listing->nodes = hashtable_new_string();
        if (!listing->path || !listing->nodes)
                return err_new(-ENOMEM);
        int r = is_known_missing(tree, path);
        if (r > 0)
                listing->error = -ENOENT;
        else if (r == 0)
                r = open_listing(tree, listing);
        if (r >= 0)
                r = hashtable_put(tree->listings, listing->path, listing);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(listing);
        return 0;
}

int install_tree_list(InstallTree *tree, const char *path, const InstallListing **ret) {
        InstallListing *listing;
        int r = find_listing(tree, path, &listing);

        if (r >= 0)
                *ret = listing;
        return err_pass(r);
}

int install_tree_find(InstallTree *tree, const char *path, const InstallNode **ret) {
        AUTO_FREE char *directory = path_dir_name(path);
        InstallListing *listing;

        int r = directory ? find_listing(tree, directory, &listing) : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        *ret = hashtable_find(listing->nodes, path_base_name(path));
        if (!*ret && listing->error < 0 && listing->error != -ENOENT && listing->error != -ENOTDIR)
                return err_pass(listing->error);
        return *ret != NULL;
}

/* --- planning
 * ----------------------------------------------------------------------------------- */

static int add_step(InstallTree *tree, InstallStepKind kind, const char *path, const char *target) {
        InstallStep *steps = reallocarray(tree->steps, tree->n_steps + 1, sizeof(*steps));

        if (!steps)
                return err_new(-ENOMEM);
        tree->steps = steps;
        InstallStep step = { kind, strdup(path), target ? strdup(target) : NULL };
        if (!step.path || (target && !step.target)) {
                free(step.path);
                free(step.target);
                return err_new(-ENOMEM);
        }
        steps[tree->n_steps++] = step;
        return 0;
}

static int forget_node(InstallTree *tree, const char *path, InstallListing **ret_listing) {
        AUTO_FREE char *directory = path_dir_name(path);
        int r = directory ? find_listing(tree, directory, ret_listing) : err_new(-ENOMEM);

        if (r >= 0)
                node_free(hashtable_remove((*ret_listing)->nodes, path_base_name(path)));
        return err_pass(r);
}

/* Notes that the directory of a planned link will be there. */
static int note_directory(InstallTree *tree, InstallListing *listing) {
        const InstallNode *node;
        AUTO_FREE char *parent = path_dir_name(listing->path);
        InstallListing *above;

        if (listing->error >= 0)
                return 0;
        listing->error = 0;
        int r = install_tree_find(tree, listing->path, &node);
        if (r != 0 || !parent)
                return r < 0 ? r : 0;
        r = find_listing(tree, parent, &above);
        if (r >= 0)
                r = put_node(above->nodes, path_base_name(listing->path), DT_DIR, NULL);
        return err_pass(r);
}

int install_tree_link(InstallTree *tree, const char *path, const char *target) {
        InstallListing *listing;

        int r = forget_node(tree, path, &listing);
        if (r >= 0)
                r = note_directory(tree, listing);
        char *copy = r >= 0 ? strdup(target) : NULL;
        if (r >= 0)
                r = put_node(listing->nodes, path_base_name(path), DT_LNK, copy);
        if (r >= 0)
                r = add_step(tree, INSTALL_STEP_LINK, path, target);
        return err_pass(r);
}

int install_tree_remove(InstallTree *tree, InstallStepKind kind, const char *path) {
        InstallListing *listing;

        int r = add_step(tree, kind, path, NULL);
        if (r >= 0)
                r = forget_node(tree, path, &listing);
        return err_pass(r);
}

/* --- links
 * -------------------------------------------------------------------------------------- */

/* The link target at a path, as planned or on the disk: 1, 0 when it is no link. */
static int link_at(InstallTree *tree, const char *path, char **ret) {
        AUTO_FREE char *directory = path_dir_name(path);

        if (!directory)
                return err_new(-ENOMEM);
        if (hashtable_find(tree->listings, directory)) {
                const InstallNode *node;
                int r = install_tree_find(tree, path, &node);
                if (r <= 0 || node->type != DT_LNK)
                        return 0;
                *ret = strdup(node->target);
                return *ret ? 1 : err_new(-ENOMEM);
        }
        *ret = read_target(AT_FDCWD, path);
        return *ret != NULL;
}

typedef struct Chase {
        InstallTree *tree;
        StrBuf done; /* root and what was walked */
        size_t root_length;
        char *todo;
        unsigned n_links;
} Chase;

static void chase_done(Chase *chase) {
        strbuf_done(&chase->done);
        free(chase->todo);
}

DEFINE_AUTO_DONE(Chase, chase_done);

static void chase_up(Chase *chase) {
        while (chase->done.length > chase->root_length) {
                bool slash = chase->done.data[chase->done.length - 1] == '/';
                strbuf_truncate(&chase->done, chase->done.length - 1);
                if (slash)
                        return;
        }
}

/* Goes on with a link's target and then `rest`. */
static int chase_link(Chase *chase, const char *target, Str rest) {
        StrBuf todo = STRBUF_INIT;

        if (++chase->n_links > LINKS_MAX)
                return err_new(-ELOOP);
        if (*target == '/')
                strbuf_truncate(&chase->done, chase->root_length);
        else
                chase_up(chase);
        strbuf_addf(&todo, "%s/%.*s", target, STR_ARG(rest));
        char *text = strbuf_steal(&todo);
        if (!text)
                return err_new(-ENOMEM);
        free(chase->todo);
        chase->todo = text;
        return 1;
}

/* One component: 1 when a link replaced what is to be walked. */
static int chase_step(Chase *chase, Str component, Str rest, unsigned flags) {
        AUTO_FREE char *target = NULL;

        if (component.length == 0 || str_equal_c(component, "."))
                return 0;
        if (str_equal_c(component, "..")) {
                chase_up(chase);
                return 0;
        }
        strbuf_add_char(&chase->done, '/');
        strbuf_add_str(&chase->done, component);
        if (strbuf_result(&chase->done) < 0)
                return err_new(-ENOMEM);
        if (!rest.length && flags & INSTALL_CHASE_NOFOLLOW)
                return 0;
        int r = link_at(chase->tree, chase->done.data, &target);
        return r <= 0 ? err_pass(r) : chase_link(chase, target, rest);
}

int install_tree_chase(InstallTree *tree, const char *path, unsigned flags, char **ret) {
        AUTO(chase_done) Chase chase = { .tree = tree, .todo = strdup(without_root(tree, path)) };
        Str rest, component;

        if (!chase.todo)
                return err_new(-ENOMEM);
        strbuf_add(&chase.done, tree->root ? tree->root : "");
        chase.root_length = chase.done.length;
        rest = str_of(chase.todo);
        while (str_next_part(&rest, '/', &component)) {
                int r = chase_step(&chase, component, rest, flags);
                if (r < 0)
                        return err_pass(r);
                if (r > 0)
                        rest = str_of(chase.todo);
        }
        if (chase.done.length == 0)
                strbuf_add_char(&chase.done, '/');
        *ret = strbuf_steal(&chase.done);
        return *ret ? 0 : err_new(-ENOMEM);
}

/* --- files
 * -------------------------------------------------------------------------------------- */

int install_tree_is_mask(InstallTree *tree, const char *path) {
        AUTO_FREE char *real = NULL;
        struct stat st;

        int r = install_tree_chase(tree, path, 0, &real);
        if (r < 0)
                return err_pass(r);
        if (streq(without_root(tree, real), "/dev/null"))
                return 1;
        if (lstat(real, &st) < 0)
                return -errno; /* an answer, as a rule */
        return S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ||
               (S_ISREG(st.st_mode) && st.st_size == 0);
}

int install_tree_read(InstallTree *tree, const char *path, char **ret_text, size_t *ret_length) {
        AUTO_FREE char *real = NULL;

        int r = install_tree_chase(tree, path, 0, &real);
        if (r >= 0)
                r = file_read(real, UNIT_FILE_MAX, ret_text, ret_length, NULL);
        return err_pass(r);
}
