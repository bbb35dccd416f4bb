// contract [--list] [TEXT]: one line per row whose "kind id" holds TEXT (all rows without it), and a sum at the end.

#include "contract.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  char label[80];  // "kernel simd@avx2": ids are unique within a kind only
  uint64_t needs;
} row_name;

static char reason[400];

bool failed(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (reason[0] == '\0') vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  return false;
}

// MARK: - The rows of the five tables

static row_name name_of(const char *kind, const char *name, const char *isa, uint64_t needs) {
  row_name result = {.needs = needs};
  snprintf(result.label, sizeof result.label, "%s %s%s%s", kind, name, isa[0] != '\0' ? "@" : "", isa);
  return result;
}

// Counts through the tables: row `i` of `table`, its name and its check. Returns false past the end.
static bool visit(int table, size_t i, bool run, row_name *name, bool *passed) {
  switch (table) {
    case 0: {
      const ck_packing *row = ck_packing_at(i);
      if (row == NULL) return false;
      *name = name_of("packing", row->name, "", 0);
      if (run) *passed = check_packing(row);
      return true;
    }
    case 1: {
      const ck_kernel *row = ck_kernel_at(i);
      if (row == NULL) return false;
      *name = name_of("kernel", row->name, row->isa, row->needs);
      if (run) *passed = check_kernel(row);
      return true;
    }
    case 2: {
      const ck_dense_kernel *row = ck_dense_kernel_at(i);
      if (row == NULL) return false;
      *name = name_of("dense", row->format, row->isa, row->needs);
      if (run) *passed = check_dense_kernel(row);
      return true;
    }
    case 3: {
      const ck_vector_ops *row = ck_vector_ops_at(i);
      if (row == NULL) return false;
      *name = name_of("vector", row->isa, "", row->needs);
      if (run) *passed = check_vector_ops(row);
      return true;
    }
    default: {
      const ck_probe *row = ck_probe_at(i);
      if (row == NULL) return false;
      *name = name_of("probe", row->name, row->isa, row->needs);
      if (run) *passed = check_probe(row);
      return true;
    }
  }
}

enum { TABLES = 5 };

// MARK: - Verdicts

typedef struct {
  int passed;
  int failed;
  int skipped;
} tally;

// "avx512bw and avx512vnni"
static void name_missing(uint64_t missing, char *out, size_t size) {
  out[0] = '\0';
  for (int bit = 0; bit < 64; bit++) {
    const char *name = missing >> bit & 1 ? ck_isa_name(1ull << bit) : NULL;
    if (name == NULL) continue;
    const size_t length = strlen(out);
    snprintf(out + length, size - length, "%s%s", length > 0 ? " and " : "", name);
  }
}

static void check_row(int table, size_t i, const row_name *name, tally *sum) {
  const uint64_t missing = name->needs & ~ck_isa_detected();
  if (missing != 0) {
    char names[160];
    name_missing(missing, names, sizeof names);
    printf("%-28s skipped: needs %s, which this CPU lacks\n", name->label, names);
    sum->skipped++;
    return;
  }
  bool passed = false;
  row_name same;
  reason[0] = '\0';
  visit(table, i, true, &same, &passed);
  if (passed) {
    printf("%-28s ok\n", name->label);
    sum->passed++;
  } else {
    printf("%-28s FAILED: %s\n", name->label, reason);
    sum->failed++;
  }
  fflush(stdout);
}

int main(int count, char **arguments) {
  bool list = false;
  const char *filter = "";
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--list") == 0) {
      list = true;
    } else {
      filter = arguments[i];
    }
  }
  tally sum = {0};
  for (int table = 0; table < TABLES; table++) {
    row_name name;
    for (size_t i = 0; visit(table, i, false, &name, NULL); i++) {
      if (strstr(name.label, filter) == NULL) continue;
      if (list) {
        puts(name.label);
      } else {
        check_row(table, i, &name, &sum);
      }
    }
  }
  if (list) return 0;
  printf("%d passed, %d failed, %d skipped\n", sum.passed, sum.failed, sum.skipped);
  if (sum.passed + sum.failed + sum.skipped == 0) {
    fprintf(stderr, "no row matches '%s'; --list prints them\n", filter);
    return 1;
  }
  return sum.failed > 0;
}
