// Running another program: a child that waits before it becomes that program, so that meters can be attached to it.

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// read(2) and write(2) of a few bytes, which pipes never cut; a signal may interrupt them.
static ssize_t read_all(int fd, void *bytes, size_t count) {
  ssize_t got;
  do got = read(fd, bytes, count);
  while (got < 0 && errno == EINTR);
  return got;
}

static void write_all(int fd, const void *bytes, size_t count) {
  while (write(fd, bytes, count) < 0 && errno == EINTR) {
  }
}

// The child of a process with threads may call async-signal-safe functions only (fork(2)): no allocation, no locks, no
// search in PATH.
__attribute__((noreturn)) static void wait_and_become(
    const char *path, char *const *arguments, char *const *environment, const sigset_t *mask, int barrier, int report) {
  sigprocmask(SIG_SETMASK, mask, NULL);
  const int ready = 0;
  write_all(report, &ready, sizeof ready);
  char go;
  // The end of the file: the parent is gone, or does not want the program any more.
  if (read_all(barrier, &go, sizeof go) != sizeof go) _exit(127);
  execve(path, arguments, environment);
  const int failure = errno;
  write_all(report, &failure, sizeof failure);
  _exit(127);
}

// What a terminal, a person or a supervisor stops a program with.
static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { FORWARDED = sizeof forwarded / sizeof forwarded[0] };

// Threads of pools run with these blocked, and what they start inherits that: such a program could not be stopped.
static void unblock(sigset_t *mask) {
  for (int i = 0; i < FORWARDED; i++) sigdelset(mask, forwarded[i]);
}

static void close_both(const int ends[2]) {
  close(ends[0]);
  close(ends[1]);
}

int clinux_fork_waiting(const char *path, char *const *arguments, char *const *environment, clinux_child *child) {
  int barrier[2], report[2];
  // A socket, because writing to a pipe whose reader was killed would raise SIGPIPE.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, barrier) < 0) return -1;
  if (pipe2(report, O_CLOEXEC) < 0) {
    close_both(barrier);
    return -1;
  }
  // No handler of the parent may run in the child before the program replaces it.
  sigset_t all, mask;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &mask);
  const pid_t pid = fork();
  if (pid == 0) {
    close(barrier[1]);
    unblock(&mask);
    wait_and_become(path, arguments, environment, &mask, barrier[0], report[1]);
  }
  const int failure = errno;
  sigprocmask(SIG_SETMASK, &mask, NULL);
  close(barrier[0]);
  close(report[1]);
  if (pid < 0) {
    close(barrier[1]);
    close(report[0]);
    errno = failure;
    return -1;
  }
  *child = (clinux_child){.pid = pid, .barrier = barrier[1], .report = report[0]};
  int ready;
  if (read_all(child->report, &ready, sizeof ready) == sizeof ready) return 0;
  clinux_abandon(child);
  errno = ECHILD;
  return -1;
}

int clinux_release(clinux_child *child) {
  const char go = 1;
  while (send(child->barrier, &go, sizeof go, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
  close(child->barrier);
  child->barrier = -1;
  int failure = 0;
  const ssize_t got = read_all(child->report, &failure, sizeof failure);
  close(child->report);
  return got == sizeof failure ? failure : 0;
}

void clinux_abandon(clinux_child *child) {
  if (child->barrier < 0) return;
  close(child->barrier);
  close(child->report);
  child->barrier = -1;
  // The end of the barrier may be held open by another child that was forked meanwhile and waits as this one does.
  kill(child->pid, SIGKILL);
  while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
  }
}

int clinux_wait_for_end(pid_t pid) {
  siginfo_t end;
  int result;
  do result = waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT);
  while (result < 0 && errno == EINTR);
  return result;
}

// MARK: - Signals

static struct sigaction before[FORWARDED];
static volatile sig_atomic_t receiver;  // pids fit: the kernel's largest is 2²²
static volatile sig_atomic_t last_signal;

static void forward(int signal, siginfo_t *information, void *context) {
  (void)context;
  const int number = errno;
  last_signal = signal;
  // Zero and below: kill(2), sigqueue(3) and their like. The kernel's own, the terminal's among them, are above.
  if (information->si_code <= 0 && receiver > 0) kill((pid_t)receiver, signal);
  errno = number;
}

void clinux_forward_signals(pid_t to) {
  receiver = (sig_atomic_t)to;
  last_signal = 0;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = forward;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigset_t mask;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  unblock(&mask);
  sigprocmask(SIG_SETMASK, &mask, NULL);
  for (int i = 0; i < FORWARDED; i++) {
    sigaction(forwarded[i], NULL, &before[i]);
    if (before[i].sa_handler != SIG_IGN) sigaction(forwarded[i], &action, NULL);
  }
}

int clinux_stop_forwarding(void) {
  receiver = 0;
  for (int i = 0; i < FORWARDED; i++) sigaction(forwarded[i], &before[i], NULL);
  return last_signal;
}
