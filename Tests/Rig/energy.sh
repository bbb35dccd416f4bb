# Energy: three ways to read the same joules agree with each other and with the truth, which the module was told.

parameters=/sys/module/fakepower/parameters

# Watts of both packages together, as the module has them by default.
watts=100

# measure COMMAND...: a program under the energy meter; the report in /tmp/energy.json.
measure() { tern measure --meters time,energy --json -o /tmp/energy.json -- "$@"; }

# as_nobody COMMAND...: without privilege.
as_nobody() { su -s /bin/sh nobody -c "$*"; }

# metric NAME: a number of the last measurement, from the object "metrics".
metric() {
  awk -v key="\"$1\"" '
    /"metrics" : \{/ { inside = 1 }
    inside && $1 == key { sub(/,$/, "", $3); print $3; exit }
    inside && /\}/ { inside = 0 }' /tmp/energy.json
}

# zone ID: the joules of one zone of the last measurement.
zone() {
  awk -v zone="\"$1\"" '
    /\{/ { energy = ""; found = 0 }
    $1 == "\"energy_j\"" { sub(/,$/, "", $3); energy = $3 }
    $1 == "\"zone\"" { sub(/,$/, "", $3); found = $3 == zone }
    /\}/ { if (found && energy != "") { print energy; exit } }' /tmp/energy.json
}

# ready: whether this build of tern measures programs and energy at all.
ready() {
  tern --help | grep -q '^  measure ' || { echo "this build has no tern measure"; return 75; }
  tern measure --meters time --json -o /tmp/energy.json -- true > /tmp/ready.out 2>&1 || { cat /tmp/ready.out; return 1; }
}

# near A B FRACTION: whether two numbers are there and differ by at most a fraction of the second.
near() { [ -n "$1" ] && [ -n "$2" ] && holds "($1 - $2) <= $3 * $2 && ($2 - $1) <= $3 * $2"; }

insmod /rig/fakepower.ko packages=2

tree() {
  line=
  for zone in intel-rapl:0 intel-rapl:0:0 intel-rapl:0:1 intel-rapl:1 intel-rapl:1:0 intel-rapl:1:1 intel-rapl:2; do
    line="$line$(cat /sys/class/powercap/$zone/name) "
    [ "$(stat -c %a /sys/class/powercap/$zone/energy_uj)" = 400 ] || fail "$zone is open to all" || return 1
  done
  [ -e /sys/bus/event_source/devices/power/events/energy-ram ] || fail "no perf events" || return 1
  [ "$(cat /sys/class/hwmon/hwmon1/energy2_label)" = Esocket1 ] || fail "no hwmon" || return 1
  echo "powercap ${line% }; perf CPUs $(cat /sys/bus/event_source/devices/power/cpumask)"
}

doctor() {
  ready || return
  tern doctor --json > /tmp/doctor.json || return 1
  grep -A 8 '"id" : "energy' /tmp/doctor.json | grep -q '"state" : "ok"' ||
    fail "doctor finds no energy: $(grep -A 8 '"id" : "energy' /tmp/doctor.json | tr -d '\n')" || return 1
  echo "doctor finds energy"
}

# A busy host stops a machine like this one for milliseconds, also between two readings: the best of three counts.
agreement() {
  ready || return
  for try in 1 2 3; do
    measure sleep 2 || return 1
    seconds=$(calc "$(metric time_wall_ns) / 1e9")
    powercap=$(zone intel-rapl:0) perf=$(zone energy-pkg/cpu0) hwmon=$(zone hwmon1/energy1)
    line="over $seconds s: powercap $powercap J, perf $perf J, hwmon $hwmon J; "
    line="${line}both packages $(metric energy_package_j) J, dram $(metric energy_dram_j) J"
    near "$powercap" "$perf" 0.005 && near "$powercap" "$hwmon" 0.005 &&
      near "$(metric energy_package_j)" "$(calc "$watts * $seconds")" 0.005 &&
      near "$(metric energy_dram_j)" "$(calc "$watts * $seconds / 10")" 0.005 && { echo "$line"; return 0; }
  done
  fail "$line"
}

