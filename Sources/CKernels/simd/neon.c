// `simd` with NEON alone: smlal on the broadcast layout straight from memory; batches go through tiles.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>

#include "../common/activations-inl.h"
#include "../common/broadcast2-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "../common/broadcast2-tile-neon-inl.h"
#include "../common/tile-neon-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  PANEL_PARTS = BROADCAST2_ROWS / 4,  // four rows of a block are 16 bytes
  // A block adds four products to a lane, at most 4·2·128: after 32 of them −32768 fits, and so does 32512.
  BLOCKS_PER_FLUSH = 32,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  PREFETCH_BYTES = 2048,
  STREAMS = 2,
  // A product of eight bytes takes as long as all else that is done for them: unpacking pays from the third vector on.
  FEW_VECTORS = 2,
};

// int16 lanes of four rows, four to a row.
typedef struct {
  int16x8_t low;
  int16x8_t high;
} row_lanes;

CK_INLINE void add_field(row_lanes *lanes, uint8x16_t codes, int8x16_t quad) {
  const int8x16_t bytes = vreinterpretq_s8_u8(codes);
  lanes->low = vmlal_s8(lanes->low, vget_low_s8(bytes), vget_low_s8(quad));
  lanes->high = vmlal_high_s8(lanes->high, bytes, quad);
}

CK_INLINE void add_part(row_lanes *lanes, uint8x16_t packed, const int8x16_t quads[4]) {
  const uint8x16_t low = vdupq_n_u8(3);
  add_field(lanes, vandq_u8(packed, low), quads[0]);
  add_field(lanes, vandq_u8(vshrq_n_u8(packed, 2), low), quads[1]);
  add_field(lanes, vandq_u8(vshrq_n_u8(packed, 4), low), quads[2]);
  add_field(lanes, vshrq_n_u8(packed, 6), quads[3]);
}

// Four activations in every four bytes.
CK_INLINE void load_quads(const int8_t *q, int8x16_t quads[4]) {
  const int32x4_t x = vreinterpretq_s32_s8(vld1q_s8(q));
  quads[0] = vreinterpretq_s8_s32(vdupq_laneq_s32(x, 0));
  quads[1] = vreinterpretq_s8_s32(vdupq_laneq_s32(x, 1));
  quads[2] = vreinterpretq_s8_s32(vdupq_laneq_s32(x, 2));
  quads[3] = vreinterpretq_s8_s32(vdupq_laneq_s32(x, 3));
}

// Adds up to BLOCKS_PER_FLUSH blocks of each of `streams` panels to the panels' 16 sums, which stay in
// memory: registers are for the accumulators.
CK_INLINE void add_blocks(const uint8_t *const panels[], int streams, size_t first, size_t blocks, const int8_t *q,
                          int32_t *const sums[]) {
  const row_lanes zeros = {vdupq_n_s16(0), vdupq_n_s16(0)};
  row_lanes lanes[STREAMS][PANEL_PARTS];
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) lanes[i / PANEL_PARTS][i % PANEL_PARTS] = zeros;
  for (size_t block = first; block < first + blocks; block++) {
    int8x16_t quads[4];
    load_quads(q + block * BROADCAST2_COLUMNS, quads);
#pragma unroll
    for (int s = 0; s < streams; s++) {
      const uint8_t *bytes = panels[s] + block * BROADCAST2_BLOCK_BYTES;
      __builtin_prefetch(bytes + PREFETCH_BYTES, 0, 0);
#pragma unroll
      for (int part = 0; part < PANEL_PARTS; part++) add_part(&lanes[s][part], vld1q_u8(bytes + 16 * part), quads);
    }
  }
#pragma unroll
  for (int i = 0; i < streams * PANEL_PARTS; i++) {
    const row_lanes *sum = &lanes[i / PANEL_PARTS][i % PANEL_PARTS];
    int32_t *out = sums[i / PANEL_PARTS] + 4 * (i % PANEL_PARTS);
    vst1q_s32(out, vaddq_s32(vld1q_s32(out), row_sums(sum->low, sum->high)));
  }
}

// `streams` panels at once, each from its own part of memory: they share the broadcasts and the prefetchers see both.
CK_INLINE void multiply_panels(const uint8_t *const panels[], int streams, size_t blocks, const ck_activations *x,
                               int32_t *const sums[]) {
  for (int s = 0; s < streams; s++) {
    for (int part = 0; part < PANEL_PARTS; part++) vst1q_s32(sums[s] + 4 * part, vdupq_n_s32(-x->sum));
  }
  for (size_t block = 0; block < blocks; block += BLOCKS_PER_FLUSH) {
    const size_t count = blocks - block < BLOCKS_PER_FLUSH ? blocks - block : BLOCKS_PER_FLUSH;
    add_blocks(panels, streams, block, count, x->q, sums);
  }
}

#include "../common/broadcast2-simd-inl.h"

CK_TARGET_END

static const ck_kernel simd_neon = {
    .name = "simd",
    .isa = "neon",
    .packing = "broadcast2",
    .summary = "broadcast layout with smlal, two streams of 16 rows; batches as in tiled",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(simd_neon);

#endif
