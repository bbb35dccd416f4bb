// The contract program: walks the registries of Sources/CKernels and checks that every row keeps what CKernels.h
// promises. It is plain C, so that it runs wherever the kernels do: under sanitizers, with emulated instruction sets,
// under qemu.

#ifndef CONTRACT_H
#define CONTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// MARK: - Verdicts

/// Notes why the row under test fails; the first reason is printed. Returns false.
bool failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Leaves a check with its reason unless the condition holds.
#define REQUIRE(condition, ...) \
  do {                          \
    if (!(condition)) return failed(__VA_ARGS__); \
  } while (0)

bool check_packing(const ck_packing *packing);
bool check_kernel(const ck_kernel *kernel);
bool check_dense_kernel(const ck_dense_kernel *kernel);
bool check_vector_ops(const ck_vector_ops *ops);
bool check_matrices(const ck_vector_ops *ops, const ck_vector_ops *portable);
bool check_probe(const ck_probe *probe);

// MARK: - Memory

/// `bytes` bytes on a cache line, filled with a byte that is neither zero nor a code. Inputs end where the memory ends,
/// so that the address sanitizer sees what reads beyond.
void *new_memory(size_t bytes);
/// The same, followed by bytes that nobody may write.
void *new_guarded(size_t bytes);
/// Tells whether the bytes after new_guarded's are as they were.
bool is_guard_intact(const void *memory, size_t bytes);

/// Tells whether `count` bytes still hold what new_memory filled them with.
bool is_untouched(const void *memory, size_t count);

// MARK: - Numbers

/// SplitMix64: the same numbers on every run.
uint64_t next_random(uint64_t *state);
/// A float in [−range, range).
float next_float(uint64_t *state, float range);
/// `n` of them in [−300, 300); where `odd`, a fifth are some that instruction sets treat apart. The caller frees them.
float *random_floats(uint64_t *state, size_t n, bool odd);

/// Tells whether two floats have the same bits, or are both NaN: which NaN comes out is the CPU's business.
bool is_same_float(float a, float b);

#endif
