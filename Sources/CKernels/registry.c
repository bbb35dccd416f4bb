// The registered rows, collected by the linker: a section whose name is a C identifier has the symbols __start_ and
// __stop_ around it.

#include "CKernels.h"

#define CK_TABLE(type, table)                                                                     \
  extern const type *const __start_##table[] __attribute__((visibility("hidden")));               \
  extern const type *const __stop_##table[] __attribute__((visibility("hidden")));                \
  static size_t table##_size(void) { return (size_t)(__stop_##table - __start_##table); }         \
  static const type *table##_row(size_t i) { return i < table##_size() ? __start_##table[i] : NULL; }

CK_TABLE(ck_packing, ck_packings)
CK_TABLE(ck_kernel, ck_kernels)
CK_TABLE(ck_dense_kernel, ck_dense_kernels)
CK_TABLE(ck_vector_ops, ck_vector_ops)
CK_TABLE(ck_probe, ck_probes)

size_t ck_packing_count(void) { return ck_packings_size(); }
const ck_packing *ck_packing_at(size_t i) { return ck_packings_row(i); }

size_t ck_kernel_count(void) { return ck_kernels_size(); }
const ck_kernel *ck_kernel_at(size_t i) { return ck_kernels_row(i); }

size_t ck_dense_kernel_count(void) { return ck_dense_kernels_size(); }
const ck_dense_kernel *ck_dense_kernel_at(size_t i) { return ck_dense_kernels_row(i); }

size_t ck_vector_ops_count(void) { return ck_vector_ops_size(); }
const ck_vector_ops *ck_vector_ops_at(size_t i) { return ck_vector_ops_row(i); }

size_t ck_probe_count(void) { return ck_probes_size(); }
const ck_probe *ck_probe_at(size_t i) { return ck_probes_row(i); }