# truth NAME: the last window's package energy is right, or it is absent and a problem says why.
truth() {
  seconds=$(calc "$(metric time_wall_ns) / 1e9")
  energy=$(metric energy_package_j)
  if [ -n "$energy" ]; then
    near "$energy" "$(calc "$watts * $seconds")" 0.01 ||
      fail "$energy J in $seconds s at $watts W: a wrong number" || return 1
    echo "$energy J in $seconds s at $watts W"
  else
    sed -n 's/.*"reason" : "\(.*\)".*/absent: \1/p' /tmp/energy.json | grep . || fail "absent, and nothing says why"
  fi
}

# The counters of 1 kJ start again 50 J before their end, in the middle of the window.
wrap() {
  ready || return
  echo 1000000000 > $parameters/range_uj
  echo 950000000 > $parameters/start_uj
  measure sleep 2
  status=$?
  after=$(cat /sys/class/powercap/intel-rapl:0/energy_uj)
  echo 262143328850 > $parameters/range_uj
  [ $status = 0 ] || return 1
  [ "$after" -lt 900000000 ] || fail "no wrap: the counter is at $after" || return 1
  [ -n "$(metric energy_package_j)" ] || fail "a wrap is no reason for no number" || return 1
  truth
}

# A counter that is set to 0 is not one that wrapped: there is no right number.
reset() {
  ready || return
  echo 200000000000 > $parameters/start_uj
  (sleep 1; echo 0 > $parameters/start_uj) &
  measure sleep 2 || return 1
  wait
  truth
}

failing() {
  ready || return
  for errno in 5 19 61; do
    (sleep 1; echo $errno > $parameters/fail_errno) &
    measure sleep 2
    status=$?
    wait
    echo 0 > $parameters/fail_errno
    [ $status = 0 ] || return 1
    truth > /tmp/truth.out || { cat /tmp/truth.out; return 1; }
  done
  measure sleep 1 && [ -n "$(metric energy_package_j)" ] || fail "not measured once reads work again" || return 1
  cat /tmp/truth.out
}

# Root's alone: another user gets the reason, the fix and exit status 6, and no number.
unprivileged() {
  ready || return
  rm -f /tmp/energy.json
  as_nobody tern measure --meters energy --json -o /tmp/energy.json -- true 2> /tmp/refusal
  status=$?
  [ -e /tmp/energy.json ] && [ -n "$(metric energy_package_j)" ] && { fail "a number without permission"; return 1; }
  grep -qi 'permi\|root\|denied' /tmp/refusal /tmp/energy.json 2> /dev/null || fail "no reason: $(cat /tmp/refusal)" ||
    return 1
  echo "exit status $status: $(head -n 1 /tmp/refusal)"
}

# Readable by its group, as the fix has it.
permitted() {
  ready || return
  chmod 444 /sys/class/powercap/intel-rapl:*/energy_uj
  rm -f /tmp/energy.json
  as_nobody tern measure --meters time,energy --json -o /tmp/energy.json -- sleep 2
  status=$?
  chmod 400 /sys/class/powercap/intel-rapl:*/energy_uj
  [ $status = 0 ] || return 1
  [ -n "$(metric energy_package_j)" ] || fail "readable, and not measured" || return 1
  truth
}

# Power that changes in the window: energy is what was used, not power at an end times time.
changing() {
  ready || return
  (sleep 1; echo 150000 > $parameters/package_mw; sleep 1; echo 50000 > $parameters/package_mw) &
  measure sleep 3 || return 1
  wait
  seconds=$(calc "$(metric time_wall_ns) / 1e9")
  energy=$(metric energy_package_j) truth=$(zone energy-pkg/cpu0)
  near "$energy" "$(calc "2 * $truth")" 0.005 || fail "$energy J, perf has 2 x $truth J" || return 1
  # One second of three at three times the power; sleeping is not exact.
  near "$energy" "$(calc "$watts * ($seconds + 2)")" 0.05 || fail "$energy J in $seconds s" || return 1
  echo "$energy J in $seconds s, one of them at three times the power"
}

check energy-tree tree
check energy-doctor doctor
check energy-three-sources-agree agreement
check energy-wrap wrap
check energy-reset reset
check energy-power-changes changing
check energy-errors-in-the-window failing
check energy-without-permission unprivileged
check energy-with-permission permitted
