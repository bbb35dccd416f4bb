# What every check uses. A check is a command that prints what it saw; its last line stands in the list.

passed=0 failed=0 pending=0

# check NAME COMMAND...: runs one check. Exit status 0 passes; 75 says that what it checks is not built yet.
check() {
  name=$1
  shift
  case $name in
    $only) ;;
    *) return ;;
  esac
  start=$(uptime_s)
  "$@" > /tmp/check.out 2>&1
  status=$?
  took="$(calc "$(uptime_s) - $start") s"
  last=$(tail -n 1 /tmp/check.out)
  case $status in
    0) passed=$((passed + 1)); echo "PASS     $name, $took: $last" ;;
    75) pending=$((pending + 1)); echo "PENDING  $name: $last" ;;
    *)
      failed=$((failed + 1))
      echo "FAIL     $name (exit status $status):"
      tail -n 20 /tmp/check.out | sed 's/^/         /'
      ;;
  esac
}

# fail WORDS...: what a check ends with when it saw something wrong.
fail() {
  echo "$@"
  return 1
}

# fact KEY FILE: the first number of a key anywhere in a JSON file.
fact() { sed -n "s/.*\"$1\" : \([-0-9.e+]*\).*/\1/p" "$2" | head -n 1; }

uptime_s() { cut -d ' ' -f 1 /proc/uptime; }

# calc EXPRESSION: prints a number; holds EXPRESSION: whether it is true.
calc() { awk "BEGIN { printf \"%.6g\", $1 }"; }
holds() { awk "BEGIN { exit !($1) }"; }
