// Counts what a thread asks the heap for, so that a test can say that code asks for nothing.

#ifndef CHEAPWITNESS_H
#define CHEAPWITNESS_H

#include <stdint.h>

/// How many blocks the calling thread has taken from the heap since it began, given back or not.
uint64_t heapwitness_taken(void);

#endif
