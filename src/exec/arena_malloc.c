/* SPDX-License-Identifier: Apache-2.0 */

/* The allocator of the executor: memory is taken from the front of an arena and never given back,
 * since the process executes its program within a tenth of a millisecond. It stands in for the one
 * of the C library, whose bookkeeping costs several pages and system calls. */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 16
#define FIRST_ARENA (64 * 1024)
#define NEXT_ARENA (4 * 1024 * 1024)

/* Stands before each block. */
typedef struct Header {
        _Alignas(ALIGNMENT) size_t size;
} Header;

typedef struct Arena {
        char *next, *end;
} Arena;

/* The executor has one thread. Mutable, as an allocator's state must be. */
static _Alignas(ALIGNMENT) char first_arena[FIRST_ARENA];
static Arena arena = { first_arena, first_arena + FIRST_ARENA };

static size_t rounded(size_t size) {
        return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* A new arena with room for `size` bytes; what is left of the old one is given up. */
static int arena_grow(size_t size) {
        size_t length = size > NEXT_ARENA / 2 ? size + NEXT_ARENA / 2 : NEXT_ARENA;
        void *memory =
                mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
                return -1;
        arena = (Arena){ memory, (char *)memory + length };
        return 0;
}

void *malloc(size_t size) {
        size_t needed;
        Header *header;

        if (size > SIZE_MAX / 4) {
                errno = ENOMEM;
                return NULL;
        }
        needed = sizeof(Header) + rounded(size);
        if ((size_t)(arena.end - arena.next) < needed && arena_grow(needed) < 0) {
                errno = ENOMEM;
                return NULL;
        }
        header = (Header *)(void *)arena.next;
        arena.next += needed;
        header->size = size;
        return header + 1;
}

void free(void *block) {
        (void)block; /* the whole arena goes at exec */
}

/* Fresh pages are zero, and no block is used twice. */
void *calloc(size_t n, size_t size) {
        if (size != 0 && n > SIZE_MAX / 4 / size) {
                errno = ENOMEM;
                return NULL;
        }
        return malloc(n * size);
}

void *realloc(void *block, size_t size) {
        Header *header = block ? (Header *)block - 1 : NULL;
        void *moved;

        if (!block)
                return malloc(size);
        if (size <= rounded(header->size)) {
                header->size = size > header->size ? size : header->size;
                return block;
        }
        if ((char *)block + rounded(header->size) == arena.next && size <= SIZE_MAX / 4 &&
            rounded(size) <= (size_t)(arena.end - (char *)block)) {
                arena.next =
                        (char *)block + rounded(size); /* the last block grows where it stands */
                header->size = size;
                return block;
        }
        moved = malloc(size);
        if (moved)
                memcpy(moved, block, header->size);
        return moved;
}
