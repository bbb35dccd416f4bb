// What the read probes share: how they divide their bytes among four streams, and the ends.

#ifndef CK_READ_STREAMS_INL_H
#define CK_READ_STREAMS_INL_H

#include <stddef.h>
#include <stdint.h>

enum { STREAMS = 4, LINE = 64 };

// Streams that lie a power of two apart fall into the same cache sets and memory banks, and cost a third of the
// bandwidth: a gigabyte in four parts did. About 16 pages less than a quarter puts them everywhere; a prime number of
// lines shares no factor with any of those sizes.
enum { STAGGER = 1009 * LINE };

// Bytes of one stream, a multiple of a line. What the four leave over is read after them.
static inline size_t stream_bytes(size_t work) {
  const size_t quarter = work / STREAMS / LINE * LINE;
  return quarter > 2 * STAGGER ? quarter - STAGGER : quarter;
}

// Bytes of the next pass: all of the buffer, or what is left of the work.
static inline size_t pass_bytes(size_t bytes, size_t left) { return left < bytes ? left : bytes; }

static inline uint64_t sum_of_bytes(const uint8_t *bytes, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += bytes[i];
  return sum;
}

#endif
