#include "CShippedModel.h"

// #embed is of C23, which Clang has as an extension since version 19.
#pragma clang diagnostic ignored "-Wc23-extensions"

// 64 bytes are a cache line, and a multiple of GGUF's alignment of 32.
__attribute__((aligned(64))) static const unsigned char file[] = {
#embed "tern-tiny.gguf"
};

const void *tern_tiny(size_t *bytes) {
  *bytes = sizeof file;
  return file;
}
