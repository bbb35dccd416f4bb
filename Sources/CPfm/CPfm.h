// libpfm4 (libpfm(3)): the names of hardware events, and how each is asked of perf_event_open(2).

#ifndef CPFM_H
#define CPFM_H

// Before libpfm4's own header, which carries an older copy of these structures and leaves it out where they are known.
#include <linux/perf_event.h>
#include <perfmon/pfmlib_perf_event.h>

#endif
