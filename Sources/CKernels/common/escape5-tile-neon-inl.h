// The packing `escape5` with NEON: the fields of a byte as indices of tbl, and from them a tile.

#ifndef CK_ESCAPE5_TILE_NEON_INL_H
#define CK_ESCAPE5_TILE_NEON_INL_H

#include <arm_neon.h>
#include <string.h>

#include "escape5-inl.h"
#include "target-inl.h"

/// tbl answers an index past its table with zero.
typedef struct {
  uint8x16_t pair;    // 0 … 7, or 255 if the byte is escaped
  uint8x16_t triple;  // m, plus 16 if the triple is negative
} escape5_indices;

CK_INLINE escape5_indices escape5_split(uint8x16_t bytes) {
  const uint8x16_t unsigned_part = vandq_u8(bytes, vdupq_n_u8(127));
  const uint8x16_t escaped = vcgeq_u8(unsigned_part, vdupq_n_u8(ESCAPE5_ZEROS));
  escape5_indices indices;
  indices.pair = vorrq_u8(vandq_u8(bytes, vdupq_n_u8(7)), escaped);
  // Shifted by three, a byte is its sign and m; an escaped one has m in its own low bits.
  indices.triple = vbslq_u8(vandq_u8(escaped, vdupq_n_u8(15)), bytes, vshrq_n_u8(bytes, 3));
  return indices;
}

CK_INLINE int8x16_t escape5_table_8(const int8_t entries[8]) { return vcombine_s8(vld1_s8(entries), vdup_n_s8(0)); }

/// What the triples are worth, then what their negatives are.
CK_INLINE int8x16x2_t escape5_table_32(const int8_t entries[16]) {
  const int8x16_t positive = vld1q_s8(entries);
  const int8x16x2_t both = {{positive, vnegq_s8(positive)}};
  return both;
}

// The codes of five columns of 16 rows.
CK_INLINE void unpack_group(uint8x16_t bytes, uint8x16_t codes[ESCAPE5_GROUP]) {
  const escape5_indices at = escape5_split(bytes);
  const int8x16_t one = vdupq_n_s8(1);
#pragma unroll
  for (int i = 0; i < 2; i++) {
    const int8x16_t weights = vqtbl1q_s8(escape5_table_8(escape5_pairs[i]), at.pair);
    codes[i] = vreinterpretq_u8_s8(vaddq_s8(weights, one));
  }
#pragma unroll
  for (int i = 0; i < 3; i++) {
    const int8x16_t weights = vqtbl2q_s8(escape5_table_32(escape5_triples[i]), at.triple);
    codes[2 + i] = vreinterpretq_u8_s8(vaddq_s8(weights, one));
  }
}

enum {
  // Twenty columns are whole groups and whole quads.
  STRETCH_GROUPS = 4,
  STRETCH_COLUMNS = STRETCH_GROUPS * ESCAPE5_GROUP,
  STRETCH_BYTES = STRETCH_GROUPS * ESCAPE5_ROWS,
};

_Static_assert(TILE_COLUMNS % STRETCH_COLUMNS == 0, "a tile is whole stretches");

// Four groups of 16 rows, 32 bytes apart. Storing four columns interleaved gives a quad.
CK_INLINE void unpack_stretch(const uint8_t *bytes, uint8_t *codes) {
  uint8x16_t columns[STRETCH_COLUMNS];
#pragma unroll
  for (int i = 0; i < STRETCH_GROUPS; i++) {
    unpack_group(vld1q_u8(bytes + i * ESCAPE5_ROWS), columns + i * ESCAPE5_GROUP);
  }
#pragma unroll
  for (int i = 0; i < STRETCH_COLUMNS; i += 4) {
    const uint8x16x4_t quad = {{columns[i], columns[i + 1], columns[i + 2], columns[i + 3]}};
    vst4q_u8(codes + i / 4 * TILE_QUAD_BYTES, quad);
  }
}

/// The codes of 16 rows from `row`, of `columns` columns from `column`, a multiple of ten; whole stretches are written.
static void unpack_tile(const uint8_t *weights, size_t k, size_t row, size_t column, size_t columns, tile *out) {
  const uint8_t *bytes = weights + row / ESCAPE5_ROWS * escape5_panel_bytes(k) + column / ESCAPE5_GROUP * ESCAPE5_ROWS;
  const size_t half = row % ESCAPE5_ROWS;
  const size_t stretches = escape5_groups(columns) / STRETCH_GROUPS;
  const size_t codes_per_stretch = STRETCH_COLUMNS * TILE_ROWS;
  for (size_t i = 0; i < stretches; i++) {
    unpack_stretch(bytes + i * STRETCH_BYTES + half, out->codes + i * codes_per_stretch);
  }
  const size_t rest = escape5_groups(columns) % STRETCH_GROUPS;
  if (rest == 0) return;
  uint8_t padded[STRETCH_BYTES];
  memset(padded, ESCAPE5_ZEROS, sizeof padded);
  memcpy(padded, bytes + stretches * STRETCH_BYTES, rest * ESCAPE5_ROWS);
  unpack_stretch(padded + half, out->codes + stretches * codes_per_stretch);
}

#endif
