// How both read probes divide their bytes among four streams.

#ifndef CK_READ_STREAMS_INL_H
#define CK_READ_STREAMS_INL_H

#include <stddef.h>

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

#endif
