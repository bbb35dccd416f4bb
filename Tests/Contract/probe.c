// Every probe runs over any amount of work, and its result depends on all of it. How fast it runs is not asked here.

#include "contract.h"

#include <stdlib.h>
#include <string.h>

// MARK: - read

// Each byte in turn is changed.
static bool depends_on_bytes(const ck_probe *probe, size_t bytes, size_t step) {
  uint8_t *memory = new_memory(bytes);
  const uint64_t before = probe->run(memory, bytes, bytes);
  bool passed = true;
  for (size_t i = 0; passed && i < bytes; i += step) {
    memory[i] ^= 1;
    passed = probe->run(memory, bytes, bytes) != before || failed("byte %zu of %zu is not read", i, bytes);
    memory[i] ^= 1;
  }
  free(memory);
  return passed;
}

// Three passes and a part of one add up to three times the whole and once the part.
static bool walks_again(const ck_probe *probe, size_t bytes, size_t part) {
  uint8_t *memory = new_memory(bytes);
  for (size_t i = 0; i < bytes; i++) memory[i] = (uint8_t)(i * 37 + 11);
  const uint64_t whole = probe->run(memory, bytes, bytes);
  const uint64_t first = probe->run(memory, bytes, part);
  const uint64_t all = probe->run(memory, bytes, 3 * bytes + part);
  free(memory);
  REQUIRE(all == 3 * whole + first, "3 passes over %zu bytes and %zu more do not add up", bytes, part);
  return true;
}

static bool check_read(const ck_probe *probe) {
  static const size_t small[] = {0, 1, 63, 64, 65, 255, 256, 1000, 4096};
  for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
    if (!depends_on_bytes(probe, small[i], 1)) return false;
    if (small[i] > 0 && !walks_again(probe, small[i], small[i] / 2)) return false;
  }
  // Beyond the size at which the streams are staggered; steps that meet every byte of a line in turn.
  const size_t large = (1 << 20) + 17;
  return depends_on_bytes(probe, large, 9973) && walks_again(probe, large, 12345);
}

// MARK: - latency

// One walk over all lines visits each once and ends where it began; a second walk is the same again.
static bool visits_every_line(const ck_probe *probe, size_t lines) {
  const size_t bytes = lines * 64;
  uint8_t *memory = new_memory(bytes);
  probe->prepare(memory, bytes);
  uint64_t expected = 0;
  for (size_t line = 0; line < lines; line++) expected += line * 64;
  const uint64_t once = probe->run(memory, bytes, lines);
  const uint64_t twice = probe->run(memory, bytes, 2 * lines);
  bool passed = once == expected || failed("a walk over %zu lines does not visit each once", lines);
  passed = passed && (twice == 2 * expected || failed("a second walk over %zu lines differs", lines));
  // A shorter cycle could add up by chance; it would be back at its start too early.
  uint64_t offset = 0;
  size_t steps = 0;
  while (passed && (steps == 0 || offset != 0) && steps <= lines) {
    memcpy(&offset, memory + offset, sizeof offset);
    steps++;
  }
  passed = passed && (steps == lines || failed("the cycle through %zu lines closes after %zu", lines, steps));
  free(memory);
  return passed;
}

static bool check_latency(const ck_probe *probe) {
  static const size_t lines[] = {1, 2, 3, 16, 1000, 4096};
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    if (!visits_every_line(probe, lines[i])) return false;
  }
  return true;
}

// MARK: - Registers

// The sum counts the multiply-adds: at least those asked for, and less than one step of any instruction set more.
static bool check_fma(const ck_probe *probe) {
  // The last is more than the lanes of the widest instruction set hold before they are emptied.
  static const size_t work[] = {0, 1, 1 << 10, 1000003, 1 << 28};
  for (size_t i = 0; i < sizeof work / sizeof work[0]; i++) {
    const uint64_t done = probe->run(NULL, 0, work[i]);
    REQUIRE(done >= work[i] && done < work[i] + 1024, "%zu multiply-adds were asked for and %llu counted", work[i],
            (unsigned long long)done);
  }
  return true;
}

bool check_probe(const ck_probe *probe) {
  if (strcmp(probe->name, "read") == 0) return check_read(probe);
  if (strcmp(probe->name, "latency") == 0) return check_latency(probe);
  if (strcmp(probe->name, "fma") == 0) return check_fma(probe);
  REQUIRE(probe->run(NULL, 0, 1 << 20) != probe->run(NULL, 0, 1 << 10), "the result does not depend on the work");
  return true;
}
