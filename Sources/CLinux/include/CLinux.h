// System calls and CPU hints that Swift cannot spell. Thin: every function is one call, errno is left as it was set.

#ifndef CLINUX_H
#define CLINUX_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Sleeps while *word equals `expected`; returns at a wake-up, at a change, or spuriously. futex(2).
void clinux_futex_wait(const uint32_t *word, uint32_t expected);
/// Wakes up to `count` sleepers on `word`. futex(2).
void clinux_futex_wake(const uint32_t *word, int count);
/// Tells the CPU that this is a spin loop (PAUSE, YIELD).
void clinux_cpu_relax(void);

/// The calling thread's id, as perf_event_open and sched_setaffinity want it. gettid(2).
pid_t clinux_gettid(void);
/// The CPU that the caller runs on now, or -1. getcpu(2).
int clinux_current_cpu(void);
/// Pins thread `tid` (0: the caller) to `count` CPUs. Returns 0 or -1 with errno. sched_setaffinity(2).
int clinux_set_affinity(pid_t tid, const int *cpus, size_t count);
/// Writes the CPUs that thread `tid` may run on to `cpus` (room for `capacity`); returns how many, or -1 with errno.
int clinux_get_affinity(pid_t tid, int *cpus, size_t capacity);

/// perf_event_open(2): a file descriptor, or -1 with errno.
int clinux_perf_event_open(struct perf_event_attr *attribute, pid_t pid, int cpu, int group_fd, unsigned long flags);
/// The request codes are macros that Swift cannot import: enable, disable, reset. Returns ioctl(2)'s result.
int clinux_perf_enable(int fd);
int clinux_perf_disable(int fd);
/// Writes the id by which a group's read names this event. Returns ioctl(2)'s result.
int clinux_perf_id(int fd, uint64_t *id);

/// Runs a loop of two instructions `iterations` times: work whose instructions are known, to check a counter with.
/// Returns how many instructions that was, or 0 on an architecture for which nobody has written the loop.
uint64_t clinux_counted_loop(uint64_t iterations);

/// Whether this CPU is one that valgrind emulates; 0 on an architecture for which nobody has written the request.
int clinux_is_emulated(void);
/// Under valgrind's callgrind, counts anew from here on; on a real CPU, does nothing that can be seen.
void clinux_callgrind_begin(void);
/// Under valgrind's callgrind, counts no further.
void clinux_callgrind_end(void);

/// Nanoseconds of CLOCK_MONOTONIC_RAW, which NTP neither steps nor slews.
uint64_t clinux_monotonic_raw_ns(void);
/// Nanoseconds of CPU time of the calling thread, of the process.
uint64_t clinux_thread_cpu_ns(void);
uint64_t clinux_process_cpu_ns(void);

/// A timer on CLOCK_MONOTONIC that read(2) waits for, not yet running; or -1 with errno. timerfd_create(2).
int clinux_timer_create(void);
/// Lets it expire in `first_ns` and every `interval_ns` after that; 0 and 0 stop it. Returns 0 or -1 with errno.
int clinux_timer_arm(int fd, uint64_t first_ns, uint64_t interval_ns);

// MARK: - Running another program

/// A child that was forked and waits to become another program.
typedef struct clinux_child {
  pid_t pid;
  int barrier;  // a byte written here lets it go; -1 once that was done
  int report;   // errno of its exec comes from here, or the end of the file when it succeeded
} clinux_child;

/// Forks a child that waits, ready to execve(2) `path`, and returns when it waits. 0, or -1 with errno.
int clinux_fork_waiting(const char *path, char *const *arguments, char *const *environment, clinux_child *child);
/// Lets the child go and waits until it has become the program: 0, or the errno of its execve(2).
int clinux_release(clinux_child *child);
/// Ends a child that was not let go, and reaps it. Does nothing to one that was.
void clinux_abandon(clinux_child *child);
/// Waits until the child has ended, and leaves it to be reaped. 0, or -1 with errno. waitid(2), WNOWAIT.
int clinux_wait_for_end(pid_t pid);

/// From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT go to process `to`, unless they were ignored before. One that the
/// terminal sends is not sent again: the terminal sends it to every process of the group.
void clinux_forward_signals(pid_t to);
/// Ends that; returns the last signal that came meanwhile, or 0.
int clinux_stop_forwarding(void);

#endif
