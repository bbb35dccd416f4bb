// libnuma (numa(3)): memory nodes, and the system calls that put pages on them and say where pages are.

#ifndef CNUMA_H
#define CNUMA_H

#include <numa.h>
#include <numaif.h>

#endif
