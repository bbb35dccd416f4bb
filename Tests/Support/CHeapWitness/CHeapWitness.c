// The allocator's functions as every library of the process finds them, for an executable's come first: each counts,
// and hands on to glibc's own, which bears a second name for that purpose. Another C library keeps its allocator, and the
// witness says that it does not work.

#include "CHeapWitness.h"

#include <features.h>

// Of the thread alone, and in the executable's own block: reaching it allocates nothing.
static __thread uint64_t taken __attribute__((tls_model("local-exec")));

uint64_t heapwitness_taken(void) { return taken; }

#ifdef __GLIBC__
#include <errno.h>
#include <stddef.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes) {
  taken++;
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  taken++;
  return __libc_calloc(count, bytes);
}

void *realloc(void *block, size_t bytes) {
  taken++;
  return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  taken++;
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  void *block = memalign(alignment, bytes);
  if (!block) return ENOMEM;
  *result = block;
  return 0;
}
#endif
