/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/elf_facts.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"

#define NOTE_PACKAGE 0xcafe1a7eU /* of the owner "FDO" */

/* clang-format off */
static const struct { unsigned machine; const char *name; } machines[] = {
        { EM_NONE, "None" },
        { EM_SPARC, "SPARC" },
        { EM_386, "Intel 80386" },
        { EM_68K, "M68K" },
        { EM_MIPS, "MIPS R3000" },
        { EM_MIPS_RS3_LE, "MIPS R3000" },
        { EM_PARISC, "HPPA" },
        { EM_SPARC32PLUS, "SPARC v8+" },
        { EM_PPC, "PowerPC" },
        { EM_PPC64, "PowerPC64" },
        { EM_S390, "IBM S/390" },
        { EM_ARM, "ARM" },
        { EM_FAKE_ALPHA, "Digital Alpha" },
        { EM_SH, "SH" },
        { EM_SPARCV9, "SPARC v9" },
        { EM_ARC, "ARC" },
        { EM_IA_64, "Intel IA-64" },
        { EM_X86_64, "AMD x86-64" },
        { EM_OPENRISC, "OpenRISC" },
        { EM_ARC_COMPACT, "ARC International ARCompact" },
        { EM_XTENSA, "Tensilica Xtensa Architecture" },
        { EM_ALTERA_NIOS2, "Altera Nios II" },
        { EM_AARCH64, "AARCH64" },
        { EM_MICROBLAZE, "Xilinx MicroBlaze" },
        { 195, /* ARC version 2 */ "Synopsys ARCv2 ISA" },
        { EM_RISCV, "RISC-V" },
        { EM_BPF, "BPF" },
        { EM_CSKY, "C-SKY" },
        { EM_LOONGARCH, "LoongArch" },
};
/* clang-format on */

/* The file, and how its numbers are written. */
typedef struct ElfFile {
        Str bytes;
        bool is_64, is_big;
} ElfFile;

typedef struct Segment {
        unsigned type;
        Str bytes;
        uint64_t alignment;
} Segment;

/* A number of `size` bytes at an offset; 0 outside of the file. */
static uint64_t number_at(const ElfFile *file, uint64_t offset, unsigned size) {
        uint64_t value = 0;

        if (offset > file->bytes.length || size > file->bytes.length - offset)
                return 0;
        for (unsigned i = 0; i < size; i++) {
                unsigned at = file->is_big ? i : size - 1 - i;
                value = value << 8 | (unsigned char)file->bytes.data[offset + at];
        }
        return value;
}

static Str slice(const ElfFile *file, uint64_t offset, uint64_t length) {
        if (offset > file->bytes.length || length > file->bytes.length - offset)
                return STR_EMPTY;
        return (Str){ file->bytes.data + offset, (size_t)length };
}

#define FIELD(file, base, type, member)                                                            \
        ((file)->is_64 ? number_at(file,                                                           \
                                   (base) + offsetof(Elf64_##type, member),                        \
                                   sizeof(((Elf64_##type *)NULL)->member))                         \
                       : number_at(file,                                                           \
                                   (base) + offsetof(Elf32_##type, member),                        \
                                   sizeof(((Elf32_##type *)NULL)->member)))

static Segment segment_at(const ElfFile *file, uint64_t base) {
        return (Segment){
                .type = (unsigned)FIELD(file, base, Phdr, p_type),
                .bytes = slice(
                        file, FIELD(file, base, Phdr, p_offset), FIELD(file, base, Phdr, p_filesz)),
                .alignment = FIELD(file, base, Phdr, p_align),
        };
}

static size_t round_up(size_t value, size_t alignment) {
        return (value + alignment - 1) / alignment * alignment;
}

static void take_note(uint64_t type, Str owner, Str text, ElfFacts *facts) {
        if (type == NT_GNU_BUILD_ID && owner.length == 4 && memcmp(owner.data, "GNU", 4) == 0)
                facts->build_id = text;
        if (type == NOTE_PACKAGE && owner.length == 4 && memcmp(owner.data, "FDO", 4) == 0)
                facts->package = (Str){ text.data, strnlen(text.data, text.length) };
}

/* Each note: three numbers, the owner and the text, both padded. */
static void read_notes(const ElfFile *file, const Segment *segment, ElfFacts *facts) {
        enum { HEAD = 3 * 4 };
        ElfFile part = { segment->bytes, file->is_64, file->is_big };
        size_t alignment = segment->alignment == 8 ? 8 : 4, at = 0;

        while (at <= part.bytes.length && part.bytes.length - at >= HEAD) {
                size_t n_owner = number_at(&part, at, 4), n_text = number_at(&part, at + 4, 4);
                size_t text_at = at + round_up(HEAD + n_owner, alignment);
                Str owner = slice(&part, at + HEAD, n_owner), text = slice(&part, text_at, n_text);
                if (owner.length == n_owner && text.length == n_text)
                        take_note(number_at(&part, at + 8, 4), owner, text, facts);
                at = text_at + round_up(n_text, alignment);
        }
}

static const char *machine_name(unsigned machine) {
        for (size_t i = 0; i < ARRAY_LENGTH(machines); i++)
                if (machines[i].machine == machine)
                        return machines[i].name;
        return NULL;
}

int elf_facts_read(Str bytes, ElfFacts *ret) {
        ElfFacts facts = { .kind = ELF_LIBRARY };
        ElfFile file = { .bytes = bytes };

        if (bytes.length < sizeof(Elf32_Ehdr) || memcmp(bytes.data, ELFMAG, SELFMAG) != 0)
                return err_new(-EINVAL);
        file.is_64 = bytes.data[EI_CLASS] == ELFCLASS64;
        file.is_big = bytes.data[EI_DATA] == ELFDATA2MSB;
        unsigned type = (unsigned)FIELD(&file, 0, Ehdr, e_type);
        facts.machine = machine_name((unsigned)FIELD(&file, 0, Ehdr, e_machine));
        uint64_t at = FIELD(&file, 0, Ehdr, e_phoff);
        unsigned n_segments = (unsigned)FIELD(&file, 0, Ehdr, e_phnum);
        unsigned size = (unsigned)FIELD(&file, 0, Ehdr, e_phentsize);
        for (unsigned i = 0; i < n_segments && at < bytes.length; i++, at += size) {
                Segment segment = segment_at(&file, at);
                if (segment.type == PT_INTERP)
                        facts.kind = ELF_EXECUTABLE;
                else if (segment.type == PT_NOTE && segment.bytes.length > 0)
                        read_notes(&file, &segment, &facts);
        }
        if (type == ET_CORE)
                facts.kind = ELF_COREDUMP;
        *ret = facts;
        return 0;
}
