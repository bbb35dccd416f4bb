// The layout of the packing `planes2`.
//
// A weight plus one, {0, 1, 2}, is the sum of two bits, 1 as 1 + 0: one bit in each of two planes. Four columns of a
// plane are an index of four bits into a table of 16 sums, and both planes use the same table. A panel is 32 rows. Its
// columns come in blocks of 16, which are 4 groups and 128 bytes:
//
//     byte 32·i + row, low and high four bits:   the first and second plane of group i
//
// Group i holds the columns i, i + 4, i + 8 and i + 12, the first in the lowest bit: the same bit of four groups is
// four neighbouring columns, as a tile wants them. Padding is the weight zero.

#ifndef CK_PLANES2_INL_H
#define CK_PLANES2_INL_H

#include <stddef.h>
#include <stdint.h>

enum {
  PLANES2_ROWS = 32,
  PLANES2_COLUMNS = 16,
  PLANES2_GROUPS = 4,
  PLANES2_BLOCK_BYTES = 128,
};

static inline size_t planes2_blocks(size_t k) { return (k + PLANES2_COLUMNS - 1) / PLANES2_COLUMNS; }

static inline size_t planes2_panel_bytes(size_t k) { return planes2_blocks(k) * PLANES2_BLOCK_BYTES; }

#endif
