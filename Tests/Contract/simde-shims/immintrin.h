// Stands before the compiler's <immintrin.h> in builds with CK_EMULATED: the intrinsics of x86 as plain C, by SIMDe
// (Debian's libsimde-dev), under their own names. So the kernels compile as they are, and run on any CPU.

#ifndef CK_SIMDE_IMMINTRIN_H
#define CK_SIMDE_IMMINTRIN_H

#define SIMDE_ENABLE_NATIVE_ALIASES

// Compilers of today have a bfloat16 vector of their own here, which older SIMDe would define again.
#if defined(__x86_64__)
#include <emmintrin.h>
#define __m128bh simde_alias_m128bh
#endif

#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

#include <math.h>

#endif
