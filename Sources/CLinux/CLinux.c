#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

void clinux_futex_wait(const uint32_t *word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

void clinux_futex_wake(const uint32_t *word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

void clinux_cpu_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

pid_t clinux_gettid(void) { return (pid_t)syscall(SYS_gettid); }

int clinux_current_cpu(void) {
  unsigned cpu = 0;
  return syscall(SYS_getcpu, &cpu, NULL, NULL) == 0 ? (int)cpu : -1;
}

// 8192 CPUs is CONFIG_NR_CPUS of the distributions' largest kernels; a fixed cpu_set_t (1024) fails with EINVAL there.
enum { max_cpus = 8192 };
typedef struct { unsigned long bits[max_cpus / (8 * sizeof(unsigned long))]; } cpu_mask;

int clinux_set_affinity(pid_t tid, const int *cpus, size_t count) {
  cpu_mask mask;
  memset(&mask, 0, sizeof mask);
  for (size_t i = 0; i < count; i++) {
    if (cpus[i] < 0 || cpus[i] >= max_cpus) continue;
    mask.bits[(size_t)cpus[i] / (8 * sizeof(unsigned long))] |= 1ul << ((size_t)cpus[i] % (8 * sizeof(unsigned long)));
  }
  return syscall(SYS_sched_setaffinity, tid, sizeof mask, &mask) < 0 ? -1 : 0;
}

int clinux_get_affinity(pid_t tid, int *cpus, size_t capacity) {
  cpu_mask mask;
  memset(&mask, 0, sizeof mask);
  if (syscall(SYS_sched_getaffinity, tid, sizeof mask, &mask) < 0) return -1;
  size_t count = 0;
  for (int cpu = 0; cpu < max_cpus && count < capacity; cpu++) {
    unsigned long word = mask.bits[(size_t)cpu / (8 * sizeof(unsigned long))];
    if (word >> ((size_t)cpu % (8 * sizeof(unsigned long))) & 1) cpus[count++] = cpu;
  }
  return (int)count;
}

int clinux_perf_event_open(struct perf_event_attr *attribute, pid_t pid, int cpu, int group_fd, unsigned long flags) {
  return (int)syscall(SYS_perf_event_open, attribute, pid, cpu, group_fd, flags);
}

int clinux_perf_enable(int fd) { return ioctl(fd, PERF_EVENT_IOC_ENABLE, 0); }
int clinux_perf_disable(int fd) { return ioctl(fd, PERF_EVENT_IOC_DISABLE, 0); }
int clinux_perf_id(int fd, uint64_t *id) { return ioctl(fd, PERF_EVENT_IOC_ID, id); }

// In assembly, because a compiler would unroll the loop, count it down by another step, or leave it out.
uint64_t clinux_counted_loop(uint64_t iterations) {
  if (iterations == 0) return 0;
#if defined(__x86_64__)
  uint64_t left = iterations;
  __asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
  return 2 * iterations;
#elif defined(__aarch64__)
  uint64_t left = iterations;
  __asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(left) : : "cc");
  return 2 * iterations;
#else
  return 0;
#endif
}

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clinux_monotonic_raw_ns(void) { return nanoseconds(CLOCK_MONOTONIC_RAW); }
uint64_t clinux_thread_cpu_ns(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }
uint64_t clinux_process_cpu_ns(void) { return nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }

int clinux_timer_create(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC); }

int clinux_timer_arm(int fd, uint64_t first_ns, uint64_t interval_ns) {
  struct itimerspec when = {
      .it_interval = {(time_t)(interval_ns / 1000000000u), (long)(interval_ns % 1000000000u)},
      .it_value = {(time_t)(first_ns / 1000000000u), (long)(first_ns % 1000000000u)},
  };
  return timerfd_settime(fd, 0, &when, NULL);
}
