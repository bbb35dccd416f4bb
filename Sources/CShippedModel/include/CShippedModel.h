// The model that is part of every build of Tern: the bytes of tern-tiny.gguf.
//
// In C, because the compiler takes a file in as it is (#embed) and the binary stays one file: SwiftPM's own resources
// are a folder that gets lost when a binary is copied, or an array literal of a million numbers.

#ifndef CSHIPPEDMODEL_H
#define CSHIPPEDMODEL_H

#include <stddef.h>

/// A whole GGUF file, aligned as a mapped one would be for its tensors, and how many bytes it has.
const void *tern_tiny(size_t *bytes);

#endif
