// Speaking to valgrind's callgrind: a program that it runs says from where to where it is to be counted.
//
// Valgrind reads requests out of the instructions themselves: a preamble that no compiler writes and that changes
// nothing, and behind it an instruction that exchanges a register with itself. On a real CPU that is all that happens;
// the emulated one looks at the request in its place. The sequences and numbers are valgrind's published interface to
// client programs, fixed since version 3.

#define _GNU_SOURCE
#include "CLinux.h"

// Requests of the tool whose name begins with C and T, counted from 0.
enum {
  tool = 'C' << 24 | 'T' << 16,
  zero_statistics = tool + 1,
  start_instrumentation = tool + 4,
  stop_instrumentation = tool + 5,
  // Of the core: 1 where an emulated CPU answers.
  running_on_valgrind = 0x1001,
};

// Returns what the emulated CPU answers, or 0, the answer that is there before anybody is asked.
static uint64_t request(uint64_t number) {
  const volatile uint64_t arguments[6] = {number};
  uint64_t answer = 0;
#if defined(__x86_64__)
  // The four rotations come to 128 bits, twice around.
  __asm__ volatile(
      "rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi\n\t"
      "xchgq %%rbx, %%rbx"
      : "+d"(answer)
      : "a"(arguments)
      : "cc", "memory");
#elif defined(__aarch64__)
  register uint64_t result __asm__("x3") = answer;
  register const volatile uint64_t *where __asm__("x4") = arguments;
  __asm__ volatile(
      "ror x12, x12, #3; ror x12, x12, #13; ror x12, x12, #51; ror x12, x12, #61\n\t"
      "orr x10, x10, x10"
      : "+r"(result)
      : "r"(where)
      : "cc", "memory");
  answer = result;
#else
  (void)arguments;
#endif
  return answer;
}

int clinux_is_emulated(void) { return request(running_on_valgrind) != 0; }

void clinux_callgrind_begin(void) {
  // Only the last window of a process counts: one that is repeated does not add up.
  request(zero_statistics);
  request(start_instrumentation);
}

void clinux_callgrind_end(void) { request(stop_instrumentation); }
