// The layout of the packing `broadcast2`.
//
// A panel is 16 rows. Its columns come in blocks of 16, one cache line each:
//
//     byte 4·row + i of a block, bits 2·f and 2·f + 1:   the weight of column 4·f + i, as a code
//
// so the 32-byte halves of a line hold rows 0–7 and 8–15, and one broadcast of the four activations 4·f … 4·f + 3 meets
// field f of every row at once: no horizontal sums, and 16 contiguous Int32 results. A code is the weight plus one
// (activations-inl.h). Padding has code 1, the weight zero, and activations that are zero.

#ifndef CK_BROADCAST2_INL_H
#define CK_BROADCAST2_INL_H

#include <stddef.h>
#include <stdint.h>

enum {
  BROADCAST2_ROWS = 16,
  BROADCAST2_COLUMNS = 16,
  BROADCAST2_BLOCK_BYTES = 64,
};

static inline size_t broadcast2_blocks(size_t k) { return (k + BROADCAST2_COLUMNS - 1) / BROADCAST2_COLUMNS; }

static inline size_t broadcast2_panel_bytes(size_t k) { return broadcast2_blocks(k) * BROADCAST2_BLOCK_BYTES; }

#endif
