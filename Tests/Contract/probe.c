// Every probe runs over any amount of work, and its result depends on all of it. How fast it runs is not asked here.

#include "contract.h"

#include <stdlib.h>
#include <string.h>

// Each byte in turn is changed.
static bool depends_on_bytes(const ck_probe *probe, size_t bytes, size_t step) {
  uint8_t *memory = new_memory(bytes);
  const uint64_t before = probe->run(memory, bytes);
  bool passed = true;
  for (size_t i = 0; passed && i < bytes; i += step) {
    memory[i] ^= 1;
    passed = probe->run(memory, bytes) != before || failed("byte %zu of %zu is not read", i, bytes);
    memory[i] ^= 1;
  }
  free(memory);
  return passed;
}

static bool check_read(const ck_probe *probe) {
  static const size_t small[] = {0, 1, 63, 64, 65, 255, 256, 1000, 4096};
  for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
    if (!depends_on_bytes(probe, small[i], 1)) return false;
  }
  // Beyond the size at which the streams are staggered; steps that meet every byte of a line in turn.
  return depends_on_bytes(probe, (1 << 20) + 17, 9973);
}

bool check_probe(const ck_probe *probe) {
  if (strcmp(probe->name, "read") == 0) return check_read(probe);
  REQUIRE(probe->run(NULL, 1 << 20) != probe->run(NULL, 1 << 10), "the result does not depend on the work");
  return true;
}
