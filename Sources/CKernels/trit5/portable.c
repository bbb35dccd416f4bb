// `trit5` without intrinsics: a few vectors by looking up what a byte of weights is worth, batches through tiles.

#include "CKernels.h"

#include "../common/activations-inl.h"
#include "../common/escape5-inl.h"

// 192 groups of weights are 240 quads of columns.
enum { TILE_COLUMNS = 960 };
#include "../common/tile-inl.h"
#include "../common/escape5-tile-portable-inl.h"
#include "../common/tile-portable-inl.h"
#include "../common/tile-gemm-inl.h"

enum {
  // Tables of 32 groups are 16 KiB: half of a 32 KiB first-level cache.
  STRIP_GROUPS = 32,
  // Every vector needs its own tables and lookups; a tile's weights are unpacked once for all.
  FEW_VECTORS = 3,
};

// What the five weights of each byte are worth with the activations of one group.
typedef struct {
  int16_t sums[256];
} byte_sums;

// MARK: - One vector

// Bytes that differ in their low three bits only: eight pairs with one triple, or, escaped, eight triples.
static void fill_eight(int triple_sign, int field, const int16_t pairs[8], const int16_t triples[16], int16_t *out) {
  const int escaped = field >= ESCAPE5_FIRST_ESCAPE;
  const int16_t *first = escaped ? triples + 8 * (field - ESCAPE5_FIRST_ESCAPE) : pairs;
  const int sign = escaped ? triple_sign : 1;
  const int rest = escaped ? 0 : triple_sign * triples[field];
  for (int i = 0; i < 8; i++) out[i] = (int16_t)(sign * first[i] + rest);
}

static void fill_sums(const int8_t q[ESCAPE5_GROUP], byte_sums *out) {
  int16_t pairs[8], triples[16];
  for (int i = 0; i < 8; i++) pairs[i] = (int16_t)(escape5_pairs[0][i] * q[0] + escape5_pairs[1][i] * q[1]);
  for (int i = 0; i < 16; i++) {
    triples[i] = (int16_t)(escape5_triples[0][i] * q[2] + escape5_triples[1][i] * q[3] + escape5_triples[2][i] * q[4]);
  }
  for (int field = 0; field < 16; field++) {
    fill_eight(1, field, pairs, triples, out->sums + 8 * field);
    fill_eight(-1, field, pairs, triples, out->sums + 128 + 8 * field);
  }
}

// The tables of `groups` groups from `first`. Padding of the packing is zero weights: its columns are worth nothing.
static void fill_strip(const int8_t *q, size_t k, size_t first, size_t groups, byte_sums *out) {
  for (size_t group = 0; group < groups; group++) {
    int8_t padded[ESCAPE5_GROUP] = {0};
    const size_t column = (first + group) * ESCAPE5_GROUP;
    for (size_t i = 0; i < ESCAPE5_GROUP && column + i < k; i++) padded[i] = q[column + i];
    fill_sums(padded, out + group);
  }
}

static void add_strip(const uint8_t *bytes, size_t groups, const byte_sums *x, int32_t *sums) {
  int32_t totals[ESCAPE5_ROWS] = {0};
  for (size_t group = 0; group < groups; group++) {
    for (size_t row = 0; row < ESCAPE5_ROWS; row++) totals[row] += x[group].sums[bytes[group * ESCAPE5_ROWS + row]];
  }
  for (size_t row = 0; row < ESCAPE5_ROWS; row++) sums[row] += totals[row];
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  const size_t groups = escape5_groups(k);
  byte_sums tables[STRIP_GROUPS];
  memset(sums + row_begin, 0, (row_end - row_begin) * sizeof *sums);
  for (size_t first = 0; first < groups; first += STRIP_GROUPS) {
    const size_t count = groups - first < STRIP_GROUPS ? groups - first : STRIP_GROUPS;
    fill_strip(ck_activations_at(prepared, k, 0)->q, k, first, count, tables);
    for (size_t row = row_begin; row < row_end; row += ESCAPE5_ROWS) {
      const uint8_t *panel = weights + row / ESCAPE5_ROWS * escape5_panel_bytes(k);
      add_strip(panel + first * ESCAPE5_ROWS, count, tables, sums + row);
    }
  }
}

// MARK: - Many vectors

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  if (m > FEW_VECTORS) {
    multiply_tiles(weights, k, row_begin, row_end, prepared, m, sums, stride);
    return;
  }
  for (size_t j = 0; j < m; j++) {
    gemv(weights, k, row_begin, row_end, ck_activations_at(prepared, k, j), sums + j * stride);
  }
}

static const ck_kernel trit5_portable = {
    .name = "trit5",
    .isa = "portable",
    .packing = "escape5",
    .summary = "five weights a byte by table lookups, in plain C",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = ck_activations_bytes,
    .prepare = ck_activations_prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(trit5_portable);
