// The instruction set of a file's functions, and how small ones are forced inline.

#ifndef CK_TARGET_INL_H
#define CK_TARGET_INL_H

#define CK_INLINE static inline __attribute__((always_inline))

/// Behind the features of loops that fill the vector units: any CPU's model of instruction order will do. Without one
/// the same tile loop ran at 0.81 or at 0.88 of the int8 ceiling, depending on which file it stood in; with this one at
/// 0.89 in all of them. It changes the order of instructions, not which ones may be used.
#define CK_TUNE_X86 ",tune=znver3"

#define CK_PRAGMA(text) _Pragma(#text)

#ifdef CK_EMULATED
// A build that proves a kernel on a CPU without its instructions: intrinsics are plain C there, and so is the rest.
#define CK_TARGET_BEGIN(features)
#define CK_TARGET_END
#define CK_PLACE "+m"
#else
/// The functions from here to CK_TARGET_END may use the named features ("avx2,fma") beyond those that every CPU has.
#define CK_TARGET_BEGIN(features) \
  CK_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define CK_TARGET_END CK_PRAGMA(clang attribute pop)
#if defined(__aarch64__)
#define CK_PLACE "+w"
#else
#define CK_PLACE "+x"
#endif
#endif

/// Tells the compiler that a vector may have changed, or it would compute once what a probe repeats.
#define CK_MAY_CHANGE(vector) __asm__ volatile("" : CK_PLACE(vector))

/// Tells the compiler that all memory may have changed, or it could read once what a probe reads again and again.
#define CK_MEMORY_MAY_CHANGE() __asm__ volatile("" : : : "memory")

#endif
