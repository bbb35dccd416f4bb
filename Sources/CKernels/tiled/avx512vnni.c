// `tiled` with AVX-512 VNNI.

#if defined(__x86_64__)

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/target-inl.h"

CK_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-avx512-inl.h"
#include "../common/tile-avx512vnni-inl.h"
#include "../common/tile-gemm-inl.h"

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  multiply_tiles(weights, k, row_begin, row_end, prepared, 1, sums, 0);
}

CK_TARGET_END

static const ck_kernel tiled_avx512vnni = {
    .name = "tiled",
    .isa = "avx512vnni",
    .packing = "broadcast2",
    .summary = "tiles unpacked into the first-level cache, 12 × 16 sums in registers by dpbusd",
    .needs = CK_ISA_AVX512BW | CK_ISA_AVX512VNNI,
    .priority = 40,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = multiply_tiles,
};
CK_REGISTER_KERNEL(tiled_avx512vnni);

#endif
